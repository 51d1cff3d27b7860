/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/conf_edit.h"

static const struct kb_str byte_order_mark = KB_STR("\xef\xbb\xbf");

/* What stands before the first = of a line that is no comment; empty: it says nothing. */
static struct kb_str name_of(struct kb_str line)
{
	struct kb_str text = kb_str_trim(line);
	size_t equals = kb_str_find(text, '=');

	if (text.len == 0 || text.data[0] == '#' || text.data[0] == ';' || equals == text.len) {
		return KB_STR("");
	}
	return kb_str_trim(kb_str_head(text, equals));
}

/* The last change of that name; empty: there is none. */
static struct kb_str change_of(struct kb_str changes, struct kb_str name)
{
	struct kb_str found = KB_STR("");
	struct kb_str line;

	while (kb_str_next_line(&changes, &line)) {
		if (kb_str_eq_nocase(name_of(line), name)) {
			found = line;
		}
	}
	return found;
}

static bool says(struct kb_str text, struct kb_str name)
{
	struct kb_str line;

	while (kb_str_next_line(&text, &line)) {
		if (kb_str_eq_nocase(name_of(line), name)) {
			return true;
		}
	}
	return false;
}

static bool ends_with_cr(struct kb_str line)
{
	return kb_str_ends(line, KB_STR("\r"));
}

/* The line, or what is said in its place; a last line without an end stays one, if it stays. */
static void put_line(struct kb_buf *out, struct kb_str line, struct kb_str later, bool has_end,
		     struct kb_str changes)
{
	struct kb_str name = name_of(line);
	struct kb_str change = name.len > 0 ? change_of(changes, name) : KB_STR("");

	if (change.len == 0 || says(later, name)) {
		kb_buf_str(out, line);
		kb_buf_puts(out, has_end ? "\n" : "");
		return;
	}
	kb_buf_str(out, change);
	kb_buf_puts(out, ends_with_cr(line) ? "\r\n" : "\n");
}

int kb_conf_edit(struct kb_str text, struct kb_str changes, struct kb_buf *out)
{
	struct kb_str rest = text;
	struct kb_str line;
	bool has_cr = false;

	if (kb_str_starts(rest, byte_order_mark)) {
		kb_buf_str(out, byte_order_mark);
		rest = text = kb_str_skip(rest, byte_order_mark.len);
	}
	while (kb_str_next_line(&rest, &line)) {
		bool has_end = line.data + line.len < text.data + text.len;

		has_cr = ends_with_cr(line);
		put_line(out, line, rest, has_end, changes);
	}
	if (text.len > 0 && out->len > 0 && out->data[out->len - 1] != '\n') {
		kb_buf_puts(out, has_cr ? "\r\n" : "\n");
	}
	for (rest = changes; kb_str_next_line(&rest, &line);) {
		struct kb_str name = name_of(line);

		if (name.len > 0 && !says(text, name) && !says(rest, name)) {
			kb_buf_str(out, line);
			kb_buf_puts(out, has_cr ? "\r\n" : "\n");
		}
	}
	return kb_buf_error(out);
}
