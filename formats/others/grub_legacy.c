/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu.lst and grub.conf of GRUB up to 0.97. */
#include <errno.h>

#include "grub/devices.h"
#include "others/reading.h"
#include "readers.h"

/* What one title says. */
struct stanza {
	const char *title;
	unsigned line;
	struct kb_str root; /* "(hd0,0)" */
	struct kb_str uuid; /* of what is meant instead */
	struct kb_str kernel;
	struct kb_str initrd;
	struct kb_str modules[KB_ENTRY_MAX_INITRDS];
	size_t n_modules;
	struct kb_str other; /* a line that starts something else */
	const char *command;
	bool has_password;
};

struct menu {
	struct reading *r;
	struct stanza *stanzas;
	size_t n;
	size_t room;
	struct kb_str by_default;
	struct kb_str fallback;
	bool has_timeout;
	unsigned timeout;
	unsigned timeout_line;
};

enum { MAX_STANZAS = READING_MAX_ENTRIES + 2, MAX_DEFAULT_BYTES = 4096 };

static bool is(struct kb_str word, const char *keyword)
{
	return kb_str_eq_nocase(word, kb_str_from(keyword));
}

static int add_stanza(struct menu *menu, struct kb_str title)
{
	struct stanza *stanza;

	if (menu->n == menu->room) {
		size_t room = menu->room ? 2 * menu->room : 16;
		struct stanza *more = kb_arena_array(&menu->r->arena, room, sizeof(*more));

		if (!more) {
			return -ENOMEM;
		}
		if (menu->n > 0) {
			memcpy(more, menu->stanzas, menu->n * sizeof(*more));
		}
		menu->stanzas = more;
		menu->room = room;
	}
	stanza = &menu->stanzas[menu->n++];
	*stanza = (struct stanza){.line = menu->r->lines.number};
	stanza->title = kb_arena_str(&menu->r->arena, title);
	return stanza->title ? 0 : -ENOMEM;
}

static void take_global(struct menu *menu, struct kb_str word, struct kb_str value)
{
	if (is(word, "default")) {
		menu->by_default = value;
	} else if (is(word, "fallback")) {
		menu->fallback = value;
	} else if (is(word, "timeout")) {
		menu->has_timeout = reading_seconds(value, 1, &menu->timeout);
		menu->timeout_line = menu->r->lines.number;
	}
}

static void take_command(struct stanza *s, struct kb_str line, struct kb_str word,
			 struct kb_str value)
{
	if (is(word, "kernel")) {
		s->kernel = value;
	} else if (is(word, "initrd")) {
		s->initrd = value;
	} else if (is(word, "uuid")) {
		s->uuid = value;
	} else if (is(word, "root") || is(word, "rootnoverify")) {
		s->root = value;
		s->uuid = KB_STR("");
	} else if (is(word, "module") || is(word, "modulenounzip")) {
		if (s->n_modules < KB_ARRAY_LEN(s->modules)) {
			s->modules[s->n_modules++] = value;
		}
	} else if (is(word, "chainloader") || is(word, "configfile")) {
		s->other = line;
	} else if (is(word, "reboot") || is(word, "halt")) {
		s->command = is(word, "reboot") ? "reboot" : "poweroff";
	} else if (is(word, "lock") || is(word, "password")) {
		s->has_password = true;
	}
}

/* Blanks, or one "=", stand between a keyword and what it says. */
static struct kb_str split(struct kb_str line, struct kb_str *ret_word)
{
	struct kb_str rest;
	size_t len = 0;

	while (len < line.len && !kb_is_blank(line.data[len]) && line.data[len] != '=') {
		len++;
	}
	*ret_word = kb_str_head(line, len);
	rest = kb_str_trim(kb_str_skip(line, len));
	return rest.len > 0 && rest.data[0] == '=' ? kb_str_trim(kb_str_skip(rest, 1)) : rest;
}

