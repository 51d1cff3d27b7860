/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/arena.h"

static void gives_zeroed_aligned_memory(void **state)
{
	KB_ARENA struct kb_arena a = {0};

	(void)state;
	assert_non_null(kb_arena_str(&a, KB_STR("odd")));
	for (size_t size = 0; size < 300; size += 7) {
		unsigned char *p = kb_arena_alloc(&a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++) {
			assert_int_equal(p[i], 0);
		}
		memset(p, 0xa5, size);
	}
}

static void pieces_do_not_overlap(void **state)
{
	KB_ARENA struct kb_arena a = {0};
	unsigned *pieces[2000];

	(void)state;
	/* Large pieces among the small ones go in blocks of their own. */
	for (unsigned i = 0; i < KB_ARRAY_LEN(pieces); i++) {
		size_t count = i % 100 == 99 ? 3000 : 1 + i % 13;

		pieces[i] = kb_arena_array(&a, count, sizeof(*pieces[i]));
		assert_non_null(pieces[i]);
		for (size_t k = 0; k < count; k++) {
			pieces[i][k] = i;
		}
	}
	for (unsigned i = 0; i < KB_ARRAY_LEN(pieces); i++) {
		size_t count = i % 100 == 99 ? 3000 : 1 + i % 13;

		for (size_t k = 0; k < count; k++) {
			assert_int_equal(pieces[i][k], i);
		}
	}
}

static void size_zero_gives_distinct_pointers(void **state)
{
	KB_ARENA struct kb_arena a = {0};
	void *first = kb_arena_alloc(&a, 0);
	void *second = kb_arena_alloc(&a, 0);

	(void)state;
	assert_non_null(first);
	assert_non_null(second);
	assert_ptr_not_equal(first, second);
}

static void copies_strings(void **state)
{
	KB_ARENA struct kb_arena a = {0};
	char *with_nul = kb_arena_str(&a, kb_str_of("a\0b", 3));

	(void)state;
	assert_null(kb_arena_strdup(&a, NULL));
	assert_string_equal(kb_arena_strdup(&a, "vmlinuz"), "vmlinuz");
	assert_string_equal(kb_arena_str(&a, kb_str_of("initrd.img", 6)), "initrd");
	assert_string_equal(kb_arena_str(&a, kb_str_of(NULL, 0)), "");
	assert_memory_equal(with_nul, "a\0b\0", 4);
	assert_string_equal(kb_arena_printf(&a, "%s:%d", "sda", 2), "sda:2");
	assert_string_equal(kb_arena_printf(&a, "%s", ""), "");
	assert_int_equal(strlen(kb_arena_printf(&a, "%9000d", 1)), 9000);
}

static void refuses_what_is_above_its_cap(void **state)
{
	KB_ARENA struct kb_arena a = {.max_bytes = 100};

	(void)state;
	assert_null(kb_arena_alloc(&a, 101));
	assert_non_null(kb_arena_alloc(&a, 90));
	assert_null(kb_arena_alloc(&a, 90));
	assert_non_null(kb_arena_str(&a, KB_STR("nine byte")));
	assert_null(kb_arena_str(&a, KB_STR("")));
	assert_true(a.used_bytes <= 100);
}

static void refuses_sizes_that_overflow(void **state)
{
	KB_ARENA struct kb_arena a = {0};

	(void)state;
	assert_null(kb_arena_array(&a, SIZE_MAX / 2, 3));
	assert_null(kb_arena_alloc(&a, SIZE_MAX));
	assert_null(kb_arena_str(&a, kb_str_of("x", SIZE_MAX)));
	assert_non_null(kb_arena_alloc(&a, 1));
	assert_null(kb_arena_alloc(&a, SIZE_MAX - 8));
}

static void is_empty_and_usable_after_done(void **state)
{
	struct kb_arena a = {0};

	(void)state;
	assert_non_null(kb_arena_alloc(&a, 10000));
	kb_arena_done(&a);
	assert_null(a.blocks);
	assert_int_equal(a.used_bytes, 0);
	assert_non_null(kb_arena_alloc(&a, 1));
	kb_arena_done(&a);
	kb_arena_done(&a);
	kb_arena_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_aligned_memory),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(size_zero_gives_distinct_pointers),
		cmocka_unit_test(copies_strings),
		cmocka_unit_test(refuses_what_is_above_its_cap),
		cmocka_unit_test(refuses_sizes_that_overflow),
		cmocka_unit_test(is_empty_and_usable_after_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
