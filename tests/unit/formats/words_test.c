/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/formats/words.h"

static void assert_words(const char *line, const char *const *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str rest = kb_str_from(line);
	struct kb_str word = {0};
	size_t n = 0;

	while (kb_words_next(&rest, &word)) {
		assert_non_null(expected[n]);
		assert_string_equal(kb_arena_str(&arena, word), expected[n]);
		n++;
	}
	assert_null(expected[n]);
	assert_int_equal(rest.len, 0);
}

static void splits_at_blanks(void **state)
{
	(void)state;
	assert_words("", (const char *const[]){NULL});
	assert_words(" \t\r\n", (const char *const[]){NULL});
	assert_words(" a  b\tc\n", (const char *const[]){"a", "b", "c", NULL});
}

static void keeps_quoted_blanks(void **state)
{
	(void)state;
	assert_words("a 'b c' d", (const char *const[]){"a", "'b c'", "d", NULL});
	assert_words("x=\"b c\"y'd e' f", (const char *const[]){"x=\"b c\"y'd e'", "f", NULL});
	assert_words("'' \"\"", (const char *const[]){"''", "\"\"", NULL});
	assert_words("\"it's\" fine", (const char *const[]){"\"it's\"", "fine", NULL});
	assert_words("a \"b c", (const char *const[]){"a", "\"b", "c", NULL});
	assert_words("it's a\"b c\"", (const char *const[]){"it's", "a\"b c\"", NULL});
}

static void unquotes(void **state)
{
	KB_ARENA struct kb_arena arena = {0};

	(void)state;
	assert_string_equal(kb_word_unquote(&arena, KB_STR("'a b'")), "a b");
	assert_string_equal(kb_word_unquote(&arena, KB_STR("x=\"a 'b\"'c d'")), "x=a 'bc d");
	assert_string_equal(kb_word_unquote(&arena, KB_STR("it's")), "it's");
	assert_string_equal(kb_word_unquote(&arena, KB_STR("''")), "");
	assert_string_equal(kb_word_unquote(&arena, KB_STR("")), "");
}

static void finds_the_odd_quote(void **state)
{
	size_t at = 99;

	(void)state;
	assert_false(kb_words_unbalanced(KB_STR("a 'b' \"it's\""), &at));
	assert_int_equal(at, 99);
	assert_true(kb_words_unbalanced(KB_STR("a 'b' it's \"x\""), &at));
	assert_int_equal(at, 8);
	assert_true(kb_words_unbalanced(KB_STR("\""), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_at_blanks),
		cmocka_unit_test(keeps_quoted_blanks),
		cmocka_unit_test(unquotes),
		cmocka_unit_test(finds_the_odd_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
