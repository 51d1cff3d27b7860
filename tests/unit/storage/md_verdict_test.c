/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <stdlib.h>
#include <string.h>

#include "md/verdict.h"

struct array {
	struct kb_md_member *members;
	size_t n;
	struct kb_md_verdict verdict;
	struct kb_buf why;
};

/* Whole and clean, of so many places; members are named a, b, c, … */
static struct array make(int level, unsigned places)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	struct array a = {.members = calloc(places, sizeof(a.members[0])), .n = places};

	assert_non_null(a.members);
	for (unsigned i = 0; i < places; i++) {
		struct kb_md_super *super = &a.members[i].super;

		a.members[i].name = names[i];
		*super = (struct kb_md_super){.major_version = 1,
					      .level = level,
					      .raid_disks = places,
					      .events = 20,
					      .is_clean = true,
					      .number = i,
					      .n_roles = places};
		for (unsigned k = 0; k < places; k++) {
			super->roles[k] = (uint16_t)k;
		}
	}
	return a;
}

static void expect(struct array *a, bool may_degrade, enum kb_set_state state, const char *why)
{
	kb_buf_reset(&a->why);
	kb_md_judge(a->members, a->n, may_degrade, &a->verdict, &a->why);
	assert_string_equal(a->why.len > 0 ? a->why.data : "", why);
	assert_int_equal(a->verdict.state, state);
}

static void done(struct array *a)
{
	free(a->members);
	kb_buf_done(&a->why);
}

static void a_whole_array_is_ready(void **state)
{
	struct array a = make(5, 3);

	(void)state;
	expect(&a, false, KB_SET_READY, "");
	assert_int_equal(a.verdict.n_wanted, 3);
	assert_true(a.verdict.takes[0] && a.verdict.takes[1] && a.verdict.takes[2]);
	/* Unclean, but whole: its parity is not needed. */
	a.members[0].super.is_clean = a.members[1].super.is_clean = a.members[2].super.is_clean =
		false;
	expect(&a, false, KB_SET_READY, "");
	done(&a);
}

static void a_missing_disk_is_waited_for_until_it_may_be_missing(void **state)
{
	struct array a = make(5, 3);

	(void)state;
	a.n = 2;
	expect(&a, false, KB_SET_WAITING, "2 of 3 disks are there");
	expect(&a, true, KB_SET_DEGRADED, "2 of 3 disks are there");
	a.n = 1;
	expect(&a, true, KB_SET_WAITING, "1 of 3 disks is there; RAID5 needs 2");
	done(&a);
}

static void one_that_was_missing_before_is_not_waited_for(void **state)
{
	struct array a = make(1, 2);

	(void)state;
	a.n = 1;
	a.members[0].super.roles[1] = KB_MD_FAULTY;
	expect(&a, false, KB_SET_DEGRADED, "1 of 2 disks is there");
	done(&a);
}

static void parity_of_an_unclean_array_does_not_stand_in(void **state)
{
	struct array a = make(6, 4);

	(void)state;
	a.n = 3;
	a.members[0].super.is_clean = false;
	expect(&a, true, KB_SET_REFUSED,
	       "3 of 4 disks are there, and it was not shut down cleanly: its parity cannot stand "
	       "in");
	done(&a);
	/* A mirror has none. */
	a = make(1, 2);
	a.n = 1;
	a.members[0].super.is_clean = false;
	expect(&a, true, KB_SET_DEGRADED, "1 of 2 disks is there");
	done(&a);
}

static void an_older_member_is_left_out(void **state)
{
	struct array a = make(1, 2);

	(void)state;
	a.members[0].super.events = 10;
	a.members[1].super.roles[0] = KB_MD_FAULTY;
	expect(&a, false, KB_SET_DEGRADED, "1 of 2 disks is there; a is left out: it is older");
	assert_false(a.verdict.takes[0]);
	assert_true(a.verdict.takes[1]);
	assert_int_equal(a.verdict.freshest, 1);
	/* An event behind is what a power cut leaves: the kernel takes it. */
	a.members[0].super.events = 19;
	a.members[1].super.roles[0] = 0;
	expect(&a, false, KB_SET_READY, "");
	done(&a);
}

static void a_copy_is_refused_by_name(void **state)
{
	struct array a = make(1, 3);

	(void)state;
	a.members[2].super.number = 0;
	expect(&a, true, KB_SET_REFUSED, "a and c are the same part of it: one is a copy");
	done(&a);
}

static void spares_and_half_filled_ones_do_not_count(void **state)
{
	struct array a = make(1, 3);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		a.members[i].super.raid_disks = 2;
		a.members[i].super.roles[2] = KB_MD_SPARE;
	}
	expect(&a, false, KB_SET_READY, "");
	assert_false(a.verdict.takes[2]);
	a.members[1].super.is_recovering = true;
	expect(&a, true, KB_SET_DEGRADED, "1 of 2 disks is there; b was still being filled");
	done(&a);
}

static void one_that_is_being_reshaped_is_refused(void **state)
{
	struct array a = make(5, 3);

	(void)state;
	a.members[0].super.is_reshaping = true;
	expect(&a, true, KB_SET_REFUSED,
	       "it is being reshaped, which only its own system can go on with");
	done(&a);
}

static void stripes_need_all(void **state)
{
	struct array a = make(0, 2);

	(void)state;
	a.n = 1;
	expect(&a, true, KB_SET_WAITING, "1 of 2 disks is there; RAID0 needs 2");
	done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_array_is_ready),
		cmocka_unit_test(a_missing_disk_is_waited_for_until_it_may_be_missing),
		cmocka_unit_test(one_that_was_missing_before_is_not_waited_for),
		cmocka_unit_test(parity_of_an_unclean_array_does_not_stand_in),
		cmocka_unit_test(an_older_member_is_left_out),
		cmocka_unit_test(a_copy_is_refused_by_name),
		cmocka_unit_test(spares_and_half_filled_ones_do_not_count),
		cmocka_unit_test(one_that_is_being_reshaped_is_refused),
		cmocka_unit_test(stripes_need_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
