/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "prompt.h"

static void shows(const char *place, unsigned columns, const char *expected)
{
	KB_BUF struct kb_buf buf = {0};

	kb_shell_prompt(&buf, place, columns);
	assert_int_equal(kb_buf_error(&buf), 0);
	assert_string_equal(buf.data, expected);
}

static void the_place_is_shown(void **state)
{
	(void)state;
	shows("/", 80, "kboot: ");
	shows(NULL, 80, "kboot: ");
	shows("/boot", 80, "kboot /boot: ");
	shows("sda2:/subdir", 80, "kboot sda2:/subdir: ");
	shows("//", 80, "kboot //: ");
}

static void half_a_line_at_most(void **state)
{
	(void)state;
	shows("/a/place/that/is/long/enough/to/fill/a/line", 80,
	      "kboot /a/place/...nough/to/fill/a/line: ");
	shows("/boot/grub", 20, "kboot /boot/grub: ");
	shows("/boot/grub/x", 20, "kboot /b...rub/x: ");
	shows("/boot/grub/x", 0, "kboot /b...rub/x: ");
}

static void characters_stay_whole(void **state)
{
	(void)state;
	shows("/\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4",
	      20, "kboot /\xc3\xa4...\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4: ");
	shows("/\xff\xff\xff", 20, "kboot /\\...f\\xff: ");
}

static void no_byte_of_a_name_reaches_the_terminal_as_it_is(void **state)
{
	(void)state;
	shows("sdb1:/caf\xe9", 80, "kboot sdb1:/caf\\xe9: ");
	shows("/a\x1b[2J\nb\xc2\x9b", 80, "kboot /a\\x1b[2J\\x0ab\\xc2\\x9b: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_place_is_shown),
		cmocka_unit_test(half_a_line_at_most),
		cmocka_unit_test(characters_stay_whole),
		cmocka_unit_test(no_byte_of_a_name_reaches_the_terminal_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
