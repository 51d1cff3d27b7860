/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far the teardown is.
 * For the engine; leave.c takes the steps.
 * Must not be looked at but in the state LEAVING.
 */
#ifndef KBOOT_CORE_ENGINE_LEAVING_H
#define KBOOT_CORE_ENGINE_LEAVING_H

#include "engine/guard.h"
#include "kboot/base/child.h"
#include "kboot/base/error.h"
#include "kboot/base/loop.h"

enum {
	KB_FAREWELL_MS = 200,  /* for the menus to give their terminals back */
	KB_UNMOUNT_MS = 10000, /* for what is mounted to be unmounted */
};

enum kb_leave { KB_LEAVE_KEXEC, KB_LEAVE_REBOOT, KB_LEAVE_POWEROFF };

enum kb_leave_step {
	KB_LEAVE_FAREWELL, /* clients are told, */
	KB_LEAVE_CLIENTS,  /* and are given a moment to go */
	KB_LEAVE_STOP,     /* init is paused, every other process ends */
	KB_LEAVE_UNMOUNT,  /* a child unmounts what is left */
	KB_LEAVE_JUMP,
};

struct kb_leaving {
	enum kb_leave how;
	enum kb_leave_step step;
	struct kb_source *timer; /* CLIENTS: they had their moment */
	struct kb_child *unmounter;
	struct kb_guard guard;
};

#endif
