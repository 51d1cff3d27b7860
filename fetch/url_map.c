/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/fetch/url_map.h"

#include <errno.h>

int kb_url_map_check(const char *prefix, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url url;
	int r = kb_url_parse(&arena, kb_str_from(prefix), NULL, &url, err);

	return r == 0 && (url.query || url.fragment)
		       ? kb_error_set(err, -EINVAL, "%s: a prefix has no query", prefix)
		       : r;
}

/* What is left of the URL's path below the prefix, "" or "/x"; NULL: it is elsewhere. */
static const char *path_below(struct kb_arena *arena, const char *prefix, const struct kb_url *url,
			      size_t *ret_len)
{
	struct kb_url top;
	char *folder;

	if (kb_url_parse(arena, kb_str_from(prefix), NULL, &top, NULL) < 0 ||
	    !kb_url_same_origin(&top, url)) {
		return NULL;
	}
	*ret_len = strlen(top.path);
	while (*ret_len > 0 && top.path[*ret_len - 1] == '/') {
		--*ret_len;
	}
	folder = kb_arena_str(arena, kb_str_of(top.path, *ret_len));
	return folder ? kb_path_below(url->path, folder) : NULL;
}

/* An escaped slash or dot is a character of a name to the server: a name that no file has. */
static bool is_name(const char *path, const char *decoded)
{
	return strlen(decoded) > 0 && !strstr(path, "%00") && !strstr(path, "%2f") &&
	       !strstr(path, "%2F") && !strstr(decoded, "/../") &&
	       !kb_str_ends(kb_str_from(decoded), KB_STR("/.."));
}

int kb_url_map_find(const struct kb_url_map *maps, size_t n_maps, struct kb_arena *arena,
		    const char *url, const struct kb_url_map **ret_map, const char **ret_path,
		    struct kb_error *err)
{
	const struct kb_url_map *found = NULL;
	const char *rest = NULL;
	const char *path;
	size_t longest = 0;
	struct kb_url parsed;
	int r = kb_url_parse(arena, kb_str_from(url), NULL, &parsed, err);

	for (size_t i = 0; r == 0 && i < n_maps; i++) {
		size_t len = 0;
		const char *below = path_below(arena, maps[i].prefix, &parsed, &len);

		if (below && (!found || len > longest)) {
			found = &maps[i];
			longest = len;
			rest = below;
		}
	}
	if (r < 0) {
		return r;
	}
	if (!found) {
		return kb_error_set(err, -ENOENT, "%s: no --url-map has it", url);
	}
	path = kb_url_decode(arena, kb_str_from(rest[0] ? rest : "/"));
	if (!path) {
		return kb_error_no_memory(err);
	}
	if (!is_name(rest, path)) {
		return kb_error_set(err, -ENOENT, "%s: no file can have that name", url);
	}
	*ret_map = found;
	*ret_path = path;
	return 0;
}
