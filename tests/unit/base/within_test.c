/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "within.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kboot/base/sys.h"

enum { SHORT_MS = 200, LONG_MS = 20000 };

static int answer(void *ctx)
{
	return *(int *)ctx;
}

static int hang(void *ctx)
{
	*(pid_t *)ctx = getpid();
	while (*(pid_t *)ctx != 0) {
		(void)pause();
	}
	return 0;
}

static int die(void *ctx)
{
	(void)ctx;
	(void)raise(SIGKILL);
	return 0;
}

static void the_answer_of_the_child_is_handed_back(void **state)
{
	int answers[] = {0, -EACCES, 7};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(answers); i++) {
		assert_int_equal(kb_call_within(answer, &answers[i], LONG_MS), answers[i]);
	}
	/* Nobody is left to be waited for. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void one_that_does_not_come_back_is_ended(void **state)
{
	pid_t *pid =
		mmap(NULL, sizeof(*pid), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t begin_ms = kb_sys_linux.now_ms(NULL);
	int64_t took_ms;

	(void)state;
	assert_ptr_not_equal(pid, MAP_FAILED);
	assert_int_equal(kb_call_within(hang, pid, SHORT_MS), -ETIMEDOUT);
	took_ms = kb_sys_linux.now_ms(NULL) - begin_ms;
	assert_true(took_ms >= SHORT_MS && took_ms < LONG_MS);
	assert_int_equal(kill(*pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(munmap(pid, sizeof(*pid)), 0);
}

static void one_that_dies_has_no_answer(void **state)
{
	(void)state;
	assert_int_equal(kb_call_within(die, NULL, LONG_MS), -EIO);
}

static void a_mount_within_a_time_says_what_mount_says(void **state)
{
	(void)state;
	assert_int_equal(kb_sys_linux.mount_within(NULL, "none", "/nonexistent/folder", "tmpfs", 0,
						   NULL, LONG_MS),
			 kb_sys_linux.mount(NULL, "none", "/nonexistent/folder", "tmpfs", 0, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_of_the_child_is_handed_back),
		cmocka_unit_test(one_that_does_not_come_back_is_ended),
		cmocka_unit_test(one_that_dies_has_no_answer),
		cmocka_unit_test(a_mount_within_a_time_says_what_mount_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
