/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/netrc.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_netrc netrc = {.arena = &arena, .rest = kb_str_of((const char *)data, size)};
	struct kb_netrc_entry entry;
	size_t before = size + 1;

	while (kb_netrc_next(&netrc, &entry) > 0) {
		/* It comes to an end. */
		FUZZ_CHECK(netrc.rest.len < before);
		before = netrc.rest.len;
	}
	return 0;
}
