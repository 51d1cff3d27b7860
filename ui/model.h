/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client's copy of what the engine says: entries, state, greeting, log; and the selection.
 * For the views (read) and client.c (feeds it).
 * Must not talk to the engine or a terminal, and must not decide anything but where the cursor is.
 */
#ifndef KBOOT_UI_MODEL_H
#define KBOOT_UI_MODEL_H

#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"
#include "rows.h"

enum {
	KB_UI_MAX_ENTRIES = 20000,
	KB_UI_SELECT_MS = 1000,
	KB_UI_CATALOG_MAX_BYTES = 64 << 20,
};

struct kb_ui_catalog {
	struct kb_arena arena;
	struct kb_entry *entries; /* heap */
	size_t n_entries;
	size_t cap;
	bool truncated; /* there were more than fit */
};

struct kb_model {
	struct kb_ui_catalog catalog;
	struct kb_ui_catalog incoming; /* between CATALOG and CATALOG_END */
	struct kb_rows rows;           /* what of the catalog is listed, and how */
	bool list_unsure; /* the state that belongs to this catalog, and says what is selected, has
			     not come */
	int64_t list_ms;  /* when the catalog came */

	struct kb_state state;
	struct kb_arena state_arena;
	int64_t state_at_ms; /* when it came */
	bool synced;         /* a state has come */

	struct kb_folds folds; /* outlives the catalogs */
	size_t selected_row;   /* of the rows: an entry's or a submenu's, or 0 in an empty list */
	uint64_t selected_key; /* of the submenu whose row it is; 0: an entry's */
	/* Heap: the selected entry's, or on a submenu's row that of the entry which was selected
	 * before, and is for the engine; NULL: none was. */
	char *selected_id;
	bool select_unsure; /* our move is told, and the engine's state does not show it yet */
	int64_t select_ms;  /* when it was told */

	struct kb_arena greeting_arena;
	const char *greeting; /* NULL: none */
	char hello[64];       /* the engine's name and version */
	bool restarted;

	struct kb_log *log;  /* heap; made when the first line comes */
	int64_t log_from_ms; /* the first line's time: shown times count from here */
};

void kb_model_done(struct kb_model *m);
/* Takes a message over. -ENOMEM: the message is lost, the model is as it was. now_ms: monotonic. */
KB_MUST_CHECK int kb_model_message(struct kb_model *m, const struct kb_message *message,
				   int64_t now_ms);

/* The selected row, or NULL in an empty list. */
const struct kb_row *kb_model_row(const struct kb_model *m);
/* The selected entry, or NULL: on a submenu's row too. */
const struct kb_entry *kb_model_selected(const struct kb_model *m);
const struct kb_entry *kb_model_find(const struct kb_model *m, const char *id);
/* What an entry is called in a sentence, where no heading says more: another one of that title is
 * told apart by its device, its subvolume, its file or its kernel ("Ubuntu in @backup on sdb1").
 * Borrowed from the entry, or in buf. */
const char *kb_model_title(const struct kb_model *m, const struct kb_entry *entry, char *buf,
			   size_t size);
/* The same for a row, whose heading and submenu say more: among what is beside it. */
const char *kb_model_row_title(const struct kb_model *m, const struct kb_row *row, char *buf,
			       size_t size);
/* Moves the selection to a row that can be chosen, here only. False where it was there already. */
bool kb_model_select_row(struct kb_model *m, size_t row);
/* Our move was told to the engine: until its state shows it, for KB_UI_SELECT_MS at most, its own
 * idea of the selection is an older one. */
void kb_model_select_sent(struct kb_model *m, int64_t now_ms);

/* Of DELAY and COUNTDOWN, never below 0. */
int64_t kb_model_remaining_ms(const struct kb_model *m, int64_t now_ms);

#endif
