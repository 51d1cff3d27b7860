/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's clients: sockets, who is at the other end, questions in, messages out.
 * For the room serve.
 * Must not block on a slow client, and must not answer in the callback of a socket: what was asked
 * is kept until the loop's next turn.
 */
#ifndef KBOOT_CORE_SERVE_SERVER_H
#define KBOOT_CORE_SERVE_SERVER_H

#include <sys/types.h>

#include "engine/policy.h"
#include "journal.h"
#include "kboot/base/lines.h"
#include "kboot/base/loop.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"

enum {
	KB_MAX_CLIENTS = 64,
	KB_CLIENT_MAX_PENDING = 1 << 20, /* what it does not read; more costs it its connection */
	KB_CLIENT_ENOUGH = 64 << 10,     /* so much is made ready for it at a time */
	KB_CLIENT_MAX_QUESTIONS = 32,    /* with so many unanswered ones it is not listened to */
	KB_ACCEPT_PAUSE_MS = 1000,       /* after no descriptor was left for a client */
};

struct kb_server;

/* Who asked what. It outlives the client. Zeroed: nobody. */
struct kb_asked {
	uint64_t client;
	enum kb_intent_type type;
	uint64_t number; /* the client's own; 0: it gave none */
	struct kb_actor actor;
};

enum { KB_WHO_BYTES = 64, KB_SESSION_KIND_BYTES = 16 };

/* Somebody who is logged in, for as long as their session's client is there. */
struct kb_logged_in {
	char who[KB_WHO_BYTES];
	char from[KB_WHO_BYTES];
	char kind[KB_SESSION_KIND_BYTES]; /* "menu", "shell", "files", or a command */
	int64_t since_ms;
	bool holds; /* the countdown waits */
};

/* What a client wants, until it is answered or begun. */
struct kb_question {
	struct kb_question *next;
	struct kb_intent intent;
	struct kb_arena arena;
	bool deferred; /* its time has not come: devices have to tell more */
};

struct kb_client {
	uint64_t id; /* never used again */
	struct kb_server *server;
	struct kb_client *next; /* the one that came before it */
	int fd;
	struct kb_source *source;
	struct kb_lines lines;
	struct kb_buf out;
	uid_t uid; /* of the peer, from SO_PEERCRED */
	struct kb_actor actor;
	struct kb_logged_in *logged_in; /* NULL: it is no session */
	char tty[32];
	bool dropped; /* it hears and says nothing more; freed in the next turn */
	bool watching;
	bool wants_log;
	struct kb_question *questions; /* the oldest first */
	size_t n_questions;
	/* What it has been told of what changes; it gets the rest as it reads. */
	uint64_t log_seq;
	uint64_t state_seen;
	uint64_t greeting_seen;
	uint64_t catalog_seen;
	uint64_t inquiry_seen; /* 0: it is asked nothing */
	bool is_streaming;     /* the catalog's entries, one by one */
	uint64_t streamed_version;
	size_t next_entry;
	struct kb_asked list; /* the list that ends with the stream; type KB_N_INTENTS: none */
	struct kb_buf list_text;
	struct kb_reported reported; /* the files whose mistakes its person has seen */
};

struct kb_server {
	struct kb_loop *loop;
	struct kb_journal *journal;
	int listen_fd;
	struct kb_source *listen_source;
	struct kb_source *accept_again;
	struct kb_client *first;
	uint64_t last_id;
	unsigned n_clients;
	bool is_full_told;
	uint64_t max_pending; /* of all clients together, in bytes */
	void *ctx;
	void (*wants_turn)(void *ctx); /* a question came, a client went or can take more */
};

KB_MUST_CHECK int kb_server_init(struct kb_server *s);
void kb_server_done(struct kb_server *s);
/* A socket at path, mode 0600; an old one is replaced. */
KB_MUST_CHECK int kb_server_listen(struct kb_server *s, const char *path, struct kb_error *err);
/* When there is no room, a client that is no menu makes it. Takes fd. */
KB_MUST_CHECK int kb_server_add(struct kb_server *s, int fd);
/* NULL: it has left. */
struct kb_client *kb_server_find(const struct kb_server *s, uint64_t id);
/* Frees those that were dropped. For a turn of the loop; nobody may hold a client then. */
void kb_server_reap(struct kb_server *s);

/* Queues a message; a client that takes no more is dropped. One that is too long is left out, and a
 * reply in place of it says so. */
void kb_client_send(struct kb_client *c, const struct kb_message *message);
/* The same for the reply m, but for what it is an answer to. */
void kb_client_answer(struct kb_client *c, struct kb_asked to, struct kb_message m);
void kb_client_reply(struct kb_client *c, const struct kb_intent *to, bool ok, const char *text);
/* text: what there is to say beside the rows; NULL: nothing. */
void kb_client_reply_table(struct kb_client *c, const struct kb_intent *to,
			   const struct kb_table *table, const char *text);
/* r 0: ok, without a text. */
void kb_client_reply_error(struct kb_client *c, const struct kb_intent *to, int r,
			   const struct kb_error *err);
/* Writes what the socket takes. */
void kb_client_push(struct kb_client *c);
/* No more than this is waiting to be read by it. */
bool kb_client_has_room(const struct kb_client *c);
/* Removes it from the client's questions and frees it. */
void kb_client_answered(struct kb_client *c, struct kb_question *q);
static inline struct kb_asked kb_asked_by(const struct kb_client *c, const struct kb_intent *i)
{
	return (struct kb_asked){.client = c->id,
				 .type = i->type,
				 .number = i->request,
				 .actor = c->actor};
}

#endif
