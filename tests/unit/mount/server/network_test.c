/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real programs, in place of /sbin/network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/network_run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fake_sys.h"
#include "temp_dir.h"

enum { LONG_MS = 20000, SHORT_MS = 300 };

struct fixture {
	struct temp_dir dir;
	char program[96];
	struct kb_error err;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	temp_dir_init(&f.dir);
	(void)snprintf(f.program, sizeof(f.program), "%s/network", f.dir.path);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	temp_dir_done(&f->dir);
	return 0;
}

static int run(struct fixture *f, const char *script, int deadline_ms)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	temp_dir_text(&f->dir, "network", text);
	assert_int_equal(chmod(f->program, 0700), 0);
	return kb_network_run(&kb_sys_linux, f->program, deadline_ms, &f->err);
}

static void test_good(void **state)
{
	assert_int_equal(run(*state, "[ \"$1\" = up ] && echo noise >&2", LONG_MS), 0);
}

/* What stays behind, as udhcpc does, does not hold us up, though it has our pipe. */
static void test_daemon(void **state)
{
	int64_t begin_ms = kb_sys_linux.now_ms(NULL);

	assert_int_equal(run(*state, "sleep 5 &", LONG_MS), 0);
	assert_true(kb_sys_linux.now_ms(NULL) - begin_ms < 4000);
}

static void test_last_line_is_the_sentence(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run(f, "echo first >&2; echo 'network: no cable' >&2; exit 3", LONG_MS),
			 -ENETDOWN);
	assert_string_equal(f->err.text, "network: no cable");
	/* However much is said before it. */
	assert_int_equal(run(f,
			     "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done >&2; "
			     "echo last >&2; exit 1",
			     LONG_MS),
			 -ENETDOWN);
	assert_string_equal(f->err.text, "last");
	assert_int_equal(run(f, "exit 1", LONG_MS), -ENETDOWN);
	assert_string_equal(f->err.text, "the network did not come up");
	assert_int_equal(run(f, "kill -9 $$", LONG_MS), -ENETDOWN);
	assert_string_equal(f->err.text, "the network did not come up");
}

static void test_deadline(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run(f, "echo $$ >\"${0%/*}/pid\"; sleep 60; true", SHORT_MS), -ETIMEDOUT);
	assert_string_equal(f->err.text, "the network did not come up within 0 s");
}

static void test_no_program(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(kb_network_run(&kb_sys_linux, "/nonexistent/network", LONG_MS, &f->err),
			 -ENOENT);
	assert_string_equal(f->err.text, "no network, and /nonexistent/network does not run: No "
					 "such file or directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good),     TEST(test_daemon),     TEST(test_last_line_is_the_sentence),
		TEST(test_deadline), TEST(test_no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
