/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network, brought up when somebody needs it and not before.
 * For core, inside a worker: the hook network_up of kb_mount_nfs, and whatever else fetches.
 * Must not run in a process that may not wait, and must not touch a network that is up.
 */
#ifndef KBOOT_MOUNT_NETWORK_H
#define KBOOT_MOUNT_NETWORK_H

#include "kboot/base/error.h"
#include "kboot/base/sys.h"

/* Link and lease together take /sbin/network less than this; then it is killed, or at deadline_ms.
 */
enum { KB_NETWORK_UP_MS = 15000 };

/* An interface has a link and an address; the loopback and link-local IPv6 do not count. */
bool kb_network_is_up(void);
/*
 * 0 at once where it is up; else runs "/sbin/network up" and waits for it. Otherwise -errno and its
 * last word as the sentence.
 */
KB_MUST_CHECK int kb_network_up(const struct kb_sys *sys, int64_t deadline_ms,
				struct kb_error *err);

#endif
