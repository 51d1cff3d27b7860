/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "scene.h"
#include "view.h"

void scene_open(struct scene *s, int rows, int cols, enum kb_charset charset)
{
	*s = (struct scene){.state = {.phase = KB_PHASE_WAITING}, .now_ms = 1000000};
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	kb_screen_init(&s->ui, &kb_symbols[charset], s->now_ms);
	s->grid.symbols = s->ui.symbols;
	assert_int_equal(kb_grid_resize(&s->grid, rows, cols), 0);
}

void scene_close(struct scene *s)
{
	kb_ui_done(&s->ui);
	kb_grid_done(&s->grid);
	kb_buf_done(&s->text);
}

void scene_message(struct scene *s, const struct kb_message *message)
{
	kb_screen_message(&s->ui, message, s->now_ms);
}

void scene_entries(struct scene *s, const struct kb_entry *entries, size_t n)
{
	scene_message(s, &(struct kb_message){.type = KB_MSG_CATALOG, .count = n});
	for (size_t i = 0; i < n; i++) {
		scene_message(s, &(struct kb_message){.type = KB_MSG_ENTRY, .entry = entries[i]});
	}
	scene_message(s, &(struct kb_message){.type = KB_MSG_CATALOG_END});
}

void scene_catalog(struct scene *s)
{
	static const struct kb_device sda2 = {.name = "sda2",
					      .uuid = "8f3c1f7e-6f0a-4b7e-9a55-0d4e7f8a1b2c",
					      .label = "debian-root",
					      .fstype = "ext4",
					      .size_bytes = 20ULL << 30};
	static const struct kb_device sdb1 = {.name = "sdb1",
					      .label = "RESCUE",
					      .fstype = "vfat",
					      .removable = true};
	static const struct kb_entry entries[] = {
		{.id = "a",
		 .title = "Debian GNU/Linux 12",
		 .file = "sda2:/boot/kboot.conf",
		 .line = 3,
		 .device = &sda2,
		 .kernel = "sda2:/boot/vmlinuz-6.1",
		 .initrd = {"sda2:/boot/microcode", "sda2:/boot/initrd.img-6.1"},
		 .n_initrd = 2,
		 .args = "root=/dev/sda2 ro quiet",
		 .is_default = true,
		 .tries_left = -1},
		{.id = "b",
		 .title = "Debian, single user",
		 .file = "sda2:/boot/kboot.conf",
		 .line = 4,
		 .device = &sda2,
		 .kernel = "sda2:/boot/vmlinuz-6.1",
		 .args = "root=/dev/sda2 ro single",
		 .tries_left = 2},
		{.id = "c",
		 .title = "vmlinuz-5.10",
		 .format = KB_FORMAT_FILE,
		 .file = "sda2:/boot/vmlinuz-5.10",
		 .device = &sda2,
		 .kernel = "sda2:/boot/vmlinuz-5.10",
		 .tries_left = -1},
		{.id = "d",
		 .label = "rescue",
		 .file = "sdb1:/kboot.conf",
		 .line = 1,
		 .device = &sdb1,
		 .kernel = "sdb1:/vmlinuz",
		 .args = "",
		 .tries_left = -1,
		 .problems = {"initrd not found: sdb1:/initrd.gz"},
		 .n_problems = 1},
		{.id = "e",
		 .title = "Old one",
		 .file = "sdb1:/kboot.conf",
		 .line = 2,
		 .device = &sdb1,
		 .command = "boot sdb1:/old",
		 .path = {"Advanced options"},
		 .n_path = 1,
		 .tries_left = 0},
	};

	scene_entries(s, entries, KB_ARRAY_LEN(entries));
}

void scene_state(struct scene *s)
{
	scene_message(s, &(struct kb_message){.type = KB_MSG_STATE, .state = s->state});
}

void scene_reply(struct scene *s, enum kb_intent_type to, bool ok, const char *text)
{
	scene_message(s, &(struct kb_message){.type = KB_MSG_REPLY,
					      .to = kb_intent_name(to),
					      .ok = ok,
					      .text = text});
}

