/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Boot#### variable of any bytes: what is accepted has a title that a terminal can show. */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "kboot/boot/firmware.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char title[KB_FIRMWARE_TITLE_BYTES];
	int r = kb_firmware_decode(kb_str_of((const char *)data, size), title);
	struct kb_str rest;

	FUZZ_CHECK(r == 0 || r == -EINVAL || r == -ENOENT);
	if (r < 0) {
		return 0;
	}
	FUZZ_CHECK(strnlen(title, sizeof(title)) < sizeof(title));
	for (rest = kb_str_from(title); rest.len > 0;) {
		size_t len = kb_str_utf8_len(rest);

		FUZZ_CHECK(len > 0);
		FUZZ_CHECK(len > 1 || (rest.data[0] >= ' ' && rest.data[0] != 0x7f));
		FUZZ_CHECK(len != 2 || rest.data[0] != '\xc2' ||
			   (unsigned char)rest.data[1] >= 0xa0);
		rest = kb_str_skip(rest, len);
	}
	return 0;
}
