/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "kboot/terminal/font.h"
#include "kboot/terminal/size.h"

/* Its macros would shadow half of our names. */
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>
/* They are words for other things here. */
#undef columns
#undef cursor_visible
#undef lines

enum { IN_FD = STDIN_FILENO, OUT_FD = STDOUT_FILENO };

/* An ESC by itself from a keyboard on this machine is told apart quickly; a sequence that comes
 * through a slow line or a network may pause inside: a BMC's serial-over-LAN collects bytes for
 * tenths of a second. */
enum { ESCAPE_LOCAL_MS = 25, ESCAPE_REMOTE_MS = 300 };
/* So long an ESC may be the beginning of an answer that is late. */
enum { ANSWER_LATE_MS = 3000 };

struct kb_terminal {
	SCREEN *screen;
	const struct kb_symbols *symbols;
	struct kb_symbols own_symbols; /* of this console's font */
	struct kb_font font;
	const struct kb_theme *theme;
	struct kb_grid shown; /* what ncurses was told */
	struct kb_buf typed;  /* while the size was asked for */
	struct kb_terminal_size size;
	int64_t answer_due_ms; /* until then an answer may come */
	bool stale;            /* shown is not what is there */
	bool slow;
	bool local;
	bool colour;
	bool cursor_visible;
};

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool starts(const char *text, const char *head)
{
	return text && strncmp(text, head, strlen(head)) == 0;
}

/* A serial line by its name, or a terminal that is only ever at the end of one. */
static bool is_slow(const char *tty, const char *term)
{
	static const char *const lines[] = {"ttyS",   "ttyAMA", "ttyUSB", "ttyACM", "ttymxc",
					    "ttyPS",  "ttySAC", "ttyO",   "ttyLP",  "ttySC",
					    "ttymvs", "ttyGS",  "hvc",    "hvsi",   "sclp_line"};

	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		if (starts(tty, lines[i])) {
			return true;
		}
	}
	return starts(term, "vt1") || starts(term, "vt2");
}

/*
 * Whether text may be UTF-8: what the environment says; where it says nothing, yes, as the Linux
 * console and today's terminals have it. A VT100 or VT220 by name never.
 */
static enum kb_charset find_charset(const struct kb_terminal_options *options, const char *term)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	bool told = false;

	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		told = told || (value && value[0]);
	}
	if (!setlocale(LC_CTYPE, told ? "" : "C.UTF-8")) {
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	}
	if (options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0 || starts(term, "vt1") ||
	    starts(term, "vt2")) {
		return KB_CHARSET_ASCII;
	}
	return starts(term, "linux") ? KB_CHARSET_CONSOLE : KB_CHARSET_UTF8;
}

/* A console says what its font has; at the prompt it may get another. */
static void choose_symbols(struct kb_terminal *t, enum kb_charset charset)
{
	t->symbols = &kb_symbols[charset];
	if (charset == KB_CHARSET_CONSOLE && kb_font_read(IN_FD, &t->font)) {
		kb_symbols_choose(&t->font, &t->own_symbols);
		t->symbols = &t->own_symbols;
	}
}

/* 1: can place its cursor. 0: known, but cannot. -1: not known. */
static int judge(const char *term)
{
	int found = 0;
	const char *address;

	if (setupterm(term, OUT_FD, &found) != OK) {
		return -1;
	}
	address = tigetstr("cup");
	(void)del_curterm(cur_term);
	return address && address != (const char *)-1 ? 1 : 0;
}

/* The description to use. What nobody described most likely obeys a VT100's commands. */
static int find_description(const char *tty, const char **ret_term, struct kb_error *err)
{
	const char *term = getenv("TERM");

	if (!term || !term[0]) {
		term = starts(tty, "tty") && tty[3] >= '0' && tty[3] <= '9' ? "linux" : "vt100";
	}
	switch (judge(term)) {
	case 1:
		*ret_term = term;
		return 0;
	case 0:
		return kb_error_set(err, -ENODEV,
				    "the terminal `%s` cannot show a menu: it cannot place its "
				    "cursor; `kboot shell` works on it",
				    term);
	default:
		break;
	}
	if (judge("vt100") != 1) {
		return kb_error_set(err, -ENODEV,
				    "neither the terminal `%s` nor vt100 is known to curses", term);
	}
	*ret_term = "vt100";
	return 0;
}

static int colour_pair(enum kb_style style)
{
	return (int)style + 1;
}

static void init_colours(struct kb_terminal *t)
{
	t->colour = true;
	(void)start_color();
	(void)use_default_colors();
	for (int style = 0; style < KB_N_STYLES; style++) {
		const struct kb_look *look = &t->theme->styles[style];

		(void)init_pair((short)colour_pair((enum kb_style)style), (short)look->colour,
				(short)look->background);
	}
}

