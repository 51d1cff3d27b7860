/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that restarts the machine should the engine die, or hang, while init is paused and
 * nobody else is left to do it. For leave.c. Must not outlive a teardown that was called off.
 */
#ifndef KBOOT_CORE_ENGINE_GUARD_H
#define KBOOT_CORE_ENGINE_GUARD_H

#include <sys/types.h>

#include "kboot/base/sys.h"

enum { KB_GUARD_MS = 60000 }; /* a teardown that takes longer hangs */

struct kb_guard {
	pid_t pid; /* 0: none */
	int fd;    /* the guard sees it close */
};

KB_MUST_CHECK int kb_guard_start(struct kb_guard *g, const struct kb_sys *sys);
/* It is not needed any more. */
void kb_guard_stop(struct kb_guard *g);
/* SIGKILL for every process but init, ourselves and the one to spare. */
void kb_kill_others(const struct kb_sys *sys, pid_t spare);

#endif
