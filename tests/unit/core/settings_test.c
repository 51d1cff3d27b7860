/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "catalog/settings.h"

static int set(struct kb_settings *s, enum kb_variable v, const char *value,
	       enum kb_source_rank rank)
{
	const struct kb_setting setting = {.variable = v,
					   .value = value,
					   .rank = rank,
					   .at = {"sda2:/kboot.conf", 3, 1}};
	struct kb_error err = {0};

	return kb_settings_set(s, &setting, &err);
}

static void later_sources_win(void **state)
{
	struct kb_settings s = {0};
	char source[64];

	(void)state;
	assert_null(kb_settings_get(&s, KB_VAR_TIMEOUT));
	assert_int_equal(kb_settings_ms(&s, KB_VAR_TIMEOUT, -1), -1);
	assert_int_equal(set(&s, KB_VAR_TIMEOUT, "3", KB_RANK_BUILTIN), 0);
	assert_int_equal(kb_settings_ms(&s, KB_VAR_TIMEOUT, -1), 3000);
	assert_int_equal(set(&s, KB_VAR_TIMEOUT, "5", KB_RANK_CMDLINE), 0);
	assert_int_equal(set(&s, KB_VAR_TIMEOUT, "7", KB_RANK_ENVIRONMENT), 0);
	assert_int_equal(kb_settings_ms(&s, KB_VAR_TIMEOUT, -1), 5000);
	kb_setting_source(kb_settings_get(&s, KB_VAR_TIMEOUT), source, sizeof(source));
	assert_string_equal(source, "kboot's kernel command line");
	kb_settings_clear(&s, KB_RANK_CMDLINE);
	assert_int_equal(kb_settings_ms(&s, KB_VAR_TIMEOUT, -1), 7000);
	kb_setting_source(kb_settings_get(&s, KB_VAR_TIMEOUT), source, sizeof(source));
	assert_string_equal(source, "sda2:/kboot.conf:3");
	kb_settings_done(&s);
}

static void wrong_values_are_refused(void **state)
{
	struct kb_settings s = {0};

	(void)state;
	assert_int_equal(set(&s, KB_VAR_TIMEOUT, "soon", KB_RANK_IMAGE), -EINVAL);
	assert_int_equal(set(&s, KB_VAR_TIMEOUT, "86401", KB_RANK_IMAGE), -EINVAL);
	assert_null(kb_settings_get(&s, KB_VAR_TIMEOUT));
	kb_settings_done(&s);
}

static void a_policy_that_cannot_be_read_holds(void **state)
{
	const struct kb_diag_sink quiet = {0};
	struct kb_settings s = {0};

	(void)state;
	assert_int_equal(set(&s, KB_VAR_RESTRICTED, "no", KB_RANK_IMAGE), 0);
	assert_int_equal(set(&s, KB_VAR_MOUNT_RW, "yes", KB_RANK_IMAGE), 0);
	assert_false(kb_settings_bool(&s, KB_VAR_RESTRICTED));
	assert_int_equal(set(&s, KB_VAR_RESTRICTED, "vielleicht", KB_RANK_ENVIRONMENT), 0);
	assert_int_equal(set(&s, KB_VAR_MOUNT_RW, "perhaps", KB_RANK_ENVIRONMENT), 0);
	assert_true(kb_settings_bool(&s, KB_VAR_RESTRICTED));
	assert_false(kb_settings_bool(&s, KB_VAR_MOUNT_RW));
	kb_settings_clear(&s, KB_RANK_ENVIRONMENT);
	assert_false(kb_settings_bool(&s, KB_VAR_RESTRICTED));
	assert_int_equal(kb_settings_from_cmdline(&s, "kboot.restricted kboot.mount_rw=", &quiet),
			 0);
	assert_true(kb_settings_bool(&s, KB_VAR_RESTRICTED));
	assert_false(kb_settings_bool(&s, KB_VAR_MOUNT_RW));
	kb_settings_clear(&s, KB_RANK_CMDLINE);
	assert_int_equal(kb_settings_from_cmdline(&s, "kboot.restricted=ture", &quiet), 0);
	assert_true(kb_settings_bool(&s, KB_VAR_RESTRICTED));
	kb_settings_done(&s);
}

/* Each source alone, with all others saying no. */
static void nothing_turns_a_restriction_off(void **state)
{
	(void)state;
	for (int strict = 0; strict < KB_N_RANKS; strict++) {
		struct kb_settings s = {0};

		for (int rank = 0; rank < KB_N_RANKS; rank++) {
			assert_int_equal(set(&s, KB_VAR_RESTRICTED, rank == strict ? "yes" : "no",
					     rank),
					 0);
		}
		assert_true(kb_settings_bool(&s, KB_VAR_RESTRICTED));
		assert_int_equal(kb_settings_restricted(&s, KB_N_RANKS)->rank, strict);
		assert_int_equal(kb_settings_get(&s, KB_VAR_RESTRICTED)->rank, strict);
		/* Neither a second file of the same disk. */
		assert_int_equal(set(&s, KB_VAR_RESTRICTED, "no", strict), 0);
		assert_true(kb_settings_bool(&s, KB_VAR_RESTRICTED));
		kb_settings_done(&s);
	}
}

