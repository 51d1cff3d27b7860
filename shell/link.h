/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prompt's connection to the engine: one question at a time, and what the engine says unasked.
 * For the prompt.
 * Must not give up an engine that died: the next question tries again.
 */
#ifndef KBOOT_SHELL_LINK_H
#define KBOOT_SHELL_LINK_H

#include "events.h"
#include "kboot/base/lines.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"
#include "kboot/shell/shell.h"

struct kb_link {
	const struct kb_shell_options *options;
	struct kb_events *events;
	int fd; /* -1: no engine */
	struct kb_lines lines;
	struct kb_arena state_arena;
	struct kb_state state; /* the last one, also of an engine that died */
	bool has_state;
	bool leaving;                /* the engine said goodbye */
	bool was_lost;               /* the engine died since somebody asked kb_link_lost */
	char bye[KB_ERROR_TEXT];     /* its last words */
	unsigned owed[KB_N_INTENTS]; /* answers to questions that nobody waits for any more */
	bool tells;                  /* there is a person who wants to know of a long wait */
	bool waiting;
	enum kb_intent_type asked;
	struct kb_arena reply_arena;
	struct kb_message reply;
	uint64_t reply_notice_seq; /* the last notice before it */
};

void kb_link_init(struct kb_link *l, const struct kb_shell_options *options,
		  struct kb_events *events);
void kb_link_done(struct kb_link *l);
/* Where there is no connection, tries once. -errno with a sentence. */
KB_MUST_CHECK int kb_link_connect(struct kb_link *l, struct kb_error *err);
/* Takes what has come in; afterwards look at state, leaving, fd. */
void kb_link_read(struct kb_link *l);
/* Has the engine died? True once for each time. */
bool kb_link_lost(struct kb_link *l);
/*
 * Asks and waits. *ret_reply lives until the next question. typed_fd: a key on it gives up,
 * after a moment, as Ctrl-C does; -1: only Ctrl-C. -EINTR, -ESHUTDOWN (the engine leaves), -EPIPE
 * (it died), with a sentence; a refusal is a reply.
 */
KB_MUST_CHECK int kb_link_ask(struct kb_link *l, const struct kb_intent *intent, int typed_fd,
			      const struct kb_message **ret_reply, struct kb_error *err);
/* An intent without an answer. One that cannot be sent is lost with its engine. */
void kb_link_tell(struct kb_link *l, const struct kb_intent *intent);

#endif
