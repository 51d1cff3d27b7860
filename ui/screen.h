/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu on one terminal: keys, messages and the time come in, intents and a drawn grid go out.
 * For menu.c and the tests.
 * Must not do I/O.
 */
#ifndef KBOOT_UI_SCREEN_H
#define KBOOT_UI_SCREEN_H

#include "ui.h"

void kb_screen_init(struct kb_ui *ui, const struct kb_symbols *symbols, int64_t now_ms);
/* Each sets the time first. */
void kb_screen_key(struct kb_ui *ui, const struct kb_key *key, int64_t now_ms);
void kb_screen_message(struct kb_ui *ui, const struct kb_message *message, int64_t now_ms);
/* Not what only flashes up: a list before its state, a menu before the engine's first word. */
bool kb_screen_may_draw(const struct kb_ui *ui, int64_t now_ms);
/* Draws the whole grid. */
void kb_screen_draw(struct kb_ui *ui, struct kb_grid *grid, int64_t now_ms);
/* Milliseconds until something drawn would look different with no event; -1: never. */
int64_t kb_screen_next_ms(const struct kb_ui *ui);
/* What fills the screen now: the person's view, or the one of the engine's phase. */
const struct kb_view *kb_screen_view(const struct kb_ui *ui);

#endif
