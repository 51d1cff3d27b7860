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

/* Where the menu has a hint of a key. */
enum {
	KB_IN_LIST = 1, /* on an entry's row */
	KB_IN_EMPTY = 2,
	KB_IN_BOOT = 4,
	KB_IN_SUBMENU = 8,     /* on a submenu's row */
	KB_WITH_SUBMENUS = 16, /* wherever there are some */
};

/* A key of the menu, or several that do the like: what they do, and how people read of them. */
struct kb_binding {
	const char *keys; /* as the help has them */
	const char *help;
	enum kb_key_code codes[2]; /* OTHER: none */
	const char *letters;       /* NULL: none */
	void (*act)(struct kb_ui *ui, const struct kb_key *key);
	bool in_boot; /* also when somebody has chosen */
	bool edits;   /* refused where restricted, and not spoken of there */
	const char *hint;
	const char *submenu_hints[3]; /* instead on a closed one's row, on an open one's, and on a
					 slow line wherever there are some: there it stays */
	int rank;                     /* as in kb_hint */
	unsigned hint_in;
};

enum { KB_MENU_MAX_BINDINGS = 20 };
extern const struct kb_binding kb_menu_bindings[]; /* ends with keys NULL */

extern const struct kb_view kb_view_menu;
/* To who wants to edit where that would be refused. */
#define KB_NO_EDITING "This kboot is restricted: its entries boot as they are."

#define KB_NO_RESCUE "This kboot is restricted: nothing is repaired from here."

extern const struct kb_view kb_view_edit;
extern const struct kb_view kb_view_log;
extern const struct kb_view kb_view_help;
extern const struct kb_view kb_view_power;
extern const struct kb_view kb_view_ssh;
extern const struct kb_view kb_view_inquiry; /* while a boot waits for an answer */
extern const struct kb_view kb_view_delay;   /* DELAY: nothing but a quiet line */
extern const struct kb_view kb_view_leaving; /* LEAVING: nothing at all */

/* To the menu, by a key that means nothing in a view: a letter then does what it does there, but
 * the one that had opened the view. No other key does: it was meant to close, and Enter, or an
 * entry's hotkey, would boot. */
static inline void kb_view_back(struct kb_ui *ui, const struct kb_key *key, char opener)
{
	kb_ui_show(ui, &kb_view_menu);
	if (key->code == KB_KEY_CHAR && key->text[0] != opener &&
	    strchr(KB_MENU_LETTERS, key->text[0])) {
		kb_view_menu.press(ui, key);
	}
}
/* Opens the editor on the selected entry. */
void kb_view_edit_open(struct kb_ui *ui);
/* The answer to its question for names. */
void kb_view_edit_take(struct kb_ui *ui, const struct kb_message *reply);
/* The engine asks, or (of kind NONE) does not any more. */
void kb_inquiry_take(struct kb_ui *ui, const struct kb_inquiry *inquiry);
void kb_inquiry_forget(struct kb_ui_inquiry *q);
/* Opens the log, the help, the power menu. */
void kb_view_log_open(struct kb_ui *ui);
void kb_view_help_open(struct kb_ui *ui);
void kb_view_power_open(struct kb_ui *ui);
/* Who is logged in by SSH, and the answer to that. */
void kb_view_ssh_open(struct kb_ui *ui);
void kb_view_ssh_take(struct kb_ui *ui, const struct kb_message *reply);

#endif
