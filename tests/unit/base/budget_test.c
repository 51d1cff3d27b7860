/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "kboot/base/arena.h"
#include "temp_dir.h"

#define MIB ((uint64_t)1 << 20)

static int read_text(const char *text, struct kb_memory *ret_memory)
{
	struct temp_dir dir;
	int r;

	temp_dir_init(&dir);
	if (text) {
		temp_dir_text(&dir, "meminfo", text);
	}
	r = kb_memory_read(dir.fd, ret_memory);
	temp_dir_done(&dir);
	return r;
}

static void meminfo_is_read(void **state)
{
	struct kb_memory m = {7, 7};

	(void)state;
	assert_int_equal(read_text("MemTotal:        1024 kB\nMemFree:  3 kB\n"
				   "MemAvailable:     512 kB\n",
				   &m),
			 0);
	assert_int_equal(m.total_bytes, MIB);
	assert_int_equal(m.available_bytes, MIB / 2);
}

static void a_broken_meminfo_changes_nothing(void **state)
{
	struct kb_memory m = {7, 7};

	(void)state;
	assert_int_equal(read_text(NULL, &m), -ENOENT);
	assert_int_equal(read_text("", &m), -ENODATA);
	assert_int_equal(read_text("MemTotal: 4 kB\n", &m), -ENODATA);
	assert_int_equal(m.total_bytes, 7);
	assert_int_equal(m.available_bytes, 7);
}

static uint64_t sum(uint64_t available_mib)
{
	const struct kb_memory m = {2 * available_mib * MIB, available_mib * MIB};
	uint64_t bytes = 0;

	for (enum kb_share share = 0; share < KB_N_SHARES; share++) {
		bytes += kb_memory_share(&m, share) *
			 (share == KB_SHARE_READER ? kb_memory_readers(&m) : 1);
	}
	return bytes;
}

static void shares_leave_a_part(void **state)
{
	(void)state;
	/* All shares together are about two thirds of it. */
	for (uint64_t mib = 32; mib < MIB; mib *= 2) {
		assert_true(sum(mib) <= mib * MIB / 16 * 11);
	}
}

static void a_share_has_a_floor_and_a_ceiling(void **state)
{
	const struct kb_memory none = {16 * MIB, 0};
	const struct kb_memory some = {512 * MIB, 160 * MIB};
	const struct kb_memory much = {UINT64_MAX, UINT64_MAX};
	const struct kb_memory unknown = {0};

	(void)state;
	assert_int_equal(kb_memory_share(&none, KB_SHARE_FINDINGS), MIB);
	assert_int_equal(kb_memory_share(&some, KB_SHARE_FINDINGS), 10 * MIB);
	assert_int_equal(kb_memory_share(&some, KB_SHARE_SNAPSHOTS), 30 * MIB);
	assert_int_equal(kb_memory_share(&much, KB_SHARE_FINDINGS), 48 * MIB);
	assert_int_equal(kb_memory_share(&unknown, KB_SHARE_FINDINGS), 48 * MIB);
}

static void loading_leaves_half_and_the_clients(void **state)
{
	const struct kb_memory roomy = {256 * MIB, 240 * MIB};
	const struct kb_memory tight = {256 * MIB, 64 * MIB};
	const struct kb_memory full = {256 * MIB, MIB};
	const struct kb_memory unknown = {0};

	(void)state;
	assert_int_equal(kb_memory_for_loading(&roomy, 1), 128 * MIB);
	assert_int_equal(kb_memory_for_loading(&tight, 1), 60 * MIB);
	assert_int_equal(kb_memory_for_loading(&tight, 2), 30 * MIB);
	assert_int_equal(kb_memory_for_loading(&full, 1), 0);
	assert_true(kb_memory_for_loading(&unknown, 1) == UINT64_MAX);
}

static void arenas_share_an_account(void **state)
{
	struct kb_account account = {.max_bytes = 64 << 10};
	struct kb_arena one = {.account = &account};
	struct kb_arena other = {.account = &account};

	(void)state;
	assert_non_null(kb_arena_alloc(&one, 40 << 10));
	assert_null(kb_arena_alloc(&other, 40 << 10));
	assert_true(account.used_bytes >= 40 << 10);
	kb_arena_done(&one);
	assert_int_equal(account.used_bytes, 0);
	assert_non_null(kb_arena_alloc(&other, 40 << 10));
	kb_arena_done(&other);
	assert_int_equal(account.used_bytes, 0);
}

static void an_account_without_a_cap_counts(void **state)
{
	struct kb_account account = {0};

	(void)state;
	assert_int_equal(kb_account_take(&account, SIZE_MAX), 0);
	assert_int_equal(kb_account_take(&account, 1), -ENOMEM);
	kb_account_give_back(&account, SIZE_MAX);
	assert_int_equal(account.used_bytes, 0);
	assert_int_equal(kb_account_take(NULL, 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meminfo_is_read),
		cmocka_unit_test(a_broken_meminfo_changes_nothing),
		cmocka_unit_test(shares_leave_a_part),
		cmocka_unit_test(a_share_has_a_floor_and_a_ceiling),
		cmocka_unit_test(loading_leaves_half_and_the_clients),
		cmocka_unit_test(arenas_share_an_account),
		cmocka_unit_test(an_account_without_a_cap_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
