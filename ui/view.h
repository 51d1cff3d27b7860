/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A view: what fills the screen, what its keys do, what its bottom line says.
 * For screen.c and the view_*.c, of which each exports one.
 * Must not know a terminal.
 */
#ifndef KBOOT_UI_VIEW_H
#define KBOOT_UI_VIEW_H

#include "ui.h"

struct kb_hint {
	const char *key; /* NULL: symbols->arrows */
	const char *what;
	int rank; /* where there is no room the highest go first */
};

struct kb_view {
	void (*draw)(struct kb_ui *ui, struct kb_grid *grid);
	void (*press)(struct kb_ui *ui, const struct kb_key *key);
};

extern const struct kb_view kb_view_menu;
/* To who wants to edit where that would be refused. */
#define KB_NO_EDITING "This kboot is restricted: its entries boot as they are."

extern const struct kb_view kb_view_edit;
extern const struct kb_view kb_view_log;
extern const struct kb_view kb_view_help;
extern const struct kb_view kb_view_power;
extern const struct kb_view kb_view_delay;   /* DELAY: nothing but a quiet line */
extern const struct kb_view kb_view_leaving; /* LEAVING: nothing at all */

/* Opens the editor on the selected entry. */
void kb_view_edit_open(struct kb_ui *ui);
/* Opens the log, the help, the power menu. */
void kb_view_log_open(struct kb_ui *ui);
void kb_view_help_open(struct kb_ui *ui);
void kb_view_power_open(struct kb_ui *ui);

#endif
