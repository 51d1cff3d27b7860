/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "serve/server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "kboot/ssh/account.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

static void question_destroy(struct kb_question *q)
{
	char *secret = (char *)(uintptr_t)q->intent.secret; /* in our arena */

	if (secret) {
		explicit_bzero(secret, strlen(secret));
	}
	kb_arena_done(&q->arena);
	free(q);
}

static void client_destroy(struct kb_client *c)
{
	while (c->questions) {
		struct kb_question *q = c->questions;

		c->questions = q->next;
		question_destroy(q);
	}
	kb_source_remove(c->source);
	(void)kb_close(c->fd);
	kb_lines_done(&c->lines);
	kb_buf_done(&c->out);
	kb_buf_done(&c->list_text);
	free(c->logged_in);
	free(c);
}

static void drop(struct kb_client *c)
{
	if (c->dropped) {
		return;
	}
	c->dropped = true;
	c->watching = false;
	c->wants_log = false;
	kb_source_remove(c->source);
	c->source = NULL;
	c->server->wants_turn(c->server->ctx);
}

void kb_server_reap(struct kb_server *s)
{
	struct kb_client **at = &s->first;

	while (*at) {
		struct kb_client *c = *at;

		if (!c->dropped) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		s->n_clients--;
		client_destroy(c);
	}
}

struct kb_client *kb_server_find(const struct kb_server *s, uint64_t id)
{
	for (struct kb_client *c = s->first; c; c = c->next) {
		if (c->id == id && !c->dropped) {
			return c;
		}
	}
	return NULL;
}

/* --- out */

bool kb_client_has_room(const struct kb_client *c)
{
	return !c->dropped && c->out.len < KB_CLIENT_ENOUGH;
}

static void listen_to(struct kb_client *c)
{
	uint32_t events = (c->n_questions < KB_CLIENT_MAX_QUESTIONS ? EPOLLIN : 0U) |
			  (c->out.len > 0 ? EPOLLOUT : 0U);

	if (!c->dropped) {
		kb_source_set_events(c->source, events);
	}
}

void kb_client_push(struct kb_client *c)
{
	if (!c->dropped && kb_lines_send(c->fd, &c->out) < 0) {
		drop(c);
	}
	listen_to(c);
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

static void drop_deaf(struct kb_client *c)
{
	drop(c);
	kb_journal_add(c->server->journal, KB_LOG_WARNING,
		       "the client on %s does not read what it is told; its connection is closed",
		       c->tty[0] ? c->tty : "a socket");
}

/* All of them together have one share of the memory: who keeps most of it goes. */
static void keep_within_share(struct kb_server *s)
{
	struct kb_client *worst = NULL;
	size_t total = 0;

	for (struct kb_client *c = s->first; c; c = c->next) {
		if (!c->dropped) {
			total += c->out.len;
			worst = !worst || c->out.len > worst->out.len ? c : worst;
		}
	}
	if (total > s->max_pending && worst) {
		drop_deaf(worst);
	}
}

void kb_client_send(struct kb_client *c, const struct kb_message *message)
{
	int r;

	if (c->dropped) {
		return;
	}
	r = kb_message_encode(message, &c->out);
	if (r == -EMSGSIZE) {
		tell_too_long(c, message);
	} else if (r < 0 || c->out.len > KB_CLIENT_MAX_PENDING) {
		drop_deaf(c);
	} else {
		keep_within_share(c->server);
		c->server->wants_turn(c->server->ctx);
	}
}

void kb_client_answer(struct kb_client *c, struct kb_asked to, struct kb_message m)
{
	m.type = KB_MSG_REPLY;
	m.to = kb_intent_name(to.type);
	m.request = to.number;
	kb_client_send(c, &m);
}

void kb_client_reply(struct kb_client *c, const struct kb_intent *to, bool ok, const char *text)
{
	kb_client_answer(c, kb_asked_by(c, to), (struct kb_message){.ok = ok, .text = text});
}

void kb_client_reply_table(struct kb_client *c, const struct kb_intent *to,
			   const struct kb_table *table, const char *text)
{
	struct kb_message m = {.ok = table->error == 0, .text = "out of memory"};

	if (m.ok) {
		m.text = text;
		m.rows = table->rows;
		m.n_rows = table->n;
	}
	kb_client_answer(c, kb_asked_by(c, to), m);
}

void kb_client_reply_error(struct kb_client *c, const struct kb_intent *to, int r,
			   const struct kb_error *err)
{
	kb_client_reply(c, to, r == 0, r == 0 ? NULL : err->code ? err->text : strerror(-r));
}

/* --- in */

static int take_line(void *ctx, struct kb_str line)
{
	struct kb_client *c = ctx;
	struct kb_question *q = c->dropped ? NULL : calloc(1, sizeof(*q));
	struct kb_question **at = &c->questions;

	if (!q) {
		return c->dropped ? 0 : -ENOMEM;
	}
	q->arena.max_bytes = (size_t)2 * KB_PROTO_MAX_LINE;
	if (kb_intent_decode(&q->arena, line, &q->intent) < 0) {
		kb_journal_add(c->server->journal, KB_LOG_WARNING,
			       "a client said something that is no intent; ignored");
		question_destroy(q);
		return 0;
	}
	while (*at) {
		at = &(*at)->next;
	}
	*at = q;
	c->n_questions++;
	return 0;
}

void kb_client_answered(struct kb_client *c, struct kb_question *q)
{
	struct kb_question **at = &c->questions;

	while (*at != q) {
		at = &(*at)->next;
	}
	*at = q->next;
	c->n_questions--;
	question_destroy(q);
	listen_to(c);
}

static void client_event(void *data, int fd, uint32_t events)
{
	struct kb_client *c = data;
	int r;

	if (events & EPOLLOUT) {
		kb_client_push(c);
	}
	if (!c->dropped && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
		r = kb_lines_read(&c->lines, fd, take_line, c);
		if (r == 0 || (r < 0 && r != -EAGAIN && r != -EMSGSIZE)) {
			drop(c);
		} else {
			listen_to(c);
		}
	}
	c->server->wants_turn(c->server->ctx);
}

/* The oldest one that is not a menu of the machine's goes. False: they all are. */
static bool make_room(struct kb_server *s)
{
	struct kb_client *oldest = NULL;

	for (struct kb_client *c = s->first; c; c = c->next) {
		if (!c->dropped && !(c->watching && c->tty[0])) {
			oldest = c;
		}
	}
	if (!oldest) {
		return false;
	}
	drop(oldest);
	kb_journal_add(s->journal, KB_LOG_WARNING,
		       "there are %u clients: the oldest that is no menu had to go for a new one",
		       s->n_clients);
	kb_server_reap(s);
	return true;
}

static int turn_away(struct kb_server *s, int fd, int r)
{
	(void)kb_close(fd);
	kb_journal_add(s->journal, KB_LOG_WARNING, "a client was turned away: %s",
		       r == -EMFILE ? "there are too many" : strerror(-r));
	return r;
}

/* By the groups that its process has: the kernel's word, not the client's. Who has more of them
 * than can be looked at may hide something. */
static struct kb_actor actor_of(int fd)
{
	gid_t groups[KB_SSH_MAX_GROUPS];
	socklen_t len = sizeof(groups);
	enum kb_ssh_session session = KB_SSH_NO_SESSION;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == 0) {
		session = kb_ssh_session_of(groups, len / sizeof(groups[0]));
	} else if (errno == ERANGE) {
		session = KB_SSH_RESTRICTED;
	}
	return (struct kb_actor){.is_remote = session != KB_SSH_NO_SESSION,
				 .restricted = session == KB_SSH_RESTRICTED};
}

