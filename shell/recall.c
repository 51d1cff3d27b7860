/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "recall.h"

#include "history.h"
#include "kboot/base/bytes.h"
#include "words.h"

void kb_recall_begin(struct kb_recall *r, const char *file)
{
	KB_BUF struct kb_buf text = {0};

	if (file && kb_history_read(file, &text) == 0) {
		kb_buf_reset(&r->lines);
		kb_buf_str(&r->lines, kb_buf_view(&text));
	}
	r->at = r->lines.len;
	r->searching = false;
}

void kb_recall_done(struct kb_recall *r)
{
	kb_buf_done(&r->lines);
	kb_buf_done(&r->typed);
	kb_buf_done(&r->pattern);
}

void kb_recall_keep(struct kb_recall *r, const char *file, struct kb_str line)
{
	KB_BUF struct kb_buf text = {0};

	if (line.len == 0 || line.data[0] == ' ' || line.len > KB_SHELL_LINE_MAX) {
		return;
	}
	kb_bytes_to_line(&text, line);
	if (kb_buf_error(&text) < 0 || (file && kb_history_add(file, kb_buf_view(&text)) == 0)) {
		return;
	}
	if (r->lines.len > KB_HISTORY_MAX_BYTES) {
		kb_buf_reset(&r->lines);
	}
	kb_buf_putc(&text, '\n');
	kb_buf_str(&r->lines, kb_buf_view(&text));
}

/* Where the line before the one at `at` begins. */
static size_t before(const struct kb_recall *r, size_t at)
{
	while (at > 0 && r->lines.data[at - 1] == '\n') {
		at--;
	}
	while (at > 0 && r->lines.data[at - 1] != '\n') {
		at--;
	}
	return at;
}

static size_t behind(const struct kb_recall *r, size_t at)
{
	at += kb_str_find(kb_str_skip(kb_buf_view(&r->lines), at), '\n') + 1;
	return at < r->lines.len ? at : r->lines.len;
}

/* The line at `at` as it was typed. */
static struct kb_str line_at(const struct kb_recall *r, size_t at, struct kb_buf *bytes)
{
	struct kb_str rest = kb_str_skip(kb_buf_view(&r->lines), at);

	kb_buf_reset(bytes);
	kb_bytes_from_text(bytes, kb_str_head(rest, kb_str_find(rest, '\n')));
	return kb_buf_view(bytes);
}

static void show(struct kb_recall *r, size_t at, struct kb_line_edit *edit)
{
	KB_BUF struct kb_buf bytes = {0};
	struct kb_str line = line_at(r, at, &bytes);

	if (r->at >= r->lines.len) {
		kb_buf_reset(&r->typed);
		kb_buf_str(&r->typed, kb_buf_view(&edit->text));
	}
	if (kb_buf_error(&r->typed) < 0 || kb_buf_error(&bytes) < 0) {
		return;
	}
	r->at = at;
	(void)kb_line_edit_replace(edit, 0, edit->text.len,
				   at < r->lines.len ? line : kb_buf_view(&r->typed));
}

/* What one sees already, one after the other, is there once. */
static void step(struct kb_recall *r, bool newer, struct kb_line_edit *edit)
{
	KB_BUF struct kb_buf bytes = {0};
	size_t at = r->at;

	while (newer ? at < r->lines.len : at > 0) {
		at = newer ? behind(r, at) : before(r, at);
		if (at >= r->lines.len ||
		    !kb_str_eq(line_at(r, at, &bytes), kb_buf_view(&edit->text))) {
			show(r, at, edit);
			return;
		}
	}
}

void kb_recall_older(struct kb_recall *r, struct kb_line_edit *edit)
{
	step(r, false, edit);
}

void kb_recall_newer(struct kb_recall *r, struct kb_line_edit *edit)
{
	step(r, true, edit);
}

/* The newest line before `at` with what is searched for; where there is none, all stays. */
static void find(struct kb_recall *r, size_t at, struct kb_line_edit *edit)
{
	KB_BUF struct kb_buf bytes = {0};

	while (at > 0) {
		struct kb_str line;

		at = before(r, at);
		line = line_at(r, at, &bytes);
		if (line.len > 0 && memmem(line.data, line.len, r->pattern.data, r->pattern.len)) {
			show(r, at, edit);
			return;
		}
	}
}

/* One character less. */
static void shorten(struct kb_buf *text)
{
	char last = '\x80';

	while (text->len > 0 && (last & 0xc0) == 0x80) {
		last = text->data[--text->len];
	}
	text->data[text->len] = '\0';
}

void kb_recall_search(struct kb_recall *r)
{
	kb_buf_reset(&r->pattern);
	kb_buf_puts(&r->pattern, "");
	r->searching = kb_buf_error(&r->pattern) == 0;
}

bool kb_recall_key(struct kb_recall *r, const struct kb_key *key, struct kb_line_edit *edit)
{
	if (!r->searching) {
		return false;
	}
	if (key->code == KB_KEY_CHAR) {
		kb_buf_puts(&r->pattern, key->text);
		find(r, r->at < r->lines.len ? behind(r, r->at) : r->at, edit);
		return true;
	}
	if (key->code == KB_KEY_BACKSPACE) {
		shorten(&r->pattern);
		show(r, r->lines.len, edit);
		find(r, r->pattern.len > 0 ? r->at : 0, edit);
		return true;
	}
	if (key->code == KB_KEY_CTRL && key->text[0] == 'r') {
		find(r, r->at, edit);
		return true;
	}
	r->searching = false;
	if (key->code == KB_KEY_CTRL && key->text[0] == 'g') {
		show(r, r->lines.len, edit);
		return true;
	}
	return false;
}
