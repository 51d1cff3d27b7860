/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The countdown: a pure function of state, event and time.
 * For the engine.
 * Must not read a clock or set a timer.
 */
#ifndef KBOOT_CORE_COUNTDOWN_H
#define KBOOT_CORE_COUNTDOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/proto/message.h"

/* timeout=0 boots at once, but for this long a key that is held down can still say no. */
enum { KB_HELD_KEY_MS = 300, KB_HELD_KEY_NO_MENU_MS = 1500 };

struct kb_countdown_config {
	int64_t delay_ms;    /* 0 or less: none */
	int64_t timeout_ms;  /* -1: wait for ever */
	int64_t held_key_ms; /* how long timeout=0 listens */
};

/* phase is DELAY, COUNTDOWN or WAITING. */
struct kb_countdown {
	enum kb_phase phase;
	int64_t timeout_ms;
	int64_t end_ms;
	int64_t total_ms;
};

void kb_countdown_start(struct kb_countdown *c, const struct kb_countdown_config *config,
			int64_t now_ms);
/* A key on any console. True when this only opened the menu (the key should do nothing else). */
bool kb_countdown_key(struct kb_countdown *c, int64_t now_ms);
/* True once, when the default is to be booted. */
bool kb_countdown_fires(struct kb_countdown *c, int64_t now_ms);
int64_t kb_countdown_remaining(const struct kb_countdown *c, int64_t now_ms);
/* When to look again: the next whole second shown or the end; -1: never. */
int64_t kb_countdown_next(const struct kb_countdown *c, int64_t now_ms);

#endif
