/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A menu that is told anything and typed on at will, at any size. The input is a number of lines:
 * one that begins with { is a message, any other is typed, byte by byte, and then drawn on a screen
 * whose size its first two bytes give. No byte of it may reach the grid as a control character.
 */
#include <locale.h>
#include <wctype.h>

#include "fuzz.h"
#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"
#include "screen.h"

enum { MAX_LINES = 200 };

struct menu {
	struct kb_ui ui;
	struct kb_grid grid;
	struct kb_key_decoder keys;
	int rows; /* as asked for */
	int cols;
	int64_t now_ms;
};

/* What an input that begins with + has been told before. */
static const char *const told_before[] = {
	"{\"type\":\"hello\",\"version\":1,\"text\":\"kboot 0.1.0\",\"restarted\":true}",
	"{\"type\":\"greeting\",\"text\":\"one\\ntwo\\n\"}",
	"{\"type\":\"catalog\",\"count\":4}",
	"{\"type\":\"entry\",\"entry\":{\"id\":\"deb/1\",\"label\":\"Debian\",\"title\":\"Debian "
	"GNU/Linux 12 "
	"(bookworm)\",\"device\":{\"name\":\"sda2\",\"fstype\":\"ext4\",\"label\":\"root\","
	"\"uuid\":\"8f-3c\"},"
	"\"source\":{\"format\":\"kboot\",\"file\":\"sda2:/boot/"
	"kboot.conf\",\"line\":4},\"kernel\":"
	"\"sda2:/vmlinuz\",\"initrd\":[\"sda2:/initrd.img\"],\"args\":\"ro "
	"quiet\",\"default\":true}}",
	"{\"type\":\"entry\",\"entry\":{\"id\":\"deb/2\",\"label\":\"single\",\"title\":\"Debian, "
	"single user\","
	"\"device\":{\"name\":\"sda2\"},\"source\":{\"format\":\"kboot\",\"file\":\"sda2:/boot/"
	"kboot.conf\","
	"\"line\":5},\"kernel\":\"sda2:/vmlinuz\",\"args\":\"single\",\"path\":[\"Advanced\"]}}",
	"{\"type\":\"entry\",\"entry\":{\"id\":\"deb/"
	"3\",\"label\":\"vmlinuz-5.10\",\"device\":{\"name\":\"sda2\"},"
	"\"source\":{\"format\":\"file\",\"file\":\"sda2:/vmlinuz-5.10\"},\"kernel\":\"sda2:/"
	"vmlinuz-5.10\","
	"\"problems\":[\"initrd not found: sda2:/initrd.img-5.10\"]}}",
	"{\"type\":\"entry\",\"entry\":{\"id\":\"res/1\",\"label\":\"Rescue "
	"system\",\"device\":{\"name\":\"sdb1\","
	"\"fstype\":\"vfat\",\"size_bytes\":31138512896,\"removable\":true},\"source\":{\"format\":"
	"\"kboot\",\"file\":\"sdb1:/kboot.conf\",\"line\":1},\"kernel\":\"sdb1:/"
	"k\",\"tries_left\":2}}",
	"{\"type\":\"catalog-end\"}",
	"{\"type\":\"state\",\"phase\":\"waiting\",\"default_id\":\"deb/1\",\"selected_id\":\"deb/"
	"1\",\"stage\":"
	"\"none\",\"notice_level\":\"none\",\"simulated\":true}",
};

static void check_grid(const struct kb_grid *grid)
{
	for (int i = 0; i < grid->rows * grid->cols; i++) {
		const struct kb_cell *cell = &grid->cells[i];

		if (cell->chars[0] == ' ' && !cell->chars[1] && cell->columns == 1 &&
		    cell->style == KB_STYLE_TEXT) {
			continue;
		}
		FUZZ_CHECK(cell->columns <= 2);
		FUZZ_CHECK(cell->columns > 0 || i % grid->cols > 0);
		FUZZ_CHECK(cell->style < KB_N_STYLES);
		for (int k = 0; cell->columns > 0 && k < KB_CELL_CHARS && cell->chars[k]; k++) {
			FUZZ_CHECK(!iswcntrl((wint_t)cell->chars[k]));
			FUZZ_CHECK(!grid->symbols->ascii || cell->chars[k] < 0x7f);
		}
	}
	FUZZ_CHECK(grid->cursor_row >= 0 && grid->cursor_row < grid->rows);
	FUZZ_CHECK(grid->cursor_col >= 0 && grid->cursor_col < grid->cols);
}

static void check_intents(struct menu *m)
{
	struct kb_str rest = kb_buf_view(&m->ui.out);
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_intent intent;

		FUZZ_CHECK(kb_intent_decode(&arena, line, &intent) == 0);
	}
	kb_buf_reset(&m->ui.out);
}

