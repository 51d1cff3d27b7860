/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "kboot/mount/smb.h"
#include "server/server.h"

static bool has_control(struct kb_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f) {
			return true;
		}
	}
	return false;
}

/* NULL: out of memory. */
static const char *decode(struct kb_arena *arena, struct kb_str text)
{
	char *out = kb_arena_alloc(arena, text.len + 1);

	for (size_t n = 0; out && text.len > 0; n++) {
		int byte = kb_percent_byte(text);

		out[n] = (char)(byte < 0 ? text.data[0] : byte);
		text = kb_str_skip(text, byte < 0 ? 1 : 3);
	}
	return out;
}

/* "DOMAIN;USER" or "USER". */
static int take_user(struct kb_arena *arena, struct kb_str text, struct kb_smb_place *place,
		     struct kb_error *err)
{
	size_t end = kb_str_find(text, ';');
	bool has_domain = end < text.len;

	place->user = decode(arena, has_domain ? kb_str_skip(text, end + 1) : text);
	place->domain = has_domain ? decode(arena, kb_str_head(text, end)) : NULL;
	if (!place->user || (has_domain && !place->domain)) {
		return kb_error_no_memory(err);
	}
	if (has_control(kb_str_from(place->user)) || strlen(place->user) > KB_SMB_MAX_WORD ||
	    (has_domain && (has_control(kb_str_from(place->domain)) ||
			    strlen(place->domain) > KB_SMB_MAX_WORD))) {
		return kb_error_set(err, -EINVAL, "`%.*s` is not the name of a user",
				    KB_STR_ARG(kb_str_head(text, 64)));
	}
	if (place->user[0] == '\0') {
		place->user = NULL;
	}
	return 0;
}

/* A slash or backslash would end it for the kernel. */
static int take_share(struct kb_arena *arena, struct kb_str text, struct kb_smb_place *place,
		      struct kb_error *err)
{
	place->share = decode(arena, text);
	if (!place->share) {
		return kb_error_no_memory(err);
	}
	if (place->share[0] == '\0' || strpbrk(place->share, "/\\") ||
	    has_control(kb_str_from(place->share)) || strlen(place->share) > KB_SMB_MAX_SHARE) {
		return kb_error_set(err, -EINVAL, "`%.*s` is not the name of a share",
				    KB_STR_ARG(kb_str_head(text, 64)));
	}
	return 0;
}

int kb_smb_place_parse(struct kb_arena *arena, struct kb_str text, struct kb_smb_place *ret_place,
		       struct kb_error *err)
{
	struct kb_smb_place place = {0};
	struct kb_str authority = kb_str_head(text, kb_str_find(text, '/'));
	const char *at = authority.len > 0 ? memrchr(authority.data, '@', authority.len) : NULL;
	size_t user_len = at ? (size_t)(at - authority.data) : 0;
	struct kb_str host;
	int r = kb_mount_server_parse(kb_str_skip(authority, at ? user_len + 1 : 0), &host,
				      &place.port, err);

	r = r < 0 || !at ? r : take_user(arena, kb_str_head(authority, user_len), &place, err);
	r = r < 0 ? r : take_share(arena, kb_str_skip(text, authority.len + 1), &place, err);
	if (r < 0) {
		return r;
	}
	place.host = kb_arena_str(arena, host);
	if (!place.host) {
		return kb_error_no_memory(err);
	}
	*ret_place = place;
	return 0;
}
