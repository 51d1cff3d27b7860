/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"

static const struct kb_device device = {.name = "sda2", .label = "root", .fstype = "ext4"};

static const struct kb_table_row rows[] = {{{"sda2", "ext4", NULL, "root"}}, {{"sda3"}}};

static const struct kb_message messages[] = {
	{.type = KB_MSG_HELLO, .version = 1, .text = "kboot"},
	{.type = KB_MSG_ENTRY,
	 .entry = {.id = "a",
		   .title = "Debian",
		   .device = &device,
		   .kernel = "sda2:/vmlinuz",
		   .initrd = {"sda2:/a", "sda2:/b"},
		   .n_initrd = 2,
		   .tries_left = -1}},
	{.type = KB_MSG_STATE,
	 .state = {.selected_id = "a", .notice = "it failed", .stage_id = "a"}},
	{.type = KB_MSG_GREETING, .text = "one\ntwo\n"},
	{.type = KB_MSG_LOG, .log = {.seq = 1, .text = "a line"}},
	{.type = KB_MSG_REPLY, .to = "boot", .text = "no kernel"},
	{.type = KB_MSG_REPLY, .to = "visit", .ok = true, .place = "/boot", .path = "/run/x"},
	{.type = KB_MSG_REPLY, .to = "devices", .ok = true, .rows = rows, .n_rows = 2},
};

static int say_and_hear(const struct kb_message *message)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf line = {0};
	struct kb_message back;
	int r = kb_message_encode(message, &line);

	return r < 0 ? r : kb_message_decode(&arena, kb_buf_view(&line), &back);
}

static int all_messages(struct fake_sys *fake)
{
	(void)fake;
	for (size_t i = 0; i < KB_ARRAY_LEN(messages); i++) {
		int r = say_and_hear(&messages[i]);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int all_intents(struct fake_sys *fake)
{
	(void)fake;
	for (int type = 0; type < KB_N_INTENTS; type++) {
		const struct kb_intent intent = {.type = (enum kb_intent_type)type,
						 .id = "a",
						 .args = "ro",
						 .tty = "tty1",
						 .name = "n",
						 .value = "v",
						 .from = "/boot",
						 .question = 1,
						 .want = "dir"};
		KB_ARENA struct kb_arena arena = {0};
		KB_BUF struct kb_buf line = {0};
		struct kb_intent back;
		int r = kb_intent_encode(&intent, &line);

		if (r == 0) {
			r = kb_intent_decode(&arena, kb_buf_view(&line), &back);
		}
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

const struct fault_scenario fault_scenarios[] = {
	{"messages", all_messages},
	{"intents", all_intents},
	{NULL, NULL},
};
