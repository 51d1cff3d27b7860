/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/line_edit.h"

#include <errno.h>

#include "kboot/terminal/text.h"

struct kb_line_before {
	char *text;
	size_t cursor;
};

int kb_line_edit_init(struct kb_line_edit *e, const char *text)
{
	struct kb_line_edit fresh = {.text = {.max_bytes = KB_LINE_EDIT_MAX}};

	kb_buf_puts(&fresh.text, text ? text : "");
	if (kb_buf_error(&fresh.text)) {
		int r = kb_buf_error(&fresh.text);

		kb_buf_done(&fresh.text);
		return r;
	}
	fresh.cursor = fresh.text.len;
	*e = fresh;
	return 0;
}

void kb_line_edit_done(struct kb_line_edit *e)
{
	kb_buf_done(&e->text);
	free(e->killed);
	while (e->n_undo > 0) {
		free(e->undo[--e->n_undo].text);
	}
	free(e->undo);
	*e = (struct kb_line_edit){0};
}

static size_t char_len(const struct kb_line_edit *e, size_t at)
{
	size_t len = kb_str_utf8_len(kb_str_skip(kb_buf_view(&e->text), at));

	return len ? len : 1;
}

/* The next place a cursor can stand: behind a character and all that combines with it. */
static size_t after(const struct kb_line_edit *e, size_t at, const struct kb_symbols *symbols)
{
	struct kb_str rest = kb_str_skip(kb_buf_view(&e->text), at);

	if (rest.len == 0) {
		return at;
	}
	at += char_len(e, at);
	while (at < e->text.len) {
		struct kb_glyph glyph =
			kb_text_glyph(kb_str_skip(kb_buf_view(&e->text), at), symbols);

		if (glyph.columns > 0) {
			break;
		}
		at += glyph.bytes;
	}
	return at;
}

static size_t before(const struct kb_line_edit *e, size_t at, const struct kb_symbols *symbols)
{
	size_t last = 0;

	for (size_t i = 0; i < at; i = after(e, i, symbols)) {
		last = i;
	}
	return last;
}

/* Words of Ctrl-W are set apart by blanks, those of Alt by everything that is no letter. */
static bool is_no_blank(char c)
{
	return c != ' ';
}

static bool is_letter(char c)
{
	return kb_is_digit(c) || kb_is_letter(c) || (unsigned char)c >= 0x80;
}

static size_t word_before(const struct kb_line_edit *e, bool (*in_word)(char c))
{
	size_t at = e->cursor;

	while (at > 0 && !in_word(e->text.data[at - 1])) {
		at--;
	}
	while (at > 0 && in_word(e->text.data[at - 1])) {
		at--;
	}
	return at;
}

static size_t word_after(const struct kb_line_edit *e, bool (*in_word)(char c))
{
	size_t at = e->cursor;

	while (at < e->text.len && !in_word(e->text.data[at])) {
		at++;
	}
	while (at < e->text.len && in_word(e->text.data[at])) {
		at++;
	}
	return at;
}

/* Without memory for it, a change cannot be undone. */
static void remember(struct kb_line_edit *e)
{
	char *text = strndup(e->text.data ? e->text.data : "", e->text.len);

	if (!e->undo) {
		e->undo = calloc(KB_LINE_EDIT_UNDO, sizeof(*e->undo));
	}
	if (!e->undo || !text) {
		free(text);
		return;
	}
	if (e->n_undo == KB_LINE_EDIT_UNDO) {
		free(e->undo[0].text);
		e->n_undo--;
		memmove(e->undo, e->undo + 1, e->n_undo * sizeof(*e->undo));
	}
	e->undo[e->n_undo++] = (struct kb_line_before){text, e->cursor};
}

static void undo(struct kb_line_edit *e)
{
	struct kb_line_before *before = e->n_undo > 0 ? &e->undo[e->n_undo - 1] : NULL;

	e->typed_to = 0;
	if (before) {
		size_t cursor = before->cursor;

		e->n_undo--;
		e->text.len = 0;
		kb_buf_puts(&e->text, before->text); /* it was as long before */
		e->cursor = cursor;
		free(before->text);
	}
}

bool kb_line_edit_replace(struct kb_line_edit *e, size_t from, size_t to, struct kb_str by)
{
	size_t tail = e->text.len - to;
	bool is_typing = from == to && by.len > 0 && by.len <= sizeof(((struct kb_key *)0)->text);

	if (from == to && by.len == 0) {
		return true;
	}
	if (!is_typing || from == 0 || from != e->typed_to) {
		remember(e);
	}
	if (by.len > to - from) {
		kb_buf_append(&e->text, by.data, by.len - (to - from));
		if (kb_buf_error(&e->text)) {
			e->text.error = 0;
			return false;
		}
	}
	memmove(e->text.data + from + by.len, e->text.data + to, tail);
	if (by.len > 0) {
		memcpy(e->text.data + from, by.data, by.len);
	}
	e->text.len = from + by.len + tail;
	e->text.data[e->text.len] = '\0';
	e->cursor = from + by.len;
	e->typed_to = is_typing ? e->cursor : 0;
	return true;
}

static void remove_range(struct kb_line_edit *e, size_t from, size_t to)
{
	(void)kb_line_edit_replace(e, from, to, (struct kb_str){0});
}

static void kill_range(struct kb_line_edit *e, size_t from, size_t to)
{
	char *killed = from < to ? strndup(e->text.data + from, to - from) : NULL;

	if (killed) {
		free(e->killed);
		e->killed = killed;
	}
	remove_range(e, from, to);
}

/* Full: the key is ignored. */
static void insert(struct kb_line_edit *e, const char *text)
{
	(void)kb_line_edit_replace(e, e->cursor, e->cursor, kb_str_from(text));
}

