/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Out of memory, a menu may show less and say so; it must go on, and never say half an intent. */
#include "fault.h"
#include "screen.h"

static const struct kb_device device = {.name = "sda2", .label = "root", .fstype = "ext4"};

static const struct kb_entry entries[] = {
	{.id = "a", .title = "Debian", .device = &device, .args = "ro quiet", .tries_left = -1},
	{.id = "b",
	 .title = "Debian, old",
	 .device = &device,
	 .args = "ro",
	 .path = {"More"},
	 .n_path = 1,
	 .tries_left = 1},
	{.id = "c",
	 .title = "Rescue",
	 .problems = {"no kernel"},
	 .n_problems = 1,
	 .tries_left = -1},
};

static void tell(struct kb_ui *ui, const struct kb_message *message)
{
	kb_screen_message(ui, message, ui->now_ms + 100);
}

static void tell_all(struct kb_ui *ui)
{
	tell(ui, &(struct kb_message){.type = KB_MSG_HELLO, .text = "kboot"});
	tell(ui, &(struct kb_message){.type = KB_MSG_GREETING, .text = "Hello"});
	tell(ui, &(struct kb_message){.type = KB_MSG_CATALOG, .count = KB_ARRAY_LEN(entries)});
	for (size_t i = 0; i < KB_ARRAY_LEN(entries); i++) {
		tell(ui, &(struct kb_message){.type = KB_MSG_ENTRY, .entry = entries[i]});
	}
	tell(ui, &(struct kb_message){.type = KB_MSG_CATALOG_END});
	tell(ui, &(struct kb_message){.type = KB_MSG_STATE,
				      .state = {.phase = KB_PHASE_WAITING,
						.selected_id = "b",
						.default_id = "a",
						.notice = "it failed",
						.notice_level = KB_NOTICE_ERROR,
						.notice_seq = 1}});
	tell(ui, &(struct kb_message){.type = KB_MSG_LOG, .log = {.text = "a line"}});
}

/* Types and draws after every key. -ENOMEM when the grid cannot be made. */
static int use(struct kb_ui *ui, struct kb_grid *grid)
{
	static const struct kb_key keys[] = {
		{.code = KB_KEY_LEFT},
		{.code = KB_KEY_RIGHT},
		{.code = KB_KEY_DOWN},
		{.code = KB_KEY_CHAR, .text = "e"},
		{.code = KB_KEY_CTRL, .text = "w"},
		{.code = KB_KEY_CTRL, .text = "y"},
		{.code = KB_KEY_CHAR, .text = "x"},
		{.code = KB_KEY_ENTER},
		{.code = KB_KEY_CHAR, .text = "l"},
		{.code = KB_KEY_ESCAPE},
		{.code = KB_KEY_CHAR, .text = "?"},
		{.code = KB_KEY_ESCAPE},
		{.code = KB_KEY_CHAR, .text = "q"},
		{.code = KB_KEY_ESCAPE},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(keys); i++) {
		int r = kb_grid_resize(grid, 24, 80 - (int)i);

		if (r < 0) {
			return r;
		}
		kb_screen_key(ui, &keys[i], ui->now_ms + 100);
		kb_screen_draw(ui, grid, ui->now_ms + 100);
	}
	return 0;
}

static int said_whole_intents(struct kb_ui *ui)
{
	struct kb_str rest = kb_buf_view(&ui->out);
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_intent intent;
		int r = kb_intent_decode(&arena, line, &intent);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int a_session(struct fake_sys *fake)
{
	struct kb_grid grid = {0};
	struct kb_ui ui;
	int r;

	(void)fake;
	kb_screen_init(&ui, &kb_symbols[KB_CHARSET_ASCII], 1000);
	grid.symbols = ui.symbols;
	tell_all(&ui);
	r = use(&ui, &grid);
	/* The engine says everything again, and this time there may be room for it. */
	tell_all(&ui);
	if (r == 0) {
		r = said_whole_intents(&ui);
	}
	kb_ui_done(&ui);
	kb_grid_done(&grid);
	return r;
}

const struct fault_scenario fault_scenarios[] = {
	{"a session", a_session},
	{NULL, NULL},
};
