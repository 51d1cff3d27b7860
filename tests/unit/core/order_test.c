/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shown keeps its place while others come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/order.h"

/* Each letter is an entry's id: what is found, in the order of the disks, is shown as that. */
static void assert_shown(struct kb_order *o, bool keep, const char *found, const char *shown)
{
	struct kb_catalog c = {0};
	struct kb_entry entries[16];
	char ids[16][2];

	for (const char *p = found; *p; p++) {
		ids[c.n_entries][0] = *p;
		ids[c.n_entries][1] = '\0';
		entries[c.n_entries] = (struct kb_entry){.id = ids[c.n_entries]};
		c.n_entries++;
	}
	c.entries = entries;
	kb_order_update(o, keep, &c);
	assert_int_equal(c.n_entries, strlen(shown));
	for (size_t i = 0; i < c.n_entries; i++) {
		assert_int_equal(kb_catalog_shown(&c, i)->id[0], shown[i]);
	}
	kb_arena_done(&c.arena);
}

static void what_is_new_comes_below(void **state)
{
	struct kb_order o = {0};

	(void)state;
	assert_shown(&o, true, "bd", "bd");
	assert_shown(&o, true, "abcd", "bdac");
	assert_shown(&o, true, "abcde", "bdace");
	kb_order_done(&o);
}

static void what_goes_leaves_the_rest_as_it_was(void **state)
{
	struct kb_order o = {0};

	(void)state;
	assert_shown(&o, true, "bcd", "bcd");
	assert_shown(&o, true, "abcd", "bcda");
	assert_shown(&o, true, "abd", "bda");
	/* Its place is not free any more; the last one's is. */
	assert_shown(&o, true, "abcd", "bdac");
	assert_shown(&o, true, "abd", "bda");
	assert_shown(&o, true, "abcd", "bdac");
	kb_order_done(&o);
}

static void nothing_at_all_forgets(void **state)
{
	struct kb_order o = {0};

	(void)state;
	assert_shown(&o, true, "ba", "ba");
	assert_shown(&o, true, "", "");
	assert_shown(&o, true, "ab", "ab");
	kb_order_done(&o);
}

static void a_look_anew_sorts(void **state)
{
	struct kb_order o = {0};

	(void)state;
	assert_shown(&o, true, "bd", "bd");
	assert_shown(&o, true, "abcd", "bdac");
	assert_shown(&o, false, "abcd", "abcd");
	assert_shown(&o, true, "0abcd", "abcd0");
	kb_order_done(&o);
}

/* A hidden one that becomes the default comes below, as what is new does. */
static void what_is_hidden_has_no_place(void **state)
{
	struct kb_entry entries[] = {{.id = "a", .hidden = true}, {.id = "b"}, {.id = "c"}};
	struct kb_catalog c = {.entries = entries, .n_entries = KB_ARRAY_LEN(entries)};
	struct kb_order o = {0};
	struct kb_order before = {0};

	(void)state;
	kb_order_update(&o, true, &c);
	assert_int_equal(o.n, 2);
	assert_int_equal(kb_order_copy(&o, &before), 0);
	entries[0].is_default = true;
	entries[2].hidden = true;
	kb_order_update(&o, true, &c);
	assert_int_equal(o.n, 2);
	assert_string_equal(kb_catalog_shown(&c, 0)->id, "b");
	assert_string_equal(kb_catalog_shown(&c, 1)->id, "c");
	assert_string_equal(kb_catalog_shown(&c, 2)->id, "a");
	assert_int_equal(kb_order_missing(&before, &o), 1);
	assert_int_equal(kb_order_missing(&o, &before), 1);
	assert_int_equal(kb_order_missing(&o, &o), 0);
	kb_order_done(&before);
	kb_order_done(&o);
	kb_arena_done(&c.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_comes_below),
		cmocka_unit_test(what_goes_leaves_the_rest_as_it_was),
		cmocka_unit_test(nothing_at_all_forgets),
		cmocka_unit_test(a_look_anew_sorts),
		cmocka_unit_test(what_is_hidden_has_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
