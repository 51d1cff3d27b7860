/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "editor.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "candidates.h"
#include "history.h"
#include "kboot/base/bytes.h"
#include "words.h"

struct kb_editor {
	struct kb_editor_options options;
	EditLine *el;
	History *history;
	const char *prompt;
	char typed[4]; /* bytes that are no character yet */
	size_t n_typed;
	int why;             /* the end of a line that was not one: 0 or -errno */
	struct termios mode; /* the terminal's, as it was found */
	bool has_mode;
	bool wraps_late;
};

static struct kb_editor *editor_of(EditLine *el)
{
	void *data = NULL;

	(void)el_get(el, EL_CLIENTDATA, &data);
	return data;
}

static char *get_prompt(EditLine *el)
{
	return (char *)editor_of(el)->prompt;
}

static void drop_typed(struct kb_editor *e, size_t n)
{
	e->n_typed -= n;
	memmove(e->typed, e->typed + n, e->n_typed);
}

/* True when what was typed has a character at its head; it is taken. */
static bool take_char(struct kb_editor *e, wchar_t *ret_char)
{
	mbstate_t state = {0};
	size_t len = e->n_typed > 0 ? mbrtowc(ret_char, e->typed, e->n_typed, &state) : (size_t)-2;

	if (len == (size_t)-2 && e->n_typed < sizeof(e->typed)) {
		return false;
	}
	/* Keys are their own; beyond ASCII, what libedit would show as it is must be harmless. */
	if (len > e->n_typed || (len > 1 && !kb_bytes_are_text(kb_str_of(e->typed, len)))) {
		*ret_char = (wchar_t)(KB_BYTES_PAGE + (unsigned char)e->typed[0]);
		len = 1;
	}
	drop_typed(e, len > 0 ? len : 1);
	return true;
}

/* What is no UTF-8 becomes what stands for its bytes. */
static int get_char(EditLine *el, wchar_t *ret_char)
{
	struct kb_editor *e = editor_of(el);

	while (!take_char(e, ret_char)) {
		unsigned char byte;
		int r = e->options.next_byte(e->options.owner, &byte);

		if (r <= 0) {
			e->why = r;
			errno = r < 0 ? -r : 0;
			return r < 0 ? -1 : 0;
		}
		e->typed[e->n_typed++] = (char)byte;
	}
	return 1;
}

static unsigned char on_interrupt(EditLine *el, int ch)
{
	struct kb_editor *e = editor_of(el);

	(void)ch;
	(void)fputs("^C", stdout);
	(void)fflush(stdout);
	e->why = -EINTR;
	return CC_EOF;
}

/* How many characters the bytes are to libedit, which holds them as kb_bytes_to_line writes them.
 */
static size_t characters(struct kb_str bytes)
{
	KB_BUF struct kb_buf line = {0};
	struct kb_str text;
	size_t n = 0;

	kb_bytes_to_line(&line, bytes);
	text = kb_buf_view(&line);
	while (text.len > 0) {
		text = kb_str_skip(text, kb_str_utf8_len(text));
		n++;
	}
	return n;
}

/* The word is replaced by what it became; 1 where that changed the line. */
static bool replace_word(EditLine *el, struct kb_str line, const struct kb_candidates *c)
{
	KB_BUF struct kb_buf word = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_str before = kb_str_skip(line, c->word_start);

	kb_candidates_word(c, &word);
	kb_bytes_to_line(&text, kb_buf_view(&word));
	if (kb_buf_error(&word) < 0 || kb_buf_error(&text) < 0 ||
	    kb_str_eq(kb_buf_view(&word), before)) {
		return false;
	}
	el_deletestr(el, (int)characters(before));
	return el_insertstr(el, text.data) == 0;
}

static void list(EditLine *el, const struct kb_candidates *c)
{
	KB_BUF struct kb_buf text = {0};
	int columns = 0;
	int lines = 0;

	if (el_get(el, EL_GETTC, "co", &columns, NULL) < 0 || columns <= 0) {
		columns = 80;
	}
	if (el_get(el, EL_GETTC, "li", &lines, NULL) < 0 || lines <= 0) {
		lines = 24;
	}
	kb_candidates_list(c, (unsigned)columns, (unsigned)lines, &text);
	printf("\n%s", text.data ? text.data : "");
	(void)fflush(stdout);
	(void)el_set(el, EL_REFRESH);
}

static unsigned char on_tab(EditLine *el, int ch)
{
	struct kb_editor *e = editor_of(el);
	const LineInfo *info = el_line(el);
	struct kb_candidates c = {0};
	KB_BUF struct kb_buf bytes = {0};
	struct kb_str line;
	unsigned char answer = CC_ERROR;

	(void)ch;
	/* A copy: what el_line gives lives until the next call to libedit. */
	kb_bytes_from_text(&bytes, kb_str_of(info->buffer, (size_t)(info->cursor - info->buffer)));
	if (kb_buf_error(&bytes) < 0) {
		return answer;
	}
	line = kb_buf_view(&bytes);
	e->options.complete(e->options.complete_owner, line, &c);
	if (c.n > 0 && replace_word(el, line, &c)) {
		answer = CC_REFRESH;
	} else if (c.n > 1) {
		list(el, &c);
		answer = CC_NORM;
	}
	kb_candidates_done(&c);
	return answer;
}

