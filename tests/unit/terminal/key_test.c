/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "kboot/base/str.h"
#include "kboot/terminal/key.h"

static const char *const names[] = {
	[KB_KEY_OTHER] = "other",
	[KB_KEY_ENTER] = "Enter",
	[KB_KEY_ESCAPE] = "Esc",
	[KB_KEY_TAB] = "Tab",
	[KB_KEY_BACKSPACE] = "BS",
	[KB_KEY_DELETE] = "Del",
	[KB_KEY_INSERT] = "Ins",
	[KB_KEY_UP] = "Up",
	[KB_KEY_DOWN] = "Down",
	[KB_KEY_LEFT] = "Left",
	[KB_KEY_RIGHT] = "Right",
	[KB_KEY_HOME] = "Home",
	[KB_KEY_END] = "End",
	[KB_KEY_PAGE_UP] = "PgUp",
	[KB_KEY_PAGE_DOWN] = "PgDn",
	[KB_KEY_WORD_LEFT] = "WordLeft",
	[KB_KEY_WORD_RIGHT] = "WordRight",
};

static void append_keys(struct kb_buf *out, const struct kb_key *keys, size_t n)
{
	assert_true(n <= KB_KEYS_AT_ONCE);
	for (size_t i = 0; i < n; i++) {
		kb_buf_puts(out, out->len > 0 ? " " : "");
		kb_buf_puts(out, keys[i].meta ? "M-" : "");
		if (keys[i].code == KB_KEY_CHAR) {
			kb_buf_puts(out, keys[i].text);
		} else if (keys[i].code == KB_KEY_CTRL) {
			kb_buf_printf(out, "^%s", keys[i].text);
		} else {
			kb_buf_puts(out, names[keys[i].code]);
		}
	}
}

/* Types the bytes and lets time pass behind the last one. */
static void expect_keys_of(struct kb_str bytes, const char *expected)
{
	struct kb_key_decoder d = {0};
	struct kb_key keys[KB_KEYS_AT_ONCE];
	KB_BUF struct kb_buf out = {0};

	kb_buf_puts(&out, "");
	for (size_t i = 0; i < bytes.len; i++) {
		append_keys(&out, keys, kb_key_decode(&d, (unsigned char)bytes.data[i], keys));
	}
	append_keys(&out, keys, kb_key_give_up(&d, keys));
	assert_false(kb_key_pending(&d));
	assert_string_equal(out.data, expected);
}

static void expect_keys(const char *bytes, const char *expected)
{
	expect_keys_of(kb_str_from(bytes), expected);
}

static void letters(void **state)
{
	(void)state;
	expect_keys("aZ 1~", "a Z   1 ~");
	expect_keys("é日😀", "é 日 😀");
	expect_keys("\x01\x05\x0b\x17", "^a ^e ^k ^w");
	expect_keys("\t\x7f\b", "Tab BS BS");
	expect_keys_of(KB_STR("a\0b"), "a b");
}

static void arrows_in_all_dialects(void **state)
{
	(void)state;
	expect_keys("\x1b[A\x1b[B\x1b[C\x1b[D", "Up Down Right Left");
	expect_keys("\x1bOA\x1bOB\x1bOC\x1bOD", "Up Down Right Left");
	expect_keys("\x1b[H\x1b[F\x1bOH\x1bOF", "Home End Home End");
	expect_keys("\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~",
		    "Home Ins Del End PgUp PgDn Home End");
	expect_keys("\x1b[1;5C\x1b[1;5D\x1b[1;2A", "WordRight WordLeft Up");
	expect_keys("\x1b[1;3C\x1b[1;3D", "WordRight WordLeft");
	expect_keys("\x9b"
		    "A\x9b"
		    "3~",
		    "Up Del");
	expect_keys("\x1bOM", "Enter");
}

static void keys_without_a_meaning_type_nothing(void **state)
{
	(void)state;
	expect_keys("\x1b[11~\x1b[[A\x1bOP\x1b[15~x", "other other other other x");
	expect_keys("\x1b[3;5~\x1b[200~", "other other");
	/* A sequence without an end. */
	expect_keys("\x1b[1111111111111111111111111111", "");
	expect_keys("\x1b[1111111111111111111111111111;1~x", "other x");
	expect_keys("\x1b[11\rx", "Enter x");
	expect_keys("\x1b[11\x1b[Ax", "Up x");
}

