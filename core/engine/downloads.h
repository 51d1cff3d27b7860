/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that entries name by URL: fetched while somebody wants them, one worker a file, all at
 * once; and kept for a while, by their URL, so that nothing is fetched twice.
 * For the pipeline. Must not speak with a server itself, and keeps no more of what nobody wants
 * than its share of the memory.
 */
#ifndef KBOOT_CORE_DOWNLOADS_H
#define KBOOT_CORE_DOWNLOADS_H

#include "answers.h"
#include "journal.h"
#include "kboot/base/loop.h"
#include "kboot/model/entry.h"
#include "work/fetch_job.h"
#include "work/resolver.h"

struct kb_download;

struct kb_downloads {
	struct kb_loop *loop;
	const struct kb_sys *sys;
	struct kb_journal *journal;
	const struct kb_places *places;
	uint64_t max_kept_bytes; /* of what nobody wants */
	int silence_ms;          /* a worker that says nothing for so long hangs */
	void *ctx;
	void (*changed)(void *ctx); /* something came, is whole or failed */

	struct kb_answers answers; /* until what is wanted is there, or wanted no more */
	struct kb_download *first; /* wanted last, first */
	int64_t started_ms;        /* when the wanted ones were asked for, */
	uint64_t started_bytes;    /* with so much of them there */
};

/* A disk with /etc/hosts that is dead: where a server is asked, its worker tells ten times a second
 * how far it is. */
enum { KB_DOWNLOADS_SILENCE_MS = 60000 };
enum { KB_DOWNLOADS_MAX = KB_ENTRY_MAX_INITRDS + 2 }; /* of one entry */

struct kb_downloads_state {
	bool has_failed;
	bool is_whole;     /* all of them */
	const char *error; /* one sentence, where it has failed or asks; borrowed */
	/* None has failed for good, but one for want of a person's answer; borrowed. NULL. */
	const struct kb_fetch_question *question;
	uint64_t done_bytes;
	uint64_t total_bytes; /* 0: not known of all */
	uint64_t bytes_per_s; /* 0: not known yet */
};

/* Zeroed fields below changed are idle. */
void kb_downloads_done(struct kb_downloads *d);
bool kb_downloads_are_needed(const struct kb_entry *entry);
/* Fetches what the entry names by URL, and nothing else. root is the booted environment's device,
 * "". -ENOMEM and the like. */
KB_MUST_CHECK int kb_downloads_want(struct kb_downloads *d, const struct kb_entry *entry,
				    const char *root);
/* What failed for want of it is asked for once more. -ENOMEM, -ENOSPC. */
KB_MUST_CHECK int kb_downloads_answer(struct kb_downloads *d, const struct kb_fetch_answer *answer,
				      const char *root);
/* Nobody waits any more: what runs is stopped, and kept within the share. */
void kb_downloads_release(struct kb_downloads *d);
/* What is kept without being wanted is not the newest any more. */
void kb_downloads_forget_kept(struct kb_downloads *d);
void kb_downloads_look(const struct kb_downloads *d, struct kb_downloads_state *ret_state);
/* The wanted ones; borrowed until the next change. */
size_t kb_downloads_files(const struct kb_downloads *d,
			  struct kb_fetched ret_files[static KB_DOWNLOADS_MAX]);

#endif
