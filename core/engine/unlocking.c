/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unlocking.h"

#include <errno.h>
#include <string.h>

#include "work/report.h"

static void forget_secret(struct kb_unlocking *u)
{
	kb_secret_done(&u->secret);
	u->job.secret = NULL;
}

void kb_unlocking_stop(struct kb_unlocking *u)
{
	kb_child_cancel(u->child);
	u->child = NULL;
	kb_timer_stop(u->wait);
	forget_secret(u);
	kb_arena_done(&u->arena);
	u->arena = (struct kb_arena){0};
	u->entry = (struct kb_entry){0};
	u->state = KB_UNLOCK_IDLE;
	u->job.n_others = 0;
	u->why[0] = '\0';
}

static void move(struct kb_unlocking *u, enum kb_unlocking_state state)
{
	u->state = state;
	if (state == KB_UNLOCK_ASKING) {
		u->number = KB_UNLOCK_QUESTIONS + (u->number + 1) % KB_UNLOCK_QUESTIONS;
	}
	u->changed(u->ctx);
}

static void on_line(void *owner, struct kb_str line)
{
	struct kb_unlocking *u = owner;
	KB_ARENA struct kb_arena arena = {0};
	struct kb_report report;

	if (kb_report_decode(&arena, line, &report) < 0) {
		return;
	}
	if (report.note) {
		kb_journal_add(u->journal, KB_LOG_INFO, "%s", report.note);
	}
	if (report.error) {
		(void)snprintf(u->why, sizeof(u->why), "%s", report.error);
		u->n_wrong += report.wants != NULL;
		u->is_wrong = report.wants != NULL;
		u->is_missing = report.is_missing;
	}
}

static uint64_t wait_ms(unsigned n_wrong)
{
	uint64_t ms = KB_UNLOCK_WAIT_MS;

	for (unsigned i = KB_UNLOCK_FREE_TRIES; i + 1 < n_wrong && ms < KB_UNLOCK_MAX_WAIT_MS;
	     i++) {
		ms *= 2;
	}
	return ms < KB_UNLOCK_MAX_WAIT_MS ? ms : KB_UNLOCK_MAX_WAIT_MS;
}

static void waited(void *data)
{
	struct kb_unlocking *u = data;

	move(u, KB_UNLOCK_ASKING);
}

static void ask(struct kb_unlocking *u)
{
	if (u->n_wrong > KB_UNLOCK_FREE_TRIES) {
		kb_timer_set(u->wait, wait_ms(u->n_wrong));
		move(u, KB_UNLOCK_WAITING);
	} else {
		move(u, KB_UNLOCK_ASKING);
	}
}

static void ask_again(struct kb_unlocking *u)
{
	kb_journal_add(u->journal, KB_LOG_WARNING, "%s: %s (%u wrong in a row)", u->job.device,
		       u->why, u->n_wrong);
	ask(u);
}

static void ended(void *owner, const struct kb_child_result *result)
{
	struct kb_unlocking *u = owner;

	u->child = NULL;
	if (result->end == KB_CHILD_EXITED && result->status == 0) {
		u->n_wrong = 0;
		u->why[0] = '\0';
		move(u, KB_UNLOCK_DONE); /* whoever stops it has seen what opened it */
		return;
	}
	forget_secret(u);
	if (!u->why[0]) {
		(void)snprintf(u->why, sizeof(u->why), "%s",
			       result->end == KB_CHILD_DEADLINE || result->end == KB_CHILD_ABANDONED
				       ? "it took too long"
			       : result->stderr_tail[0] ? result->stderr_tail
							: "cryptsetup was ended");
	}
	if (u->is_wrong && !u->by_file) {
		ask_again(u);
	} else {
		move(u, KB_UNLOCK_FAILED);
	}
}

