/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/conf_edit.h"

#include <errno.h>

#include "kboot/formats/kboot_conf.h"
#include "text_lines.h"

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

static bool says(struct kb_str text, char end, struct kb_str name)
{
	struct kb_str line;

	while (kb_str_next_until(&text, end, &line)) {
		if (kb_str_eq_nocase(name_of(line), name)) {
			return true;
		}
	}
	return false;
}

/* How a text ends its lines: with the byte, and in some files with a CR before it. */
struct ends {
	char byte;
	const char *text; /* what a new line is ended with */
};

static struct ends ends_of(struct kb_str text)
{
	struct ends ends = {text_lines_end(text), "\n"};
	size_t first = kb_str_find(text, '\n');

	if (ends.byte == '\r') {
		ends.text = "\r";
	} else if (first > 0 && first < text.len && text.data[first - 1] == '\r') {
		ends.text = "\r\n";
	}
	return ends;
}

/* The line, or what is said in its place; a last line without an end stays one, if it stays. */
static void put_line(struct kb_buf *out, struct kb_str line, struct kb_str later, bool has_end,
		     struct kb_str changes, const struct ends *ends)
{
	struct kb_str name = name_of(line);
	struct kb_str change = name.len > 0 ? change_of(changes, name) : KB_STR("");

	if (change.len == 0 || says(later, ends->byte, name)) {
		kb_buf_str(out, line);
		if (has_end) {
			kb_buf_putc(out, ends->byte);
		}
		return;
	}
	kb_buf_str(out, change);
	kb_buf_puts(out, ends->text);
}

static bool would_be_passed_over(struct kb_str text, struct kb_str changes)
{
	struct kb_str line;

	while (kb_str_next_line(&changes, &line)) {
		if (kb_conf_passes_over(text, name_of(line))) {
			return true;
		}
	}
	return false;
}

int kb_conf_edit(struct kb_str text, struct kb_str changes, struct kb_buf *out)
{
	const struct ends ends = ends_of(text);
	struct kb_str rest = text;
	struct kb_str line;

	if (text_lines_utf16(text)) {
		return -EILSEQ;
	}
	if (kb_str_starts(rest, byte_order_mark)) {
		kb_buf_str(out, byte_order_mark);
		rest = text = kb_str_skip(rest, byte_order_mark.len);
	}
	if (would_be_passed_over(text, changes)) {
		kb_buf_reset(out);
		return -EINVAL;
	}
	while (kb_str_next_until(&rest, ends.byte, &line)) {
		bool has_end = line.data + line.len < text.data + text.len;

		put_line(out, line, rest, has_end, changes, &ends);
	}
	if (text.len > 0 && out->len > 0 && out->data[out->len - 1] != ends.byte) {
		kb_buf_puts(out, ends.text);
	}
	for (rest = changes; kb_str_next_line(&rest, &line);) {
		struct kb_str name = name_of(line);

		if (name.len > 0 && !says(text, ends.byte, name) && !says(rest, '\n', name)) {
			kb_buf_str(out, line);
			kb_buf_puts(out, ends.text);
		}
	}
	return kb_buf_error(out);
}
