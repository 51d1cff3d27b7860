/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine: one event loop that owns the catalog, the countdown, the boot, policy.
 * For app.
 * Must not block and must not draw: what is slow runs in a worker, what is seen is a client's.
 */
#ifndef KBOOT_CORE_CORE_H
#define KBOOT_CORE_CORE_H

#include <stdbool.h>

#include "kboot/base/budget.h"
#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/core/simulation.h"

struct kb_core;

#define KB_ENGINE_RUN_DIR "/run/kboot"
/* In that folder: what network= says, for whoever brings the network up. */
#define KB_NETWORK_SETTING "network.setting"
/* The same of proxy=; see KB_FETCH_PROXY_SETTING. */
#define KB_PROXY_SETTING "proxy.setting"
/* Below the run directory, while kboot is restricted: for those who find no engine to ask. */
#define KB_ENGINE_RESTRICTED "restricted"
/* kboot's own configuration in the image. */
#define KB_ENGINE_CONFIG "/etc/kboot.conf"
#define KB_ENGINE_SOCKET KB_ENGINE_RUN_DIR "/engine.sock"

/* Borrowed for the engine's life. */
struct kb_core_options {
	const struct kb_sys *sys;
	struct kb_memory memory;                /* when it starts, to be divided; zeroed: unknown */
	const struct kb_simulation *simulation; /* NULL: the machine itself */
	const char *config;                     /* the built-in kboot.conf; NULL: none */
	const char *cmdline;                    /* kboot's own kernel command line; NULL: none */
	const char *run_dir;   /* the socket and the crash mark live here; NULL: neither */
	bool leave_when_alone; /* kb_core_run returns when the last client is gone */
};

KB_MUST_CHECK int kb_core_create(const struct kb_core_options *options, struct kb_core **ret_core,
				 struct kb_error *err);
/* Stops workers. NULL is fine. */
void kb_core_destroy(struct kb_core *k);
/* Serves a connected stream socket, which is the engine's from now on. */
KB_MUST_CHECK int kb_core_add_client(struct kb_core *k, int fd);
/* Until it is told to leave. 0 or -errno of the loop. */
int kb_core_run(struct kb_core *k);

#endif
