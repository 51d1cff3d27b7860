/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the program that brings the network up, whatever its path.
 * For network.c and its test. Must not wait longer than KB_NETWORK_UP_MS.
 */
#ifndef KBOOT_MOUNT_NETWORK_RUN_H
#define KBOOT_MOUNT_NETWORK_RUN_H

#include "kboot/mount/network.h"

/* `PROGRAM up`: 0 when it ends well; else its last line on stderr is the sentence. -ETIMEDOUT. */
KB_MUST_CHECK int kb_network_run(const struct kb_sys *sys, const char *program, int deadline_ms,
				 struct kb_error *err);

#endif