static int set_keys(EditLine *el)
{
	static const char *const keys[][2] = {
		{"^I", "kb-complete"},
		{"^C", "kb-interrupt"},
		{"^W", "ed-delete-prev-word"},
		{"^R", "em-inc-search-prev"},
		{"\\e[1~", "ed-move-to-beg"},
		{"\\e[7~", "ed-move-to-beg"},
		{"\\e[4~", "ed-move-to-end"},
		{"\\e[8~", "ed-move-to-end"},
		{"\\e[3~", "ed-delete-next-char"},
	};
	int r = el_set(el, EL_EDITOR, "emacs");

	if (r == 0) {
		/* Wide, because of what libedit makes wide for itself it keeps a copy for ever. */
		r = el_wset(el, EL_ADDFN, L"kb-complete", L"complete", on_tab);
	}
	if (r == 0) {
		r = el_wset(el, EL_ADDFN, L"kb-interrupt", L"forget the line", on_interrupt);
	}
	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(keys); i++) {
		r = el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
	}
	/* While a line is edited its keys are no signals. */
	return r == 0 ? el_set(el, EL_SETTY, "-d", "-isig", NULL) : r;
}

static int set_up(struct kb_editor *e)
{
	HistEvent event;
	int r;

	e->el = el_init("kboot", stdin, stdout, stderr);
	e->history = history_init();
	if (!e->el || !e->history) {
		return -ENOMEM;
	}
	r = el_set(e->el, EL_CLIENTDATA, e);
	r = r == 0 ? el_set(e->el, EL_PROMPT, get_prompt) : r;
	r = r == 0 ? el_set(e->el, EL_GETCFN, get_char) : r;
	r = r == 0 ? el_set(e->el, EL_HIST, history, e->history) : r;
	r = r == 0 ? history(e->history, &event, H_SETSIZE, (int)KB_HISTORY_MAX_LINES) : r;
	r = r >= 0 ? history(e->history, &event, H_SETUNIQUE, 1) : r;
	r = r >= 0 ? set_keys(e->el) : r;
	return r < 0 ? -EIO : 0;
}

int kb_editor_create(const struct kb_editor_options *options, struct kb_editor **ret_editor)
{
	struct kb_editor *e = calloc(1, sizeof(*e));
	int r;

	if (!e) {
		return -ENOMEM;
	}
	e->options = *options;
	e->wraps_late = kb_editor_terminal_wraps_late();
	e->has_mode = tcgetattr(STDIN_FILENO, &e->mode) == 0;
	/* Where nobody says what it is, text is UTF-8. */
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	}
	r = set_up(e);
	if (r < 0) {
		kb_editor_destroy(e);
		return r;
	}
	*ret_editor = e;
	return 0;
}

void kb_editor_destroy(struct kb_editor *e)
{
	if (!e) {
		return;
	}
	if (e->history) {
		history_end(e->history);
	}
	if (e->el) {
		el_end(e->el);
	}
	if (e->has_mode) {
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &e->mode);
	}
	free(e);
}

bool kb_editor_wraps_late(const struct kb_editor *e)
{
	return e && e->wraps_late;
}

void kb_editor_redraw(struct kb_editor *e)
{
	if (e) {
		(void)el_set(e->el, EL_REFRESH);
	}
}

void kb_editor_resize(struct kb_editor *e)
{
	if (e) {
		el_resize(e->el);
	}
}

static void recall(struct kb_editor *e, const char *line)
{
	HistEvent event;

	(void)history(e->history, &event, H_ENTER, line);
}

/* What other prompts added meanwhile is there too. */
static void recall_file(struct kb_editor *e)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_str rest;
	struct kb_str line;
	HistEvent event;

	if (!e->options.history || kb_history_read(e->options.history, &text) < 0) {
		return;
	}
	(void)history(e->history, &event, H_CLEAR);
	rest = kb_buf_view(&text);
	while (kb_str_next_line(&rest, &line)) {
		const char *copy = kb_arena_str(&arena, line);

		if (copy && copy[0]) {
			recall(e, copy);
		}
	}
}

/* As it was edited, so that it can be edited again. A line that begins with a blank is not for
 * others to see. */
static void keep(struct kb_editor *e, struct kb_str text)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *copy = kb_arena_str(&arena, text);

	if (text.len == 0 || text.data[0] == ' ' || text.len > KB_SHELL_LINE_MAX || !copy) {
		return;
	}
	if (!e->options.history || kb_history_add(e->options.history, text) < 0) {
		recall(e, copy);
	}
}

/* Keys that come before the next prompt are its business: they must not show before it does. */
static void stop_echo(const struct kb_editor *e)
{
	struct termios mode;

	if (e->has_mode && tcgetattr(STDIN_FILENO, &mode) == 0) {
		mode.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
	}
}

int kb_editor_line(struct kb_editor *e, const char *prompt, struct kb_buf *line)
{
	const char *text;
	int n = 0;

	e->prompt = prompt;
	e->why = 0;
	e->n_typed = 0;
	recall_file(e);
	/* Before the prompt is there: who sees it may type, and nothing but the editor is to echo.
	 */
	(void)el_set(e->el, EL_PREP_TERM, 1);
	text = el_gets(e->el, &n);
	stop_echo(e);
	if (!text || n <= 0) {
		return e->why;
	}
	n -= text[n - 1] == '\n';
	kb_bytes_from_text(line, kb_str_of(text, (size_t)n));
	keep(e, kb_str_of(text, (size_t)n));
	return 1;
}
