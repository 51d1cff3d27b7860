/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a freshly forked process does to itself before it runs anything else.
 * For child.c and sys_linux.c, between fork and exec or the worker's function.
 * Must not allocate, take locks or return to the parent's work.
 */
#ifndef KBOOT_BASE_PROCESS_H
#define KBOOT_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kboot/base/cleanup.h"

/* The mask emptied, every handler and every ignored signal back to its default. */
void kb_process_reset_signals(void);
/* A process group or session of its own; killed when its parent dies. parent: the parent's pid,
 * taken before the fork. */
KB_MUST_CHECK int kb_process_supervise(pid_t parent, bool session);
/* Puts the three descriptors (-1: /dev/null) at 0, 1 and 2, in whatever order they stand. */
KB_MUST_CHECK int kb_process_stdio(int in_fd, int out_fd, int err_fd);
/* Closes every descriptor above 2 but those of the list. Entries of -1 are fine. */
void kb_process_close_others(const int *keep, size_t n_keep, int keep_too);
/* A pipe whose ends are close-on-exec and above 2, whatever of 0..2 is free. */
KB_MUST_CHECK int kb_process_pipe(int *ret_read_fd, int *ret_write_fd);

#endif
