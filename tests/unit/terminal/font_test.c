/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "kboot/terminal/font.h"
#include "kboot/terminal/text.h"

static void add(struct kb_font *font, const char *chars)
{
	struct kb_str rest = kb_str_from(chars);

	while (rest.len > 0) {
		struct kb_glyph glyph = kb_text_glyph(rest, &kb_symbols[KB_CHARSET_UTF8]);

		kb_font_add(font, glyph.ch);
		rest = kb_str_skip(rest, glyph.bytes);
	}
}

static struct kb_font ascii_font(void)
{
	struct kb_font font = {0};

	for (wchar_t ch = ' '; ch <= '~'; ch++) {
		kb_font_add(&font, ch);
	}
	return font;
}

static void expect_signs(const struct kb_font *font, enum kb_charset charset)
{
	struct kb_symbols symbols;

	kb_symbols_choose(font, &symbols);
	assert_ptr_equal(symbols.rule, kb_symbols[charset].rule);
	assert_ptr_equal(symbols.ellipsis, kb_symbols[charset].ellipsis);
	assert_ptr_equal(symbols.unknown, kb_symbols[charset].unknown);
}

static void signs_are_those_that_the_font_has(void **state)
{
	struct kb_font font = ascii_font();

	(void)state;
	expect_signs(&font, KB_CHARSET_ASCII);
	add(&font, "─│┌┐└┘█░«»↑↓");
	expect_signs(&font, KB_CHARSET_ASCII);
	add(&font, "·");
	expect_signs(&font, KB_CHARSET_CONSOLE);
	add(&font, "…");
	expect_signs(&font, KB_CHARSET_CONSOLE);
	add(&font, "\xef\xbf\xbd");
	expect_signs(&font, KB_CHARSET_UTF8);
}

/* The signs of a submenu are the best that the font has, whatever else it has. */
static void signs_of_submenus_are_chosen_apart(void **state)
{
	struct kb_font font = ascii_font();
	struct kb_symbols symbols;

	(void)state;
	add(&font, "─│┌┐└┘█░«»↑↓·…\xef\xbf\xbd▸");
	kb_symbols_choose(&font, &symbols);
	assert_string_equal(symbols.ellipsis, "…");
	assert_string_equal(symbols.closed, "+");
	assert_string_equal(symbols.opened, "-");
	add(&font, "►▼");
	kb_symbols_choose(&font, &symbols);
	assert_string_equal(symbols.closed, "►");
	assert_string_equal(symbols.opened, "▼");
	add(&font, "▾");
	kb_symbols_choose(&font, &symbols);
	assert_string_equal(symbols.closed, "▸");
	assert_string_equal(symbols.opened, "▾");
}

static void expect_glyph(const char *text, const struct kb_symbols *symbols, wchar_t ch)
{
	struct kb_glyph glyph = kb_text_glyph(kb_str_from(text), symbols);

	assert_int_equal(glyph.ch, ch);
	assert_int_equal(glyph.columns, 1);
	assert_int_equal(glyph.bytes, strlen(text));
}

static void what_the_font_lacks_is_unknown(void **state)
{
	struct kb_font font = ascii_font();
	struct kb_symbols symbols;

	(void)state;
	add(&font, "Σé\xcc\x81");
	kb_symbols_choose(&font, &symbols);
	expect_glyph("S", &symbols, 'S');
	expect_glyph("Σ", &symbols, 0x3a3);
	expect_glyph("é", &symbols, 0xe9);
	expect_glyph("Ж", &symbols, '?');
	expect_glyph("日", &symbols, '?');
	expect_glyph("😀", &symbols, '?');
	/* The kernel would give an accent a column of its own. */
	expect_glyph("\xcc\x81", &symbols, '?');
	assert_int_equal(kb_text_columns(kb_str_from("日本 e\xcc\x81"), &symbols), 5);
}

static void what_is_no_console_has_no_font(void **state)
{
	struct kb_font font = ascii_font();
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	(void)state;
	assert_true(fd >= 0);
	assert_false(kb_font_read(fd, &font));
	assert_true(kb_font_has(&font, 'a'));
	assert_false(kb_font_has(&font, 0xe9));
	assert_false(kb_font_has(&font, 0x10061));
	(void)close(fd);
}

static int setup(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_are_those_that_the_font_has),
		cmocka_unit_test(signs_of_submenus_are_chosen_apart),
		cmocka_unit_test(what_the_font_lacks_is_unknown),
		cmocka_unit_test(what_is_no_console_has_no_font),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
