/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "kboot/terminal/table.h"

static void prints(const struct kb_table_row *rows, size_t n, unsigned columns, unsigned cut,
		   const char *expected)
{
	KB_TABLE struct kb_table t = {0};
	KB_BUF struct kb_buf text = {0};

	for (size_t i = 0; i < n; i++) {
		kb_table_add(&t, rows[i]);
	}
	kb_table_lines(&t, columns, cut, &text);
	assert_int_equal(kb_buf_error(&text), 0);
	assert_string_equal(text.data ? text.data : "", expected);
}

static const struct kb_table_row devices[] = {
	{{"sda1", "vfat", NULL, "EFI", NULL, "6B62-6F74"}},
	{{"日本", NULL, NULL, "a label", NULL, "7c7c6bd1-1a0a-4e0e-9f7d-6b626f6f74aa"}},
	{{"sdb"}},
};

static void cells_stand_below_each_other(void **state)
{
	(void)state;
	prints(devices, 3, 0, 0,
	       "sda1  vfat  EFI      6B62-6F74\n"
	       "日本        a label  7c7c6bd1-1a0a-4e0e-9f7d-6b626f6f74aa\n"
	       "sdb\n");
	prints(NULL, 0, 0, 0, "");
}

/* The widest column gives way, and what is longer sticks out. */
static void a_narrow_terminal_loses_nothing(void **state)
{
	static const struct kb_table_row rows[] = {{{"/boot", "LABEL=a very long label", "ext4"}},
						   {{"/", "/dev/vda1", "ext4"}}};

	(void)state;
	prints(rows, 2, 30, 0,
	       "/boot  LABEL=a very long label  ext4\n"
	       "/      /dev/vda1          ext4\n");
	prints(rows, 2, 1, 0,
	       "/boot  LABEL=a very long label  ext4\n"
	       "/      /dev/vda1     ext4\n");
}

static void what_may_be_cut_is_cut(void **state)
{
	static const struct kb_table_row rows[] = {{{"1", "A title that is long", "a problem"}}};

	(void)state;
	prints(rows, 1, 30, 1 << 1, "1  A title that is   a problem\n");
	prints(rows, 1, 20, 1 << 1, "1  A title that  a p\n");
	prints(rows, 1, 0, 1 << 1, "1  A title that is long  a problem\n");
}

static void a_cell_is_harmless(void **state)
{
	static const struct kb_table_row rows[] = {{{"a\x1b[2J\nb", "c"}}, {{"d", "\xff"}}};

	(void)state;
	prints(rows, 2, 0, 0,
	       "a\\x1b[2J\\x0ab  c\n"
	       "d              \\xff\n");
}

static void a_table_grows(void **state)
{
	KB_TABLE struct kb_table t = {0};

	(void)state;
	for (int i = 0; i < 100; i++) {
		kb_table_add(&t, (struct kb_table_row){{kb_table_printf(&t, "%d", i)}});
	}
	assert_int_equal(t.error, 0);
	assert_int_equal(t.n, 100);
	assert_string_equal(t.rows[0].cells[0], "0");
	assert_string_equal(t.rows[99].cells[0], "99");
}

static int setup(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_stand_below_each_other),
		cmocka_unit_test(a_narrow_terminal_loses_nothing),
		cmocka_unit_test(what_may_be_cut_is_cut),
		cmocka_unit_test(a_cell_is_harmless),
		cmocka_unit_test(a_table_grows),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
