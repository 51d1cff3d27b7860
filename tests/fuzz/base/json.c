/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our reader of JSON takes what jansson's takes, and makes the same of it. */
#include "kboot/base/json.h"

#include <errno.h>

#include "fuzz.h"

/* jansson's own limit is far above ours. */
static bool is_deep(struct kb_str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		n += text.data[i] == '[' || text.data[i] == '{';
	}
	return n > KB_JSON_MAX_DEPTH;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str text = kb_str_of((const char *)data, size);
	KB_JSON json_t *expected = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
	KB_JSON json_t *value = NULL;
	KB_JSON json_t *again = NULL;
	KB_BUF struct kb_buf line = {0};
	int r = kb_json_parse(text, &value);

	FUZZ_CHECK(r == 0 || r == -EINVAL);
	if (kb_str_find(text, '\0') < text.len) {
		/* No JSON; to jansson it is the end. */
		FUZZ_CHECK(r < 0);
		return 0;
	}
	FUZZ_CHECK((r == 0) == (expected != NULL) || is_deep(text));
	if (r < 0) {
		return 0;
	}
	FUZZ_CHECK(json_equal(value, expected));
	FUZZ_CHECK(kb_json_line(value, &line) == 0);
	FUZZ_CHECK(kb_json_parse(kb_buf_view(&line), &again) == 0);
	FUZZ_CHECK(json_equal(value, again));
	return 0;
}
