/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "kboot/formats/crypttab.h"

static void names_of_volumes(void **state)
{
	static const struct {
		const char *text;
		const char *condensed;
	} files[] = {
		{"", ""},
		{"# <target name> <source device> <key file> <options>\n", ""},
		{"sda3_crypt UUID=1-2 none luks,discard\n",
		 "sda3_crypt UUID=1-2 none luks,discard\n"},
		{"a  UUID=1\t/key   luks\r\nb /dev/sdb", "a UUID=1 /key luks\nb /dev/sdb none \n"},
		{"swap /dev/sda2 /dev/urandom swap,cipher=aes\n", ""},
		{"p /dev/sda2 /key plain\nb /dev/sda3 none bitlk\n", ""},
		{"alone\n../x UUID=1 none\n.x UUID=1\na/b UUID=1\na\033b UUID=1\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		KB_ARENA struct kb_arena arena = {0};
		const char *condensed = kb_crypttab_condense(&arena, kb_str_from(files[i].text));

		assert_non_null(condensed);
		assert_string_equal(condensed, files[i].condensed);
		/* What was condensed is read as the same. */
		assert_string_equal(kb_crypttab_condense(&arena, kb_str_from(condensed)),
				    condensed);
	}
}

static void has_a_cap(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	const char *condensed;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		kb_buf_printf(&text, "name%d UUID=%d none luks\n", i, i);
	}
	condensed = kb_crypttab_condense(&arena, kb_buf_view(&text));
	assert_true(strlen(condensed) <= KB_CRYPTTAB_MAX_BYTES);
	assert_true(strlen(condensed) > KB_CRYPTTAB_MAX_BYTES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_volumes),
		cmocka_unit_test(has_a_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
