/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that the menu on one terminal is: what it knows, where the person is in it, what it wants to
 * say. For screen.c, the views and the widgets.
 * Must not do I/O, nor know which views there are.
 */
#ifndef KBOOT_UI_UI_H
#define KBOOT_UI_UI_H

#include "grid.h"
#include "kboot/base/error.h"
#include "kboot/terminal/asking.h"
#include "kboot/terminal/key.h"
#include "kboot/terminal/line_edit.h"
#include "model.h"

struct kb_view;

enum {
	KB_UI_DETAILS_REST_MS =
		150,               /* on a slow line: the selection rests before it is described */
	KB_UI_LOAD_REST_MS = 1000, /* on a slow line: so long a load state is only passing by */
	KB_UI_NUMBER_MS = 1000,    /* digits closer together than this make one number */
	KB_UI_LIST_MS = 100, /* a new list waits so long for the state that says what is selected */
	KB_UI_PATIENCE_MS = 500, /* an engine silent for so long is worth a word */
	KB_UI_EARLY_KEYS = 64,
	KB_UI_HEADING_ROWS = 6,  /* a list with fewer has no room for what is no entry */
	KB_UI_MAX_FIRMWARE = 64, /* rows of it */
	KB_UI_MAX_SESSIONS = 32, /* the same */
};

/* What the status line says about loading. */
struct kb_load_shown {
	enum kb_stage stage;
	uint64_t done_bytes;
	uint64_t total_bytes;
	uint64_t bytes_per_s;
};

struct kb_ui_edit {
	struct kb_line_edit line;
	char *id;              /* of the entry; NULL: nothing is being edited or kept */
	char *title;           /* it may be gone from the catalog meanwhile */
	bool is_command;       /* of the prompt, not of a boot */
	int top;               /* first row shown */
	int columns;           /* as drawn last */
	uint64_t asked;        /* the number of the last question for names */
	bool waits;            /* it is not answered, and nothing was typed since */
	struct kb_table names; /* what a name could become */
};

/* What the engine asks of who wants the boot. */
struct kb_ui_inquiry {
	uint64_t number;
	enum kb_inquiry_kind kind; /* NONE: nothing */
	bool is_shown;             /* a passphrase, as it is typed */
	char text[2 * KB_ERROR_TEXT];
	struct kb_answer_text user;
	struct kb_answer_text secret;
	bool is_at_secret;
};

struct kb_ui {
	struct kb_model model;
	const struct kb_symbols *symbols;
	const char *tty; /* "ttyS0"; NULL: unknown */
	bool slow;       /* a serial line: bytes are counted */
	bool may_leave;  /* a session that can be left, beside a simulation */
	int64_t now_ms;
	int64_t started_ms;

	const struct kb_view
		*view;     /* never NULL; what is drawn may be another, see kb_screen_view */
	struct kb_buf out; /* encoded intents to send */
	bool wants_shell;  /* the engine allowed a command line */
	char *boot_id; /* of the last BOOT; with wants_shell: what the prompt runs first, an id or a
			  line. NULL: nothing */
	const char *prompt_only; /* with wants_shell: a command alone; NULL: none */
	bool wants_quit;

	struct kb_key early[KB_UI_EARLY_KEYS]; /* typed before the engine said anything */
	size_t n_early;

	char said[KB_ERROR_TEXT]; /* by the menu itself; "" nothing */
	enum kb_notice_level said_level;
	uint64_t seen_seq;      /* the engine's notice when it was last looked at */
	uint64_t dismissed_seq; /* the engine's notices up to here are done with */

	bool opened;     /* a key in DELAY: the menu opens before the engine says so */
	bool boot_asked; /* BOOT is sent and not answered */

	size_t top_row; /* of the list: the first one shown */
	int list_rows;  /* its height, as drawn last */
	int page_rows;  /* that PgUp and PgDn move by, as drawn last */
	size_t number;  /* being typed */
	int64_t number_ms;

	bool details_toggled;   /* against what the terminal would get by itself */
	const char *details_id; /* borrowed from the catalog: whose details are shown */
	uint64_t details_key;   /* or of which submenu; 0: none */
	int details_columns;    /* of its line, on a slow terminal */
	int64_t moved_ms;       /* the selection's last move */
	struct kb_load_shown load;
	int64_t load_ms; /* when load was taken over */

	struct kb_ui_edit edit;
	struct kb_ui_inquiry inquiry;
	int scroll;       /* of log (rows up from the end) and help (rows down from the top) */
	bool log_asked;   /* the engine sends its log */
	int power_choice; /* row of the power menu */
	bool power_sure;  /* it was chosen once */
	struct kb_table firmware; /* the power menu's further rows, as FIRMWARE has them */
	bool firmware_asked;      /* FIRMWARE is sent and not answered */
	int ssh_choice;           /* row of the view of SSH */
	struct kb_table sessions; /* its further rows: id, and who from where */
};

void kb_ui_done(struct kb_ui *ui);
enum kb_phase kb_ui_phase(const struct kb_ui *ui); /* the engine's, or what our key made of it */
void kb_ui_show(struct kb_ui *ui, const struct kb_view *view);
void kb_ui_send(struct kb_ui *ui, const struct kb_intent *intent);
void kb_ui_do(struct kb_ui *ui, enum kb_intent_type type); /* an intent without arguments */
void kb_ui_say(struct kb_ui *ui, enum kb_notice_level level, const char *fmt, ...) KB_PRINTF(3, 4);
/* The notice to show, or NULL. */
const char *kb_ui_notice(const struct kb_ui *ui, enum kb_notice_level *ret_level);
void kb_ui_dismiss(struct kb_ui *ui);
/* line: what is booted instead of what the entry says; NULL: as it says. */
void kb_ui_boot(struct kb_ui *ui, const char *id, const char *line);
/* first: a line that it runs; NULL: none. */
void kb_ui_open_prompt(struct kb_ui *ui, const char *first);
/* For a command alone that asks questions: a literal. */
void kb_ui_open_prompt_only(struct kb_ui *ui, const char *command);
/* Moves the window on the list, as high as drawn last, to where the selection is. After every move,
 * so that it does not matter when it is drawn. */
void kb_ui_scroll_list(struct kb_ui *ui);
/* Does the window begin inside a group, whose heading then stands in the place of its first row? */
bool kb_ui_keeps_heading(const struct kb_ui *ui);
/* Moves the one selection of all consoles to a row; to a submenu's here only, as the engine knows
 * entries. */
void kb_ui_select(struct kb_ui *ui, size_t row);
/* Opens or closes the submenu of a row, and moves the selection to that. */
void kb_ui_fold(struct kb_ui *ui, size_t row, bool open);
bool kb_ui_may_leave(const struct kb_ui *ui);
/* The row that the details describe: the selected one, a little later on a slow line. NULL in an
 * empty list. */
const struct kb_row *kb_ui_described(const struct kb_ui *ui);

#endif
