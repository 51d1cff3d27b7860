/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of any bytes comes back from JSON and from the line editor's form as it was. */
#include "kboot/base/bytes.h"
#include "kboot/base/json.h"

#include "fuzz.h"

static void check_utf8(struct kb_str text)
{
	while (text.len > 0) {
		size_t len = kb_str_utf8_len(text);

		FUZZ_CHECK(len > 0);
		text = kb_str_skip(text, len);
	}
}

static void check_editor(struct kb_str bytes)
{
	KB_BUF struct kb_buf line = {0};
	KB_BUF struct kb_buf back = {0};

	kb_bytes_to_line(&line, bytes);
	check_utf8(kb_buf_view(&line));
	kb_bytes_from_text(&back, kb_buf_view(&line));
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&back), bytes));
}

static void check_json(const char *bytes)
{
	KB_JSON json_t *text = kb_json_text(bytes);
	KB_JSON json_t *back = NULL;
	KB_JSON json_t *strict = NULL;
	KB_BUF struct kb_buf line = {0};

	FUZZ_CHECK(kb_json_line(text, &line) == 0);
	check_utf8(kb_buf_view(&line));
	FUZZ_CHECK(kb_str_find(kb_buf_view(&line), '\n') == line.len - 1);
	strict = json_loadb(line.data, line.len, JSON_DECODE_ANY, NULL);
	FUZZ_CHECK(json_is_string(strict));
	FUZZ_CHECK(kb_json_parse(kb_buf_view(&line), &back) == 0);
	FUZZ_CHECK(strcmp(json_string_value(back), bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_FREE char *bytes = strndup((const char *)data, size);

	FUZZ_CHECK(bytes);
	check_editor(kb_str_of((const char *)data, size));
	check_json(bytes);
	return 0;
}
