/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a restricted kboot answers, all of it; and that it never becomes laxer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "engine/policy.h"
#include "kboot/core/policy.h"

enum { YES = KB_ANSWER_YES, WAIT = KB_ANSWER_NOT_YET, NO = KB_ANSWER_NO };

/* restricted, is the environment known, then: own, environment, internal, removable, remote,
 * protected. */
struct row {
	enum kb_restriction restricted;
	bool known;
	int answers[KB_N_ORIGINS];
};

enum { ROWS = 6 };

static const struct row of_entries[ROWS] = {
	{KB_UNRESTRICTED, true, {YES, YES, YES, YES, YES, YES}},
	{KB_UNRESTRICTED, false, {YES, YES, YES, YES, YES, YES}},
	{KB_RESTRICTION_UNKNOWN, true, {YES, WAIT, WAIT, WAIT, WAIT, WAIT}},
	{KB_RESTRICTION_UNKNOWN, false, {YES, WAIT, WAIT, WAIT, WAIT, WAIT}},
	{KB_RESTRICTED, true, {YES, YES, NO, NO, NO, NO}},
	{KB_RESTRICTED, false, {YES, YES, WAIT, NO, NO, NO}},
};

static const struct row of_a_persons_own[ROWS] = {
	{KB_UNRESTRICTED, true, {YES, YES, YES, YES, YES, YES}},
	{KB_UNRESTRICTED, false, {YES, YES, YES, YES, YES, YES}},
	{KB_RESTRICTION_UNKNOWN, true, {WAIT, WAIT, WAIT, WAIT, WAIT, WAIT}},
	{KB_RESTRICTION_UNKNOWN, false, {WAIT, WAIT, WAIT, WAIT, WAIT, WAIT}},
	{KB_RESTRICTED, true, {NO, NO, NO, NO, NO, NO}},
	{KB_RESTRICTED, false, {NO, NO, NO, NO, NO, NO}},
};

/* Whoever knows the passphrase of a fixed disk may say it; a stick is nobody's business. */
static const struct row of_passphrases[ROWS] = {
	{KB_UNRESTRICTED, true, {YES, YES, YES, YES, YES, YES}},
	{KB_UNRESTRICTED, false, {YES, YES, YES, YES, YES, YES}},
	{KB_RESTRICTION_UNKNOWN, true, {YES, YES, YES, YES, YES, YES}},
	{KB_RESTRICTION_UNKNOWN, false, {YES, YES, YES, YES, YES, YES}},
	{KB_RESTRICTED, true, {YES, YES, YES, NO, NO, NO}},
	{KB_RESTRICTED, false, {YES, YES, YES, NO, NO, NO}},
};

/* What nobody has asked for: of a fixed disk, until it is known that kboot is restricted. */
static const struct row of_early_loads[ROWS] = {
	{KB_UNRESTRICTED, true, {YES, YES, YES, NO, NO, NO}},
	{KB_UNRESTRICTED, false, {YES, YES, YES, NO, NO, NO}},
	{KB_RESTRICTION_UNKNOWN, true, {YES, YES, YES, NO, NO, NO}},
	{KB_RESTRICTION_UNKNOWN, false, {YES, YES, YES, NO, NO, NO}},
	{KB_RESTRICTED, true, {YES, YES, NO, NO, NO, NO}},
	{KB_RESTRICTED, false, {YES, YES, WAIT, NO, NO, NO}},
};

static const struct row *const rows[KB_N_ACTIONS] = {
	[KB_MAY_BOOT] = of_entries,           [KB_MAY_ARM] = of_entries,
	[KB_MAY_EDIT] = of_a_persons_own,     [KB_MAY_TYPE] = of_a_persons_own,
	[KB_MAY_SHELL] = of_a_persons_own,    [KB_MAY_LOOK] = of_a_persons_own,
	[KB_MAY_WRITE] = of_a_persons_own,    [KB_MAY_SET] = of_a_persons_own,
	[KB_MAY_FIRMWARE] = of_a_persons_own, [KB_MAY_UNLOCK] = of_passphrases,
	[KB_MAY_LOAD_EARLY] = of_early_loads,
};

static void every_question_has_its_answer(void **state)
{
	(void)state;
	for (int action = 0; action < KB_N_ACTIONS; action++) {
		for (int i = 0; i < ROWS; i++) {
			const struct row *row = &of_entries[i];
			const struct kb_policy p = {.restricted = row->restricted,
						    .environment_known = row->known};

			for (int origin = 0; origin < KB_N_ORIGINS; origin++) {
				int answer = rows[action] ? rows[action][i].answers[origin] : YES;

				assert_int_equal(kb_policy_ask(&p, action, origin), answer);
			}
		}
	}
}

/* Whom a key lets in for labels: as if this kboot were restricted, and no switch of the machine's.
 */
