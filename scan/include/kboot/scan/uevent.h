/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel uevents: hotplug of block devices and of hardware that wants a module.
 * For core.
 * Must not trust the sender: only messages from the kernel (pid 0) count.
 */
#ifndef KBOOT_SCAN_UEVENT_H
#define KBOOT_SCAN_UEVENT_H

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum kb_uevent_action { KB_UEVENT_ADD, KB_UEVENT_CHANGE, KB_UEVENT_REMOVE, KB_UEVENT_OTHER };

/* Borrowed from the message. Missing values are "". */
struct kb_uevent {
	enum kb_uevent_action action;
	const char *devpath;
	const char *subsystem;
	const char *devname; /* "sda1" */
	const char *devtype; /* "disk", "partition" */
	const char *modalias;
};

/* A non-blocking NETLINK_KOBJECT_UEVENT socket with a large buffer. */
KB_MUST_CHECK int kb_uevent_open(int *ret_fd);
/* Takes a message apart in place ("add@/devices/…\0KEY=VALUE\0…"). -EINVAL. message must be
 * NUL-terminated at len. */
KB_MUST_CHECK int kb_uevent_parse(char *message, size_t len, struct kb_uevent *ret_event);
/*
 * Receives one message and calls fn. -EAGAIN when there is none; -ENOBUFS when messages were lost
 * (enumerate again).
 */
KB_MUST_CHECK int kb_uevent_receive(int fd, void (*fn)(void *ctx, const struct kb_uevent *event),
				    void *ctx);

#endif
