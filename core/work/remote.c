/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "kboot/base/tree.h"
#include "kboot/fetch/site.h"

enum { PATIENCE_MS = 8000, STALL_MS = 4000 };

int kb_remote_open_mapped(const struct kb_places *places, struct kb_arena *arena,
			  struct kb_str urls, int *ret_fd, const char **ret_name,
			  struct kb_error *err)
{
	int code = -ENOENT;

	while (code == -ENOENT && urls.len > 0) {
		struct kb_str url = kb_str_head(urls, kb_str_find(urls, '|'));
		const struct kb_url_map *map;
		struct kb_tree tree = {0};
		const char *path;

		urls = kb_str_skip(urls, url.len + 1);
		*ret_name = kb_arena_str(arena, url);
		if (!*ret_name) {
			return kb_error_no_memory(err);
		}
		code = kb_url_map_find(places->url_maps, places->n_url_maps, arena, *ret_name, &map,
				       &path, err);
		if (code < 0 && code != -ENOENT) {
			return kb_error_prefix(err, code, "%s", *ret_name);
		}
		if (code == 0) {
			tree.root_fd = open(map->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
			code = tree.root_fd < 0 ? -errno : kb_tree_open(&tree, path, ret_fd);
			(void)kb_close(tree.root_fd);
			code = code < 0 ? kb_error_set(err, code, "%s (%s%s): %s", *ret_name,
						       map->dir, path, strerror(-code))
					: 0;
		}
	}
	return code;
}

static int fetch(const struct kb_sys *sys, struct kb_fetch_session *session, const char *url,
		 const char *post, uint64_t max_bytes, int *ret_fd, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_fetch_resource resource;
	struct kb_fetch_part part = {.fd = -1};
	int r = kb_fetch_resource_parse(&arena, kb_str_from(url), &resource, err);
	struct kb_fetch_site site;
	struct kb_fetch_request request = {
		.sys = sys,
		.session = session,
		.post = post,
		.urls = resource.urls,
		.n_urls = r < 0 ? 0 : resource.n_urls,
		.max_bytes = max_bytes,
		.deadline_ms = sys->now_ms(sys->ctx) + PATIENCE_MS,
		.stall_ms = STALL_MS,
		.sha256 = r == 0 && resource.has_sha256 ? resource.sha256 : NULL,
	};

	kb_fetch_at_site(&request, &site);
	/* Nobody has named these servers but DHCP, or they themselves. */
	request.netrc = NULL;
	request.known_hosts = NULL;
	r = r < 0 ? kb_error_prefix(err, r, "%s", url) : kb_fetch_part_open(&part, err);
	r = r < 0 ? r : kb_fetch(&request, &part, err);
	if (r < 0) {
		kb_fetch_part_close(&part);
		return r;
	}
	*ret_fd = part.fd;
	return 0;
}

int kb_remote_open(const struct kb_sys *sys, const struct kb_places *places,
		   struct kb_fetch_session *session, const char *url, const char *post,
		   uint64_t max_bytes, int *ret_fd, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *name;
	struct stat st;
	int r;

	if (!places->simulated) {
		return fetch(sys, session, url, post, max_bytes, ret_fd, err);
	}
	if (post) {
		return kb_error_set(err, -ENOENT, "%s: a simulation sends no form", url);
	}
	r = kb_remote_open_mapped(places, &arena, kb_str_from(url), ret_fd, &name, err);
	if (r == 0 && fstat(*ret_fd, &st) == 0 && (uint64_t)st.st_size > max_bytes) {
		*ret_fd = kb_close(*ret_fd);
		return kb_error_set(err, -EFBIG, "%s: the file is too large to be looked at", url);
	}
	return r;
}
