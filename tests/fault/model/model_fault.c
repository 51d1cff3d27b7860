/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fault.h"
#include "kboot/model/entry.h"
#include "kboot/model/name.h"

static int name(struct fake_sys *fake)
{
	static const char *const names[] = {
		"./x/y", "/boot/vmlinuz", "//tmp/x", "/dev/sda2:/x", "host.net:/x", "http://h/x",
	};
	KB_ARENA struct kb_arena arena = {0};

	(void)fake;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		struct kb_name parsed;
		struct kb_error err;
		int r = kb_name_parse(&arena, kb_str_from(names[i]), NULL, NULL, &parsed, &err);

		if (r < 0) {
			return r;
		}
		if (!kb_name_format(&arena, &parsed)) {
			return -ENOMEM;
		}
	}
	return 0;
}

static int make_entry(struct kb_arena *arena, struct kb_entry *entry)
{
	static const struct kb_device disk = {.name = "sda2", .uuid = "u", .label = "l"};
	struct kb_entry from = {
		.id = "id",
		.title = "Linux",
		.format = KB_FORMAT_KBOOT,
		.file = "sda2:/kboot.conf",
		.line = 3,
		.device = &disk,
		.kernel = "sda2:/vmlinuz",
		.initrd = {"sda2:/a", "sda2:/b"},
		.n_initrd = 2,
		.args = "ro",
		.path = {"More"},
		.n_path = 1,
		.tries_left = 2,
	};
	int r = kb_entry_add_problem(arena, &from, "initrd not found: %s", "sda2:/b");

	return r < 0 ? r : kb_entry_copy(arena, &from, entry);
}

static int entry(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf json = {0};
	const struct kb_json *object;
	struct kb_entry there;
	struct kb_entry back;
	int r = make_entry(&arena, &there);

	(void)fake;
	if (r == 0) {
		kb_entry_to_json(&there, NULL, &json);
		r = kb_buf_error(&json);
	}
	if (r == 0) {
		r = kb_json_parse(&arena, kb_buf_view(&json), &object);
	}
	return r < 0 ? r : kb_entry_from_json(&arena, object, &back);
}

const struct fault_scenario fault_scenarios[] = {
	{"a name is taken apart and put together", name},
	{"an entry is copied, written and read", entry},
	{0},
};
