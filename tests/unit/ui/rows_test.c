/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "rows.h"
#include "source.h"

static const struct kb_device sda = {.name = "sda"};
static const struct kb_device sdb = {.name = "sdb"};

/* "S a, + x 2, - y 1, 1 a": the rows in short; of a submenu whether it is open, and how many are in
 * it. */
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
			kb_buf_printf(&text, "%c %s %zu", row->open ? '-' : '+', row->title,
				      row->n_entries);
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
		{.id = "i", .format = KB_FORMAT_BLS, .file = "sda:/loader/entries/1.conf"},
		{.id = "j", .format = KB_FORMAT_UKI, .file = "sda:/EFI/Linux/1.efi"},
		{.id = "k", .format = KB_FORMAT_GRUB, .file = "sda:/loader/entries/2.conf"},
	};
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, &folds, entries, KB_ARRAY_LEN(entries)), 0);
	expect_rows(&rows, "S a, 1 a, 2 b, S c, 3 c, S d, 4 d, S e, 5 e, 6 f, S g, 7 g, S h, 8 h, "
			   "S i, 9 i, 10 j, 11 k");
	assert_string_equal(kb_source_file(&entries[0]), "/k");
	assert_null(kb_source_file(&entries[4]));
	assert_null(kb_source_file(&entries[6]));
	kb_rows_done(&rows);
}

static const struct kb_entry nested[] = {
	{.id = "a", .device = &sda},
	{.id = "b", .device = &sda, .path = {"more"}, .n_path = 1},
	{.id = "c", .device = &sda, .path = {"more", "old"}, .n_path = 2},
	{.id = "d", .device = &sda, .path = {"more", "old"}, .n_path = 2},
	{.id = "e", .device = &sda, .path = {"else"}, .n_path = 1},
	{.id = "f", .device = &sdb, .path = {"else"}, .n_path = 1},
};

static void build(struct kb_rows *rows, struct kb_folds *folds, const struct kb_entry *entries,
		  size_t n)
{
	assert_int_equal(kb_rows_build(rows, folds, entries, n), 0);
}

static void submenus_open_and_close(void **state)
{
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	build(&rows, &folds, nested, KB_ARRAY_LEN(nested));
	expect_rows(&rows, "S a, 1 a, + more 3, + else 1, S f, + else 1");
	assert_int_equal(rows.n_entries, 6);
	assert_int_equal(rows.n_choices, 4);
	kb_rows_fold(&rows, &folds, 2, true);
	expect_rows(&rows, "S a, 1 a, - more 3, 2 b, + old 2, + else 1, S f, + else 1");
	assert_int_equal(rows.rows[4].depth, 1);
	kb_rows_fold(&rows, &folds, 4, true);
	expect_rows(&rows, "S a, 1 a, - more 3, 2 b, - old 2, 3 c, 4 d, + else 1, S f, + else 1");
	assert_int_equal(kb_rows_around(&rows, 6), 4);
	assert_int_equal(kb_rows_around(&rows, 4), 2);
	assert_int_equal(kb_rows_around(&rows, 2), rows.n_rows);
	assert_int_equal(kb_rows_around(&rows, 0), rows.n_rows);
	/* What was open inside is open again. */
	kb_rows_fold(&rows, &folds, 2, false);
	expect_rows(&rows, "S a, 1 a, + more 3, + else 1, S f, + else 1");
	kb_rows_fold(&rows, &folds, 2, true);
	expect_rows(&rows, "S a, 1 a, - more 3, 2 b, - old 2, 3 c, 4 d, + else 1, S f, + else 1");
	kb_rows_done(&rows);
}

static void what_is_open_stays_so_in_each_catalog(void **state)
{
	const struct kb_device stick = {.name = "sdb1", .uuid = "1"};
	const struct kb_device again = {.name = "sdc1", .uuid = "1"};
	const struct kb_entry before[] = {
		{.id = "a", .device = &stick, .path = {"x"}, .n_path = 1}};
	const struct kb_entry after[] = {
		{.id = "b", .device = &sda, .path = {"x"}, .n_path = 1},
		{.id = "a", .device = &again, .path = {"x"}, .n_path = 1},
	};
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	build(&rows, &folds, before, 1);
	kb_rows_fold(&rows, &folds, 1, true);
	build(&rows, &folds, NULL, 0);
	build(&rows, &folds, after, 2);
	expect_rows(&rows, "S b, + x 1, S a, - x 1, 2 a");
	assert_int_equal(kb_rows_of_key(&rows, rows.rows[3].key), 3);
	assert_int_equal(kb_rows_of_key(&rows, rows.rows[1].key), 1);
	assert_int_equal(kb_rows_of_key(&rows, 0), rows.n_rows);
	kb_rows_done(&rows);
}