static int parse(struct menu *menu)
{
	struct kb_str line;
	int r = 0;

	while (r == 0 && menu->n < MAX_STANZAS && text_lines_next(&menu->r->lines, &line)) {
		struct kb_str word;
		struct kb_str value = split(line, &word);

		if (is(word, "title")) {
			r = add_stanza(menu, value);
		} else if (menu->n > 0) {
			take_command(&menu->stanzas[menu->n - 1], line, word, value);
		} else {
			take_global(menu, word, value);
		}
	}
	return r;
}

/* "(hd0,0)" is 1; 0: it says no partition, or one of another disk. */
static unsigned partition_of(struct kb_str device)
{
	static const struct kb_str disk = KB_STR("(hd0,");
	uint64_t number;

	if (!kb_str_starts(device, disk)) {
		return 0;
	}
	device = kb_str_skip(device, disk.len);
	device = kb_str_head(device, kb_str_find(device, ')'));
	device = kb_str_head(device, kb_str_find(device, ','));
	return kb_str_to_u64(device, &number) < 0 || number > 1023 ? 0 : (unsigned)number + 1;
}

/* What the firmware counts as a disk says nothing here: it is taken for the one that the file is
 * on. */
static int set_file(struct menu *menu, const struct stanza *s, const char *what, struct kb_str name,
		    struct kb_entry *entry, const char **ret_name)
{
	struct kb_arena *arena = &menu->r->arena;
	bool has_own = name.len > 0 && name.data[0] == '(';
	struct kb_str own = kb_str_head(name, has_own ? kb_str_find(name, ')') + 1 : 0);
	struct kb_str device = has_own || s->uuid.len > 0 ? own : s->root;
	unsigned part = partition_of(device);
	const char *path;

	name = kb_str_skip(name, own.len);
	if ((has_own || s->uuid.len == 0) && !grub_is_sibling(menu->r->tree, part)) {
		return reading_file(menu->r, what, name, entry, ret_name);
	}
	path = loader_join(arena, "", name);
	device = part == 0 ? s->uuid : kb_str_from(grub_sibling(menu->r->tree, arena, part));
	*ret_name = path && device.data
			    ? kb_arena_printf(arena, "%s%.*s:%s", part == 0 ? "UUID=" : "",
					      KB_STR_ARG(device), path)
			    : NULL;
	return *ret_name ? 0 : -ENOMEM;
}

static int add_initrds(struct menu *menu, const struct stanza *s, struct kb_entry *entry)
{
	struct kb_str rest = s->initrd;
	struct kb_str name;
	bool has_args = false;
	int r = 0;

	while (r == 0 && entry->n_initrd < KB_ENTRY_MAX_INITRDS && kb_str_next_word(&rest, &name)) {
		r = set_file(menu, s, "initrd", name, entry, &entry->initrd[entry->n_initrd]);
		entry->n_initrd++;
	}
	for (size_t i = 0; r == 0 && i < s->n_modules && entry->n_initrd < KB_ENTRY_MAX_INITRDS;
	     i++) {
		rest = s->modules[i];
		if (kb_str_next_word(&rest, &name)) {
			r = set_file(menu, s, "module", name, entry,
				     &entry->initrd[entry->n_initrd]);
			entry->n_initrd++;
			has_args = has_args || kb_str_trim(rest).len > 0;
		}
	}
	return r == 0 && has_args
		       ? kb_entry_add_problem(
				 &menu->r->arena, entry,
				 "its modules have arguments, which kboot cannot hand over")
		       : r;
}

