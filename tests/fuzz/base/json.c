/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What our reader of JSON takes, it takes again as it was written, and makes the same of it. */
#include <errno.h>

#include "fuzz.h"
#include "json_dump.h"

static bool same(const struct kb_json *a, const struct kb_json *b)
{
	const struct kb_json *x = a->parts;
	const struct kb_json *y = b->parts;
	bool is_text = a->type == KB_JSON_TEXT || a->type == KB_JSON_REAL;

	while (x && y && same(x, y) && (!x->key || strcmp(x->key, y->key) == 0)) {
		x = x->next;
		y = y->next;
	}
	return a->type == b->type && a->is_true == b->is_true && a->integer == b->integer && !x &&
	       !y && (!is_text || strcmp(a->text, b->text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str text = kb_str_of((const char *)data, size);
	KB_BUF struct kb_buf line = {0};
	KB_BUF struct kb_buf twice = {0};
	const struct kb_json *value;
	const struct kb_json *again;
	int r = kb_json_parse(&arena, text, &value);

	FUZZ_CHECK(r == 0 || r == -EINVAL);
	if (r < 0) {
		return 0;
	}
	FUZZ_CHECK(kb_str_find(text, '\0') == text.len);
	json_dump(value, &line);
	FUZZ_CHECK(kb_json_parse(&arena, kb_buf_view(&line), &again) == 0);
	FUZZ_CHECK(same(value, again));
	json_dump(again, &twice);
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&line), kb_buf_view(&twice)));
	return 0;
}
