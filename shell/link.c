/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

enum {
	PATIENCE_MS =
		300,      /* an answer that is this near is waited for though the person types on */
	SAY_SO_MS = 2000, /* a disk that takes longer is a reason to say something */
};

void kb_link_init(struct kb_link *l, const struct kb_shell_options *options,
		  struct kb_events *events)
{
	*l = (struct kb_link){.options = options, .events = events, .fd = -1};
	kb_lines_init(&l->lines, KB_PROTO_MAX_LINE);
}

static void hang_up(struct kb_link *l)
{
	l->fd = kb_close(l->fd);
	kb_lines_done(&l->lines);
	kb_lines_init(&l->lines, KB_PROTO_MAX_LINE);
	memset(l->owed, 0, sizeof(l->owed));
}

void kb_link_done(struct kb_link *l)
{
	hang_up(l);
	kb_lines_done(&l->lines);
	kb_arena_done(&l->state_arena);
	kb_arena_done(&l->reply_arena);
}

static int send_intent(struct kb_link *l, const struct kb_intent *intent, struct kb_error *err)
{
	KB_BUF struct kb_buf line = {0};
	int r = kb_intent_encode(intent, &line);

	if (r < 0) {
		return r == -EMSGSIZE ? kb_error_set(err, r, "that is too long for the boot engine")
				      : kb_error_set(err, r, "out of memory");
	}
	if (send(l->fd, line.data, line.len, MSG_NOSIGNAL) != (ssize_t)line.len) {
		return kb_error_set(err, -EPIPE, "the boot engine does not listen");
	}
	return 0;
}

int kb_link_connect(struct kb_link *l, struct kb_error *err)
{
	const struct kb_intent watch = {.type = KB_DO_WATCH, .tty = l->options->tty};
	int fd;
	int r;

	if (l->fd >= 0) {
		return 0;
	}
	fd = l->options->connect(l->options->ctx, err);
	if (fd < 0) {
		return fd;
	}
	l->fd = fd;
	r = send_intent(l, &watch, err);
	if (r < 0) {
		hang_up(l);
	}
	return r;
}

static void keep_state(struct kb_link *l, struct kb_arena *arena, const struct kb_state *state)
{
	kb_arena_done(&l->state_arena);
	l->state_arena = *arena;
	*arena = (struct kb_arena){0};
	l->state = *state;
	l->has_state = true;
}

static void take_reply(struct kb_link *l, struct kb_arena *arena, const struct kb_message *m)
{
	for (int type = 0; type < KB_N_INTENTS; type++) {
		if (strcmp(m->to, kb_intent_name((enum kb_intent_type)type)) != 0) {
			continue;
		}
		if (l->owed[type] > 0) {
			l->owed[type]--;
		} else if (l->waiting && l->asked == (enum kb_intent_type)type) {
			kb_arena_done(&l->reply_arena);
			l->reply_arena = *arena;
			*arena = (struct kb_arena){0};
			l->reply = *m;
			l->reply_notice_seq = l->state.notice_seq;
			l->waiting = false;
		}
		return;
	}
}

/* A long catalog comes with every change; a prompt has no use for it. */
static bool is_entry(struct kb_str line)
{
	return kb_str_starts(line, KB_STR("{\"type\":\"entry\""));
}

static int take_line(void *ctx, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_link *l = ctx;
	struct kb_message m;

	if (is_entry(line) || kb_message_decode(&arena, line, &m) < 0) {
		return 0;
	}
	if (m.type == KB_MSG_STATE) {
		keep_state(l, &arena, &m.state);
	} else if (m.type == KB_MSG_REPLY) {
		take_reply(l, &arena, &m);
	} else if (m.type == KB_MSG_BYE) {
		(void)snprintf(l->bye, sizeof(l->bye), "%s", m.text ? m.text : "");
		l->leaving = true;
	}
	return 0;
}

void kb_link_read(struct kb_link *l)
{
	int r = l->fd < 0 ? -EBADF : kb_lines_read(&l->lines, l->fd, take_line, l);

	if (l->fd < 0 || r == 1 || r == -EAGAIN || r == -EINTR || r == -EMSGSIZE) {
		return;
	}
	/* Hung up while leaving: the word was lost, the fact was not. */
	if (l->has_state && l->state.phase == KB_PHASE_LEAVING) {
		l->leaving = true;
	}
	l->was_lost = !l->leaving;
	hang_up(l);
}

bool kb_link_lost(struct kb_link *l)
{
	bool lost = l->was_lost;

	l->was_lost = false;
	return lost;
}

/* The answer comes all the same; it is not the one to a later question. */
static int give_up(struct kb_link *l, struct kb_error *err)
{
	l->waiting = false;
	l->owed[l->asked]++;
	return kb_error_set(err, -EINTR, "interrupted");
}

static int wait_reply(struct kb_link *l, int typed_fd, struct kb_error *err)
{
	int timeout_ms = typed_fd >= 0 ? PATIENCE_MS : SAY_SO_MS;

	while (l->waiting) {
		unsigned events = kb_events_wait(l->events, l->fd, timeout_ms < 0 ? typed_fd : -1,
						 timeout_ms);

		if (events == 0) {
			timeout_ms = -1;
			if (l->tells && typed_fd < 0) {
				(void)fputs("Waiting for an answer ... (Ctrl-C gives up)\n",
					    stderr);
			}
		}
		if (events & (KB_EVENT_INTERRUPT | KB_EVENT_TYPED | KB_EVENT_HANGUP)) {
			return give_up(l, err);
		}
		if (events & KB_EVENT_ENGINE) {
			kb_link_read(l);
		}
		if (l->waiting && l->leaving) {
			return kb_error_set(err, -ESHUTDOWN, "the boot engine is leaving");
		}
		if (l->waiting && l->fd < 0) {
			return kb_error_set(err, -EPIPE, "the boot engine ended without an answer");
		}
	}
	return 0;
}

int kb_link_ask(struct kb_link *l, const struct kb_intent *intent, int typed_fd,
		const struct kb_message **ret_reply, struct kb_error *err)
{
	int r;

	if (l->leaving) {
		return kb_error_set(err, -ESHUTDOWN, "the boot engine is leaving");
	}
	r = kb_link_connect(l, err);
	if (r == 0) {
		r = send_intent(l, intent, err);
	}
	if (r == 0) {
		l->asked = intent->type;
		l->waiting = true;
		r = wait_reply(l, typed_fd, err);
		l->waiting = false;
	}
	if (r == 0) {
		*ret_reply = &l->reply;
	}
	return r;
}

void kb_link_tell(struct kb_link *l, const struct kb_intent *intent)
{
	struct kb_error err;

	if (l->fd >= 0 && send_intent(l, intent, &err) < 0) {
		kb_link_read(l);
	}
}
