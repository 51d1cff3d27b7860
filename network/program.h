/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that are run: BusyBox's ip and udhcpc, with argument vectors.
 * For network's own files.
 * Must not start a shell.
 */
#ifndef KBOOT_NETWORK_PROGRAM_H
#define KBOOT_NETWORK_PROGRAM_H

#include "kboot/base/sys.h"

enum { KB_PROGRAM_ARGS = 64, KB_PROGRAM_MS = 3000 };

#define KB_PROGRAM_PATH "/sbin:/bin:/usr/sbin:/usr/bin"

/* argv[0] is a name that is looked for in PATH. environment: without PATH, NULL for none.
 * -ENOENT, … */
KB_MUST_CHECK int kb_program_start(const struct kb_sys *sys, const char *const *argv,
				   const char *const *environment, pid_t *ret_pid);
/* Has it ended by then? 1: *ret_status is what it exited with (128 and more: a signal). 0: not yet.
 */
KB_MUST_CHECK int kb_program_wait(const struct kb_sys *sys, pid_t pid, int most_ms,
				  int *ret_status);
/* To its end, or KB_PROGRAM_MS; then it is killed. 0 where it ends well. */
int kb_program_run(const struct kb_sys *sys, const char *const *argv);

#define KB_IP(sys, ...) kb_program_run((sys), (const char *const[]){"ip", __VA_ARGS__, NULL})

#endif
