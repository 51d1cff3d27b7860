/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <errno.h>
#include <stdbool.h>

static bool is_control(const unsigned char *c, size_t len)
{
	if (len == 1) {
		return c[0] < 0x20 || c[0] == 0x7f;
	}
	/* U+0080 to U+009F: some terminals take them as the first byte of a sequence. */
	return len == 2 && c[0] == 0xc2 && c[1] < 0xa0;
}

int kb_scan_value(struct kb_arena *arena, struct kb_str raw, const char **ret_text)
{
	char clean[KB_SCAN_VALUE_MAX];
	char *text;
	size_t used = 0;

	raw = kb_str_head(raw, kb_str_find(raw, '\0'));
	while (raw.len > 0) {
		size_t len = kb_str_utf8_len(raw);
		size_t step = len > 0 ? len : 1;
		bool bad = len == 0 || is_control((const unsigned char *)raw.data, len);
		struct kb_str shown = bad ? KB_STR("?") : kb_str_head(raw, len);

		if (shown.len > sizeof(clean) - used) {
			break;
		}
		memcpy(clean + used, shown.data, shown.len);
		used += shown.len;
		raw = kb_str_skip(raw, step);
	}
	if (used == 0) {
		return 0;
	}
	text = kb_arena_str(arena, kb_str_of(clean, used));
	if (!text) {
		return -ENOMEM;
	}
	*ret_text = text;
	return 0;
}