static void tell(struct menu *m, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_message message;

	if (kb_message_decode(&arena, line, &message) == 0) {
		kb_screen_message(&m->ui, &message, m->now_ms);
	}
}

/* Taken apart once: to do so for each input took most of the time. */
static void tell_before(struct menu *m)
{
	static struct kb_arena arena;
	static struct kb_message messages[KB_ARRAY_LEN(told_before)];
	static size_t n;

	for (; n < KB_ARRAY_LEN(messages); n++) {
		FUZZ_CHECK(kb_message_decode(&arena, kb_str_from(told_before[n]), &messages[n]) ==
			   0);
	}
	for (size_t i = 0; i < n; i++) {
		kb_screen_message(&m->ui, &messages[i], m->now_ms);
	}
}

static void type(struct menu *m, struct kb_str line)
{
	struct kb_key keys[KB_KEYS_AT_ONCE];
	size_t n;

	for (size_t i = 0; i <= line.len; i++) {
		n = i < line.len ? kb_key_decode(&m->keys, (unsigned char)line.data[i], keys)
				 : kb_key_give_up(&m->keys, keys);
		FUZZ_CHECK(n <= KB_KEYS_AT_ONCE);
		for (size_t k = 0; k < n; k++) {
			kb_screen_key(&m->ui, &keys[k], m->now_ms);
		}
	}
}

/* Text asks for small screens, which are quickly drawn; what is no text for large ones. */
static int size_of(char c, int small)
{
	int byte = (unsigned char)c;

	return byte < 0x80 ? byte % small : byte - 0x80 + small;
}

static void draw(struct menu *m, struct kb_str line)
{
	int rows = line.len > 0 ? size_of(line.data[0], 26) : 24;
	int cols = line.len > 1 ? size_of(line.data[1], 82) : 80;

	if (rows != m->rows || cols != m->cols) {
		FUZZ_CHECK(kb_grid_resize(&m->grid, rows, cols) == 0);
		m->rows = rows;
		m->cols = cols;
	}
	kb_screen_draw(&m->ui, &m->grid, m->now_ms);
	check_grid(&m->grid);
	FUZZ_CHECK(kb_screen_next_ms(&m->ui) >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str rest = kb_str_of((const char *)data, size);
	struct menu m = {.now_ms = 1000, .rows = -1};
	struct kb_str line;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	kb_screen_init(&m.ui, &kb_symbols[size % KB_N_CHARSETS], m.now_ms);
	m.ui.slow = size & 4;
	if (kb_str_starts(rest, KB_STR("+"))) {
		tell_before(&m);
		rest = kb_str_skip(rest, 1);
	}
	for (int i = 0; i < MAX_LINES && kb_str_next_line(&rest, &line); i++) {
		m.now_ms += 70;
		if (line.len > 0 && line.data[0] == '{') {
			tell(&m, line);
		} else {
			type(&m, line);
			draw(&m, line);
		}
		check_intents(&m);
	}
	kb_ui_done(&m.ui);
	kb_grid_done(&m.grid);
	return 0;
}
