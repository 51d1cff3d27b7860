/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's hardware: kernel events about disks, and modules for what has no driver yet.
 * For the engine, where kboot drives the machine; not in a simulation.
 * Must not load a module itself: a child runs modprobe.
 */
#ifndef KBOOT_CORE_HOTPLUG_H
#define KBOOT_CORE_HOTPLUG_H

#include "scanner.h"

enum {
	KB_MODPROBE_DEADLINE_MS = 30000,
	KB_HOTPLUG_QUIET_MS =
		150, /* so long without a new disk or module and the hardware has settled */
};

struct kb_hotplug {
	struct kb_scanner *scanner; /* whose loop and machine it is */
	void *ctx;
	void (*settled)(void *ctx); /* after every quiet spell */

	int uevent_fd;
	struct kb_source *uevent_source;
	struct kb_source *quiet;
	struct kb_child *modprobe;
	bool wanted_again; /* hardware appeared while modprobe ran */
	bool has_modules;
	bool is_settled;
};

/* Starts listening and loading. Places are enumerated as disks turn up. */
KB_MUST_CHECK int kb_hotplug_init(struct kb_hotplug *h, struct kb_error *err);
/* After scanner->paused: everything is looked at anew. */
void kb_hotplug_resume(struct kb_hotplug *h);
void kb_hotplug_done(struct kb_hotplug *h);

#endif
