/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/proto/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "kboot/base/sys.h"

/* An engine reads all the time: one that does not is stopped. */
enum { SEND_TIMEOUT_MS = 10000 };

int kb_connection_dial(const char *path, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	KB_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path)) {
		return fd < 0 ? -errno : -ENAMETOOLONG;
	}
	memcpy(address.sun_path, path, strlen(path));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		return -errno;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

void kb_connection_open(struct kb_connection *c, int fd)
{
	c->fd = fd;
	kb_lines_init(&c->lines, KB_PROTO_MAX_LINE);
	c->out.max_bytes = KB_CONNECTION_MAX_PENDING;
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void kb_connection_close(struct kb_connection *c)
{
	c->fd = kb_close(c->fd);
	kb_lines_done(&c->lines);
	kb_buf_done(&c->out);
}

void kb_connection_done(struct kb_connection *c)
{
	kb_connection_close(c);
	kb_arena_done(&c->reply_arena);
}

/* --- sending */

void kb_connection_flush(struct kb_connection *c)
{
	if (c->fd >= 0 && kb_lines_send(c->fd, &c->out) < 0) {
		/* Broken: what is pending will never go out. */
		c->out.len = 0;
	}
}

void kb_connection_put(struct kb_connection *c, struct kb_str lines)
{
	kb_buf_str(&c->out, lines);
	kb_connection_flush(c);
}

/* -ETIMEDOUT; an interrupted wait goes on. */
static int wait_for(int fd, short events, int64_t end_ms)
{
	struct pollfd ready = {.fd = fd, .events = events};
	int64_t left_ms;
	int n;

	do {
		left_ms = end_ms - kb_sys_linux.now_ms(NULL);
		left_ms = left_ms < 0 ? 0 : left_ms;
		n = poll(&ready, 1,
			 end_ms == INT64_MAX ? -1 : (int)(left_ms < INT_MAX ? left_ms : INT_MAX));
	} while (n < 0 && errno == EINTR);
	return n == 0 ? -ETIMEDOUT : 0;
}

int kb_connection_send(struct kb_connection *c, const struct kb_intent *intent,
		       struct kb_error *err)
{
	KB_BUF struct kb_buf line = {0};
	int64_t end_ms = kb_sys_linux.now_ms(NULL) + SEND_TIMEOUT_MS;
	int r = kb_intent_encode(intent, &line);

	if (r < 0) {
		return r == -EMSGSIZE ? kb_error_set(err, r, "that is too long for the boot engine")
				      : kb_error_set(err, r, "out of memory");
	}
	kb_connection_put(c, kb_buf_view(&line));
	while (r == 0 && c->out.len > 0) {
		r = wait_for(c->fd, POLLOUT, end_ms);
		kb_connection_flush(c);
	}
	if (kb_buf_error(&c->out) < 0) {
		return kb_error_no_memory(err);
	}
	return r < 0 ? kb_error_set(err, r, "the boot engine does not listen") : 0;
}

int kb_connection_ask(struct kb_connection *c, const struct kb_intent *intent, struct kb_error *err)
{
	struct kb_intent question = *intent;
	int r;

	question.request = ++c->last_request;
	c->awaited = question.request;
	r = kb_connection_send(c, &question, err);
	if (r < 0) {
		c->awaited = 0;
	}
	return r;
}

/* --- receiving */

static int take_line(void *ctx, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_connection *c = ctx;
	struct kb_arena *texts = &arena;
	struct kb_message m;

	/* What a newer engine says beyond us is skipped, and so is what cannot be understood. */
	if ((c->line && c->line(c->ctx, line)) || kb_message_decode(&arena, line, &m) < 0) {
		return 0;
	}
	if (m.type == KB_MSG_REPLY && c->awaited && m.request == c->awaited) {
		kb_arena_done(&c->reply_arena);
		c->reply_arena = arena;
		arena = (struct kb_arena){0};
		c->reply = m;
		c->awaited = 0;
		texts = NULL;
	}
	if (c->message) {
		c->message(c->ctx, &m, texts);
	}
	return 0;
}

int kb_connection_receive(struct kb_connection *c)
{
	int r = c->fd < 0 ? -EBADF : kb_lines_read(&c->lines, c->fd, take_line, c);

	/* A line that is lost is no reason to lose the engine. */
	if (r == 1 || r == -EAGAIN || r == -EMSGSIZE || r == -ENOMEM) {
		return r == -EAGAIN ? r : 1;
	}
	return -EPIPE;
}

int kb_connection_wait(struct kb_connection *c, int64_t timeout_ms, struct kb_error *err)
{
	int64_t end_ms = timeout_ms < 0 ? INT64_MAX : kb_sys_linux.now_ms(NULL) + timeout_ms;

	while (c->awaited) {
		if (wait_for(c->fd, POLLIN, end_ms) < 0) {
			return kb_error_set(err, -ETIMEDOUT, "the boot engine does not answer");
		}
		if (kb_connection_receive(c) == -EPIPE && c->awaited) {
			return kb_error_set(err, -EPIPE, "the boot engine ended without an answer");
		}
	}
	return 0;
}

int kb_connection_request(struct kb_connection *c, const struct kb_intent *intent,
			  int64_t timeout_ms, struct kb_error *err)
{
	int r = kb_connection_ask(c, intent, err);

	r = r < 0 ? r : kb_connection_wait(c, timeout_ms, err);
	if (r < 0 || c->reply.ok) {
		return r;
	}
	return kb_error_set(err, -EPERM, "%s", c->reply.text ? c->reply.text : "refused");
}