static void escape_by_itself(void **state)
{
	struct kb_key_decoder d = {0};
	struct kb_key keys[KB_KEYS_AT_ONCE];

	(void)state;
	expect_keys("\x1b", "Esc");
	expect_keys("\x1bq", "M-q");
	expect_keys("\x1b\xc3\xa9q", "M-é q");
	expect_keys("\x1b\x7f\x1b\x02x", "M-BS M-^b x");
	expect_keys("\x1b\x1b", "Esc Esc");
	expect_keys("\x1b\x1b[A\x1b[B", "M-Up Down");
	expect_keys("\x1b\r\r", "M-Enter Enter");
	expect_keys("\x1f", "^_");
	/* Nothing is decided before time has passed. */
	assert_int_equal(kb_key_decode(&d, 0x1b, keys), 0);
	assert_true(kb_key_pending(&d));
	assert_int_equal(kb_key_decode(&d, '[', keys), 0);
	assert_false(kb_key_pending(&d));
	assert_int_equal(kb_key_decode(&d, 'A', keys), 1);
	assert_false(kb_key_pending(&d));
}

static void enter_once(void **state)
{
	(void)state;
	expect_keys("\r", "Enter");
	expect_keys("\n", "Enter");
	expect_keys("\r\n", "Enter");
	expect_keys("\r\r\n\n", "Enter Enter Enter");
	expect_keys("\rx\n", "Enter x Enter");
}

/* The answer with a pause behind each of its bytes, as long as the one that makes ESC a key. */
static void expect_answer_in_pieces(const char *answer)
{
	for (size_t cut = 1; answer[cut]; cut++) {
		struct kb_key_decoder d = {0};
		struct kb_key keys[KB_KEYS_AT_ONCE];
		KB_BUF struct kb_buf out = {0};

		kb_buf_puts(&out, "");
		for (size_t i = 0; answer[i]; i++) {
			append_keys(&out, keys, kb_key_decode(&d, (unsigned char)answer[i], keys));
			if (i + 1 == cut) {
				append_keys(&out, keys, kb_key_give_up(&d, keys));
			}
		}
		append_keys(&out, keys, kb_key_decode(&d, 'x', keys));
		/* Only between its first two bytes the one is a key; the rest is no text. */
		assert_string_equal(out.data, cut == 1 && answer[0] == '\x1b' ? "Esc x" : "x");
	}
}

static void what_a_terminal_answers_is_no_key(void **state)
{
	static const char *const answers[] = {"\x1b[24;80R",
					      ("\x9b"
					       "4;5R"),
					      "\x1b[9999;9999R",
					      "\x1b[0;0R",
					      "\x1b[99999999999999999999;1R",
					      "\x1b[?62;1;2c",
					      "\x1b[0n",
					      "\x1b[8;24;80t"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(answers); i++) {
		KB_BUF struct kb_buf typed = {0};

		kb_buf_printf(&typed, "a%s%sx%s", answers[i], answers[i], answers[i]);
		expect_keys_of(kb_buf_view(&typed), "a x");
		expect_answer_in_pieces(answers[i]);
	}
	/* F1 and F3 of some terminals; a character whose last byte is that of CSI. */
	expect_keys("\x1bOP\x1b[R\xc3\x9b"
		    "1;2R",
		    "other other \xc3\x9b 1 ; 2 R");
}

static void bytes_that_are_no_characters(void **state)
{
	(void)state;
	expect_keys("\xff", "\xff");
	expect_keys("\xe6\x97x", "\xe6 \x97 x");
	expect_keys("\xf0\x9f\x98\r", "\xf0 \x9f \x98 Enter");
	expect_keys("\xc3\xc3\xa9", "\xc3 \xc3\xa9");
	expect_keys("\xe0\x80\x80\xed\xa0\x80", "\xe0 \x80 \x80 \xed \xa0 \x80");
	expect_keys("\xe9\x1b[A", "\xe9 Up");
	expect_keys("\xe6\x97", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters),
		cmocka_unit_test(arrows_in_all_dialects),
		cmocka_unit_test(keys_without_a_meaning_type_nothing),
		cmocka_unit_test(escape_by_itself),
		cmocka_unit_test(enter_once),
		cmocka_unit_test(what_a_terminal_answers_is_no_key),
		cmocka_unit_test(bytes_that_are_no_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
