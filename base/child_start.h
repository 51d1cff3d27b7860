/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings a child process into being: the fork, and what the child does before its work.
 * For child.c.
 * Must not know the loop.
 */
#ifndef KBOOT_BASE_CHILD_START_H
#define KBOOT_BASE_CHILD_START_H

#include "kboot/base/child.h"

/* The write ends stay the caller's. */
KB_MUST_CHECK int kb_child_launch(const struct kb_sys *sys, const struct kb_child_spec *spec,
				  int out_fd, int err_fd, pid_t *ret_pid);

#endif