/* They open together, being one filesystem, but are two rows. */
static void clones_of_a_disk_are_apart(void **state)
{
	const struct kb_device one = {.name = "sdb1", .uuid = "1"};
	const struct kb_device two = {.name = "sdc1", .uuid = "1"};
	const struct kb_entry entries[] = {
		{.id = "a", .device = &one, .path = {"x"}, .n_path = 1},
		{.id = "b", .device = &two, .path = {"x"}, .n_path = 1},
	};
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	build(&rows, &folds, entries, 2);
	expect_rows(&rows, "S a, + x 1, S b, + x 1");
	kb_rows_done(&rows);
}

static void the_default_opens_its_submenus_once(void **state)
{
	struct kb_entry entries[KB_ARRAY_LEN(nested)];
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	memcpy(entries, nested, sizeof(nested));
	entries[2].is_default = true;
	build(&rows, &folds, entries, KB_ARRAY_LEN(entries));
	expect_rows(&rows, "S a, 1 a, - more 3, 2 b, - old 2, 3 c, 4 d, + else 1, S f, + else 1");
	/* It does not close by itself when the default is another. */
	entries[2].is_default = false;
	build(&rows, &folds, entries, KB_ARRAY_LEN(entries));
	expect_rows(&rows, "S a, 1 a, - more 3, 2 b, - old 2, 3 c, 4 d, + else 1, S f, + else 1");
	/* Whoever closed it knows what is in it. */
	entries[2].is_default = true;
	kb_rows_fold(&rows, &folds, 2, false);
	build(&rows, &folds, entries, KB_ARRAY_LEN(entries));
	expect_rows(&rows, "S a, 1 a, + more 3, + else 1, S f, + else 1");
	assert_true(rows.rows[2].has_default);
	assert_false(rows.rows[3].has_default);
	kb_rows_done(&rows);
}

static void what_is_looked_for_is_shown(void **state)
{
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	build(&rows, &folds, nested, KB_ARRAY_LEN(nested));
	assert_int_equal(kb_rows_of_id(&rows, "c"), rows.n_rows);
	assert_int_equal(kb_rows_show_id(&rows, &folds, "c"), 5);
	expect_rows(&rows, "S a, 1 a, - more 3, 2 b, - old 2, 3 c, 4 d, + else 1, S f, + else 1");
	assert_int_equal(kb_rows_of_id(&rows, "c"), 5);
	assert_int_equal(kb_rows_show_number(&rows, &folds, 6), 10);
	build(&rows, &folds, nested, KB_ARRAY_LEN(nested));
	expect_rows(&rows,
		    "S a, 1 a, - more 3, 2 b, - old 2, 3 c, 4 d, + else 1, S f, - else 1, 6 f");
	assert_int_equal(kb_rows_show_id(&rows, &folds, "none"), rows.n_rows);
	assert_int_equal(kb_rows_show_id(&rows, &folds, NULL), rows.n_rows);
	kb_rows_done(&rows);
}

/* The same path of one source, wherever its entries are in the list. */
static void a_submenu_is_one_row(void **state)
{
	const struct kb_entry entries[] = {
		{.id = "a", .device = &sda},
		{.id = "b", .device = &sda, .path = {"x"}, .n_path = 1},
		{.id = "c", .device = &sda},
		{.id = "d", .device = &sda, .path = {"x"}, .n_path = 1},
		{.id = "e", .device = &sdb},
		{.id = "f", .device = &sda, .path = {"x"}, .n_path = 1},
		{.id = "g", .device = &sda, .file = "sda:/other", .path = {"x"}, .n_path = 1},
	};
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	build(&rows, &folds, entries, KB_ARRAY_LEN(entries));
	expect_rows(&rows, "S a, 1 a, + x 3, 3 c, S e, 5 e, S g, + x 1");
	kb_rows_fold(&rows, &folds, 2, true);
	expect_rows(&rows, "S a, 1 a, - x 3, 2 b, 4 d, 6 f, 3 c, S e, 5 e, S g, + x 1");
	kb_rows_done(&rows);
}

