/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of the last time, as whoever had the disk may have written it: as it is, and with a true
 * end. What is taken is whole, travels as messages, and is the same when it is kept once more.
 */
#include <inttypes.h>
#include <string.h>

#include "catalog/remembered.h"
#include "fuzz.h"
#include "kboot/proto/message.h"

static void check(const struct kb_remembered *r, size_t i)
{
	const struct kb_entry *e = &r->entries[i];
	const struct kb_message message = {.type = KB_MSG_ENTRY, .entry = *e};
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_message back;

	FUZZ_CHECK(e->is_predicted && !e->is_default && !e->kernel && !e->command && !e->unlock);
	FUZZ_CHECK(e->device && e->device->uuid && e->device->name);
	FUZZ_CHECK(e->n_path <= KB_ENTRY_MAX_PATH && e->n_initrd == 0);
	FUZZ_CHECK(kb_message_encode(&message, &text) == 0);
	FUZZ_CHECK(kb_message_decode(&arena, kb_str_head(kb_buf_view(&text), text.len - 1),
				     &back) == 0);
	FUZZ_CHECK(strcmp(back.entry.id, e->id) == 0 && back.entry.is_predicted);
}

static void parse(struct kb_str text, bool again)
{
	struct kb_remembered r = {0};
	struct kb_error err = {0};
	struct kb_catalog c = {0};
	KB_BUF struct kb_buf kept = {0};

	if (kb_remembered_parse(text, &r, &err) < 0) {
		FUZZ_CHECK(err.text[0] && r.n_entries == 0);
		return;
	}
	FUZZ_CHECK(r.n_entries <= KB_REMEMBERED_MAX_ENTRIES);
	for (size_t i = 0; i < r.n_entries; i++) {
		check(&r, i);
	}
	c.entries = r.entries;
	c.n_entries = r.n_entries;
	kb_remembered_put(&c, KB_REMEMBERED_MAX_BYTES, &kept);
	FUZZ_CHECK(kept.len <= KB_REMEMBERED_MAX_BYTES);
	if (again && kept.len > 0) {
		parse(kb_buf_view(&kept), false);
	} else if (!again) {
		FUZZ_CHECK(kb_str_eq(kb_buf_view(&kept), text));
	}
	kb_remembered_done(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str text = kb_str_of((const char *)data, size);
	KB_BUF struct kb_buf sealed = {0};

	parse(text, true);
	kb_buf_puts(&sealed, "kboot-scan 1\n");
	kb_buf_str(&sealed, text);
	kb_buf_printf(&sealed, "end %" PRIx64 "\n", kb_str_fingerprint(0, kb_buf_view(&sealed)));
	parse(kb_buf_view(&sealed), true);
	return 0;
}
