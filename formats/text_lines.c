/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_lines.h"

bool text_lines_utf16(struct kb_str text)
{
	return kb_str_starts(text, KB_STR("\xff\xfe")) || kb_str_starts(text, KB_STR("\xfe\xff"));
}

static struct kb_str skip_mark(struct text_lines *lines, struct kb_str text)
{
	if (kb_str_starts(text, KB_STR("\xef\xbb\xbf"))) {
		return kb_str_skip(text, 3);
	}
	if (text_lines_utf16(text)) {
		conf_diags_add(lines->diags, lines->severity,
			       (struct kb_position){lines->file, 1, 1},
			       "the file is in UTF-16 and is not read; save it as UTF-8");
		lines->is_cut = false;
		return KB_STR("");
	}
	return text;
}

/* Whole lines only: half a line could mean something else. */
static struct kb_str cut(struct kb_str text, char end, size_t max_bytes)
{
	text = kb_str_head(text, max_bytes);
	while (text.len > 0 && text.data[text.len - 1] != end) {
		text.len--;
	}
	return text;
}

char text_lines_end(struct kb_str text)
{
	return kb_str_find(text, '\n') == text.len && kb_str_find(text, '\r') < text.len ? '\r'
											 : '\n';
}

void text_lines_start(struct text_lines *lines, struct kb_str text)
{
	lines->end = text_lines_end(text);
	lines->is_cut = text.len > lines->max_bytes;
	lines->rest =
		skip_mark(lines, lines->is_cut ? cut(text, lines->end, lines->max_bytes) : text);
	lines->number = 0;
}

static bool says_something(const struct text_lines *lines, struct kb_str text)
{
	return text.len > 0 && (text.data[0] == '\0' || !strchr(lines->comments, text.data[0]));
}

static bool is_readable(const struct text_lines *lines)
{
	struct kb_position start = {lines->file, lines->number, 1};
	size_t nul = kb_str_find(lines->line, '\0');

	if (lines->line.len > lines->max_line) {
		conf_diags_add(lines->diags, lines->severity, start,
			       "a line above %zu bytes is skipped", lines->max_line);
		return false;
	}
	if (nul < lines->line.len) {
		start.column = (unsigned)nul + 1;
		conf_diags_add(lines->diags, lines->severity, start,
			       "a line with a NUL byte is skipped");
		return false;
	}
	return true;
}

bool text_lines_next(struct text_lines *lines, struct kb_str *ret_line)
{
	while (kb_str_next_until(&lines->rest, lines->end, &lines->line)) {
		struct kb_str text = kb_str_trim(lines->line);

		lines->number++;
		if (!says_something(lines, text)) {
			continue;
		}
		if (is_readable(lines)) {
			*ret_line = text;
			return true;
		}
		if (lines->unreadable) {
			lines->unreadable(lines->ctx, lines->line);
		}
	}
	if (lines->is_cut) {
		lines->is_cut = false;
		conf_diags_add(lines->diags, lines->severity,
			       (struct kb_position){lines->file, lines->number + 1, 1},
			       "the file is above %zu KiB: the rest from here on is left out",
			       lines->max_bytes >> 10);
	}
	return false;
}

struct kb_position text_lines_at(const struct text_lines *lines, const char *where)
{
	return (struct kb_position){lines->file, lines->number,
				    (unsigned)(where - lines->line.data) + 1};
}

size_t text_lines_count(const struct text_lines *lines, struct kb_str text, size_t max)
{
	char end = text_lines_end(text);
	struct kb_str line;
	size_t n = 0;

	while (n < max && kb_str_next_until(&text, end, &line)) {
		n += says_something(lines, kb_str_trim(line));
	}
	return n;
}
