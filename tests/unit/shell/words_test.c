/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "words.h"

static void split(const char *line, const char *const *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words;
	struct kb_error err = {0};
	size_t n = 0;

	assert_int_equal(kb_shell_split(&arena, kb_str_from(line), false, &words, &err), 0);
	for (; expected[n]; n++) {
		if (n >= words.n || strcmp(words.items[n].text, expected[n]) != 0) {
			fail_msg("%s: word %zu is %s, not %s", line, n,
				 n < words.n ? words.items[n].text : "missing", expected[n]);
		}
	}
	assert_int_equal(words.n, n);
	assert_int_equal(words.open, 0);
}

static void words_are_what_blanks_separate(void **state)
{
	(void)state;
	split("", (const char *const[]){NULL});
	split(" \t\r\n\v\f", (const char *const[]){NULL});
	split("  a\tb  c ", (const char *const[]){"a", "b", "c", NULL});
}

/* What a POSIX shell makes of quotes; checked against dash. */
static void quotes_are_a_shells(void **state)
{
	(void)state;
	split("'a b' \"c d\" e\\ f", (const char *const[]){"a b", "c d", "e f", NULL});
	split("a'b'\"c\"\\d", (const char *const[]){"abcd", NULL});
	split("'' \"\"", (const char *const[]){"", "", NULL});
	split("'a\\b\"c'", (const char *const[]){"a\\b\"c", NULL});
	split("\"a\\\\b\\\"c\\$d\\`e\\f'g\"", (const char *const[]){"a\\b\"c$d`e\\f'g", NULL});
	split("it\\'s 'it'\\''s'", (const char *const[]){"it's", "it's", NULL});
	split("\\\\ \\\"", (const char *const[]){"\\", "\"", NULL});
}

static void nothing_else_is_special(void **state)
{
	(void)state;
	split("$HOME `x` $(y) ;a |b &c <d >e #f ~g {h,i} !j",
	      (const char *const[]){"$HOME", "`x`", "$(y)", ";a", "|b", "&c", "<d", ">e", "#f",
				    "~g", "{h,i}", "!j", NULL});
	split("na\xc3\xafve \xff\x01", (const char *const[]){"na\xc3\xafve", "\xff\x01", NULL});
}

static void only_what_is_not_quoted_is_a_pattern(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words;
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_shell_split(&arena, KB_STR("*.c '*'.c a\\?b [x]'[y]*' 'a\\b'? plain"),
					false, &words, &err),
			 0);
	assert_int_equal(words.n, 6);
	assert_string_equal(words.items[0].pattern, "*.c");
	assert_null(words.items[1].pattern);
	assert_null(words.items[2].pattern);
	assert_string_equal(words.items[3].pattern, "[x]\\[y\\]\\*");
	assert_string_equal(words.items[4].pattern, "a\\\\b?");
	assert_null(words.items[5].pattern);
}

static void words_know_where_they_stand(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words;
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_shell_split(&arena, KB_STR(" a 'b c'  d"), false, &words, &err), 0);
	assert_int_equal(words.items[1].start, 3);
	assert_int_equal(words.items[1].end, 8);
	assert_int_equal(words.items[2].start, 10);
	assert_int_equal(words.items[2].end, 11);
}

static void refuse(struct kb_str line, int code, const char *sentence)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words = {.n = 7};
	struct kb_error err = {0};

	assert_int_equal(kb_shell_split(&arena, line, false, &words, &err), code);
	assert_string_equal(err.text, sentence);
	assert_int_equal(words.n, 7);
}

static void what_cannot_be_split_says_why(void **state)
{
	(void)state;
	refuse(KB_STR("echo 'a"), -EINVAL, "a quote is not closed: '");
	refuse(KB_STR("echo \"a\\\""), -EINVAL, "a quote is not closed: \"");
	refuse(KB_STR("a \\"), -EINVAL, "the backslash at the end of the line quotes nothing");
	refuse(KB_STR("a\0b"), -EINVAL, "the line has a NUL byte, which no name can hold");
}

