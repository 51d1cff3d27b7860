/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place comes from a typed name or a disk's configuration, a password from a netrc. What gets
 * through becomes a mount source and options of mount(2): no byte in it may end the one or begin
 * another of the other. The input is a place, and behind a line feed a password. */
#include <string.h>

#include "fuzz.h"
#include "kboot/mount/smb.h"

/* The options that the kernel's client would see: two commas are one that belongs to a value. */
static unsigned count(struct kb_str text)
{
	unsigned n = 1;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == ',' && i + 1 < text.len && text.data[i + 1] == ',') {
			i++;
		} else if (text.data[i] == ',') {
			n++;
		}
	}
	return n;
}

static void check_place(const struct kb_smb_place *place)
{
	FUZZ_CHECK(place->host && place->host[0] != '\0');
	FUZZ_CHECK(strlen(place->host) <= KB_MOUNT_SERVER_MAX_HOST);
	FUZZ_CHECK(!strpbrk(place->host, ",=/?[] \t\n\\@;"));
	FUZZ_CHECK(place->share[0] != '\0' && strlen(place->share) <= KB_SMB_MAX_SHARE);
	FUZZ_CHECK(!strpbrk(place->share, "/\\\n"));
	FUZZ_CHECK(!place->user || place->user[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf options = {0};
	struct kb_str text = kb_str_of((const char *)data, size);
	struct kb_str line = kb_str_head(text, kb_str_find(text, '\n'));
	struct kb_smb_place place = {0};
	struct kb_smb_user user = {0};
	struct kb_error err = {0};

	if (kb_smb_place_parse(&arena, line, &place, &err) < 0) {
		FUZZ_CHECK(err.text[0] != '\0' && !place.host);
		return 0;
	}
	check_place(&place);
	user = (struct kb_smb_user){place.user, place.domain,
				    kb_arena_str(&arena, kb_str_skip(text, line.len + 1))};
	if (kb_smb_options(&options, &place, &user, "10.0.0.1", &err) < 0) {
		FUZZ_CHECK(err.text[0] != '\0');
		return 0;
	}
	FUZZ_CHECK(count(kb_buf_view(&options)) == 10U + (user.user && user.domain));
	return 0;
}
