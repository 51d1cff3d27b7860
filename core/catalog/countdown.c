/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "countdown.h"

static void run(struct kb_countdown *c, enum kb_phase phase, int64_t length_ms, int64_t now_ms)
{
	c->phase = phase;
	c->total_ms = length_ms;
	c->end_ms = now_ms + length_ms;
}

static void wait_for_person(struct kb_countdown *c)
{
	c->phase = KB_PHASE_WAITING;
	c->total_ms = 0;
	c->end_ms = 0;
}

void kb_countdown_start(struct kb_countdown *c, const struct kb_countdown_config *config,
			int64_t now_ms)
{
	c->timeout_ms = config->timeout_ms;
	if (config->delay_ms > 0) {
		run(c, KB_PHASE_DELAY, config->delay_ms, now_ms);
	} else if (config->timeout_ms == 0) {
		run(c, KB_PHASE_DELAY, config->held_key_ms, now_ms);
	} else if (config->timeout_ms > 0) {
		run(c, KB_PHASE_COUNTDOWN, config->timeout_ms, now_ms);
	} else {
		wait_for_person(c);
	}
}

bool kb_countdown_key(struct kb_countdown *c, int64_t now_ms)
{
	bool opened = c->phase == KB_PHASE_DELAY;

	/* As in LILO: a stray byte in the short wait must not strand a server that has a long one.
	 */
	if (opened && c->timeout_ms > 0) {
		run(c, KB_PHASE_COUNTDOWN, c->timeout_ms, now_ms);
	} else {
		wait_for_person(c);
	}
	return opened;
}

bool kb_countdown_fires(struct kb_countdown *c, int64_t now_ms)
{
	if ((c->phase != KB_PHASE_DELAY && c->phase != KB_PHASE_COUNTDOWN) || now_ms < c->end_ms) {
		return false;
	}
	wait_for_person(c);
	return true;
}

int64_t kb_countdown_remaining(const struct kb_countdown *c, int64_t now_ms)
{
	if (c->phase == KB_PHASE_WAITING || now_ms >= c->end_ms) {
		return 0;
	}
	return c->end_ms - now_ms;
}

int64_t kb_countdown_next(const struct kb_countdown *c, int64_t now_ms)
{
	int64_t left;

	if (c->phase == KB_PHASE_WAITING) {
		return -1;
	}
	left = kb_countdown_remaining(c, now_ms);
	if (c->phase == KB_PHASE_DELAY || left <= 1000) {
		return left;
	}
	return left % 1000 ? left % 1000 : 1000;
}