static void long_lines_are_refused(void **state)
{
	KB_BUF struct kb_buf line = {0};

	(void)state;
	for (int i = 0; i < KB_SHELL_WORDS_MAX; i++) {
		kb_buf_puts(&line, "a ");
	}
	split("a", (const char *const[]){"a", NULL});
	kb_buf_puts(&line, "a");
	refuse(kb_buf_view(&line), -E2BIG, "the line has more than 1024 words");
	while (line.len <= KB_SHELL_LINE_MAX) {
		kb_buf_putc(&line, ' ');
	}
	refuse(kb_buf_view(&line), -E2BIG, "the line is longer than 16 KiB");
}

static void an_open_end_is_fine_where_it_is_asked_for(void **state)
{
	static const struct {
		const char *line;
		const char *last;
		char open;
	} cases[] = {{"cat 'a b", "a b", '\''},
		     {"cat \"a\\\"b", "a\"b", '"'},
		     {"cat a\\", "a", '\\'},
		     {"cat a", "a", '\0'}};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_shell_words words;
		struct kb_error err;

		assert_int_equal(kb_shell_split(&arena, kb_str_from(cases[i].line), true, &words,
						&err),
				 0);
		assert_int_equal(words.open, cases[i].open);
		assert_string_equal(words.items[words.n - 1].text, cases[i].last);
	}
}

/* Whatever is quoted comes back as one word that is no pattern. */
static void quoting_comes_back(void **state)
{
	static const char *const texts[] = {"a b",   "it's",      "\"x\"",   "a\\b",
					    "*?[x]", "$HOME `y`", "a;b|c&d", "\xe2\x82\xac",
					    "\\'\"", "tab\tx",    "!"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		for (const char *open = "'\"";; open++) {
			KB_ARENA struct kb_arena arena = {0};
			KB_BUF struct kb_buf line = {0};
			struct kb_shell_words words;
			struct kb_error err = {0};

			if (*open) {
				kb_buf_putc(&line, *open);
			}
			kb_shell_quote(&line, kb_str_from(texts[i]), *open);
			if (*open) {
				kb_buf_putc(&line, *open);
			}
			assert_int_equal(kb_shell_split(&arena, kb_buf_view(&line), false, &words,
							&err),
					 0);
			assert_int_equal(words.n, 1);
			assert_string_equal(words.items[0].text, texts[i]);
			assert_null(words.items[0].pattern);
			if (!*open) {
				break;
			}
		}
	}
}

static void plain(const char *line, const char *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words;

	assert_int_equal(kb_shell_split(&arena, kb_str_from(line), false, &words, NULL), 0);
	assert_string_equal(kb_shell_plain_line(&arena, kb_str_from(line), &words), expected);
}

static void the_engine_gets_quotes_for_backslashes(void **state)
{
	(void)state;
	plain("", "");
	plain("  a  'b c'  d=\"e f\" ", "a 'b c' d=\"e f\"");
	plain("with\\ blank quiet", "\"with blank\" quiet");
	plain("it\\'s", "\"it's\"");
	plain("say\\ \\\"hi\\\"", "'say \"hi\"'");
	plain("it\\'s\\ \\\"x\\\"", "\"it's \"'\"x\"'");
	plain("\\\"", "'\"'");
	plain("a\\\\b", "\"a\\b\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_what_blanks_separate),
		cmocka_unit_test(quotes_are_a_shells),
		cmocka_unit_test(nothing_else_is_special),
		cmocka_unit_test(only_what_is_not_quoted_is_a_pattern),
		cmocka_unit_test(words_know_where_they_stand),
		cmocka_unit_test(what_cannot_be_split_says_why),
		cmocka_unit_test(long_lines_are_refused),
		cmocka_unit_test(an_open_end_is_fine_where_it_is_asked_for),
		cmocka_unit_test(quoting_comes_back),
		cmocka_unit_test(the_engine_gets_quotes_for_backslashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