static void a_restricted_key_is_for_labels(void **state)
{
	const struct kb_actor bob = {.is_remote = true, .restricted = true};
	const struct kb_actor alice = {.is_remote = true};

	(void)state;
	for (int restricted = 0; restricted <= KB_RESTRICTED; restricted++) {
		for (int known = 0; known <= 1; known++) {
			const struct kb_policy p = {.restricted = restricted,
						    .environment_known = known};
			const struct kb_policy strict = {.restricted = KB_RESTRICTED,
							 .environment_known = known};

			for (int i = 0; i < KB_N_ACTIONS * KB_N_ORIGINS; i++) {
				enum kb_action action = i / KB_N_ORIGINS;
				enum kb_origin origin = i % KB_N_ORIGINS;
				bool is_switch = action == KB_MAY_POWER ||
						 action == KB_MAY_FIRMWARE ||
						 action == KB_MAY_RESTRICT;

				assert_int_equal(kb_policy_ask_for(&p, &bob, action, origin),
						 is_switch
							 ? NO
							 : kb_policy_ask(&strict, action, origin));
				assert_int_equal(kb_policy_ask_for(&p, &alice, action, origin),
						 kb_policy_ask(&p, action, origin));
			}
		}
	}
}

static void a_trusted_stick_is_like_a_disk(void **state)
{
	struct kb_policy p = {.restricted = KB_RESTRICTED, .trust_removable = true};

	(void)state;
	assert_int_equal(kb_policy_ask(&p, KB_MAY_BOOT, KB_ORIGIN_REMOVABLE), WAIT);
	p.environment_known = true;
	assert_int_equal(kb_policy_ask(&p, KB_MAY_BOOT, KB_ORIGIN_REMOVABLE), NO);
}

static const struct kb_environment unknown = {.state = KB_ENV_UNKNOWN};
static const struct kb_environment none = {.state = KB_ENV_NONE};
static const struct kb_environment disk = {.state = KB_ENV_FOUND,
					   .id = {.place = 1, .uuid = "A", .bus = "ata"}};
static const struct kb_environment other = {.state = KB_ENV_FOUND,
					    .id = {.place = 2, .uuid = "B", .bus = "ata"}};
static const struct kb_environment stick = {
	.state = KB_ENV_FOUND, .id = {.place = 3, .uuid = "U", .bus = "usb", .removable = true}};

static void say(struct kb_settings *s, enum kb_source_rank rank, const char *value)
{
	const struct kb_setting setting = {.variable = KB_VAR_RESTRICTED,
					   .value = value,
					   .rank = rank,
					   .at = {"sda1:/kboot.conf", 3, 1}};
	struct kb_error err = {0};

	assert_int_equal(kb_settings_set(s, &setting, &err), 0);
}

static void what_is_not_known_counts_as_restricted(void **state)
{
	struct kb_policy p = {.restricted = KB_RESTRICTION_UNKNOWN};
	struct kb_settings s = {0};

	(void)state;
	assert_false(kb_policy_update(&p, &s, &unknown));
	assert_int_equal(p.restricted, KB_RESTRICTION_UNKNOWN);
	assert_true(kb_policy_update(&p, &s, &disk));
	assert_int_equal(p.restricted, KB_UNRESTRICTED);
	assert_int_equal(p.environment.place, 1);
	assert_false(kb_policy_update(&p, &s, &disk));
	/* A person looks again. */
	assert_true(kb_policy_update(&p, &s, &unknown));
	assert_int_equal(p.restricted, KB_RESTRICTION_UNKNOWN);
	assert_true(kb_policy_update(&p, &s, &none));
	assert_int_equal(p.restricted, KB_UNRESTRICTED);
	assert_string_equal(p.by, "");
}

/* The disk that said so is gone, and another one is there. */
static void once_restricted_it_stays_so(void **state)
{
	struct kb_policy p = {.restricted = KB_RESTRICTION_UNKNOWN};
	struct kb_settings s = {0};

	(void)state;
	say(&s, KB_RANK_ENVIRONMENT, "true");
	assert_true(kb_policy_update(&p, &s, &disk));
	assert_int_equal(p.restricted, KB_RESTRICTED);
	assert_string_equal(p.by, "sda1:/kboot.conf:3");
	kb_settings_clear(&s, KB_RANK_ENVIRONMENT);
	assert_false(kb_policy_update(&p, &s, &none));
	assert_false(kb_policy_update(&p, &s, &unknown));
	assert_false(kb_policy_update(&p, &s, &other));
	assert_int_equal(p.restricted, KB_RESTRICTED);
	assert_string_equal(p.by, "sda1:/kboot.conf:3");
	assert_int_equal(p.environment.place, 1);
	assert_true(p.environment_known);
	say(&s, KB_RANK_CMDLINE, "true");
	assert_false(kb_policy_update(&p, &s, &other));
	assert_string_equal(p.by, "sda1:/kboot.conf:3");
	kb_settings_done(&s);
}

