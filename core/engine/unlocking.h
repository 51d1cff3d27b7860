/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One volume being unlocked: asking for its passphrase, trying it, asking again; or a key file by
 * itself.
 * For the engine.
 * Must not know of clients or states; must not keep a passphrase once it was tried.
 */
#ifndef KBOOT_CORE_UNLOCKING_H
#define KBOOT_CORE_UNLOCKING_H

#include "journal.h"
#include "kboot/base/child.h"
#include "kboot/base/loop.h"
#include "kboot/model/entry.h"
#include "work/unlock_job.h"

enum {
	KB_UNLOCK_FREE_TRIES = 3, /* before one has to wait */
	KB_UNLOCK_WAIT_MS = 2000, /* after the next wrong one; longer after each */
	KB_UNLOCK_MAX_WAIT_MS = 30000,
	KB_UNLOCK_QUESTIONS = 1 << 30, /* no number of the pipeline's is as large */
};

enum kb_unlocking_state {
	KB_UNLOCK_IDLE,
	KB_UNLOCK_ASKING, /* a person */
	KB_UNLOCK_TRYING,
	KB_UNLOCK_WAITING, /* after too many wrong ones */
	KB_UNLOCK_DONE,    /* it is open */
	KB_UNLOCK_FAILED,
};

struct kb_unlocking {
	struct kb_loop *loop;
	const struct kb_sys *sys;
	struct kb_journal *journal;
	const struct kb_places *places;
	void *ctx;
	void (*changed)(void *ctx);

	enum kb_unlocking_state state;
	struct kb_arena arena;
	struct kb_entry entry;   /* the line of the list */
	uint64_t place;          /* its device's */
	bool by_file;            /* nobody is asked */
	unsigned n_wrong;        /* of this volume, in a row */
	bool is_wrong;           /* the secret that was tried last */
	bool is_missing;         /* the key file was not there */
	uint64_t number;         /* of the question */
	char why[KB_ERROR_TEXT]; /* the last try failed; FAILED: the sentence */
	struct kb_secret secret;
	struct kb_unlock_job job;
	struct kb_child *child;
	struct kb_source *wait;
};

/* Zeroed below changed is idle. */
KB_MUST_CHECK int kb_unlocking_init(struct kb_unlocking *u);
void kb_unlocking_done(struct kb_unlocking *u);
/* Asks for the passphrase of what the entry names. -ENODEV: it is not there. */
KB_MUST_CHECK int kb_unlocking_ask(struct kb_unlocking *u, const struct kb_entry *entry,
				   const struct kb_place *place);
/* Tries a key file, by name. */
KB_MUST_CHECK int kb_unlocking_try_file(struct kb_unlocking *u, const struct kb_place *place,
					const char *keyfile, const char *root);
/* What a person said; others: what may take the same. */
void kb_unlocking_answer(struct kb_unlocking *u, const char *secret);
/* Another volume that may take the same secret; before it is tried. */
void kb_unlocking_add_other(struct kb_unlocking *u, const struct kb_place *place);
/* Whatever it was doing. */
void kb_unlocking_stop(struct kb_unlocking *u);
/* A key file is being tried. */
bool kb_unlocking_tries_file(const struct kb_unlocking *u);
/* Nobody is there who answers. */
void kb_unlocking_give_up(struct kb_unlocking *u);
/* The question, as sentences. */
void kb_unlocking_question(const struct kb_unlocking *u, struct kb_buf *text);

#endif
