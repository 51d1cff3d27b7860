/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen.h"

#include "view.h"
#include "widgets.h"

void kb_screen_init(struct kb_ui *ui, const struct kb_symbols *symbols, int64_t now_ms)
{
	*ui = (struct kb_ui){
		.symbols = symbols,
		.now_ms = now_ms,
		.started_ms = now_ms,
		.view = &kb_view_menu,
		.page_rows = 10, /* until something is drawn */
		.details_columns = KB_TERMINAL_MAX_COLS,
	};
}

const struct kb_view *kb_screen_view(const struct kb_ui *ui)
{
	switch (kb_ui_phase(ui)) {
	case KB_PHASE_DELAY:
		return &kb_view_delay;
	case KB_PHASE_LEAVING:
		return &kb_view_leaving;
	case KB_PHASE_BOOTING:
		return ui->inquiry.kind != KB_INQUIRY_NONE ? &kb_view_inquiry : ui->view;
	default:
		return ui->view;
	}
}

/* A key where the engine still counts or looks: a person is there. True where that is all it does.
 */
static bool wake(struct kb_ui *ui)
{
	enum kb_phase phase = kb_ui_phase(ui);

	if (phase != KB_PHASE_STARTING && phase != KB_PHASE_DELAY && phase != KB_PHASE_COUNTDOWN) {
		return false;
	}
	kb_ui_do(ui, KB_DO_ACTIVITY);
	if (phase != KB_PHASE_DELAY) {
		return false;
	}
	ui->opened = true;
	return true;
}

void kb_screen_key(struct kb_ui *ui, const struct kb_key *key, int64_t now_ms)
{
	ui->now_ms = now_ms;
	if (!ui->model.synced) {
		if (ui->n_early < KB_UI_EARLY_KEYS) {
			ui->early[ui->n_early++] = *key;
		}
		return;
	}
	if (wake(ui)) {
		return;
	}
	if (key->meta && kb_screen_view(ui) != &kb_view_edit) {
		return; /* no key of a view is with Alt */
	}
	ui->said[0] = '\0';
	kb_screen_view(ui)->press(ui, key);
}

/* A reply is a clause for a program's error message; here it stands alone. */
static void say_refusal(struct kb_ui *ui, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len == 0) {
		kb_ui_say(ui, KB_NOTICE_ERROR, "That was refused.");
		return;
	}
	kb_ui_say(ui, KB_NOTICE_ERROR, "%s%s", text, text[len - 1] == '.' ? "" : ".");
	if (ui->said[0] >= 'a' && ui->said[0] <= 'z' && strncmp(text, "kboot", 5) != 0) {
		ui->said[0] = (char)(ui->said[0] - 'a' + 'A');
	}
}

/* Without a table of them it was an answer to who chose one. */
static void take_firmware(struct kb_ui *ui, const struct kb_message *reply)
{
	struct kb_table *t = &ui->firmware;

	ui->firmware_asked = false;
	for (size_t i = 0; i < reply->n_rows && t->n < KB_UI_MAX_FIRMWARE; i++) {
		const char *const *cells = reply->rows[i].cells;

		if (cells[KB_FIRMWARE_ID] && cells[KB_FIRMWARE_TITLE]) {
			kb_table_add(t,
				     (struct kb_table_row){
					     {kb_table_printf(t, "%s", cells[KB_FIRMWARE_ID]),
					      kb_table_printf(t, "%s", cells[KB_FIRMWARE_TITLE])}});
		}
	}
}

static void take_reply(struct kb_ui *ui, const struct kb_message *reply)
{
	if (strcmp(reply->to, kb_intent_name(KB_DO_BOOT)) == 0) {
		ui->boot_asked = false;
	}
	if (strcmp(reply->to, kb_intent_name(KB_DO_FIRMWARE)) == 0) {
		take_firmware(ui, reply);
	}
	if (strcmp(reply->to, kb_intent_name(KB_DO_SESSIONS)) == 0) {
		kb_view_ssh_take(ui, reply);
	}
	if (strcmp(reply->to, kb_intent_name(KB_DO_VISIT)) == 0 ||
	    strcmp(reply->to, kb_intent_name(KB_DO_DEVICES)) == 0) {
		/* Nobody waits any more for one of another number. */
		if (!ui->edit.waits || reply->request != ui->edit.asked) {
			return;
		}
		kb_view_edit_take(ui, reply);
	}
	if (!reply->ok) {
		say_refusal(ui, reply->text);
		return;
	}
	/* Or it is a label that is a line for the prompt; without a memory of which, the prompt
	 * alone. */
	ui->wants_shell = ui->wants_shell || strcmp(reply->to, kb_intent_name(KB_DO_SHELL)) == 0 ||
			  (reply->how && strcmp(reply->how, "command") == 0);
}