static void init_modes(void)
{
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)intrflush(stdscr, FALSE);
	/* We read the keyboard ourselves: no look at it may cut a refresh short. */
	(void)typeahead(-1);
	(void)idlok(stdscr, TRUE);
	(void)curs_set(0);
}

static bool set_size_variable(const char *name, int value)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", value);
	return setenv(name, text, 1) == 0;
}

/* Made for the size we found: what environment and kernel say, curses would believe unseen. */
static SCREEN *new_screen(const char *term, struct kb_terminal_size size)
{
	SCREEN *screen = NULL;

	if (set_size_variable("LINES", size.rows) && set_size_variable("COLUMNS", size.cols)) {
		screen = newterm(term, stdout, stdin);
	}
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	return screen;
}

static void apply_size(const struct kb_terminal *t)
{
	if (LINES != t->size.rows || COLS != t->size.cols) {
		(void)resizeterm(t->size.rows, t->size.cols);
	}
}

int kb_terminal_open(const struct kb_terminal_options *options, struct kb_terminal **ret_terminal,
		     struct kb_error *err)
{
	struct kb_terminal *t;
	const char *term;
	int r;

	if (!isatty(IN_FD) || !isatty(OUT_FD)) {
		return kb_error_set(err, -ENOTTY, "the menu needs a terminal");
	}
	r = find_description(options->tty, &term, err);
	if (r < 0) {
		return r;
	}
	t = calloc(1, sizeof(*t));
	if (!t) {
		return kb_error_no_memory(err);
	}
	t->theme = options->theme;
	t->slow = is_slow(options->tty, term);
	t->local = starts(term, "linux");
	choose_symbols(t, find_charset(options, term));
	t->shown.symbols = t->symbols;
	if (!kb_terminal_size_known(IN_FD, &t->size) &&
	    !kb_terminal_size_ask(IN_FD, OUT_FD, &t->typed, &t->size)) {
		t->answer_due_ms = now_ms() + ANSWER_LATE_MS;
	}
	t->screen = new_screen(term, t->size);
	if (!t->screen) {
		kb_terminal_close(t);
		return kb_error_set(err, -ENODEV, "curses cannot use the terminal `%s`", term);
	}
	init_modes();
	/* COLORS is not known before start_color(). */
	if (!options->monochrome && has_colors() && tigetnum("colors") >= 8) {
		init_colours(t);
	}
	t->stale = true;
	*ret_terminal = t;
	return 0;
}

static int put_byte(int byte)
{
	return putchar(byte);
}

/* Where there is no second screen to go back to, what is there would stay. */
static void wipe(void)
{
	const char *second = tigetstr("smcup");
	const char *clear_all = tigetstr("clear");

	if (second && second != (const char *)-1) {
		return;
	}
	if (clear_all && clear_all != (const char *)-1) {
		/* Not putp: curses keeps what it has to say in a buffer of its own. */
		(void)tputs(clear_all, 1, put_byte);
		(void)fflush(stdout);
	}
}

void kb_terminal_close(struct kb_terminal *t)
{
	if (!t) {
		return;
	}
	if (t->screen) {
		if (!isendwin()) {
			(void)endwin();
			wipe();
		}
		delscreen(t->screen);
	}
	kb_grid_done(&t->shown);
	kb_buf_done(&t->typed);
	free(t);
}

void kb_terminal_suspend(struct kb_terminal *t)
{
	(void)curs_set(1);
	(void)def_prog_mode();
	(void)endwin();
	wipe();
	t->stale = true;
}

void kb_terminal_resume(struct kb_terminal *t)
{
	(void)reset_prog_mode();
	(void)curs_set(t->cursor_visible ? 1 : 0);
	(void)clearok(curscr, TRUE);
	if (t->symbols == &t->own_symbols) {
		choose_symbols(t, KB_CHARSET_CONSOLE);
	}
	t->stale = true;
}

void kb_terminal_leave(struct kb_terminal *t, const char *text)
{
	struct kb_grid line = {.symbols = t->symbols};
	KB_BUF struct kb_buf bytes = {0};

	(void)endwin();
	wipe();
	if (kb_grid_resize(&line, 1, t->size.cols > 1 ? t->size.cols - 1 : 1) == 0) {
		/* Through a grid: no control byte of a title reaches the terminal. */
		(void)kb_grid_puts(&line, 0, 0, line.cols, KB_STYLE_TEXT, text);
		kb_grid_to_text(&line, &bytes);
		(void)fwrite(bytes.data, 1, bytes.len, stdout);
		(void)fflush(stdout);
	}
	kb_grid_done(&line);
}

const struct kb_symbols *kb_terminal_symbols(const struct kb_terminal *t)
{
	return t->symbols;
}

