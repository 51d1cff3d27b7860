/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "environment_block.h"

bool grub_block_start(struct kb_str text, struct kb_str *ret_rest)
{
	const struct kb_str signature = KB_STR("# GRUB Environment Block\n");

	if (!kb_str_starts(text, signature)) {
		return false;
	}
	*ret_rest = kb_str_skip(text, signature.len);
	return true;
}

/* A value goes to the end of its line; a backslash takes what follows as it is. */
static size_t read_value(struct kb_str text, struct kb_buf *value)
{
	size_t i = 0;

	for (; i < text.len && text.data[i] != '\n'; i++) {
		if (text.data[i] == '\\' && i + 1 < text.len) {
			i++;
		}
		kb_buf_putc(value, text.data[i]);
	}
	return i;
}

bool grub_block_next(struct kb_str *rest, struct kb_str *ret_name, struct kb_buf *value)
{
	while (rest->len > 0) {
		size_t line = kb_str_find(*rest, '\n');
		size_t equals = kb_str_find(kb_str_head(*rest, line), '=');

		if (rest->data[0] == '#' || equals == line) {
			*rest = kb_str_skip(*rest, line + 1);
			continue;
		}
		*ret_name = kb_str_head(*rest, equals);
		kb_buf_reset(value);
		kb_buf_puts(value, "");
		*rest = kb_str_skip(*rest, equals + 1);
		*rest = kb_str_skip(*rest, read_value(*rest, value) + 1);
		return true;
	}
	return false;
}
