/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Child processes with a deadline: a worker function after fork, or a program; its output comes
 * line by line. For core and app. Must not wait: everything is reported through the loop; a child
 * that cannot be killed is abandoned with a word.
 */
#ifndef KBOOT_BASE_CHILD_H
#define KBOOT_BASE_CHILD_H

#include "kboot/base/cleanup.h"
#include "kboot/base/loop.h"
#include "kboot/base/str.h"
#include "kboot/base/sys.h"

struct kb_child;

enum kb_child_end {
	KB_CHILD_EXITED,    /* status: exit code */
	KB_CHILD_SIGNALED,  /* status: signal number */
	KB_CHILD_DEADLINE,  /* killed at its deadline */
	KB_CHILD_FLOODING,  /* killed after KB_CHILD_OUTPUT_MAX bytes in lines */
	KB_CHILD_ABANDONED, /* killed at its deadline and still not gone after KB_CHILD_KILL_MS
			       (uninterruptible sleep) */
};

enum {
	KB_CHILD_KILL_MS = 2000,
	KB_CHILD_LINE_MAX = 1 << 20,
	KB_CHILD_OUTPUT_MAX = 128 << 20,
	KB_CHILD_STDERR_TAIL = 256,
};

struct kb_child_result {
	enum kb_child_end end;
	int status;
	char stderr_tail[KB_CHILD_STDERR_TAIL]; /* the last line the child wrote to stderr, control
						   bytes replaced */
};

struct kb_child_spec {
	const char *name; /* for messages */
	/*
	 * Either run: called in the forked child with out_fd (blocking pipe to on_line), all other
	 * descriptors above 2 closed but keep_fds; it must not return to the parent's loop; its 0
	 * or -errno becomes exit code 0 or 1. Or spawn: its stdout (and stderr) descriptors are
	 * replaced by the pipes.
	 */
	int (*run)(void *data, int out_fd);
	void *data; /* for run; copied by fork, never freed by the child */
	const int *keep_fds;
	size_t n_keep_fds;
	const struct kb_spawn *spawn;
	uint64_t deadline_ms; /* from now; 0: none */
	void *owner;          /* for the callbacks */
	/* Every stdout line. May be NULL. A line above KB_CHILD_LINE_MAX is dropped. */
	void (*on_line)(void *owner, struct kb_str line);
	/* Once, after all lines; the child is freed when it returns. Not called after
	 * kb_child_cancel. */
	void (*on_exit)(void *owner, const struct kb_child_result *result);
};

/* Strings of the spec are copied where they outlive the call. The child runs in its own process
 * group. */
KB_MUST_CHECK int kb_child_start(struct kb_loop *loop, const struct kb_sys *sys,
				 const struct kb_child_spec *spec, struct kb_child **ret_child);
/* Kills the process group, reaps in the background, no more callbacks. NULL is fine. */
void kb_child_cancel(struct kb_child *child);
pid_t kb_child_pid(const struct kb_child *child);

#endif
