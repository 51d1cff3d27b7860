/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An intent that was understood can be said again, and then means the same. */
#include "kboot/proto/intent.h"

#include <errno.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf first = {0};
	KB_BUF struct kb_buf second = {0};
	struct kb_intent intent;
	int r = kb_intent_decode(&arena, kb_str_of((const char *)data, size), &intent);

	if (r < 0) {
		FUZZ_CHECK(r == -EINVAL || r == -ENOTSUP);
		return 0;
	}
	FUZZ_CHECK(kb_intent_encode(&intent, &first) == 0);
	FUZZ_CHECK(kb_intent_decode(&arena, kb_buf_view(&first), &intent) == 0);
	FUZZ_CHECK(kb_intent_encode(&intent, &second) == 0);
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&first), kb_buf_view(&second)));
	return 0;
}
