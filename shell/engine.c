/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine.h"

#include <errno.h>
#include <stdio.h>

#include "kboot/base/sys.h"

enum {
	PATIENCE_MS =
		300,      /* an answer that is this near is waited for though the person types on */
	SAY_SO_MS = 2000, /* a disk that takes longer is a reason to say something */
};

/* A long catalog comes with every change; a prompt has no use for it. */
static bool is_entry(void *ctx, struct kb_str line)
{
	const struct kb_shell_engine *e = ctx;

	if (e->heard) {
		e->heard(e->heard_by, line);
	}
	return kb_str_starts(line, KB_STR("{\"type\":\"entry\""));
}

static void take_message(void *ctx, const struct kb_message *m, struct kb_arena *arena)
{
	struct kb_shell_engine *e = ctx;

	if (m->type == KB_MSG_STATE) {
		kb_arena_done(&e->state_arena);
		e->state_arena = *arena;
		*arena = (struct kb_arena){0};
		e->state = m->state;
		e->has_state = true;
	} else if (m->type == KB_MSG_QUESTION) {
		kb_arena_done(&e->inquiry_arena);
		e->inquiry_arena = *arena;
		*arena = (struct kb_arena){0};
		e->inquiry = m->inquiry;
	} else if (m->type == KB_MSG_REPLY && !arena) {
		e->reply_notice_seq = e->state.notice_seq;
	} else if (m->type == KB_MSG_BYE) {
		(void)snprintf(e->bye, sizeof(e->bye), "%s", m->text ? m->text : "");
		e->leaving = true;
	}
}

void kb_shell_engine_init(struct kb_shell_engine *e, const struct kb_shell_options *options,
			  struct kb_events *events)
{
	*e = (struct kb_shell_engine){
		.options = options,
		.events = events,
		.connection = {.ctx = e, .line = is_entry, .message = take_message, .fd = -1}};
}

void kb_shell_engine_done(struct kb_shell_engine *e)
{
	kb_connection_done(&e->connection);
	kb_arena_done(&e->state_arena);
	kb_arena_done(&e->inquiry_arena);
}

int kb_shell_engine_connect(struct kb_shell_engine *e, struct kb_error *err)
{
	const struct kb_intent watch = {.type = KB_DO_WATCH, .tty = e->options->tty};
	int fd;
	int r;

	if (kb_shell_engine_is_there(e)) {
		return 0;
	}
	fd = e->options->connect(e->options->ctx, err);
	if (fd < 0) {
		return fd;
	}
	kb_connection_open(&e->connection, fd);
	r = kb_connection_send(&e->connection, &watch, err);
	if (r < 0) {
		kb_connection_close(&e->connection);
	}
	return r;
}

void kb_shell_engine_read(struct kb_shell_engine *e)
{
	if (!kb_shell_engine_is_there(e) || kb_connection_receive(&e->connection) != -EPIPE) {
		return;
	}
	/* Hung up while leaving: the word was lost, the fact was not. */
	if (e->has_state && e->state.phase == KB_PHASE_LEAVING) {
		e->leaving = true;
	}
	e->was_lost = !e->leaving;
	e->inquiry.kind = KB_INQUIRY_NONE;
	kb_connection_close(&e->connection);
}

bool kb_shell_engine_lost(struct kb_shell_engine *e)
{
	bool lost = e->was_lost;

	e->was_lost = false;
	return lost;
}

/* poll's timeout until then; a moment that has passed is 0, and -1 stays -1. */
static int left_ms(int64_t end_ms)
{
	int64_t left = end_ms - kb_sys_linux.now_ms(NULL);

	return end_ms < 0 ? -1 : left < 0 ? 0 : (int)left;
}

static int wait_reply(struct kb_shell_engine *e, int typed_fd, struct kb_error *err)
{
	struct kb_connection *c = &e->connection;
	int64_t end_ms = kb_sys_linux.now_ms(NULL) + (typed_fd >= 0 ? PATIENCE_MS : SAY_SO_MS);

	while (c->awaited) {
		unsigned events = kb_events_wait(e->events, c->fd, end_ms < 0 ? typed_fd : -1,
						 left_ms(end_ms));

		if (events == 0 && left_ms(end_ms) == 0) {
			end_ms = -1;
			if (e->tells && typed_fd < 0) {
				(void)fputs("Waiting for an answer ... (Ctrl-C gives up)\n",
					    stderr);
			}
		}
		if (events & (KB_EVENT_INTERRUPT | KB_EVENT_TYPED | KB_EVENT_HANGUP)) {
			/* The answer comes all the same: it has another number than the next. */
			return kb_error_set(err, -EINTR, "interrupted");
		}
		if (events & KB_EVENT_ENGINE) {
			kb_shell_engine_read(e);
		}
		if (c->awaited && e->leaving) {
			return kb_error_set(err, -ESHUTDOWN, "the boot engine is leaving");
		}
		if (c->awaited && !kb_shell_engine_is_there(e)) {
			return kb_error_set(err, -EPIPE, "the boot engine ended without an answer");
		}
	}
	return 0;
}

int kb_shell_engine_ask(struct kb_shell_engine *e, const struct kb_intent *intent, int typed_fd,
			const struct kb_message **ret_reply, struct kb_error *err)
{
	int r;

	if (e->leaving) {
		return kb_error_set(err, -ESHUTDOWN, "the boot engine is leaving");
	}
	r = kb_shell_engine_connect(e, err);
	if (r == 0) {
		r = kb_connection_ask(&e->connection, intent, err);
	}
	if (r == 0) {
		r = wait_reply(e, typed_fd, err);
		e->connection.awaited = 0;
	}
	if (r == 0) {
		*ret_reply = &e->connection.reply;
	}
	return r;
}

void kb_shell_engine_tell(struct kb_shell_engine *e, const struct kb_intent *intent)
{
	struct kb_error err;

	if (kb_shell_engine_is_there(e) && kb_connection_send(&e->connection, intent, &err) < 0) {
		kb_shell_engine_read(e);
	}
}
