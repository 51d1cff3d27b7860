/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "environment_block.h"
#include "kboot/formats/boot_state.h"

/* Is the line the variable? */
static bool says(struct kb_str line, const char *name)
{
	size_t len = strlen(name);

	return line.len > len && line.data[len] == '=' && memcmp(line.data, name, len) == 0;
}

/* A line goes on behind an escaped end of line; its length without the last one. */
static size_t line_length(struct kb_str text)
{
	size_t i = 0;

	while (i < text.len && text.data[i] != '\n') {
		i += text.data[i] == '\\' && i + 1 < text.len ? 2 : 1;
	}
	return i;
}

static void put_value(struct kb_buf *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '\n') {
			kb_buf_putc(out, '\\');
		}
		kb_buf_putc(out, *value);
	}
}

static void put(struct kb_buf *out, const struct kb_write *write)
{
	if (write->value) {
		kb_buf_printf(out, "%s=", write->name);
		put_value(out, write->value);
		kb_buf_putc(out, '\n');
	}
}

static const struct kb_write *find(const struct kb_writes *writes, const char *file,
				   struct kb_str line)
{
	for (size_t i = 0; i < writes->n; i++) {
		const struct kb_write *w = &writes->items[i];

		if (w->kind == KB_WRITE_VARIABLE && strcmp(w->file, file) == 0 &&
		    says(line, w->name)) {
			return w;
		}
	}
	return NULL;
}

/* The lines of a block: behind the first one, and before the signs that fill it up. */
static bool take_lines(struct kb_str block, struct kb_str *ret_first, struct kb_str *ret_rest)
{
	struct kb_str rest;

	if (!grub_block_start(block, &rest)) {
		return false;
	}
	*ret_first = kb_str_head(block, block.len - rest.len);
	while (rest.len > 0 && rest.data[rest.len - 1] == '#') {
		rest.len--;
	}
	*ret_rest = rest;
	return rest.len == 0 || rest.data[rest.len - 1] == '\n';
}

static void edit_lines(struct kb_str rest, const struct kb_writes *writes, const char *file,
		       bool *done, struct kb_buf *out)
{
	while (rest.len > 0) {
		size_t len = rest.data[0] == '#' ? kb_str_find(rest, '\n') : line_length(rest);
		struct kb_str line = kb_str_head(rest, len);
		const struct kb_write *w = find(writes, file, line);

		rest = kb_str_skip(rest, len + 1);
		if (!w) {
			kb_buf_str(out, line);
			kb_buf_putc(out, '\n');
		} else if (!done[w - writes->items]) {
			done[w - writes->items] = true;
			put(out, w);
		}
	}
}

int kb_grubenv_edit(struct kb_str block, const struct kb_writes *writes, const char *file,
		    struct kb_buf *out)
{
	bool done[KB_ENTRY_MAX_WRITES] = {false};
	size_t start = out->len;
	struct kb_str first;
	struct kb_str rest;

	if (writes->n > KB_ENTRY_MAX_WRITES || !take_lines(block, &first, &rest)) {
		return -EILSEQ;
	}
	kb_buf_str(out, first);
	edit_lines(rest, writes, file, done, out);
	for (size_t i = 0; i < writes->n; i++) {
		const struct kb_write *w = &writes->items[i];

		if (!done[i] && w->kind == KB_WRITE_VARIABLE && strcmp(w->file, file) == 0) {
			put(out, w);
		}
	}
	while (kb_buf_error(out) == 0 && out->len - start < block.len) {
		kb_buf_putc(out, '#');
	}
	return kb_buf_error(out) < 0 ? -ENOMEM : out->len - start > block.len ? -ENOSPC : 0;
}
