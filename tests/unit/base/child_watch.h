/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One loop and one child under observation.
 * For the tests of child.c.
 * Must not wait without an end: every wait has a patience after which the test fails.
 */
#ifndef KBOOT_TESTS_CHILD_WATCH_H
#define KBOOT_TESTS_CHILD_WATCH_H

#include "kboot/base/child.h"

/* One child and all that it said: every line with a '|' behind it. */
struct watch {
	struct kb_loop *loop;
	struct kb_child *child;
	struct kb_buf lines;
	struct kb_child_result result;
	int exits;
	int cancel_at_line; /* 0: never */
	int line_count;
};

int setup(void **state);
int teardown(void **state);
int64_t now_ms(void);
int start(struct watch *w, const struct kb_sys *sys, struct kb_child_spec spec);
void step_for(struct watch *w, int64_t ms);
void wait_for_exit(struct watch *w);
void run_worker(struct watch *w, int (*run)(void *data, int out_fd), void *data);
void run_shell(struct watch *w, const char *script);
/* A zombie counts as gone: in a container nobody may reap what was orphaned. */
bool is_gone(pid_t pid);
void wait_until_gone(pid_t pid);

#endif