/* The load state as the engine has it, of the entry that is at stake. */
static struct kb_load_shown load_now(const struct kb_ui *ui)
{
	const struct kb_state *s = &ui->model.state;
	const struct kb_entry *selected = kb_model_selected(&ui->model);
	const char *subject = kb_ui_phase(ui) == KB_PHASE_BOOTING ? s->stage_id
			      : selected                          ? selected->id
								  : NULL;

	if (!subject || !s->stage_id || strcmp(subject, s->stage_id) != 0) {
		return (struct kb_load_shown){.stage = KB_STAGE_NONE};
	}
	return (struct kb_load_shown){s->stage, s->done_bytes, s->total_bytes, s->bytes_per_s};
}

/* When a slow line may say what is loaded: what only passes by is not worth its bytes. */
static int64_t load_due_ms(const struct kb_ui *ui)
{
	int64_t last = ui->load_ms;

	if (kb_ui_phase(ui) == KB_PHASE_BOOTING) {
		return load_now(ui).stage != ui->load.stage ? ui->now_ms
							    : last + KB_UI_LOAD_REST_MS;
	}
	return (ui->moved_ms > last ? ui->moved_ms : last) + KB_UI_LOAD_REST_MS;
}

static bool load_differs(const struct kb_ui *ui)
{
	struct kb_load_shown now = load_now(ui);

	return now.stage != ui->load.stage || now.done_bytes != ui->load.done_bytes ||
	       now.total_bytes != ui->load.total_bytes;
}

static void settle_load(struct kb_ui *ui)
{
	if (load_differs(ui) && (!ui->slow || ui->now_ms >= load_due_ms(ui))) {
		ui->load = load_now(ui);
		ui->load_ms = ui->now_ms;
	}
}

/* Do the details describe another row than the selected one? */
static bool details_differ(const struct kb_ui *ui)
{
	const struct kb_entry *selected = kb_model_selected(&ui->model);

	return ui->details_key != ui->model.selected_key ||
	       ui->details_id != (selected ? selected->id : NULL);
}

static void settle(struct kb_ui *ui)
{
	const struct kb_entry *selected = kb_model_selected(&ui->model);

	if (details_differ(ui) &&
	    (!ui->slow || ui->now_ms - ui->moved_ms >= KB_UI_DETAILS_REST_MS)) {
		const struct kb_row *before =
			ui->details_id || ui->details_key ? kb_ui_described(ui) : NULL;

		ui->details_columns = kb_details_columns(ui, before, kb_model_row(&ui->model));
		ui->details_id = selected ? selected->id : NULL;
		ui->details_key = ui->model.selected_key;
	}
	settle_load(ui);
}

/* Keys typed before there was anything to act on act now. */
static void replay_early(struct kb_ui *ui)
{
	size_t n = ui->n_early;

	ui->n_early = 0;
	for (size_t i = 0; i < n; i++) {
		kb_screen_key(ui, &ui->early[i], ui->now_ms);
	}
}

static void state_came(struct kb_ui *ui)
{
	const struct kb_state *s = &ui->model.state;

	if (s->notice_seq != ui->seen_seq) {
		ui->seen_seq = s->notice_seq;
		ui->said[0] = '\0';
	}
	if (s->phase != KB_PHASE_DELAY) {
		ui->opened = false;
	}
	if ((s->phase == KB_PHASE_BOOTING || s->phase == KB_PHASE_LEAVING) &&
	    ui->view != &kb_view_log) {
		kb_ui_show(ui, &kb_view_menu);
	}
	replay_early(ui);
	/* It was not known yet when the editor was opened. */
	if (s->restricted && ui->view == &kb_view_edit) {
		kb_ui_show(ui, &kb_view_menu);
		kb_ui_say(ui, KB_NOTICE_WARNING, KB_NO_EDITING);
	}
}

