/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "rows.h"

static const struct kb_device sda = {.name = "sda"};
static const struct kb_device sdb = {.name = "sdb"};

/* "S a, M x, 1, 2": the rows in short. */
static void expect_rows(const struct kb_rows *rows, const char *expected)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_puts(&text, "");
	for (size_t i = 0; i < rows->n_rows; i++) {
		const struct kb_row *row = &rows->rows[i];

		kb_buf_puts(&text, i > 0 ? ", " : "");
		if (row->kind == KB_ROW_SOURCE) {
			kb_buf_printf(&text, "S %s", row->entry->id);
		} else if (row->kind == KB_ROW_SUBMENU) {
			kb_buf_printf(&text, "M %s", row->entry->path[row->depth]);
		} else {
			kb_buf_printf(&text, "%zu %s", row->number, row->entry->id);
		}
	}
	assert_string_equal(text.data, expected);
}

static void entries_stand_below_their_source(void **state)
{
	const struct kb_entry entries[] = {
		{.id = "a", .device = &sda, .file = "sda:/k"},
		{.id = "b", .device = &sda, .file = "sda:/k"},
		{.id = "c", .device = &sda, .file = "sda:/other"},
		{.id = "d", .device = &sdb, .file = "sdb:/k"},
		{.id = "e", .format = KB_FORMAT_FILE, .device = &sdb, .file = "sdb:/boot/vmlinuz"},
		{.id = "f", .format = KB_FORMAT_FILE, .device = &sdb, .file = "sdb:/vmlinuz"},
		{.id = "g"},
		{.id = "h", .format = KB_FORMAT_SESSION},
	};
	struct kb_rows rows = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, entries, KB_ARRAY_LEN(entries)), 0);
	expect_rows(&rows, "S a, 1 a, 2 b, S c, 3 c, S d, 4 d, S e, 5 e, 6 f, S g, 7 g, S h, 8 h");
	assert_string_equal(kb_rows_source_file(&entries[0]), "/k");
	assert_null(kb_rows_source_file(&entries[4]));
	assert_null(kb_rows_source_file(&entries[6]));
	kb_rows_done(&rows);
}

static void submenus_have_headings(void **state)
{
	const struct kb_entry entries[] = {
		{.id = "a", .device = &sda},
		{.id = "b", .device = &sda, .path = {"more"}, .n_path = 1},
		{.id = "c", .device = &sda, .path = {"more", "old"}, .n_path = 2},
		{.id = "d", .device = &sda, .path = {"more", "old"}, .n_path = 2},
		{.id = "e", .device = &sda, .path = {"else"}, .n_path = 1},
		{.id = "f", .device = &sdb, .path = {"else"}, .n_path = 1},
	};
	struct kb_rows rows = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, entries, KB_ARRAY_LEN(entries)), 0);
	expect_rows(&rows, "S a, 1 a, M more, 2 b, M old, 3 c, 4 d, M else, 5 e, S f, M else, 6 f");
	kb_rows_done(&rows);
}

static void hidden_entries_stay_away_but_not_the_default(void **state)
{
	const struct kb_entry entries[] = {
		{.id = "a", .device = &sda, .hidden = true},
		{.id = "b", .device = &sda, .hidden = true, .is_default = true},
		{.id = "c", .device = &sdb, .hidden = true},
	};
	struct kb_rows rows = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, entries, KB_ARRAY_LEN(entries)), 0);
	expect_rows(&rows, "S b, 1 b");
	assert_int_equal(rows.n_entries, 1);
	kb_rows_done(&rows);
}

static void moving_skips_headings_and_stops_at_the_ends(void **state)
{
	const struct kb_entry entries[] = {
		{.id = "a", .device = &sda},
		{.id = "b", .device = &sda},
		{.id = "c", .device = &sdb},
	};
	struct kb_rows rows = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, entries, KB_ARRAY_LEN(entries)), 0);
	expect_rows(&rows, "S a, 1 a, 2 b, S c, 3 c");
	assert_int_equal(kb_rows_move(&rows, 1, 1), 2);
	assert_int_equal(kb_rows_move(&rows, 2, 1), 4);
	assert_int_equal(kb_rows_move(&rows, 4, 1), 4);
	assert_int_equal(kb_rows_move(&rows, 4, -1), 2);
	assert_int_equal(kb_rows_move(&rows, 1, -1), 1);
	assert_int_equal(kb_rows_move(&rows, 1, 100), 4);
	assert_int_equal(kb_rows_move(&rows, 4, -100), 1);
	assert_int_equal(kb_rows_nearest(&rows, 0), 1);
	assert_int_equal(kb_rows_nearest(&rows, 3), 4);
	assert_int_equal(kb_rows_nearest(&rows, 99), 4);
	assert_int_equal(kb_rows_of_number(&rows, 3), 4);
	assert_int_equal(kb_rows_of_number(&rows, 0), 5);
	assert_int_equal(kb_rows_of_number(&rows, 4), 5);
	assert_int_equal(kb_rows_of_id(&rows, "b"), 2);
	assert_int_equal(kb_rows_of_id(&rows, "x"), 5);
	assert_int_equal(kb_rows_of_id(&rows, NULL), 5);
	kb_rows_done(&rows);
}

static void an_empty_list_is_a_list(void **state)
{
	struct kb_rows rows = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, NULL, 0), 0);
	assert_int_equal(rows.n_rows, 0);
	assert_int_equal(kb_rows_nearest(&rows, 0), 0);
	assert_int_equal(kb_rows_move(&rows, 0, 1), 0);
	kb_rows_done(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_stand_below_their_source),
		cmocka_unit_test(submenus_have_headings),
		cmocka_unit_test(hidden_entries_stay_away_but_not_the_default),
		cmocka_unit_test(moving_skips_headings_and_stops_at_the_ends),
		cmocka_unit_test(an_empty_list_is_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
