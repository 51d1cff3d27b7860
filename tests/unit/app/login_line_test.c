/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session of SSH asks for, and what of it the engine has to be asked about first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "kboot/base/str.h"
#include "login_line.h"

/* The words with a bar between. */
static void join(const struct kb_login_line *line, struct kb_buf *text)
{
	kb_buf_puts(text, "");
	for (int i = 0; line->argv && i < line->argc; i++) {
		kb_buf_printf(text, "%s%s", i > 0 ? "|" : "", line->argv[i]);
	}
	assert_null(line->argv[line->argc]);
}

static void every_line_is_one_of_four_kinds(void **state)
{
	static const struct {
		const char *text;
		bool on_terminal;
		const char *words;
		const char *kind;
		bool asks_itself;
	} cases[] = {
		{NULL, true, "kboot|menu", "menu", true},
		{NULL, false, "kboot|shell", "shell", true},
		{"  ", true, "kboot|menu", "menu", true},
		{"list --json", false, "kboot|list|--json", "list", true},
		{"list --root=/", false, "kboot|list|--root=/", "list", false},
		{"list --run-dir /tmp", false, "kboot|list|--run-dir|/tmp", "list", false},
		{"boot 'my label' --dry-run", false, "kboot|boot|my label|--dry-run", "boot", true},
		{"menu", true, "kboot|menu", "menu", true},
		{"menu --theme /etc/shadow", true, "kboot|menu|--theme|/etc/shadow", "menu", false},
		{"shell", true, "kboot|shell", "shell", true},
		{"shell --config /x", true, "kboot|shell|--config|/x", "shell", false},
		{"shell -c 'uname -a'", false, "kboot|shell|--|-c|uname -a", "uname -a", true},
		{"shell -c --root=/", false, "kboot|shell|--|-c|--root=/", "--root=/", true},
		{"check /etc/passwd", false, "kboot|check|/etc/passwd", "check", false},
		{"fetch http://h/x /etc/x", false, "kboot|fetch|http://h/x|/etc/x", "fetch", false},
		{"network up", false, "kboot|network|up", "network", false},
		{"engine --machine", false, "kboot|shell|--|-c|engine --machine",
		 "engine --machine", true},
		{"--root=/ list", false, "kboot|shell|--|-c|--root=/ list", "--root=/ list", true},
		{"uname -a; id", false, "kboot|shell|--|-c|uname -a; id", "uname -a; id", true},
		{"scp -t '/tmp/x y'", false, "kboot|scp|-t|/tmp/x y", "files", false},
		{"/usr/lib/sftp-server", false, "kboot", "files", false},
		{"/usr/lib/sftp-server -e", false, "kboot|shell|--|-c|/usr/lib/sftp-server -e",
		 "/usr/lib/sftp-server -e", true},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		KB_BUF struct kb_buf words = {0};
		struct kb_login_line line;

		assert_int_equal(kb_login_line_read(&arena, cases[i].text, cases[i].on_terminal,
						    &line),
				 0);
		join(&line, &words);
		assert_string_equal(words.data, cases[i].words);
		assert_string_equal(kb_login_kind(&line), cases[i].kind);
		if (line.asks_itself != cases[i].asks_itself) {
			fail_msg("%s: asks_itself", cases[i].text);
		}
	}
}

static void more_words_than_there_is_room_for_are_a_line(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_login_line line;

	(void)state;
	kb_buf_puts(&text, "list");
	for (int i = 0; i < 1000; i++) {
		kb_buf_puts(&text, " x");
	}
	assert_int_equal(kb_login_line_read(&arena, text.data, false, &line), 0);
	assert_string_equal(line.argv[1], "shell");
	assert_string_equal(line.argv[4], text.data);
}

static void terminals_are_those_that_are_known(void **state)
{
	static const struct {
		const char *term;
		const char *known;
	} cases[] = {
		{"xterm-256color", "xterm-256color"},
		{"xterm-kitty", "xterm-256color"},
		{"alacritty", "xterm-256color"},
		{"vt220", "vt220"},
		{"dumb", "dumb"},
		{"", "dumb"},
		{NULL, "dumb"},
		{"../../etc/passwd", "vt100"},
		{"wyse50\n", "vt100"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		assert_string_equal(kb_login_terminal(cases[i].term), cases[i].known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_one_of_four_kinds),
		cmocka_unit_test(more_words_than_there_is_room_for_are_a_line),
		cmocka_unit_test(terminals_are_those_that_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
