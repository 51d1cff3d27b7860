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
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	const struct kb_json *back;

	kb_json_put_text(&text, NULL, bytes);
	check_utf8(kb_buf_view(&text));
	for (size_t i = 0; i < text.len; i++) {
		FUZZ_CHECK((unsigned char)text.data[i] >= ' ' && text.data[i] != 0x7f);
	}
	FUZZ_CHECK(kb_json_parse(&arena, kb_buf_view(&text), &back) == 0);
	FUZZ_CHECK(back->type == KB_JSON_TEXT && strcmp(back->text, bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_FREE char *bytes = strndup((const char *)data, size);

	FUZZ_CHECK(bytes);
	check_editor(kb_str_of((const char *)data, size));
	check_json(bytes);
	return 0;
}
