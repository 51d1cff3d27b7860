/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { LONG_MS = 20000, OUTPUT_BYTES = 4096 };

static int run_script(const char *script, struct kb_str input, int most_ms,
		      struct kb_run_result *result)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	static const char *const envp[] = {"PATH=/usr/bin:/bin", "HERE=yes", NULL};
	const struct kb_run run = {.sys = &kb_sys_linux,
				   .argv = argv,
				   .envp = envp,
				   .input = input,
				   .most_bytes = OUTPUT_BYTES,
				   .most_ms = most_ms};

	return kb_run(&run, result);
}

static void what_it_says_and_how_it_ended_is_kept(void **state)
{
	struct kb_run_result result;

	(void)state;
	assert_int_equal(
		run_script("echo out $HERE; echo first >&2; printf 'bad\\033x\\n\\n' >&2; exit 7",
			   KB_STR(""), LONG_MS, &result),
		0);
	assert_int_equal(result.status, 7);
	assert_string_equal(result.out.data, "out yes\n");
	assert_string_equal(result.last_words, "bad?x");
	kb_run_result_done(&result);
	assert_int_equal(run_script("kill -9 $$", KB_STR(""), LONG_MS, &result), 0);
	assert_int_equal(result.status, 128 + 9);
	kb_run_result_done(&result);
}

static void its_input_is_there_whole_and_ends(void **state)
{
	static char large[300000];
	struct kb_run_result result;

	(void)state;
	assert_int_equal(run_script("cat", KB_STR("a\0b"), LONG_MS, &result), 0);
	assert_int_equal(result.out.len, 3);
	assert_memory_equal(result.out.data, "a\0b", 3);
	kb_run_result_done(&result);
	assert_int_equal(run_script("wc -c", kb_str_of(large, sizeof(large)), LONG_MS, &result), 0);
	assert_int_equal(strtol(result.out.data, NULL, 10), sizeof(large));
	kb_run_result_done(&result);
	/* Nobody reads it: nothing waits, and nothing is killed by a closed pipe. */
	assert_int_equal(run_script("exit 0", kb_str_of(large, sizeof(large)), LONG_MS, &result),
			 0);
	kb_run_result_done(&result);
	assert_int_equal(run_script("cat", KB_STR(""), LONG_MS, &result), 0);
	assert_int_equal(result.out.len, 0);
	kb_run_result_done(&result);
}

static void one_that_hangs_is_ended_with_its_children(void **state)
{
	struct kb_run_result result;
	int64_t begin_ms = kb_sys_linux.now_ms(NULL);

	(void)state;
	assert_int_equal(run_script("echo early; sleep 100 & sleep 100", KB_STR(""), 300, &result),
			 -ETIMEDOUT);
	assert_true(kb_sys_linux.now_ms(NULL) - begin_ms < LONG_MS);
	assert_string_equal(result.out.data, "early\n");
	kb_run_result_done(&result);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void one_that_leaves_a_child_behind_is_not_waited_for(void **state)
{
	struct kb_run_result result;
	int64_t begin_ms = kb_sys_linux.now_ms(NULL);

	(void)state;
	assert_int_equal(run_script("sleep 100 & echo done", KB_STR(""), LONG_MS, &result), 0);
	assert_string_equal(result.out.data, "done\n");
	assert_true(kb_sys_linux.now_ms(NULL) - begin_ms < LONG_MS);
	kb_run_result_done(&result);
}

static void a_flood_is_ended(void **state)
{
	struct kb_run_result result;

	(void)state;
	assert_int_equal(run_script("yes", KB_STR(""), LONG_MS, &result), -EFBIG);
	kb_run_result_done(&result);
	/* Of what it complains the end counts. */
	assert_int_equal(run_script("yes | head -c 200000 >&2; echo last >&2", KB_STR(""), LONG_MS,
				    &result),
			 0);
	assert_string_equal(result.last_words, "last");
	kb_run_result_done(&result);
}

static void a_missing_program_is_said(void **state)
{
	static const char *const argv[] = {"/nowhere/tool", NULL};
	static const char *const envp[] = {NULL};
	const struct kb_run run = {.sys = &kb_sys_linux,
				   .argv = argv,
				   .envp = envp,
				   .most_ms = LONG_MS};
	struct kb_run_result result;

	(void)state;
	assert_int_equal(kb_run(&run, &result), -ENOENT);
	kb_run_result_done(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_and_how_it_ended_is_kept),
		cmocka_unit_test(its_input_is_there_whole_and_ends),
		cmocka_unit_test(one_that_hangs_is_ended_with_its_children),
		cmocka_unit_test(one_that_leaves_a_child_behind_is_not_waited_for),
		cmocka_unit_test(a_flood_is_ended),
		cmocka_unit_test(a_missing_program_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
