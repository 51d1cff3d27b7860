/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry that was read can be written, and what was written is read back as the same. */
#include "kboot/model/entry.h"

#include "fuzz.h"

static json_t *write_entry(const struct kb_entry *entry)
{
	json_t *object;

	FUZZ_CHECK(kb_entry_to_json(entry, &object) == 0);
	return object;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_JSON json_t *input = NULL;
	KB_JSON json_t *first = NULL;
	KB_JSON json_t *second = NULL;
	struct kb_entry entry;
	struct kb_entry copy;

	if (kb_json_parse(kb_str_of((const char *)data, size), &input) < 0 ||
	    kb_entry_from_json(&arena, input, &entry) < 0) {
		return 0;
	}
	FUZZ_CHECK(kb_entry_copy(&arena, &entry, &copy) == 0);
	first = write_entry(&copy);
	FUZZ_CHECK(kb_entry_from_json(&arena, first, &entry) == 0);
	second = write_entry(&entry);
	FUZZ_CHECK(json_equal(first, second));
	return 0;
}
