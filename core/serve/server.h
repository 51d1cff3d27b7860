/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's clients: sockets, who is at the other end, lines in, messages out.
 * For the engine.
 * Must not block on a slow client: what it does not read is kept up to a cap, then it is dropped.
 */
#ifndef KBOOT_CORE_SERVER_H
#define KBOOT_CORE_SERVER_H

#include <sys/types.h>

#include "journal.h"
#include "kboot/base/lines.h"
#include "kboot/base/loop.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"

enum { KB_MAX_CLIENTS = 64, KB_CLIENT_MAX_PENDING = 64 << 20 };

struct kb_server;

struct kb_client {
	struct kb_server *server;
	struct kb_client *next;
	int fd;
	struct kb_source *source;
	struct kb_lines lines;
	struct kb_buf out;
	size_t out_done;
	uid_t uid; /* of the peer, from SO_PEERCRED */
	char tty[32];
	bool watching;
	bool wants_log;
	bool closed;
	uint64_t request;            /* the number of the intent that is being served; 0: none */
	uint64_t log_seq;            /* the last line sent */
	struct kb_reported reported; /* the files whose mistakes its person has seen */
	/* What it asked for and gets when the devices have told enough; type KB_N_INTENTS: nothing.
	 */
	struct kb_intent owed;
	struct kb_arena owed_arena;
};

struct kb_server {
	struct kb_loop *loop;
	struct kb_journal *journal;
	int listen_fd;
	struct kb_source *listen_source;
	struct kb_source *reaper; /* frees closed clients outside their own callbacks */
	struct kb_client *first;
	unsigned n_clients;
	void *ctx;
	void (*intent)(void *ctx, struct kb_client *client, const struct kb_intent *intent);
	void (*left)(void *ctx); /* a client is gone */
};

KB_MUST_CHECK int kb_server_init(struct kb_server *s);
void kb_server_done(struct kb_server *s);
/* A socket at path, mode 0600; an old one is replaced. */
KB_MUST_CHECK int kb_server_listen(struct kb_server *s, const char *path, struct kb_error *err);
KB_MUST_CHECK int kb_server_add(struct kb_server *s, int fd);
/* Queues a message; a client that cannot take it is dropped. One that is too long is left out, and
 * a reply in place of it says so. */
void kb_client_send(struct kb_client *c, const struct kb_message *message);
void kb_client_reply(struct kb_client *c, enum kb_intent_type to, bool ok, const char *text);
/* Tries to get everything out, for at most timeout_ms all in all. */
void kb_server_drain(struct kb_server *s, int timeout_ms);

#endif