static int start(struct kb_unlocking *u)
{
	const struct kb_child_spec spec = {
		.name = "unlock",
		.run = kb_unlock_job_run,
		.data = &u->job,
		.deadline_ms = KB_UNLOCK_DEADLINE_MS,
		.owner = u,
		.on_line = on_line,
		.on_exit = ended,
	};
	int r;

	u->why[0] = '\0';
	u->is_wrong = false;
	u->is_missing = false;
	r = kb_child_start(u->loop, u->sys, &spec, &u->child);
	if (r < 0) {
		(void)snprintf(u->why, sizeof(u->why), "cryptsetup could not be started: %s",
			       strerror(-r));
		forget_secret(u);
	}
	move(u, r < 0 ? KB_UNLOCK_FAILED : KB_UNLOCK_TRYING);
	return r;
}

static void begin(struct kb_unlocking *u, const struct kb_place *place)
{
	unsigned n_wrong = u->place == place->id ? u->n_wrong : 0;

	kb_unlocking_stop(u);
	u->place = place->id;
	u->n_wrong = n_wrong;
	u->job = (struct kb_unlock_job){.sys = u->sys, .places = u->places, .root = ""};
	(void)snprintf(u->job.device, sizeof(u->job.device), "%s", place->block.name);
	kb_unlock_name(&place->found.device, u->job.name);
}

int kb_unlocking_ask(struct kb_unlocking *u, const struct kb_entry *entry,
		     const struct kb_place *place)
{
	int r;

	begin(u, place);
	u->by_file = false;
	r = kb_entry_copy(&u->arena, entry, &u->entry);
	if (r < 0) {
		kb_unlocking_stop(u);
		return r;
	}
	ask(u);
	return 0;
}

int kb_unlocking_try_file(struct kb_unlocking *u, const struct kb_place *place, const char *keyfile,
			  const char *root)
{
	begin(u, place);
	u->by_file = true;
	u->job.keyfile = kb_arena_strdup(&u->arena, keyfile);
	u->job.root = kb_arena_strdup(&u->arena, root);
	if (!u->job.keyfile || !u->job.root) {
		kb_unlocking_stop(u);
		return -ENOMEM;
	}
	return start(u);
}

void kb_unlocking_add_other(struct kb_unlocking *u, const struct kb_place *place)
{
	struct kb_unlock_job *job = &u->job;

	if (job->n_others < KB_ARRAY_LEN(job->others)) {
		struct kb_unlock_other *other = &job->others[job->n_others++];

		(void)snprintf(other->device, sizeof(other->device), "%s", place->block.name);
		kb_unlock_name(&place->found.device, other->name);
	}
}

void kb_unlocking_answer(struct kb_unlocking *u, const char *secret)
{
	if (u->state != KB_UNLOCK_ASKING) {
		return;
	}
	if (kb_secret_set(&u->secret, kb_str_from(secret)) < 0) {
		(void)snprintf(u->why, sizeof(u->why), "there is no memory for the passphrase");
		move(u, KB_UNLOCK_FAILED);
		return;
	}
	u->job.secret = &u->secret;
	(void)!start(u);
}

bool kb_unlocking_tries_file(const struct kb_unlocking *u)
{
	return u->by_file && u->state == KB_UNLOCK_TRYING;
}

void kb_unlocking_give_up(struct kb_unlocking *u)
{
	kb_child_cancel(u->child);
	u->child = NULL;
	kb_timer_stop(u->wait);
	forget_secret(u);
	(void)snprintf(u->why, sizeof(u->why), "nobody answered");
	move(u, KB_UNLOCK_FAILED);
}

void kb_unlocking_question(const struct kb_unlocking *u, struct kb_buf *text)
{
	const char *title = kb_entry_display(&u->entry);

	if (u->n_wrong > 0 && u->why[0]) {
		kb_buf_printf(text, "%s (%u wrong so far). ", u->why, u->n_wrong);
	}
	kb_buf_printf(text, "%s: what is the passphrase?", title);
}

int kb_unlocking_init(struct kb_unlocking *u)
{
	return kb_loop_add_timer(u->loop, waited, u, &u->wait);
}

void kb_unlocking_done(struct kb_unlocking *u)
{
	kb_unlocking_stop(u);
	kb_source_remove(u->wait);
	u->wait = NULL;
}
