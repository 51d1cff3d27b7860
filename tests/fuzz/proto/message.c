/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message that was understood can be said again, and then means the same. */
#include "kboot/proto/message.h"

#include <errno.h>

#include "fuzz.h"

static void say(const struct kb_message *message, struct kb_buf *line)
{
	FUZZ_CHECK(kb_message_encode(message, line) == 0);
	FUZZ_CHECK(line->len > 0 && line->data[line->len - 1] == '\n');
	FUZZ_CHECK(kb_str_find(kb_buf_view(line), '\n') == line->len - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf first = {0};
	KB_BUF struct kb_buf second = {0};
	struct kb_message message;
	int r = kb_message_decode(&arena, kb_str_of((const char *)data, size), &message);

	if (r < 0) {
		FUZZ_CHECK(r == -EINVAL || r == -ENOTSUP);
		return 0;
	}
	FUZZ_CHECK(message.n_rows <= KB_TABLE_MAX_ROWS);
	say(&message, &first);
	FUZZ_CHECK(kb_message_decode(&arena, kb_buf_view(&first), &message) == 0);
	say(&message, &second);
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&first), kb_buf_view(&second)));
	return 0;
}
