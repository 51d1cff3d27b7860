/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A menu without a terminal or an engine: messages and keys in, the grid as text and intents out.
 * For the tests of ui.
 * Must not draw or decide anything itself.
 */
#ifndef KBOOT_TESTS_UI_SCENE_H
#define KBOOT_TESTS_UI_SCENE_H

#include "screen.h"

struct scene {
	struct kb_ui ui;
	struct kb_grid grid;
	struct kb_buf text;
	struct kb_state state; /* what scene_state sends */
	int64_t now_ms;
};

/* A locale with UTF-8, and a grid of that size. */
void scene_open(struct scene *s, int rows, int cols, enum kb_charset charset);
void scene_close(struct scene *s);
/* A machine with two disks and five entries, "a" to "e"; "d" has a problem. */
void scene_catalog(struct scene *s);
void scene_entries(struct scene *s, const struct kb_entry *entries, size_t n);
/* Sends s->state. */
void scene_state(struct scene *s);
void scene_message(struct scene *s, const struct kb_message *message);
void scene_reply(struct scene *s, enum kb_intent_type to, bool ok, const char *text);
/* Letters, and codes in angle brackets: <Up> <Down> <Left> <Right> <Home> <End> <PgUp> <PgDn>
 * <Enter> <Esc> <Del> <BS> <^A>; "<lt>" is "<". */
void scene_type(struct scene *s, const char *keys);
/* The screen, trailing blank lines cut. Borrowed until the next call. */
const char *scene_text(struct scene *s);
/* What was sent since the last call: "select b; boot b root=x". Borrowed until the next call. */
const char *scene_sent(struct scene *s);
/* Row of the first cell in the selection's style, or -1. */
int scene_selected_row(struct scene *s);

void scene_expect(struct scene *s, const char *expected, const char *file, int line);
#define EXPECT_SCREEN(s, ...) scene_expect(s, __VA_ARGS__, __FILE__, __LINE__)

#endif
