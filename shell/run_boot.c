/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine was asked to boot: one line that is written again and again, until it jumps. */
#include <stdio.h>

#include "kboot/base/escape.h"
#include "kboot/terminal/text.h"
#include "private.h"

enum { PROGRESS_BYTES = 160 };

struct follow {
	struct kb_shell *shell;
	uint64_t notice_seq;
	bool cancelled;
	bool seen_booting;
	bool drawn; /* there is a line to be written over */
	char last[PROGRESS_BYTES];
};

static void describe(const struct kb_state *state, char *text, size_t size)
{
	static const char *const stages[KB_N_STAGES] = {
		[KB_STAGE_NONE] = "Getting ready",
		[KB_STAGE_FETCHING] = "Fetching",
		[KB_STAGE_RESOLVING] = "Looking for the files",
		[KB_STAGE_CHECKING] = "Checking",
		[KB_STAGE_LOADING] = "Loading",
		[KB_STAGE_ARMED] = "Ready to start",
		[KB_STAGE_FAILED] = "Failed",
		[KB_STAGE_UNLOCKING] = "Unlocking",
	};
	const char *stage = (size_t)state->stage < KB_N_STAGES ? stages[state->stage] : "";
	char progress[PROGRESS_BYTES / 2];

	if ((state->stage == KB_STAGE_LOADING || state->stage == KB_STAGE_FETCHING) &&
	    state->total_bytes + state->done_bytes > 0) {
		kb_format_progress(state->done_bytes, state->total_bytes, state->bytes_per_s,
				   progress, sizeof(progress));
		(void)snprintf(text, size, "%s: %s", stage, progress);
	} else {
		(void)snprintf(text, size, "%s ...", stage);
	}
}

static void wipe(const struct follow *f)
{
	/* Blanks write over what was longer, on terminals that cannot clear too. */
	if (f->drawn) {
		printf("\r%-*s\r", (int)strlen(f->last), "");
		(void)fflush(stdout);
	}
}

static void draw(struct follow *f)
{
	char text[PROGRESS_BYTES];

	describe(&f->shell->engine.state, text, sizeof(text));
	if (!f->shell->interactive || strcmp(text, f->last) == 0) {
		return;
	}
	wipe(f);
	printf("%s", text);
	(void)fflush(stdout);
	(void)snprintf(f->last, sizeof(f->last), "%s", text);
	f->drawn = true;
}

/* Has it come to an end? The state may be one from before the engine began. */
static bool is_over(struct follow *f)
{
	const struct kb_shell_engine *e = &f->shell->engine;
	bool booting = e->state.phase == KB_PHASE_BOOTING || e->state.phase == KB_PHASE_LEAVING;

	if (e->leaving || !kb_shell_engine_is_there(e)) {
		return true;
	}
	f->seen_booting = f->seen_booting || booting;
	return !booting && (f->seen_booting || f->cancelled ||
			    (e->state.notice_seq != f->notice_seq && e->state.notice));
}

static int report(const struct follow *f)
{
	const struct kb_shell_engine *e = &f->shell->engine;

	wipe(f);
	if (e->leaving) {
		return 0;
	}
	if (!kb_shell_engine_is_there(e)) {
		return kb_shell_fail("the boot engine ended before the jump");
	}
	if (f->cancelled) {
		printf("Not booted.\n");
		return 1;
	}
	if (e->state.notice_seq == f->notice_seq || !e->state.notice) {
		return kb_shell_fail("the boot was given up");
	}
	if (e->state.notice_level == KB_NOTICE_ERROR) {
		return kb_shell_fail("%s", e->state.notice);
	}
	kb_print_escaped(stdout, "%s", e->state.notice);
	return 0;
}

static void cancel(struct follow *f)
{
	f->cancelled = true;
	f->last[0] = '\0';
	f->drawn = false;
	kb_shell_engine_tell(&f->shell->engine, &(struct kb_intent){.type = KB_DO_CANCEL});
}

/* The engine waits for a person: who is none ends it. */
static void answer(struct follow *f)
{
	wipe(f);
	f->last[0] = '\0';
	f->drawn = false;
	if (!f->shell->interactive || !kb_shell_answer(f->shell)) {
		cancel(f);
	}
}

int kb_shell_follow(struct kb_shell *s, uint64_t notice_seq)
{
	/* What was told while the question waited for disks is not about this boot. */
	uint64_t before = s->engine.reply_notice_seq;
	struct follow f = {.shell = s, .notice_seq = before > notice_seq ? before : notice_seq};

	while (!is_over(&f)) {
		unsigned events;

		draw(&f);
		/* The question may have come before the answer to what caused it. */
		if (s->engine.inquiry.kind != KB_INQUIRY_NONE && !f.cancelled) {
			answer(&f);
			continue;
		}
		events = kb_events_wait(&s->events, s->engine.connection.fd, -1, -1);
		if (events & (KB_EVENT_INTERRUPT | KB_EVENT_HANGUP)) {
			/* Behind the terminal's own ^C. */
			(void)fputc('\n', stdout);
			cancel(&f);
		}
		if (events & KB_EVENT_ENGINE) {
			kb_shell_engine_read(&s->engine);
		}
	}
	return report(&f);
}
