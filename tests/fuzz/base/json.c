/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our reader of JSON takes what jansson's takes, and makes the same of it but for stray bytes. */
#include "kboot/base/json.h"
#include "kboot/base/bytes.h"

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

/* expected has marks for what are bytes in value. */
static void check_text(const json_t *value, const json_t *expected)
{
	KB_BUF struct kb_buf bytes = {0};

	kb_bytes_from_text(&bytes,
			   kb_str_of(json_string_value(expected), json_string_length(expected)));
	FUZZ_CHECK(kb_buf_error(&bytes) == 0 && json_is_string(value));
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&bytes),
			     kb_str_of(json_string_value(value), json_string_length(value))));
}

static void check(const json_t *value, json_t *expected)
{
	const char *key;
	json_t *part;
	size_t i;

	FUZZ_CHECK(json_typeof(value) == json_typeof(expected));
	FUZZ_CHECK(json_array_size(value) == json_array_size(expected));
	FUZZ_CHECK(json_object_size(value) == json_object_size(expected));
	if (json_is_string(expected)) {
		check_text(value, expected);
	} else if (!json_is_array(expected) && !json_is_object(expected)) {
		FUZZ_CHECK(json_equal(value, expected));
	}
	json_array_foreach (expected, i, part) {
		check(json_array_get(value, i), part);
	}
	json_object_foreach (expected, key, part) {
		check(json_object_get(value, key), part);
	}
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
	if (expected) {
		check(value, expected);
	}
	FUZZ_CHECK(kb_json_line(value, &line) == 0);
	FUZZ_CHECK(kb_json_parse(kb_buf_view(&line), &again) == 0);
	FUZZ_CHECK(json_equal(value, again));
	return 0;
}