static int add_kernel(struct menu *menu, const struct stanza *s, struct kb_entry *entry)
{
	struct kb_str rest = s->kernel;
	struct kb_str name = KB_STR("");
	int r;

	do {
		name = KB_STR("");
		(void)kb_str_next_word(&rest, &name);
	} while (kb_str_starts(name, KB_STR("--")));
	if (name.len == 0) {
		return kb_entry_add_mistake(&menu->r->arena, entry, "it names no kernel");
	}
	r = set_file(menu, s, "kernel", name, entry, &entry->kernel);
	if (r == 0) {
		r = loader_set_args(&menu->r->arena, rest, entry);
	}
	return r == 0 ? add_initrds(menu, s, entry) : r;
}

static int emit(struct menu *menu, const struct stanza *s, bool is_default)
{
	struct kb_entry entry = {
		.label = s->title,
		.title = s->title,
		.format = KB_FORMAT_GRUB,
		.line = s->line,
		.remark = s->has_password ? "its password is not asked for" : NULL,
	};
	int r = 0;

	if (s->kernel.len > 0) {
		r = add_kernel(menu, s, &entry);
	} else if (s->command) {
		entry.command = s->command;
	} else if (s->other.len > 0) {
		bool is_menu = kb_lower(s->other.data[1]) == 'o';

		r = kb_entry_add_problem(&menu->r->arena, &entry, "%.*s: %s", KB_STR_ARG(s->other),
					 is_menu ? "another menu, which is not read"
						 : "a boot sector, which kboot cannot start");
	} else {
		return 0; /* a line that parts the menu */
	}
	return r == 0 ? reading_emit(menu->r, &entry, is_default) : r;
}

/* Instead of a default that is none of the entries: the first of those that is one, or 0. */
static uint64_t first_fallback(const struct menu *menu)
{
	struct kb_str rest = menu->fallback;
	struct kb_str word;
	uint64_t n;

	while (kb_str_next_word(&rest, &word)) {
		if (kb_str_to_u64(word, &n) == 0 && n < menu->n) {
			return n;
		}
	}
	return 0;
}

/* A number, or "saved": the number that `savedefault` has left beside the menu. */
static int find_default(struct menu *menu, uint64_t *ret_n)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_str number = menu->by_default;
	const char *path = kb_arena_printf(&menu->r->arena, "%s/default", menu->r->folder);
	int r = path ? 0 : -ENOMEM;

	*ret_n = 0;
	if (r == 0 && is(number, "saved")) {
		r = loader_read_head(menu->r->tree, path, MAX_DEFAULT_BYTES, &text);
		number = kb_str_trim(kb_buf_view(&text));
		number = kb_str_head(number, kb_str_find(number, '\n'));
	}
	if (r == 0 && kb_str_to_u64(kb_str_trim(number), ret_n) < 0) {
		*ret_n = 0;
	}
	*ret_n = *ret_n < menu->n ? *ret_n : first_fallback(menu);
	return r == -ENOMEM ? r : 0;
}

static int read_menu(struct reading *r)
{
	struct menu menu = {.r = r};
	uint64_t chosen = 0;
	int code = parse(&menu);

	if (code == 0 && menu.n > 0) {
		code = find_default(&menu, &chosen);
	}
	for (size_t i = 0; code == 0 && i < menu.n; i++) {
		bool had_default = r->has_default;

		code = emit(&menu, &menu.stanzas[i], i == chosen);
		if (code == 0 && !had_default && r->has_default && menu.has_timeout) {
			code = reading_timeout(r, menu.timeout, menu.timeout_line);
		}
	}
	return code;
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	static const struct reading_place places[] = {
		{1, "/boot/grub/menu.lst"},
		{1, "/boot/grub/grub.conf"},
		{1, "/grub/menu.lst"},
		{1, "/grub/grub.conf"},
	};

	return reading_run(tree, out, places, KB_ARRAY_LEN(places), read_menu, err);
}

static int check(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		 struct kb_error *err)
{
	return reading_check(tree, path, out, read_menu, err);
}

const struct kb_reader kb_reader_grub_legacy = {
	.name = "GRUB legacy",
	.format = KB_FORMAT_GRUB,
	.read = read_tree,
	.check = check,
};
