/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection to an engine: the one of this machine, or a private one for a simulation.
 * For the subcommands.
 * Must not interpret messages beyond handing them on.
 */
#ifndef KBOOT_APP_SESSION_H
#define KBOOT_APP_SESSION_H

#include <sys/types.h>

#include "kboot/base/json.h"
#include "kboot/base/lines.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"
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
KB_MUST_CHECK int kb_session_send(struct kb_session *s, const struct kb_intent *intent,
				  struct kb_error *err);
/* Reads lines until fn answers other than 0 (which is returned) or the engine leaves (-EPIPE with a
 * sentence). */
KB_MUST_CHECK int kb_session_read(struct kb_session *s, kb_lines_fn *fn, void *ctx,
				  struct kb_error *err);
/*
 * All of it at once: opens, sends these intents, hands the lines that come to fn as kb_session_read
 * does, closes. look_here as for kb_session_open.
 */
KB_MUST_CHECK int kb_session_exchange(const struct kb_options *options, bool look_here,
				      const struct kb_intent *intents, size_t n_intents,
				      kb_lines_fn *fn, void *ctx, struct kb_error *err);
/*
 * Sends an intent whose answer is a text and prints it: on standard output, or as an error. Returns
 * the exit status.
 */
int kb_session_ask(const struct kb_options *options, const struct kb_intent *intent);

#endif
