/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "smb_name.h"

#include <errno.h>
#include <string.h>

#include "name_text.h"

/* -EINVAL: what it would become is no part of a name. NULL in *ret_text: out of memory. */
static int decode(struct kb_arena *arena, struct kb_str text, char **ret_text)
{
	char *out = kb_arena_alloc(arena, text.len + 1);
	size_t n = 0;

	while (out && text.len > 0) {
		int byte = kb_percent_byte(text);

		if (byte == '/' || byte == '\0') {
			return -EINVAL;
		}
		out[n++] = (char)(byte < 0 ? text.data[0] : byte);
		text = kb_str_skip(text, byte < 0 ? 1 : 3);
	}
	*ret_text = out;
	return 0;
}

/* What stands before and behind the last "@" of an authority. */
static struct kb_str split_user(struct kb_str authority, struct kb_str *ret_host)
{
	const char *at = authority.len > 0 ? memrchr(authority.data, '@', authority.len) : NULL;
	size_t len = at ? (size_t)(at - authority.data) : 0;

	*ret_host = kb_str_skip(authority, at ? len + 1 : 0);
	return kb_str_head(authority, len);
}

static int check_parts(struct kb_str host, struct kb_str share, struct kb_error *err)
{
	if (name_has_odd_component(host)) {
		return kb_error_set(err, -EINVAL, "`%.*s` is not the name of a host",
				    KB_STR_ARG(kb_str_head(host, 64)));
	}
	if (share.len == 0 || kb_str_eq(share, KB_STR(".."))) {
		return kb_error_set(err, -EINVAL, "smb://%.*s names no share: smb://HOST/SHARE/…",
				    KB_STR_ARG(kb_str_head(host, 64)));
	}
	return 0;
}

int smb_name_parse(struct kb_arena *arena, struct kb_str after, struct kb_name *ret_name,
		   struct kb_error *err)
{
	struct kb_str rest = kb_str_skip(after, kb_str_find(after, '/'));
	struct kb_str host;
	struct kb_str user = split_user(kb_str_head(after, after.len - rest.len), &host);
	struct kb_str name = kb_str_head(user, kb_str_find(user, ':'));
	struct kb_str share = {0};
	const char *place;
	char *path = NULL;
	int r;

	(void)name_next_component(&rest, &share);
	r = check_parts(host, share, err);
	if (r < 0) {
		return r;
	}
	if (decode(arena, share, &path) < 0 || decode(arena, rest, &path) < 0) {
		return kb_error_set(err, -EINVAL, "smb://%.*s: %%2F and %%00 are no part of a name",
				    KB_STR_ARG(kb_str_head(host, 64)));
	}
	place = kb_arena_printf(arena, "%.*s%s%.*s/%.*s", KB_STR_ARG(name), name.len > 0 ? "@" : "",
				KB_STR_ARG(host), KB_STR_ARG(share));
	if (!place || !path) {
		return kb_error_no_memory(err);
	}
	r = name_fill(arena, KB_NAME_SMB, kb_str_from(place),
		      name_normalise(arena, true, kb_str_from(path)), ret_name, err);
	if (r == 0) {
		ret_name->had_password = name.len < user.len;
	}
	return r;
}

/* What would be read as a byte's number is a percent sign that is meant. */
char *smb_name_format(struct kb_arena *arena, const struct kb_name *name)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_str rest = kb_str_from(name->path);

	kb_buf_printf(&text, "smb://%s", name->place);
	for (; rest.len > 0; rest = kb_str_skip(rest, 1)) {
		kb_buf_str(&text, kb_percent_byte(rest) < 0 ? kb_str_head(rest, 1) : KB_STR("%25"));
	}
	return kb_buf_error(&text) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&text));
}
