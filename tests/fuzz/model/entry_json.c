/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry that was read can be written, and what was written is read back as the same. */
#include "kboot/model/entry.h"

#include "fuzz.h"

static const struct kb_json *write_entry(struct kb_arena *arena, const struct kb_entry *entry,
					 struct kb_buf *json)
{
	const struct kb_json *object;

	kb_entry_to_json(entry, NULL, json);
	FUZZ_CHECK(kb_json_parse(arena, kb_buf_view(json), &object) == 0);
	return object;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf first = {0};
	KB_BUF struct kb_buf second = {0};
	const struct kb_json *input;
	struct kb_entry entry;
	struct kb_entry copy;

	if (kb_json_parse(&arena, kb_str_of((const char *)data, size), &input) < 0 ||
	    kb_entry_from_json(&arena, input, &entry) < 0) {
		return 0;
	}
	FUZZ_CHECK(kb_entry_copy(&arena, &entry, &copy) == 0);
	FUZZ_CHECK(kb_entry_from_json(&arena, write_entry(&arena, &copy, &first), &entry) == 0);
	(void)write_entry(&arena, &entry, &second);
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&first), kb_buf_view(&second)));
	return 0;
}