int kb_server_add(struct kb_server *s, int fd)
{
	struct ucred cred = {.uid = (uid_t)-1};
	socklen_t len = sizeof(cred);
	struct kb_client *c;
	int r;

	if (s->n_clients >= KB_MAX_CLIENTS && !make_room(s)) {
		return turn_away(s, fd, -EMFILE);
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		return turn_away(s, fd, -ENOMEM);
	}
	c->id = ++s->last_id;
	c->server = s;
	c->fd = fd;
	c->list.type = KB_N_INTENTS;
	kb_lines_init(&c->lines, KB_PROTO_MAX_LINE);
	c->uid = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 ? cred.uid : (uid_t)-1;
	c->actor = actor_of(fd);
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

/* Without a descriptor for it the client stays in the queue, and the socket readable. */
static void pause_accept(struct kb_server *s, int error)
{
	if (!s->is_full_told) {
		kb_journal_add(s->journal, KB_LOG_WARNING, "a client has to wait: %s",
			       strerror(error));
		s->is_full_told = true;
	}
	kb_source_set_events(s->listen_source, 0);
	kb_timer_set(s->accept_again, KB_ACCEPT_PAUSE_MS);
}

static void accept_again(void *data)
{
	struct kb_server *s = data;

	kb_source_set_events(s->listen_source, EPOLLIN);
}

static void accept_client(void *data, int fd, uint32_t events)
{
	struct kb_server *s = data;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (client >= 0) {
		s->is_full_told = false;
		(void)!kb_server_add(s, client);
	} else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
		pause_accept(s, errno);
	}
}

int kb_server_init(struct kb_server *s)
{
	s->listen_fd = -1;
	return kb_loop_add_timer(s->loop, accept_again, s, &s->accept_again);
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
	    listen(fd, 64) < 0) {
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
	for (struct kb_client *c = s->first; c; c = c->next) {
		c->dropped = true;
	}
	kb_server_reap(s);
	kb_source_remove(s->listen_source);
	kb_source_remove(s->accept_again);
	s->listen_fd = kb_close(s->listen_fd);
}
