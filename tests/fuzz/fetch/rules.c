/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server says of ranges and waiting is read as what it can be: a range that is one, a wait
 * that ends. */
#include "rules.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str text = kb_str_of((const char *)data, size);
	const struct kb_str date = KB_STR("Sun, 06 Nov 1994 08:49:37 GMT");
	uint64_t first;
	uint64_t last;
	uint64_t total;
	int64_t wait_ms = kb_retry_after_ms(text, date, 0);
	int64_t at_s;

	FUZZ_CHECK(wait_ms >= 0 && wait_ms <= 86400000);
	FUZZ_CHECK(kb_retry_after_ms(date, text, 784111777) <= 86400000);
	if (kb_content_range_parse(text, &first, &last, &total) == 0) {
		FUZZ_CHECK(first <= last && last < total);
	}
	if (kb_http_date_parse(text, &at_s) == 0) {
		FUZZ_CHECK(at_s >= 0);
	}
	return 0;
}
