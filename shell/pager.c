/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "editor.h"
#include "kboot/base/escape.h"
#include "kboot/terminal/key.h"
#include "kboot/terminal/text.h"

enum { TAB_COLUMNS = 8, LINE_MAX_BYTES = 8 << 10 };

#define MORE "--more-- (Space, Enter, q)"

size_t kb_pager_colour(struct kb_str text)
{
	size_t len = 2;

	if (!kb_str_starts(text, KB_STR("\x1b["))) {
		return 0;
	}
	while (len < text.len && (kb_is_digit(text.data[len]) || text.data[len] == ';')) {
		len++;
	}
	return len < text.len && text.data[len] == 'm' ? len + 1 : 0;
}

/* One character, made harmless. Answers its columns. */
static int put_glyph(struct kb_str glyph, int at, struct kb_buf *row)
{
	size_t before = row->len;

	if (glyph.data[0] == '\t') {
		kb_buf_printf(row, "%*s", TAB_COLUMNS - at % TAB_COLUMNS, "");
		return TAB_COLUMNS - at % TAB_COLUMNS;
	}
	kb_escape(row, glyph);
	return kb_text_columns(kb_str_skip(kb_buf_view(row), before), &kb_symbols[KB_CHARSET_UTF8]);
}

/* As much of a line as fits into a row. The last column stays free: see kb_row. */
static void take_row(struct kb_str *line, int columns, struct kb_buf *row)
{
	int used = 0;

	while (line->len > 0) {
		size_t colour = kb_pager_colour(*line);
		size_t len = kb_str_utf8_len(*line);
		size_t before = row->len;
		int width = 0;

		len = colour > 0 ? colour : len > 0 ? len : 1;
		if (colour > 0) {
			kb_buf_append(row, line->data, len);
		} else {
			width = put_glyph(kb_str_head(*line, len), used, row);
		}
		if (used > 0 && width > 0 && used + width >= columns) {
			row->len = before;
			return;
		}
		used += width;
		*line = kb_str_skip(*line, len);
	}
}

bool kb_pager_fits(struct kb_str text, const struct kb_terminal_size *size)
{
	KB_BUF struct kb_buf row = {0};
	struct kb_str line;
	int rows = 1;

	while (rows <= size->rows && kb_str_next_line(&text, &line)) {
		do {
			kb_buf_reset(&row);
			take_row(&line, size->cols, &row);
			rows++;
		} while (line.len > 0 && rows <= size->rows);
	}
	return rows <= size->rows;
}

static void begin_page(struct kb_pager *p)
{
	p->size = (struct kb_terminal_size){KB_TERMINAL_ROWS, KB_TERMINAL_COLS};
	/* It may have been resized. */
	(void)kb_terminal_size_known(STDOUT_FILENO, &p->size);
	p->left = p->size.rows > 1 ? p->size.rows - 1 : 1;
}

/* That it was stopped ends a read, after which the question is put again. */
static void on_continue(int signum)
{
	(void)signum;
}

void kb_pager_init(struct kb_pager *p)
{
	const struct sigaction action = {.sa_handler = on_continue};

	(void)sigaction(SIGCONT, &action, NULL);
	*p = (struct kb_pager){.erases = kb_editor_terminal().obeys};
	begin_page(p);
}

/* Keys without Enter, and unseen; Ctrl-C and Ctrl-Z stay signals. */
static void take_terminal(struct kb_pager *p)
{
	struct termios raw;

	if (!p->asks && tcgetattr(STDIN_FILENO, &p->mode) == 0) {
		p->asks = true;
		raw = p->mode;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
}

/* True: the key means something here. */
static bool press(struct kb_pager *p, const struct kb_key *key)
{
	char letter = (char)(key->code == KB_KEY_CHAR ? key->text[0] : '\0');

	if (letter == 'q' || letter == 'Q') {
		p->over = true;
	} else if (letter == ' ' || key->code == KB_KEY_PAGE_DOWN) {
		begin_page(p);
	} else if (key->code == KB_KEY_ENTER || key->code == KB_KEY_DOWN) {
		begin_page(p);
		p->left = 1;
	} else {
		return false;
	}
	return true;
}

static void put_question(int columns)
{
	printf("%.*s", columns, MORE);
	(void)fflush(stdout);
}

static void ask(struct kb_pager *p)
{
	struct kb_key_decoder decoder = {0};
	struct kb_key keys[KB_KEYS_AT_ONCE];
	int room = p->size.cols > 1 ? p->size.cols - 1 : 1;
	int columns = room < (int)strlen(MORE) ? room : (int)strlen(MORE);
	bool answered = false;

	take_terminal(p);
	put_question(columns);
	while (!answered) {
		unsigned char byte;
		ssize_t n = read(STDIN_FILENO, &byte, 1);
		size_t n_keys = n == 1 ? kb_key_decode(&decoder, byte, keys) : 0;

		for (size_t i = 0; i < n_keys && !answered; i++) {
			answered = press(p, &keys[i]);
		}
		if (n < 0 && errno == EINTR) {
			put_question(columns);
		} else if (n <= 0) {
			p->over = answered = true;
		}
	}
	if (p->erases) {
		(void)fputs("\r\x1b[K", stdout);
	} else {
		printf("\r%*s\r", columns, "");
	}
	(void)fflush(stdout);
}

static void put_line(struct kb_pager *p, struct kb_str line)
{
	KB_BUF struct kb_buf row = {0};

	do {
		if (p->left < 1) {
			ask(p);
		}
		kb_buf_reset(&row);
		take_row(&line, p->size.cols, &row);
		p->over = p->over || kb_buf_error(&row) < 0;
		if (!p->over) {
			printf("%.*s\n", KB_STR_ARG(kb_buf_view(&row)));
			p->left--;
		}
	} while (line.len > 0 && !p->over);
}

bool kb_pager_put(struct kb_pager *p, struct kb_str bytes)
{
	while (bytes.len > 0 && !p->over) {
		size_t end = kb_str_find(bytes, '\n');
		size_t room = LINE_MAX_BYTES - p->rest.len;
		bool whole = end < bytes.len && end <= room;
		struct kb_str line;

		end = end < room ? end : room;
		kb_buf_str(&p->rest, kb_str_head(bytes, end));
		bytes = kb_str_skip(bytes, end + whole);
		p->over = kb_buf_error(&p->rest) < 0;
		line = kb_buf_view(&p->rest);
		if (!p->over && (whole || line.len == LINE_MAX_BYTES)) {
			bool ends_dos = whole && kb_str_ends(line, KB_STR("\r"));

			put_line(p, kb_str_head(line, line.len - ends_dos));
			kb_buf_reset(&p->rest);
		}
	}
	(void)fflush(stdout);
	return !p->over;
}

void kb_pager_done(struct kb_pager *p)
{
	if (p->rest.len > 0 && !p->over) {
		put_line(p, kb_buf_view(&p->rest));
	}
	(void)fflush(stdout);
	if (p->asks) {
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &p->mode);
	}
	kb_buf_done(&p->rest);
}
