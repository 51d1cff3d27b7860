/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place may come from a typed name, options from a disk's fstab. What gets through becomes a
 * mount source and options of mount(2): no byte in it may end the one or begin another of the
 * other. */
#include <string.h>

#include "fuzz.h"
#include "kboot/mount/nfs.h"

static void check_place(const struct kb_nfs_place *place)
{
	FUZZ_CHECK(place->host && place->host[0] != '\0');
	FUZZ_CHECK(strlen(place->host) <= KB_MOUNT_SERVER_MAX_HOST);
	FUZZ_CHECK(!strpbrk(place->host, ",=/?[] \t\n\\"));
	FUZZ_CHECK(place->version == 0 || place->version == 3 || place->version == 4);
	FUZZ_CHECK(place->minor >= KB_NFS_MINOR_ANY && place->minor <= 2);
	FUZZ_CHECK(place->minor == KB_NFS_MINOR_ANY || place->version == 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_str text = kb_str_of((const char *)data, size);
	struct kb_nfs_place place = {.host = "host", .minor = KB_NFS_MINOR_ANY};
	struct kb_nfs_place before = place;
	struct kb_error err = {0};

	if (kb_nfs_options_parse(text, &place, &err) < 0) {
		FUZZ_CHECK(err.text[0] != '\0');
		FUZZ_CHECK(memcmp(&place, &before, sizeof(place)) == 0);
	}
	check_place(&place);
	if (kb_nfs_place_parse(&arena, text, &place, &err) < 0) {
		FUZZ_CHECK(err.text[0] != '\0');
	}
	check_place(&place);
	return 0;
}
