/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client's connection to the engine: intents out, messages in, and which reply is whose.
 * For ui, shell and app.
 * Must not interpret a message, nor block but where a deadline is given.
 */
#ifndef KBOOT_PROTO_CONNECTION_H
#define KBOOT_PROTO_CONNECTION_H

#include "kboot/base/error.h"
#include "kboot/base/lines.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"

enum { KB_CONNECTION_MAX_PENDING = 1 << 20 };

struct kb_connection {
	/* The owner sets these four before the connection is opened; they stay when it is closed.
	 * A callback must not open or close it. */
	void *ctx;
	/* A line as it comes, before it is decoded. True: no message is made of it. May be NULL. */
	bool (*line)(void *ctx, struct kb_str line);
	/* A message whose texts live in the arena, which may be taken away; NULL: of the awaited
	 * reply, which the connection keeps. May be NULL. */
	void (*message)(void *ctx, const struct kb_message *message, struct kb_arena *arena);
	int fd; /* -1: not open */

	struct kb_lines lines;
	struct kb_buf out; /* what the socket has not taken yet */
	uint64_t last_request;
	uint64_t awaited; /* the request whose reply is waited for; 0: the reply has come */
	struct kb_arena reply_arena;
	struct kb_message reply; /* to the last question; until the next */
};

/* A socket of the engine that listens at path: -errno. */
KB_MUST_CHECK int kb_connection_dial(const char *path, int *ret_fd);
/* Takes fd, a connected socket. */
void kb_connection_open(struct kb_connection *c, int fd);
/* The last reply stays. */
void kb_connection_close(struct kb_connection *c);
void kb_connection_done(struct kb_connection *c);
/* Queues lines and sends what the socket takes; the rest is sent by kb_connection_flush, when the
 * socket is ready. What a broken connection does not take is lost, as kb_connection_receive will
 * tell. */
void kb_connection_put(struct kb_connection *c, struct kb_str lines);
void kb_connection_flush(struct kb_connection *c);
/* Sends an intent without a number, whose reply nobody waits for. -EMSGSIZE, -ENOMEM, -ETIMEDOUT
 * (the engine does not read), with a sentence. */
KB_MUST_CHECK int kb_connection_send(struct kb_connection *c, const struct kb_intent *intent,
				     struct kb_error *err);
/* Sends a question; its reply is awaited from now on, and that to an earlier one no longer. */
KB_MUST_CHECK int kb_connection_ask(struct kb_connection *c, const struct kb_intent *intent,
				    struct kb_error *err);
/* Takes what has come in. 1, -EAGAIN: nothing had; -EPIPE: the engine has hung up. */
KB_MUST_CHECK int kb_connection_receive(struct kb_connection *c);
/* Receives until the awaited reply is there. timeout_ms < 0: however long that takes. -ETIMEDOUT,
 * -EPIPE, with a sentence. */
KB_MUST_CHECK int kb_connection_wait(struct kb_connection *c, int64_t timeout_ms,
				     struct kb_error *err);
/* Both. A refusal is an error, too: -EPERM, with the engine's sentence. */
KB_MUST_CHECK int kb_connection_request(struct kb_connection *c, const struct kb_intent *intent,
					int64_t timeout_ms, struct kb_error *err);

#endif
