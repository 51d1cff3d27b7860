/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "fault.h"

/* A scenario that needs more rounds does too much for one. */
enum { ROUNDS_MAX = 20000, FDS_COUNTED = 256 };

enum mode { NOTHING_FAILS, ONE_ALLOCATION, ALLOCATIONS_FROM, SYSTEM_CALL, MODES };

static const char *const mode_names[MODES] = {
	[NOTHING_FAILS] = "nothing failing",
	[ONE_ALLOCATION] = "failing allocation",
	[ALLOCATIONS_FROM] = "failing every allocation from",
	[SYSTEM_CALL] = "failing system-table call",
};

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < FDS_COUNTED; fd++) {
		n += fcntl(fd, F_GETFD) >= 0;
	}
	return n;
}

static bool result_fits(enum mode mode, int result)
{
	switch (mode) {
	case ONE_ALLOCATION:
	case ALLOCATIONS_FROM:
		return result == 0 || result == -ENOMEM;
	case SYSTEM_CALL:
		return result <= 0;
	default:
		return result == 0;
	}
}

static void arm(enum mode mode, size_t nth, struct fake_sys *fake)
{
	bool allocations = mode == ONE_ALLOCATION || mode == ALLOCATIONS_FROM;

	alloc_fail(allocations ? nth : 0, mode == ALLOCATIONS_FROM);
	fake_sys_fail(fake, FAKE_ANY, mode == SYSTEM_CALL ? nth : 0, EIO);
}

/* 1: something failed, so there may be more to fail; 0: it ran to the end; -1: a defect. */
static int run_round(const struct fault_scenario *s, enum mode mode, size_t nth)
{
	struct fake_sys *fake = fake_sys_create();
	long live = alloc_live();
	int fds = open_descriptors();
	bool failed;
	int result;

	if (!fake) {
		return -1;
	}
	arm(mode, nth, fake);
	result = s->run(fake);
	failed = mode == SYSTEM_CALL ? fake_sys_has_failed(fake) : alloc_has_failed();
	arm(NOTHING_FAILS, 0, fake);
	fake_sys_destroy(fake);
	while (waitpid(-1, NULL, WNOHANG) > 0) {
	}
	if (!result_fits(failed ? mode : NOTHING_FAILS, result)) {
		(void)fprintf(stderr, "%s: %s %zu: answered %d (%s)\n", s->name, mode_names[mode],
			      nth, result, strerror(-result));
		return -1;
	}
	if (alloc_live() != live || open_descriptors() != fds) {
		(void)fprintf(stderr,
			      "%s: %s %zu: left %ld allocations and %d descriptors behind\n",
			      s->name, mode_names[mode], nth, alloc_live() - live,
			      open_descriptors() - fds);
		return -1;
	}
	return failed;
}

static bool run_mode(const struct fault_scenario *s, enum mode mode)
{
	for (size_t nth = 1; nth < ROUNDS_MAX; nth++) {
		int r = run_round(s, mode, nth);

		if (r <= 0) {
			(void)printf("%s: %s: %zu rounds\n", s->name, mode_names[mode], nth);
			return r == 0;
		}
	}
	(void)fprintf(stderr, "%s: %s: no end after %d rounds\n", s->name, mode_names[mode],
		      ROUNDS_MAX);
	return false;
}

/* A first run lets libc and libraries make what they keep for good. */
static bool run_scenario(const struct fault_scenario *s)
{
	struct fake_sys *fake = fake_sys_create();
	int result = fake ? s->run(fake) : -ENOMEM;

	fake_sys_destroy(fake);
	if (result != 0) {
		(void)fprintf(stderr, "%s: with nothing failing: answered %d (%s)\n", s->name,
			      result, strerror(-result));
		return false;
	}
	for (enum mode mode = NOTHING_FAILS; mode < MODES; mode++) {
		if (!run_mode(s, mode)) {
			return false;
		}
	}
	return true;
}

/* Usage: PROGRAM [SCENARIO] */
int main(int argc, char **argv)
{
	int defects = 0;
	int ran = 0;

	if (!alloc_init()) {
		return 2;
	}
	for (const struct fault_scenario *s = fault_scenarios; s->name; s++) {
		if (argc < 2 || strcmp(argv[1], s->name) == 0) {
			ran++;
			defects += !run_scenario(s);
		}
	}
	return ran == 0 || defects > 0;
}
