/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SSH server while it runs, and what sessions do to the countdown.
 * A part of struct kb_engine.
 * Must not be running where nobody asked for it.
 */
#ifndef KBOOT_CORE_ENGINE_SSH_WATCH_H
#define KBOOT_CORE_ENGINE_SSH_WATCH_H

#include "kboot/base/child.h"
#include "work/ssh_job.h"

enum {
	KB_SSH_TEXT = 512,
	/* After a server that ended by itself, and the longest after many. */
	KB_SSH_AGAIN_MS = 5000,
	KB_SSH_AGAIN_MAX_MS = 60000,
	/* A countdown that a session stopped with a key begins anew so long after the last one has
	 * gone; where no key came, at once. */
	KB_SSH_RESUME_MS = 60000,
};

struct kb_engine_ssh {
	struct kb_ssh_job job;
	struct kb_child *prepare;
	struct kb_child *server;
	struct kb_child *network;
	struct kb_source *again;  /* a timer */
	uint64_t again_ms;        /* what it was set to last */
	struct kb_source *resume; /* the same */
	bool has_own_keys;        /* the image names somebody who may log in */
	bool is_image;            /* it has the server in it */
	uint64_t print;           /* of what it was made ready from; 0: it is off */
	char ready[KB_SSH_TEXT];  /* "port 22, ssh-ed25519 SHA256:…"; "": it is not */
	char problem[KB_SSH_TEXT];
	int64_t resume_ms;    /* when the countdown begins anew; 0: it does not */
	unsigned n_holding;   /* sessions for which the countdown waits */
	bool stopped_by_one;  /* of them: it would still run */
	bool touched_by_one;  /* with a key */
	bool console_touched; /* a person is at the machine: nothing resumes */
};

/* How it is, in words; NULL: it is off. */
static inline const char *kb_engine_ssh_words(const struct kb_engine_ssh *s)
{
	return s->ready[0] ? s->ready : s->problem[0] ? s->problem : NULL;
}

#endif