static void of_several_that_restrict_the_first_is_named(void **state)
{
	struct kb_settings s = {0};

	(void)state;
	assert_null(kb_settings_restricted(&s, KB_N_RANKS));
	assert_int_equal(set(&s, KB_VAR_RESTRICTED, "no", KB_RANK_SESSION), 0);
	assert_null(kb_settings_restricted(&s, KB_N_RANKS));
	assert_int_equal(kb_settings_get(&s, KB_VAR_RESTRICTED)->rank, KB_RANK_SESSION);
	assert_int_equal(set(&s, KB_VAR_RESTRICTED, "yes", KB_RANK_CMDLINE), 0);
	assert_int_equal(set(&s, KB_VAR_RESTRICTED, "yes", KB_RANK_ENVIRONMENT), 0);
	assert_int_equal(kb_settings_restricted(&s, KB_N_RANKS)->rank, KB_RANK_ENVIRONMENT);
	kb_settings_done(&s);
}

static void only_kboot_itself_trusts_what_is_removable(void **state)
{
	static const bool may[KB_N_RANKS] = {
		[KB_RANK_BUILTIN] = true, [KB_RANK_IMAGE] = true, [KB_RANK_CMDLINE] = true};

	(void)state;
	for (int rank = 0; rank < KB_N_RANKS; rank++) {
		struct kb_settings s = {0};

		assert_int_equal(set(&s, KB_VAR_TRUST_REMOVABLE, "true", rank),
				 may[rank] ? 0 : -EPERM);
		assert_int_equal(kb_settings_bool(&s, KB_VAR_TRUST_REMOVABLE), may[rank]);
		kb_settings_done(&s);
	}
}

static unsigned n_warnings;

static void count(void *ctx, const struct kb_diag *diag)
{
	(void)ctx;
	(void)diag;
	n_warnings++;
}

static void takes_words_from_the_kernel_command_line(void **state)
{
	const struct kb_diag_sink sink = {.report = count};
	struct kb_settings s = {0};

	(void)state;
	n_warnings = 0;
	assert_int_equal(
		kb_settings_from_cmdline(
			&s,
			"console=ttyS0 kboot.timeout=3  kboot.default=\"my entry\" "
			"\"kboot.message=//etc/a b\" kboot.Restricted=yes kboot.nonsense=1 "
			"kboot.delay=x kboot.root\n",
			&sink),
		0);
	assert_int_equal(kb_settings_ms(&s, KB_VAR_TIMEOUT, -1), 3000);
	assert_string_equal(kb_settings_get(&s, KB_VAR_DEFAULT)->value, "my entry");
	assert_string_equal(kb_settings_get(&s, KB_VAR_MESSAGE)->value, "//etc/a b");
	assert_true(kb_settings_bool(&s, KB_VAR_RESTRICTED));
	assert_null(kb_settings_get(&s, KB_VAR_DELAY));
	assert_int_equal(n_warnings, 3);
	kb_settings_done(&s);
}

static void assert_message(const char *cmdline, const char *expected)
{
	const struct kb_diag_sink quiet = {0};
	struct kb_settings s = {0};

	assert_int_equal(kb_settings_from_cmdline(&s, cmdline, &quiet), 0);
	assert_string_equal(kb_settings_get(&s, KB_VAR_MESSAGE)->value, expected);
	kb_settings_done(&s);
}

/* The kernel's next_arg(). */
static void words_are_those_of_the_kernel(void **state)
{
	(void)state;
	assert_message("a\vkboot.message=b\fc", "b");
	assert_message("\xa0kboot.message=b\xc3\xa0", "b\xc3");
	assert_message("x='a kboot.message=b c'", "b");
	assert_message("\"kboot.message=\"b\"\"", "b\"");
	assert_message("\"kboot.message=b\"", "b");
	assert_message("kboot.message=\"", "");
	assert_message("kboot.message=b\"c\"", "b\"c\"");
	assert_message("kboot.message=\"b c", "b c");
}

/* An apostrophe is no quote: the emergency shell once took it for one. */
static void an_apostrophe_hides_nothing(void **state)
{
	const struct kb_diag_sink quiet = {0};
	struct kb_settings s = {0};

	(void)state;
	assert_int_equal(kb_settings_from_cmdline(&s, "name=Ann's kboot.restricted=1 x='", &quiet),
			 0);
	assert_true(kb_settings_bool(&s, KB_VAR_RESTRICTED));
	kb_settings_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_sources_win),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(a_policy_that_cannot_be_read_holds),
		cmocka_unit_test(nothing_turns_a_restriction_off),
		cmocka_unit_test(of_several_that_restrict_the_first_is_named),
		cmocka_unit_test(only_kboot_itself_trusts_what_is_removable),
		cmocka_unit_test(takes_words_from_the_kernel_command_line),
		cmocka_unit_test(words_are_those_of_the_kernel),
		cmocka_unit_test(an_apostrophe_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
