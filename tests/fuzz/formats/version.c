/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of versions must be one: what qsort does with a comparison that is none is undefined.
 */
#include "version.h"

#include "fuzz.h"

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static int compare(struct kb_str a, struct kb_str b)
{
	int r = sign(kb_version_compare(a, b));

	FUZZ_CHECK(sign(kb_version_compare(b, a)) == -r);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str rest = kb_str_of((const char *)data, size);
	struct kb_str versions[3] = {0};

	for (size_t i = 0; i < KB_ARRAY_LEN(versions); i++) {
		(void)kb_str_next_line(&rest, &versions[i]);
		FUZZ_CHECK(compare(versions[i], versions[i]) == 0);
	}
	if (compare(versions[0], versions[1]) <= 0 && compare(versions[1], versions[2]) <= 0) {
		FUZZ_CHECK(compare(versions[0], versions[2]) <= 0);
	}
	return 0;
}