static void titles_are_told_apart_where_they_are_side_by_side(void **state)
{
	const struct kb_entry entries[] = {
		{.id = "a", .title = "one", .device = &sda},
		{.id = "b", .title = "one", .device = &sda, .path = {"x"}, .n_path = 1},
		{.id = "c", .title = "two", .device = &sda, .path = {"x"}, .n_path = 1},
		{.id = "d", .title = "two", .device = &sda, .path = {"x"}, .n_path = 1},
	};
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	build(&rows, &folds, entries, KB_ARRAY_LEN(entries));
	kb_rows_fold(&rows, &folds, 2, true);
	expect_rows(&rows, "S a, 1 a, - x 3, 2 b, 3 c, 4 d");
	assert_false(rows.rows[1].shares_title);
	assert_false(rows.rows[3].shares_title);
	assert_true(rows.rows[4].shares_title);
	assert_true(rows.rows[5].shares_title);
	kb_rows_done(&rows);
}

static void a_submenu_says_what_is_in_it(void **state)
{
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};
	KB_BUF struct kb_buf text = {0};

	(void)state;
	build(&rows, &folds, nested, KB_ARRAY_LEN(nested));
	kb_rows_describe(&rows, &rows.rows[2], &text);
	assert_string_equal(text.data, "3 entries: b; old");
	kb_buf_reset(&text);
	kb_rows_describe(&rows, &rows.rows[3], &text);
	assert_string_equal(text.data, "1 entry: e");
	kb_rows_done(&rows);
}

static void of_very_many_the_first_are_forgotten(void **state)
{
	struct kb_folds folds = {0};
	bool open;

	(void)state;
	for (uint64_t key = 1; key <= KB_FOLDS_MAX + 1; key++) {
		kb_folds_set(&folds, key, true);
		kb_folds_set(&folds, key, key % 2 != 0);
	}
	assert_false(kb_folds_find(&folds, 1, &open));
	for (uint64_t key = 2; key <= KB_FOLDS_MAX + 1; key++) {
		assert_true(kb_folds_find(&folds, key, &open));
		assert_int_equal(open, key % 2 != 0);
	}
}

static void hidden_entries_stay_away_but_not_the_default(void **state)
{
	const struct kb_entry entries[] = {
		{.id = "a", .device = &sda, .hidden = true},
		{.id = "b", .device = &sda, .hidden = true, .is_default = true},
		{.id = "c", .device = &sdb, .hidden = true},
	};
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, &folds, entries, KB_ARRAY_LEN(entries)), 0);
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
	struct kb_folds folds = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, &folds, entries, KB_ARRAY_LEN(entries)), 0);
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
	assert_int_equal(kb_rows_show_number(&rows, &folds, 3), 4);
	assert_int_equal(kb_rows_show_number(&rows, &folds, 0), 5);
	assert_int_equal(kb_rows_show_number(&rows, &folds, 4), 5);
	assert_int_equal(kb_rows_of_id(&rows, "b"), 2);
	assert_int_equal(kb_rows_of_id(&rows, "x"), 5);
	assert_int_equal(kb_rows_of_id(&rows, NULL), 5);
	kb_rows_done(&rows);
}

static void an_empty_list_is_a_list(void **state)
{
	struct kb_rows rows = {0};
	struct kb_folds folds = {0};

	(void)state;
	assert_int_equal(kb_rows_build(&rows, &folds, NULL, 0), 0);
	assert_int_equal(rows.n_rows, 0);
	assert_int_equal(kb_rows_nearest(&rows, 0), 0);
	assert_int_equal(kb_rows_move(&rows, 0, 1), 0);
	kb_rows_done(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_stand_below_their_source),
		cmocka_unit_test(submenus_open_and_close),
		cmocka_unit_test(what_is_open_stays_so_in_each_catalog),
		cmocka_unit_test(clones_of_a_disk_are_apart),
		cmocka_unit_test(the_default_opens_its_submenus_once),
		cmocka_unit_test(what_is_looked_for_is_shown),
		cmocka_unit_test(a_submenu_is_one_row),
		cmocka_unit_test(titles_are_told_apart_where_they_are_side_by_side),
		cmocka_unit_test(a_submenu_says_what_is_in_it),
		cmocka_unit_test(of_very_many_the_first_are_forgotten),
		cmocka_unit_test(hidden_entries_stay_away_but_not_the_default),
		cmocka_unit_test(moving_skips_headings_and_stops_at_the_ends),
		cmocka_unit_test(an_empty_list_is_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
