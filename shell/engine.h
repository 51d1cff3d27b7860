/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine as the prompt knows it: one question at a time, and what it says unasked.
 * For the prompt.
 * Must not give up an engine that died: the next question tries again.
 */
#ifndef KBOOT_SHELL_ENGINE_H
#define KBOOT_SHELL_ENGINE_H

#include "events.h"
#include "kboot/proto/connection.h"
#include "kboot/shell/shell.h"

struct kb_shell_engine {
	const struct kb_shell_options *options;
	struct kb_events *events;
	struct kb_connection connection;
	struct kb_arena state_arena;
	struct kb_state state; /* the last one, also of an engine that died */
	bool has_state;
	struct kb_arena inquiry_arena;
	struct kb_inquiry inquiry; /* of kind NONE: nothing is asked */
	bool leaving;              /* the engine said goodbye */
	bool was_lost;             /* the engine died since somebody asked kb_shell_engine_lost */
	char bye[KB_ERROR_TEXT];   /* its last words */
	bool tells;                /* there is a person who wants to know of a long wait */
	uint64_t reply_notice_seq; /* the last notice before the last reply */
	/* Each line as it comes, for who asked for what is told in several; NULL: nobody did. */
	void (*heard)(void *owner, struct kb_str line);
	void *heard_by;
};

void kb_shell_engine_init(struct kb_shell_engine *e, const struct kb_shell_options *options,
			  struct kb_events *events);
void kb_shell_engine_done(struct kb_shell_engine *e);
/* Where there is no connection, tries once. -errno with a sentence. */
KB_MUST_CHECK int kb_shell_engine_connect(struct kb_shell_engine *e, struct kb_error *err);
/* Takes what has come in; afterwards look at state, leaving, kb_shell_engine_is_there. */
void kb_shell_engine_read(struct kb_shell_engine *e);
static inline bool kb_shell_engine_is_there(const struct kb_shell_engine *e)
{
	return e->connection.fd >= 0;
}
/* Has the engine died? True once for each time. */
bool kb_shell_engine_lost(struct kb_shell_engine *e);
/*
 * Asks and waits. *ret_reply lives until the next question. typed_fd: a key on it gives up,
 * after a moment, as Ctrl-C does; -1: only Ctrl-C. -EINTR, -ESHUTDOWN (the engine leaves), -EPIPE
 * (it died), with a sentence; a refusal is a reply.
 */
KB_MUST_CHECK int kb_shell_engine_ask(struct kb_shell_engine *e, const struct kb_intent *intent,
				      int typed_fd, const struct kb_message **ret_reply,
				      struct kb_error *err);
/* An intent without an answer. One that cannot be sent is lost with its engine. */
void kb_shell_engine_tell(struct kb_shell_engine *e, const struct kb_intent *intent);

#endif