bool kb_terminal_is_slow(const struct kb_terminal *t)
{
	return t->slow;
}

unsigned kb_terminal_escape_ms(const struct kb_terminal *t)
{
	unsigned usual_ms = t->local ? ESCAPE_LOCAL_MS : ESCAPE_REMOTE_MS;
	int64_t left_ms = t->answer_due_ms - now_ms();

	return left_ms > usual_ms ? (unsigned)left_ms : usual_ms;
}

int kb_terminal_fit(struct kb_terminal *t, struct kb_grid *grid)
{
	struct kb_terminal_size size = t->size;
	int r;

	if (kb_terminal_size_known(IN_FD, &size)) {
		t->size = size;
	}
	if (grid->cells && grid->rows == t->size.rows && grid->cols == t->size.cols) {
		return 0;
	}
	r = kb_grid_resize(grid, t->size.rows, t->size.cols);
	if (r == 0) {
		r = kb_grid_resize(&t->shown, t->size.rows, t->size.cols);
	}
	if (r == 0) {
		apply_size(t);
		t->stale = true;
	}
	return r;
}

static attr_t attributes(unsigned look)
{
	attr_t a = A_NORMAL;

	a |= look & KB_LOOK_BOLD ? A_BOLD : 0;
	a |= look & KB_LOOK_DIM ? A_DIM : 0;
	a |= look & KB_LOOK_REVERSE ? A_REVERSE : 0;
	a |= look & KB_LOOK_UNDERLINE ? A_UNDERLINE : 0;
	return a;
}

/* What has the terminal's own colours costs no bytes for them. */
static short pair_of(const struct kb_look *look, enum kb_style style)
{
	bool own = look->colour == KB_COLOUR_OWN && look->background == KB_COLOUR_OWN;

	return (short)(own ? 0 : colour_pair(style));
}

static void put_cell(const struct kb_terminal *t, int row, int col, const struct kb_cell *cell)
{
	const struct kb_look *look = &t->theme->styles[cell->style];
	wchar_t chars[KB_CELL_CHARS + 1] = {0};
	cchar_t glyph;

	memcpy(chars, cell->chars, sizeof(cell->chars));
	if (t->colour) {
		(void)setcchar(&glyph, chars, attributes(look->look), pair_of(look, cell->style),
			       NULL);
	} else {
		(void)setcchar(&glyph, chars, attributes(look->mono), 0, NULL);
	}
	/* ERR in the last cell only says that the cursor cannot go on from there. */
	(void)mvadd_wch(row, col, &glyph);
}

static bool same_cell(const struct kb_cell *a, const struct kb_cell *b)
{
	return a->columns == b->columns && a->style == b->style &&
	       memcmp(a->chars, b->chars, sizeof(a->chars)) == 0;
}

static void put_row(struct kb_terminal *t, const struct kb_grid *grid, int row)
{
	for (int col = 0; col < grid->cols; col++) {
		size_t at = (size_t)row * (size_t)grid->cols + (size_t)col;
		const struct kb_cell *cell = &grid->cells[at];

		/* The right half of a wide character goes with its left one. */
		if (cell->columns > 0 && (t->stale || !same_cell(cell, &t->shown.cells[at]))) {
			put_cell(t, row, col, cell);
		}
	}
}

void kb_terminal_show(struct kb_terminal *t, const struct kb_grid *grid)
{
	if (grid->rows != t->shown.rows || grid->cols != t->shown.cols) {
		return;
	}
	if (t->stale) {
		(void)erase();
	}
	for (int row = 0; row < grid->rows; row++) {
		put_row(t, grid, row);
	}
	memcpy(t->shown.cells, grid->cells,
	       (size_t)grid->rows * (size_t)grid->cols * sizeof(*grid->cells));
	if (grid->cursor_visible != t->cursor_visible) {
		t->cursor_visible = grid->cursor_visible;
		(void)curs_set(t->cursor_visible ? 1 : 0);
	}
	(void)move(grid->cursor_row, grid->cursor_col);
	t->stale = false;
	(void)refresh();
}

int kb_terminal_read(struct kb_terminal *t, void *buf, size_t size, size_t *ret_len)
{
	struct pollfd in = {.fd = IN_FD, .events = POLLIN};
	ssize_t n;

	if (t->typed.len > 0) {
		*ret_len = t->typed.len < size ? t->typed.len : size;
		memcpy(buf, t->typed.data, *ret_len);
		memmove(t->typed.data, t->typed.data + *ret_len, t->typed.len - *ret_len);
		t->typed.len -= *ret_len;
		return 0;
	}
	if (poll(&in, 1, 0) < 1) {
		return -EAGAIN;
	}
	n = read(IN_FD, buf, size);
	if (n < 0) {
		return -errno;
	}
	*ret_len = (size_t)n;
	return 0;
}