static const struct {
	const char *name;
	enum kb_key_code code;
} key_names[] = {
	{"<Up>", KB_KEY_UP},        {"<Down>", KB_KEY_DOWN},      {"<Left>", KB_KEY_LEFT},
	{"<Right>", KB_KEY_RIGHT},  {"<Home>", KB_KEY_HOME},      {"<End>", KB_KEY_END},
	{"<PgUp>", KB_KEY_PAGE_UP}, {"<PgDn>", KB_KEY_PAGE_DOWN}, {"<Enter>", KB_KEY_ENTER},
	{"<Esc>", KB_KEY_ESCAPE},   {"<Del>", KB_KEY_DELETE},     {"<BS>", KB_KEY_BACKSPACE},
	{"<Tab>", KB_KEY_TAB},
};

/* Length of what one key takes in the text. */
static size_t read_key(const char *keys, struct kb_key *ret_key)
{
	size_t len = kb_str_utf8_len(kb_str_from(keys));

	for (size_t i = 0; i < KB_ARRAY_LEN(key_names); i++) {
		if (strncmp(keys, key_names[i].name, strlen(key_names[i].name)) == 0) {
			*ret_key = (struct kb_key){.code = key_names[i].code};
			return strlen(key_names[i].name);
		}
	}
	if (strncmp(keys, "<^", 2) == 0) {
		*ret_key =
			(struct kb_key){.code = KB_KEY_CTRL, .text = {(char)(keys[2] - 'A' + 'a')}};
		return 4;
	}
	*ret_key = (struct kb_key){.code = KB_KEY_CHAR};
	if (strncmp(keys, "<lt>", 4) == 0) {
		ret_key->text[0] = '<';
		return 4;
	}
	assert_true(len > 0 && keys[0] != '<');
	memcpy(ret_key->text, keys, len);
	return len;
}

void scene_type(struct scene *s, const char *keys)
{
	while (*keys) {
		struct kb_key key;

		keys += read_key(keys, &key);
		kb_screen_key(&s->ui, &key, s->now_ms);
	}
}

const char *scene_text(struct scene *s)
{
	kb_screen_draw(&s->ui, &s->grid, s->now_ms);
	kb_buf_reset(&s->text);
	kb_grid_to_text(&s->grid, &s->text);
	while (s->text.len > 1 && s->text.data[s->text.len - 2] == '\n') {
		s->text.data[--s->text.len] = '\0';
	}
	return s->text.data;
}

static void append_intent(struct kb_buf *text, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_intent intent;

	assert_int_equal(kb_intent_decode(&arena, line, &intent), 0);
	kb_buf_puts(text, text->len > 0 ? "; " : "");
	kb_buf_puts(text, kb_intent_name(intent.type));
	if (intent.id) {
		kb_buf_printf(text, " %s", intent.id);
	}
	if (intent.name) {
		kb_buf_printf(text, intent.type == KB_DO_BOOT ? " [%s]" : " %s", intent.name);
	}
}

const char *scene_sent(struct scene *s)
{
	struct kb_str rest = kb_buf_view(&s->ui.out);
	struct kb_str line;

	kb_buf_reset(&s->text);
	kb_buf_puts(&s->text, "");
	while (kb_str_next_line(&rest, &line)) {
		append_intent(&s->text, line);
	}
	kb_buf_reset(&s->ui.out);
	return s->text.data;
}

int scene_selected_row(struct scene *s)
{
	kb_screen_draw(&s->ui, &s->grid, s->now_ms);
	for (int row = 0; row < s->grid.rows; row++) {
		for (int col = 0; col < s->grid.cols; col++) {
			if (kb_grid_cell(&s->grid, row, col)->style == KB_STYLE_SELECTED) {
				return row;
			}
		}
	}
	return -1;
}

void scene_expect(struct scene *s, const char *expected, const char *file, int line)
{
	const char *text = scene_text(s);

	if (strcmp(text, expected) != 0) {
		print_error("the screen is:\n%s--- and should be:\n%s---\n", text, expected);
		_assert_true(0, "the screen is as expected", file, line);
	}
}
