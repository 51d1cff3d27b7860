/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static void client_destroy(struct kb_client *c)
{
	kb_source_remove(c->source);
	(void)kb_close(c->fd);
	kb_lines_done(&c->lines);
	kb_buf_done(&c->out);
	kb_arena_done(&c->owed_arena);
	free(c);
}

/* From now on it hears and says nothing; the reaper frees it. */
static void drop(struct kb_client *c)
{
	if (c->closed) {
		return;
	}
	c->closed = true;
	c->watching = false;
	c->wants_log = false;
	c->owed.type = KB_N_INTENTS;
	kb_source_remove(c->source);
	c->source = NULL;
	if (kb_timer_set(c->server->reaper, 0) < 0) {
		kb_journal_add(c->server->journal, KB_LOG_WARNING, "a client stays half closed");
	}
}

static void reap(void *data)
{
	struct kb_server *s = data;
	struct kb_client **at = &s->first;

	while (*at) {
		struct kb_client *c = *at;

		if (!c->closed) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		s->n_clients--;
		client_destroy(c);
		s->left(s->ctx);
	}
}

static void push(struct kb_client *c)
{
	while (!c->closed && c->out_done < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->out_done, c->out.len - c->out_done,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0 && errno == EAGAIN) {
			break;
		}
		if (n < 0) {
			drop(c);
			return;
		}
		c->out_done += (size_t)n;
	}
	if (c->out_done == c->out.len) {
		kb_buf_reset(&c->out);
		c->out_done = 0;
	}
	if (!c->closed &&
	    kb_source_set_events(c->source, EPOLLIN | (c->out.len > 0 ? EPOLLOUT : 0)) < 0) {
		drop(c);
	}
}

static int take_line(void *ctx, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {.max_bytes = 2 * KB_PROTO_MAX_LINE};
	struct kb_client *c = ctx;
	struct kb_intent intent;

	if (c->closed) {
		return 0;
	}
	if (kb_intent_decode(&arena, line, &intent) < 0) {
		kb_journal_add(c->server->journal, KB_LOG_WARNING,
			       "a client said something that is no intent; ignored");
		return 0;
	}
	c->server->intent(c->server->ctx, c, &intent);
	return 0;
}

static void client_event(void *data, int fd, uint32_t events)
{
	struct kb_client *c = data;
	int r;

	if (events & EPOLLOUT) {
		push(c);
	}
	if (c->closed || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
		return;
	}
	r = kb_lines_read(&c->lines, fd, take_line, c);
	if (r == 0 || (r < 0 && r != -EAGAIN && r != -EMSGSIZE)) {
		drop(c);
	}
}

int kb_server_add(struct kb_server *s, int fd)
{
	struct kb_client *c = s->n_clients < KB_MAX_CLIENTS ? calloc(1, sizeof(*c)) : NULL;
	struct ucred cred = {.uid = (uid_t)-1};
	socklen_t len = sizeof(cred);
	int r;

	if (!c) {
		(void)kb_close(fd);
		return s->n_clients < KB_MAX_CLIENTS ? -ENOMEM : -EMFILE;
	}
	c->server = s;
	c->fd = fd;
	c->owed.type = KB_N_INTENTS;
	c->out.max_bytes = KB_CLIENT_MAX_PENDING;
	kb_lines_init(&c->lines, KB_PROTO_MAX_LINE);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0) {
		c->uid = cred.uid;
	}
	r = kb_loop_add_fd(s->loop, fd, EPOLLIN, client_event, c, &c->source);
	if (r < 0) {
		client_destroy(c);
		return r;
	}
	c->next = s->first;
	s->first = c;
	s->n_clients++;
	return 0;
}

static void accept_client(void *data, int fd, uint32_t events)
{
	struct kb_server *s = data;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (client < 0) {
		return;
	}
	if (kb_server_add(s, client) < 0) {
		kb_journal_add(s->journal, KB_LOG_WARNING, "a client was turned away: too many");
	}
}

int kb_server_init(struct kb_server *s)
{
	s->listen_fd = -1;
	return kb_loop_add_timer(s->loop, reap, s, &s->reaper);
}

int kb_server_listen(struct kb_server *s, const char *path, struct kb_error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	KB_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path)) {
		return kb_error_set(err, fd < 0 ? -errno : -ENAMETOOLONG, "%s: no socket", path);
	}
	memcpy(address.sun_path, path, strlen(path));
	(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || chmod(path, 0600) < 0 ||
	    listen(fd, 16) < 0) {
		return kb_error_set(err, -errno, "%s: %s", path, strerror(errno));
	}
	r = kb_loop_add_fd(s->loop, fd, EPOLLIN, accept_client, s, &s->listen_source);
	if (r < 0) {
		return kb_error_set(err, r, "%s: %s", path, strerror(-r));
	}
	s->listen_fd = kb_steal_fd(&fd);
	return 0;
}

void kb_server_done(struct kb_server *s)
{
	struct kb_client *next;

	for (struct kb_client *c = s->first; c; c = next) {
		next = c->next;
		client_destroy(c);
	}
	s->first = NULL;
	kb_source_remove(s->listen_source);
	kb_source_remove(s->reaper);
	s->listen_fd = kb_close(s->listen_fd);
}

/* That a disk has an entry of many kilobytes is no fault of those who listen. */
static void tell_too_long(struct kb_client *c, const struct kb_message *message)
{
	const struct kb_message reply = {.type = KB_MSG_REPLY,
					 .to = message->to,
					 .request = message->request,
					 .text = "the answer is too long to be told"};

	kb_journal_add(c->server->journal, KB_LOG_WARNING, "%s is too long to be told",
		       message->type == KB_MSG_ENTRY ? "an entry" : "an answer");
	if (message->type == KB_MSG_REPLY) {
		kb_client_send(c, &reply);
	}
}

void kb_client_send(struct kb_client *c, const struct kb_message *message)
{
	int r;

	if (c->closed) {
		return;
	}
	r = kb_message_encode(message, &c->out);
	if (r == -EMSGSIZE) {
		tell_too_long(c, message);
		return;
	}
	if (r < 0) {
		kb_journal_add(c->server->journal, KB_LOG_WARNING,
			       "a client on %s does not listen; dropped",
			       c->tty[0] ? c->tty : "a socket");
		drop(c);
		return;
	}
	/* A large catalog goes out in large pieces. */
	if (message->type != KB_MSG_ENTRY || c->out.len - c->out_done > (64 << 10)) {
		push(c);
	}
}

void kb_client_reply(struct kb_client *c, enum kb_intent_type to, bool ok, const char *text)
{
	const struct kb_message reply = {.type = KB_MSG_REPLY,
					 .to = kb_intent_name(to),
					 .request = c->request,
					 .ok = ok,
					 .text = text};

	kb_client_send(c, &reply);
}

void kb_server_drain(struct kb_server *s, int timeout_ms)
{
	for (int round = 0; round < timeout_ms / 10; round++) {
		struct kb_client *waiting = NULL;

		for (struct kb_client *c = s->first; c; c = c->next) {
			push(c);
			if (!c->closed && c->out.len > 0) {
				waiting = c;
			}
		}
		if (!waiting) {
			return;
		}
		(void)poll(&(struct pollfd){.fd = waiting->fd, .events = POLLOUT}, 1, 10);
	}
}
