/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the network is, as the engine tells it: one line, kept up to date by what the kernel says of
 * links and addresses; and what is tried again when a cable comes.
 * For the engine. Must not bring anything up in the engine itself, nor wait.
 */
#ifndef KBOOT_CORE_NET_WATCH_H
#define KBOOT_CORE_NET_WATCH_H

#include "kboot/base/child.h"
#include "kboot/network/words.h"
#include "work/clock_job.h"

enum {
	KB_NETWORK_TEXT = 320,
	KB_NETWORK_AGAIN_MS = 30000, /* a server that did not answer is asked again */
};

struct kb_engine_network {
	int netlink_fd;
	struct kb_source *events;
	struct kb_source *again; /* a timer */
	bool is_listening;
	unsigned seen_stage; /* of the pipeline */
	enum kb_network_state state;
	char text[KB_NETWORK_TEXT];  /* "": nothing wants it */
	char clock[KB_NETWORK_TEXT]; /* "": nothing to be said of it */
	struct kb_child *clock_child;
	struct kb_clock_job clock_job;
	int64_t clock_asked_ms; /* 0: never */
};

#endif
