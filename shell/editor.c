/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "editor.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "candidates.h"
#include "kboot/terminal/row.h"
#include "recall.h"
#include "words.h"

enum { GO_ON = 2 }; /* beside what kb_reader_line answers: the line is edited on */

static const struct kb_symbols *const symbols = &kb_symbols[KB_CHARSET_UTF8];

struct kb_editor {
	struct kb_editor_options options;
	struct kb_editor_terminal terminal;
	struct kb_line_edit edit;
	struct kb_key_decoder keys;
	struct kb_recall recall;
	struct kb_row row;
	int columns;
	const char *prompt;
	struct termios mode; /* the terminal's, as it was found */
	bool has_mode;
};

static struct kb_str text_of(const struct kb_editor *e)
{
	return kb_buf_view(&e->edit.text);
}

static void set_text(struct kb_editor *e, struct kb_str text)
{
	(void)kb_line_edit_replace(&e->edit, 0, e->edit.text.len, text);
}

/* --- on the terminal ------------------------------------------------------------------------- */

typedef void draw_fn(struct kb_row *row, const struct kb_row_line *line, struct kb_buf *out);

static void draw_as(struct kb_editor *e, draw_fn *draw)
{
	KB_BUF struct kb_buf out = {0};
	KB_BUF struct kb_buf prompt = {0};
	struct kb_row_line line = {.edit = &e->edit, .columns = e->columns, .symbols = symbols};

	if (e->recall.searching) {
		kb_buf_printf(&prompt, "search `%s': ", e->recall.pattern.data);
	} else {
		kb_buf_puts(&prompt, e->prompt);
	}
	line.prompt = kb_buf_view(&prompt);
	draw(&e->row, &line, &out);
	if (kb_buf_error(&prompt) < 0 || kb_buf_error(&out) < 0) {
		e->row.lost = true;
		return;
	}
	if (out.len > 0) {
		(void)fwrite(out.data, 1, out.len, stdout);
	}
	(void)fflush(stdout);
}

static void draw(struct kb_editor *e)
{
	draw_as(e, kb_row_draw);
}

static void find_columns(struct kb_editor *e)
{
	struct kb_terminal_size size = {.cols = KB_TERMINAL_COLS};

	(void)kb_terminal_size_known(STDOUT_FILENO, &size);
	e->row.lost = e->row.lost || size.cols != e->columns;
	e->columns = size.cols;
}

void kb_editor_redraw(struct kb_editor *e)
{
	if (e) {
		kb_row_begin(&e->row);
		draw(e);
	}
}

void kb_editor_resize(struct kb_editor *e)
{
	if (e) {
		find_columns(e);
		draw(e);
	}
}

bool kb_editor_wraps_late(const struct kb_editor *e)
{
	return e && e->terminal.wraps_late;
}

/* --- keys ------------------------------------------------------------------------------------ */

/* While a line is edited its keys are no signals, and nothing but the editor is to echo. */
static struct termios take_terminal(void)
{
	struct termios before = {0};
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &before) == 0) {
		raw = before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	return before;
}

static void list(struct kb_editor *e, const struct kb_candidates *c)
{
	KB_BUF struct kb_buf text = {0};

	kb_candidates_list(c, (unsigned)e->columns, &text);
	(void)fputc('\n', stdout);
	if (text.len > 0) {
		e->options.show(e->options.complete_owner, text.data);
	}
	(void)take_terminal();
	kb_row_begin(&e->row);
}

/* The word before the cursor becomes what it was completed to; if that is the same, what it could
 * become is listed. */
static void complete(struct kb_editor *e)
{
	struct kb_str line = kb_str_head(text_of(e), e->edit.cursor);
	struct kb_candidates c = {0};
	KB_BUF struct kb_buf word = {0};

	draw(e);
	e->options.complete(e->options.complete_owner, line, &c);
	kb_candidates_word(&c, &word);
	if (c.n > 0 && kb_buf_error(&word) == 0) {
		if (!kb_str_eq(kb_buf_view(&word), kb_str_skip(line, c.word_start))) {
			(void)kb_line_edit_replace(&e->edit, c.word_start, e->edit.cursor,
						   kb_buf_view(&word));
		} else if (c.n > 1) {
			list(e, &c);
		}
	}
	kb_candidates_done(&c);
}