static bool control_key(struct kb_line_edit *e, char letter, const struct kb_symbols *symbols)
{
	switch (letter) {
	case 'a':
		e->cursor = 0;
		return true;
	case 'e':
		e->cursor = e->text.len;
		return true;
	case 'b':
		e->cursor = before(e, e->cursor, symbols);
		return true;
	case 'f':
		e->cursor = after(e, e->cursor, symbols);
		return true;
	case 'd':
		remove_range(e, e->cursor, after(e, e->cursor, symbols));
		return true;
	case 'k':
		kill_range(e, e->cursor, e->text.len);
		return true;
	case 'u':
		kill_range(e, 0, e->cursor);
		return true;
	case 'w':
		kill_range(e, word_before(e, is_no_blank), e->cursor);
		return true;
	case 'y':
		insert(e, e->killed ? e->killed : "");
		return true;
	case 'z':
	case '_':
		undo(e);
		return true;
	default:
		return false;
	}
}

/* What means nothing with Alt does nothing. */
static void meta_key(struct kb_line_edit *e, const struct kb_key *key)
{
	char letter = (char)(key->code == KB_KEY_CHAR ? key->text[0] : '\0');

	if (letter == 'b' || key->code == KB_KEY_LEFT) {
		e->cursor = word_before(e, is_letter);
	} else if (letter == 'f' || key->code == KB_KEY_RIGHT) {
		e->cursor = word_after(e, is_letter);
	} else if (letter == 'd') {
		kill_range(e, e->cursor, word_after(e, is_letter));
	} else if (key->code == KB_KEY_BACKSPACE) {
		kill_range(e, word_before(e, is_letter), e->cursor);
	}
}

bool kb_line_edit_key(struct kb_line_edit *e, const struct kb_key *key,
		      const struct kb_symbols *symbols)
{
	size_t from = e->cursor;

	if (key->meta) {
		meta_key(e, key);
		return true;
	}
	switch (key->code) {
	case KB_KEY_CHAR:
		insert(e, key->text);
		return true;
	case KB_KEY_CTRL:
		return control_key(e, key->text[0], symbols);
	case KB_KEY_LEFT:
		e->cursor = before(e, e->cursor, symbols);
		return true;
	case KB_KEY_RIGHT:
		e->cursor = after(e, e->cursor, symbols);
		return true;
	case KB_KEY_WORD_LEFT:
		e->cursor = word_before(e, is_no_blank);
		return true;
	case KB_KEY_WORD_RIGHT:
		e->cursor = word_after(e, is_no_blank);
		return true;
	case KB_KEY_HOME:
		e->cursor = 0;
		return true;
	case KB_KEY_END:
		e->cursor = e->text.len;
		return true;
	case KB_KEY_BACKSPACE:
		remove_range(e, before(e, from, symbols), from);
		return true;
	case KB_KEY_DELETE:
		remove_range(e, from, after(e, from, symbols));
		return true;
	default:
		return false;
	}
}

/* One step of folding: the row and column of the character at a byte offset. */
struct fold {
	struct kb_line_place place;
	size_t at;
};

static void fold_next(const struct kb_line_edit *e, int columns, const struct kb_symbols *symbols,
		      struct fold *f)
{
	struct kb_glyph glyph = kb_text_glyph(kb_str_skip(kb_buf_view(&e->text), f->at), symbols);

	f->at += glyph.bytes;
	f->place.col += glyph.columns;
	if (f->at < e->text.len) {
		struct kb_glyph next =
			kb_text_glyph(kb_str_skip(kb_buf_view(&e->text), f->at), symbols);

		if (f->place.col + next.columns > columns) {
			f->place = (struct kb_line_place){f->place.row + 1, 0};
		}
	} else if (f->place.col >= columns) {
		f->place = (struct kb_line_place){f->place.row + 1, 0};
	}
}

struct kb_line_place kb_line_edit_place(const struct kb_line_edit *e, int columns,
					const struct kb_symbols *symbols)
{
	struct fold f = {0};

	columns = columns < 2 ? 2 : columns;
	while (f.at < e->cursor) {
		fold_next(e, columns, symbols, &f);
	}
	return f.place;
}

/* The first byte at or behind a place; the end of the line where there is none. */
static size_t offset_of(const struct kb_line_edit *e, int columns, struct kb_line_place place,
			const struct kb_symbols *symbols)
{
	struct fold f = {0};

	while (f.at < e->text.len &&
	       (f.place.row < place.row || (f.place.row == place.row && f.place.col < place.col))) {
		struct fold next = f;

		fold_next(e, columns, symbols, &next);
		if (next.place.row > place.row) {
			break;
		}
		f = next;
	}
	return f.at;
}

struct kb_str kb_line_edit_row(const struct kb_line_edit *e, int columns, int row,
			       const struct kb_symbols *symbols)
{
	struct fold f = {0};
	size_t start;

	columns = columns < 2 ? 2 : columns;
	while (f.at < e->text.len && f.place.row < row) {
		fold_next(e, columns, symbols, &f);
	}
	start = f.at;
	while (f.at < e->text.len && f.place.row == row) {
		fold_next(e, columns, symbols, &f);
	}
	return kb_str_of(e->text.data + start, f.at - start);
}

void kb_line_edit_vertical(struct kb_line_edit *e, int columns, int by,
			   const struct kb_symbols *symbols)
{
	struct kb_line_place place;

	columns = columns < 2 ? 2 : columns;
	place = kb_line_edit_place(e, columns, symbols);
	if (place.row + by < 0) {
		e->cursor = 0;
		return;
	}
	place.row += by;
	e->cursor = offset_of(e, columns, place, symbols);
}
