/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection to an engine: the one of this machine, or a private one for a simulation.
 * For the subcommands.
 * Must not interpret messages.
 */
#ifndef KBOOT_APP_SESSION_H
#define KBOOT_APP_SESSION_H

#include <sys/types.h>

#include "kboot/proto/connection.h"
#include "options.h"

struct kb_session {
	int fd;
	pid_t engine; /* of our own; 0: none */
};

/* Are the folders and the file of a simulation there? With a sentence. */
KB_MUST_CHECK int kb_session_check(const struct kb_options *options, struct kb_error *err);
/*
 * Where there is no engine and no simulation was asked for: -ENOENT, or with look_here a private
 * engine that looks at this system's own root and changes nothing.
 */
KB_MUST_CHECK int kb_session_open(struct kb_session *s, const struct kb_options *options,
				  bool look_here, struct kb_error *err);
void kb_session_close(struct kb_session *s);
/*
 * All of it at once: opens, asks, waits (timeout_ms < 0: however long it takes) and closes. What
 * comes meanwhile goes to the callbacks that the caller has set in c; afterwards its reply is
 * there, until kb_connection_done. A refusal is an error: the engine's sentence.
 */
KB_MUST_CHECK int kb_session_ask(const struct kb_options *options, bool look_here,
				 int64_t timeout_ms, const struct kb_intent *intent,
				 struct kb_connection *c, struct kb_error *err);

#endif
