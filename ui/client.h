/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu's end of the socket: messages in, encoded intents out.
 * For menu.c.
 * Must not interpret a message, and must not block.
 */
#ifndef KBOOT_UI_CLIENT_H
#define KBOOT_UI_CLIENT_H

#include "kboot/base/lines.h"
#include "kboot/base/loop.h"
#include "kboot/proto/message.h"

struct kb_ui_client {
	int fd; /* borrowed */
	struct kb_source *source;
	struct kb_lines lines;
	struct kb_buf *out; /* borrowed; flushed from its front */
	void *ctx;
	void (*message)(void *ctx, const struct kb_message *message); /* borrowed for the call */
	void (*done)(void *ctx); /* after the messages of one read */
	void (*gone)(void *ctx); /* the engine hung up; once */
};

/* fd, out, ctx and the callbacks are set. */
KB_MUST_CHECK int kb_ui_client_start(struct kb_ui_client *c, struct kb_loop *loop);
void kb_ui_client_stop(struct kb_ui_client *c);
/* Sends what is in out; the rest when the socket takes it. */
void kb_ui_client_flush(struct kb_ui_client *c);

#endif