/* Its disk comes late: it is waited for, and is the one. */
static void the_image_says_so_and_the_disk_comes_later(void **state)
{
	struct kb_policy p = {.restricted = KB_RESTRICTION_UNKNOWN};
	struct kb_settings s = {0};

	(void)state;
	say(&s, KB_RANK_IMAGE, "true");
	assert_true(kb_policy_update(&p, &s, &unknown));
	assert_false(p.environment_known);
	assert_true(kb_policy_update(&p, &s, &none));
	assert_true(p.environment_known);
	assert_false(kb_policy_update(&p, &s, &stick));
	assert_int_equal(p.environment.place, 0);
	assert_true(kb_policy_update(&p, &s, &disk));
	assert_int_equal(p.environment.place, 1);
	kb_settings_done(&s);
}

/* Its own word restricts it to itself; the next stick is another one. */
static void a_stick_may_restrict_to_itself(void **state)
{
	struct kb_policy p = {.restricted = KB_RESTRICTION_UNKNOWN};
	struct kb_environment next = stick;
	struct kb_settings s = {0};

	(void)state;
	say(&s, KB_RANK_ENVIRONMENT, "true");
	assert_true(kb_policy_update(&p, &s, &stick));
	assert_int_equal(p.environment.place, 3);
	next.id.place = 4;
	assert_false(kb_policy_update(&p, &s, &next));
	assert_int_equal(p.environment.place, 3);
	kb_settings_done(&s);
}

/* What findings called "another disk of that name". */
static void an_entry_of_another_disk_of_that_name_is_foreign(void **state)
{
	static struct kb_place place;
	struct kb_policy p = {.environment_known = true, .environment = disk.id};
	struct kb_entry entry = {.title = "any"};

	(void)state;
	place.kind = KB_PLACE_DEVICE;
	place.id = 1;
	place.block.bus = "ata";
	place.found.device.name = "sda1";
	place.found.device.uuid = "A";
	assert_int_equal(kb_policy_origin(&p, NULL, NULL), KB_ORIGIN_OWN);
	assert_int_equal(kb_policy_origin(&p, &entry, NULL), KB_ORIGIN_OWN);
	assert_int_equal(kb_policy_origin(&p, &entry, &place), KB_ORIGIN_ENVIRONMENT);
	entry.is_protected = true;
	assert_int_equal(kb_policy_origin(&p, &entry, &place), KB_ORIGIN_PROTECTED);
	entry.is_protected = false;
	place.id = 5;
	assert_int_equal(kb_policy_origin(&p, &entry, &place), KB_ORIGIN_INTERNAL);
	place.block.removable = true;
	assert_int_equal(kb_policy_origin(&p, &entry, &place), KB_ORIGIN_REMOVABLE);
	place.kind = KB_PLACE_OWN;
	assert_int_equal(kb_policy_origin(&p, &entry, &place), KB_ORIGIN_OWN);
	entry.is_remote = true;
	assert_int_equal(kb_policy_origin(&p, &entry, NULL), KB_ORIGIN_REMOTE);
}

static void the_shell_without_an_engine(void **state)
{
	static const struct {
		struct kb_emergency known;
		bool allowed;
	} cases[] = {
		{{false, false, NULL, "quiet"}, true},
		{{false, false, "no", "kboot.restricted=0"}, true},
		{{true, false, NULL, "quiet"}, false},
		{{false, true, NULL, "quiet"}, false},
		{{false, false, "true", "kboot.restricted=0"}, false},
		{{false, false, "perhaps", "quiet"}, false},
		{{false, false, "no", "quiet kboot.restricted"}, false},
		{{false, false, NULL, "a=it's kboot.Restricted=\"yes\" b='"}, false},
		{{false, false, NULL, "\"kboot.restricted=1\""}, false},
		{{false, false, NULL, "a=\"b kboot.restricted=1\""}, true},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		assert_int_equal(kb_policy_allows_emergency_shell(&cases[i].known),
				 cases[i].allowed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_has_its_answer),
		cmocka_unit_test(a_restricted_key_is_for_labels),
		cmocka_unit_test(a_trusted_stick_is_like_a_disk),
		cmocka_unit_test(what_is_not_known_counts_as_restricted),
		cmocka_unit_test(once_restricted_it_stays_so),
		cmocka_unit_test(the_image_says_so_and_the_disk_comes_later),
		cmocka_unit_test(a_stick_may_restrict_to_itself),
		cmocka_unit_test(an_entry_of_another_disk_of_that_name_is_foreign),
		cmocka_unit_test(the_shell_without_an_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