void kb_screen_message(struct kb_ui *ui, const struct kb_message *message, int64_t now_ms)
{
	size_t row = ui->model.selected_row;
	int r;

	ui->now_ms = now_ms;
	if (message->type == KB_MSG_CATALOG_END) {
		/* It belongs to the catalog that goes now. */
		ui->details_id = NULL;
		ui->details_key = 0;
	}
	r = kb_model_message(&ui->model, message, now_ms);
	if (r < 0) {
		kb_ui_say(ui, KB_NOTICE_ERROR, "Out of memory: the list may be incomplete.");
		return;
	}
	if (ui->model.selected_row != row) {
		ui->moved_ms = now_ms;
	}
	if (message->type == KB_MSG_STATE) {
		state_came(ui);
	} else if (message->type == KB_MSG_QUESTION) {
		kb_inquiry_take(ui, &message->inquiry);
	} else if (message->type == KB_MSG_HELLO) { /* another engine has asked nothing */
		kb_inquiry_forget(&ui->inquiry);
	} else if (message->type == KB_MSG_REPLY) {
		take_reply(ui, message);
	} else if (message->type == KB_MSG_CATALOG_END && ui->model.catalog.truncated) {
		kb_ui_say(ui, KB_NOTICE_WARNING, "Only the first %zu entries are listed.",
			  ui->model.catalog.n_entries);
	}
}

/* A view may want it where a very small screen has no place. */
static void clamp_cursor(struct kb_grid *grid)
{
	if (grid->cursor_row >= grid->rows) {
		grid->cursor_row = grid->rows - 1;
	}
	if (grid->cursor_col >= grid->cols) {
		grid->cursor_col = grid->cols - 1;
	}
	grid->cursor_row = grid->cursor_row < 0 ? 0 : grid->cursor_row;
	grid->cursor_col = grid->cursor_col < 0 ? 0 : grid->cursor_col;
}

void kb_screen_draw(struct kb_ui *ui, struct kb_grid *grid, int64_t now_ms)
{
	ui->now_ms = now_ms;
	grid->symbols = ui->symbols;
	settle(ui);
	kb_grid_clear(grid);
	kb_screen_view(ui)->draw(ui, grid);
	clamp_cursor(grid);
}

/* For how long a new list is not worth drawing: its state follows at once. */
static int64_t list_wait_ms(const struct kb_ui *ui)
{
	int64_t left = ui->model.list_ms + KB_UI_LIST_MS - ui->now_ms;

	return ui->model.list_unsure && left > 0 ? left : 0;
}

bool kb_screen_may_draw(const struct kb_ui *ui, int64_t now_ms)
{
	if (!ui->model.synced) {
		return now_ms - ui->started_ms >= KB_UI_PATIENCE_MS;
	}
	return !ui->model.list_unsure || now_ms - ui->model.list_ms >= KB_UI_LIST_MS;
}

static void sooner(int64_t *next, int64_t ms)
{
	if (ms < 0) {
		ms = 0;
	}
	if (*next < 0 || ms < *next) {
		*next = ms;
	}
}

int64_t kb_screen_next_ms(const struct kb_ui *ui)
{
	enum kb_phase phase = kb_ui_phase(ui);
	int64_t remaining = kb_model_remaining_ms(&ui->model, ui->now_ms);
	int64_t next = -1;

	if (!ui->model.synced) {
		return ui->now_ms - ui->started_ms < KB_UI_PATIENCE_MS
			       ? ui->started_ms + KB_UI_PATIENCE_MS - ui->now_ms
			       : -1;
	}
	if (list_wait_ms(ui) > 0) {
		sooner(&next, list_wait_ms(ui));
	}
	if ((phase == KB_PHASE_DELAY || phase == KB_PHASE_COUNTDOWN) && remaining > 0) {
		/* Seconds are rounded up: the number shown changes as a whole one passes. */
		sooner(&next, (remaining - 1) % 1000 + 1);
	}
	if (ui->slow && kb_model_row(&ui->model) && details_differ(ui)) {
		sooner(&next, ui->moved_ms + KB_UI_DETAILS_REST_MS - ui->now_ms);
	}
	if (ui->slow && load_differs(ui)) {
		sooner(&next, load_due_ms(ui) - ui->now_ms);
	}
	return next;
}