static int control(struct kb_editor *e, char letter)
{
	switch (letter) {
	case 'c':
		e->edit.cursor = e->edit.text.len;
		draw(e);
		(void)fputs("^C", stdout);
		return -EINTR;
	case 'l':
		(void)fputs(e->terminal.obeys ? "\x1b[H\x1b[J" : "\n", stdout);
		kb_row_begin(&e->row);
		break;
	case 'n':
		kb_recall_newer(&e->recall, &e->edit);
		break;
	case 'p':
		kb_recall_older(&e->recall, &e->edit);
		break;
	case 'r':
		kb_recall_search(&e->recall);
		break;
	default:
		break;
	}
	return GO_ON;
}

static int press(struct kb_editor *e, const struct kb_key *key)
{
	if (kb_recall_key(&e->recall, key, &e->edit)) {
		return GO_ON;
	}
	if (key->code == KB_KEY_CTRL && key->text[0] == 'd' && e->edit.text.len == 0) {
		return 0;
	}
	if (kb_line_edit_key(&e->edit, key, symbols)) {
		return GO_ON;
	}
	switch (key->code) {
	case KB_KEY_ENTER:
		draw_as(e, kb_row_leave);
		(void)fputc('\n', stdout);
		return 1;
	case KB_KEY_TAB:
		complete(e);
		return GO_ON;
	case KB_KEY_UP:
		return control(e, 'p');
	case KB_KEY_DOWN:
		return control(e, 'n');
	case KB_KEY_CTRL:
		return control(e, key->text[0]);
	default:
		return GO_ON;
	}
}

/* Of what was pasted only the end is worth drawing. */
static bool more_waits(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&in, 1, 0) == 1;
}

static int edit(struct kb_editor *e)
{
	int r = GO_ON;

	while (r == GO_ON) {
		struct kb_key keys[KB_KEYS_AT_ONCE];
		unsigned char byte;
		size_t n;

		if (!more_waits()) {
			draw(e);
		}
		r = e->options.next_byte(e->options.owner, &byte);
		if (r <= 0) {
			return r;
		}
		r = GO_ON;
		n = kb_key_decode(&e->keys, byte, keys);
		if (n > 0) {
			e->options.typed(e->options.owner);
		}
		for (size_t i = 0; i < n && r == GO_ON; i++) {
			r = press(e, &keys[i]);
		}
	}
	return r;
}

/* --- one line -------------------------------------------------------------------------------- */

/* Keys that come before the next prompt are its business: they must not show before it does. */
static void give_terminal(const struct kb_editor *e, struct termios mode)
{
	mode.c_lflag &= ~(tcflag_t)ECHO;
	if (e->has_mode) {
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
	}
}

int kb_editor_line(struct kb_editor *e, const char *prompt, struct kb_buf *line)
{
	struct termios before = take_terminal();
	int r;

	e->prompt = prompt;
	set_text(e, (struct kb_str){0});
	kb_recall_begin(&e->recall, e->options.history);
	find_columns(e);
	kb_row_begin(&e->row);
	r = edit(e);
	(void)fflush(stdout);
	give_terminal(e, before);
	if (r == 1) {
		kb_buf_str(line, text_of(e));
		kb_recall_keep(&e->recall, e->options.history, text_of(e));
	}
	return r;
}

int kb_editor_create(const struct kb_editor_options *options, struct kb_editor **ret_editor)
{
	struct kb_editor *e = calloc(1, sizeof(*e));
	int r = e ? kb_line_edit_init(&e->edit, "") : -ENOMEM;

	if (r < 0) {
		free(e);
		return r;
	}
	e->edit.text.max_bytes = KB_SHELL_LINE_MAX;
	e->options = *options;
	e->terminal = kb_editor_terminal();
	e->row.erase = e->terminal.obeys;
	e->has_mode = tcgetattr(STDIN_FILENO, &e->mode) == 0;
	*ret_editor = e;
	return 0;
}

void kb_editor_destroy(struct kb_editor *e)
{
	if (!e) {
		return;
	}
	if (e->has_mode) {
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &e->mode);
	}
	kb_recall_done(&e->recall);
	kb_line_edit_done(&e->edit);
	free(e);
}
