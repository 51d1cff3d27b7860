/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syslinux/entry.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* What the making of one entry needs. */
struct making {
	const struct syslinux_config *config;
	struct kb_arena *arena;
	struct tree_lookups *lookups;
	const struct syslinux_label *label; /* that it comes to */
	struct syslinux_start start;
	struct kb_entry *entry;
};

/* --- files */

/* "::x" is below the server's root, "host::x" on another server. NULL: it is a name of the tree's,
 * or memory is out. */
static const char *on_server(struct making *m, struct kb_str name, bool *ret_is_one)
{
	for (size_t i = 0; i + 2 < name.len; i++) {
		struct kb_str rest = kb_str_skip(name, i);
		bool is_url = kb_str_starts(rest, KB_STR("://"));
		const char *path;

		*ret_is_one = is_url || kb_str_starts(rest, KB_STR("::"));
		if (!*ret_is_one) {
			continue;
		}
		path = is_url ? NULL : loader_join(m->arena, "", kb_str_skip(rest, 2));
		if (i == 0 || !path) {
			return is_url ? kb_arena_str(m->arena, name) : path;
		}
		return kb_arena_printf(m->arena, "tftp://%.*s%s", (int)i, name.data, path);
	}
	*ret_is_one = false;
	return NULL;
}

static int find(struct making *m, const char *what, struct kb_str name, const char **ret_path)
{
	bool is_on_server = false;
	const char *path =
		m->config->dialect == SYSLINUX_NET ? on_server(m, name, &is_on_server) : NULL;

	if (!is_on_server) {
		path = loader_join(m->arena, m->label->folder, name);
		path = path ? loader_find(m->arena, m->lookups, m->config->folder, path) : NULL;
	}
	*ret_path = path;
	return path ? tree_name_check(m->arena, m->lookups, what, path, m->entry) : -ENOMEM;
}

static int add_initrd(struct making *m, const char *what, struct kb_str name)
{
	struct kb_entry *entry = m->entry;
	int r;

	if (entry->n_initrd == KB_ENTRY_MAX_INITRDS) {
		return kb_entry_add_problem(m->arena, entry, "more than %d %ss",
					    KB_ENTRY_MAX_INITRDS, what);
	}
	r = find(m, what, name, &entry->initrd[entry->n_initrd]);
	entry->n_initrd += r == 0;
	return r;
}

static int add_initrds(struct making *m, struct kb_str list)
{
	struct kb_str name;
	int r = 0;

	while (r == 0 && kb_str_next_until(&list, ',', &name)) {
		name = kb_str_trim(name);
		r = name.len > 0 ? add_initrd(m, "initrd", name) : 0;
	}
	return r;
}

/* --- Linux */

/* The first "initrd=" counts wherever it is, in the middle of a word too. */
static struct kb_str first_initrd(struct kb_str line)
{
	static const struct kb_str key = KB_STR("initrd=");

	for (size_t i = 0; i < line.len; i++) {
		struct kb_str rest = kb_str_skip(line, i);

		if (kb_str_starts(rest, key)) {
			rest = kb_str_skip(rest, key.len);
			return kb_str_head(rest, kb_str_find(rest, ' '));
		}
	}
	return KB_STR("");
}

/* BOOT_IMAGE= is what Syslinux puts before the arguments; initrd= is the entry's own member. */
static int set_args(struct making *m, struct kb_str args, struct kb_str image)
{
	KB_BUF struct kb_buf line = {0};

	if (image.len > 0) {
		kb_buf_printf(&line, "BOOT_IMAGE=%.*s ", KB_STR_ARG(image));
	}
	loader_drop_words(args, KB_STR("initrd="), &line);
	return kb_buf_error(&line) < 0 ? -ENOMEM
				       : loader_set_args(m->arena, kb_buf_view(&line), m->entry);
}

static int make_linux(struct making *m)
{
	int r = add_initrds(m, first_initrd(m->start.args));

	return r == 0 ? set_args(m, m->start.args, m->start.file) : r;
}

/* "linux.c32 KERNEL ARGS": its last initrd= counts, and initrd+= adds to it. */
static int make_linux_c32(struct making *m)
{
	KB_BUF struct kb_buf args = {0};
	struct kb_str rest = m->start.args;
	struct kb_str image = KB_STR("");
	struct kb_str word;
	int r = 0;

	if (!kb_str_next_word(&rest, &image)) {
		return kb_entry_add_mistake(m->arena, m->entry, "it names no kernel");
	}
	r = find(m, "kernel", image, &m->entry->kernel);
	while (r == 0 && kb_str_next_word(&rest, &word)) {
		struct kb_str value = kb_str_skip(word, kb_str_find(word, '=') + 1);

		if (kb_str_starts(word, KB_STR("initrd+=")) ||
		    kb_str_starts(word, KB_STR("initrdfile="))) {
			r = add_initrds(m, value);
		} else if (kb_str_starts(word, KB_STR("initrd="))) {
			m->entry->n_initrd = 0;
			r = add_initrds(m, value);
		} else {
			kb_buf_printf(&args, "%s%.*s", args.len > 0 ? " " : "", KB_STR_ARG(word));
		}
	}
	if (r == 0 && kb_buf_error(&args) < 0) {
		r = -ENOMEM;
	}
	return r == 0 ? set_args(m, kb_buf_view(&args), image) : r;
}

/* --- Multiboot */

/* Up to a lone "---", off *rest. */
static bool next_part(struct kb_str *rest, struct kb_str *ret_part)
{
	struct kb_str all = kb_str_trim(*rest);
	struct kb_str word;

	*rest = all;
	while (kb_str_next_word(rest, &word)) {
		if (kb_str_eq(word, KB_STR("---"))) {
			*ret_part = kb_str_head(all, (size_t)(word.data - all.data));
			return true;
		}
	}
	*ret_part = all;
	return all.len > 0;
}

/* "mboot.c32 KERNEL ARGS --- MODULE ARGS --- …" */
static int make_multiboot(struct making *m)
{
	struct kb_str rest = m->start.args;
	struct kb_str part = KB_STR("");
	struct kb_str name = KB_STR("");
	bool has_args = false;
	int r;

	(void)next_part(&rest, &part);
	(void)kb_str_next_word(&part, &name);
	if (name.len == 0 || name.data[0] == '-') {
		return kb_entry_add_problem(m->arena, m->entry,
					    "mboot.c32 %.*s: its configuration is not read",
					    KB_STR_ARG(m->start.args));
	}
	r = find(m, "kernel", name, &m->entry->kernel);
	if (r == 0) {
		r = loader_set_args(m->arena, part, m->entry);
	}
	while (r == 0 && next_part(&rest, &part)) {
		if (kb_str_next_word(&part, &name)) {
			r = add_initrd(m, "module", name);
			has_args = has_args || kb_str_trim(part).len > 0;
		}
	}
	return r == 0 && has_args
		       ? kb_entry_add_problem(
				 m->arena, m->entry,
				 "its modules have arguments, which kboot cannot hand over")
		       : r;
}

/* --- U-Boot */

/* The board's variables are not known here: each is empty. */
static int drop_variables(struct making *m, struct kb_str args, struct kb_buf *out)
{
	while (args.len > 0) {
		size_t end = kb_str_starts(args, KB_STR("${")) ? kb_str_find(args, '}') : args.len;

		if (end < args.len) {
			m->entry->remark =
				"the variables of its board are not known: they are empty";
			args = kb_str_skip(args, end + 1);
		} else {
			kb_buf_putc(out, args.data[0]);
			args = kb_str_skip(args, 1);
		}
	}
	return kb_buf_error(out) < 0 ? -ENOMEM : 0;
}

/* A FIT image holds its initrd and its device trees: a label may name it for each. */
static bool is_in_fit(const struct making *m, const char *text)
{
	return m->label->kernel && strcmp(text, m->label->kernel) == 0;
}

static int make_uboot(struct making *m)
{
	const struct syslinux_label *label = m->label;
	KB_BUF struct kb_buf args = {0};
	int r = drop_variables(m, m->start.args, &args);

	if (r == 0 && label->initrd && !is_in_fit(m, label->initrd)) {
		r = add_initrds(m, kb_str_from(label->initrd));
	}
	if (r == 0 && label->unknown) {
		r = kb_entry_add_problem(
			m->arena, m->entry,
			"U-Boot does not know `%.64s`: there the entry ends for it",
			label->unknown);
	}
	return r == 0 ? set_args(m, kb_buf_view(&args), KB_STR("")) : r;
}

/* --- by kind */

enum { APPENDS_IP = 1, APPENDS_BOOTIF = 2, APPENDS_UUID = 4 };

static unsigned long appended(const struct making *m)
{
	return m->label->sysappend ? strtoul(m->label->sysappend, NULL, 0) : 0;
}

static const struct kb_reader_net *net_of(const struct making *m)
{
	return m->lookups->out ? m->lookups->out->net : NULL;
}

/* What there is of the machine and its lease. */
static int append_net(struct making *m)
{
	const struct kb_reader_net *net = net_of(m);
	const struct {
		unsigned long flag;
		const char *text;
	} parts[] = {
		{APPENDS_IP, net ? net->ip : NULL},
		{APPENDS_BOOTIF, net ? net->bootif : NULL},
		{APPENDS_UUID, net ? net->uuid : NULL},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(parts); i++) {
		if (!parts[i].text || !(appended(m) & parts[i].flag)) {
			continue;
		}
		m->entry->args = kb_arena_printf(m->arena, "%s%s%s", m->entry->args,
						 m->entry->args[0] ? " " : "", parts[i].text);
		if (!m->entry->args) {
			return -ENOMEM;
		}
	}
	return 0;
}

static bool has_more_to_append(const struct making *m)
{
	const struct kb_reader_net *net = net_of(m);
	unsigned long known = 0;

	if (net) {
		known = (net->ip ? APPENDS_IP : 0) | (net->bootif ? APPENDS_BOOTIF : 0) |
			(net->uuid ? APPENDS_UUID : 0);
	}
	return (appended(m) & ~known) != 0;
}

static void add_remarks(const struct making *m)
{
	struct kb_entry *entry = m->entry;

	if (m->label->passwd) {
		entry->remark = "its password is not asked for";
	} else if (m->label->overlays) {
		entry->remark = "its device tree overlays are not applied";
	} else if (has_more_to_append(m)) {
		entry->remark = "what IPAPPEND or SYSAPPEND adds to its command line is left out";
	}
}

static int make_kernel(struct making *m)
{
	struct kb_str file = syslinux_kernel(m->config, m->start.file);
	const char *dtb = syslinux_dtb(m->label);
	int r;

	if (file.len == 0) {
		return kb_entry_add_mistake(m->arena, m->entry, "it names no kernel");
	}
	if (kb_str_ends(file, KB_STR("memdisk"))) {
		return kb_entry_add_problem(m->arena, m->entry,
					    "memdisk works in real mode, which kboot cannot start");
	}
	r = find(m, "kernel", file, &m->entry->kernel);
	if (r == 0 && dtb) {
		r = find(m, "dtb", kb_str_from(dtb), &m->entry->dtb);
	}
	if (r == 0) {
		r = m->config->dialect == SYSLINUX_UBOOT ? make_uboot(m) : make_linux(m);
	}
	return r == 0 && m->entry->args ? append_net(m) : r;
}

static int make_program(struct making *m)
{
	switch (m->start.program) {
	case SYSLINUX_MBOOT:
		return make_multiboot(m);
	case SYSLINUX_LINUX_C32:
		return make_linux_c32(m);
	case SYSLINUX_REBOOT:
		m->entry->command = "reboot";
		return 0;
	case SYSLINUX_POWEROFF:
		m->entry->command = "poweroff";
		return 0;
	case SYSLINUX_CHAIN:
		return kb_entry_add_problem(
			m->arena, m->entry,
			"chain.c32 %.*s: a boot sector, which kboot cannot start",
			KB_STR_ARG(m->start.args));
	default:
		return kb_entry_add_problem(m->arena, m->entry,
					    "%.*s is a program of Syslinux, which kboot cannot run",
					    KB_STR_ARG(m->start.file));
	}
}

static int make(struct making *m)
{
	add_remarks(m);
	switch (m->start.type) {
	case SYSLINUX_COM32:
		return make_program(m);
	case SYSLINUX_LOCALBOOT:
		/* What the firmware would start next is in kboot's menu as itself. */
		m->entry->hidden = true;
		return kb_entry_add_problem(m->arena, m->entry,
					    "it leaves to the firmware what starts");
	case SYSLINUX_BOOT:
		return kb_entry_add_problem(
			m->arena, m->entry,
			"%.*s is a boot sector or a program for the firmware, which kboot cannot "
			"start",
			KB_STR_ARG(m->start.file));
	default:
		return make_kernel(m);
	}
}

/* --- what a menu shows */

/* Without the carets, which mark hotkeys. */
static const char *plain(struct kb_arena *arena, const char *text)
{
	KB_BUF struct kb_buf out = {0};

	for (; *text; text++) {
		if (*text != '^') {
			kb_buf_putc(&out, *text);
		}
	}
	return kb_buf_error(&out) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&out));
}

/* "^x" in what is shown; small and capital letters are one. U-Boot's menu has none. */
static int set_hotkey(struct making *m, const char *shown)
{
	const char *caret = strchr(shown, '^');
	char key[2] = {(char)(caret ? tolower((unsigned char)caret[1]) : '\0')};

	if (m->config->dialect != SYSLINUX_UBOOT && kb_is_hotkey(key)) {
		m->entry->hotkey = kb_arena_strdup(m->arena, key);
		return m->entry->hotkey ? 0 : -ENOMEM;
	}
	return 0;
}

static int set_path(struct making *m, const struct syslinux_menu *menu)
{
	m->entry->n_path = menu->depth;
	for (; menu->parent; menu = menu->parent) {
		const char *name = menu->label && menu->label[0]   ? menu->label
				   : menu->title && menu->title[0] ? menu->title
								   : menu->tag;

		name = plain(m->arena, name);
		m->entry->path[menu->depth - 1] = name;
		if (!name) {
			return -ENOMEM;
		}
	}
	return 0;
}

static bool is_entry(const struct syslinux_label *label, const struct syslinux_start *start)
{
	return !label->is_idle && start->type != SYSLINUX_CONFIG && start->program != SYSLINUX_MENU;
}

int syslinux_entry_make(const struct syslinux_config *config, struct tree_lookups *lookups,
			const struct syslinux_label *label, struct kb_entry *entry,
			bool *ret_is_entry)
{
	struct making m = {.config = config,
			   .arena = config->arena,
			   .lookups = lookups,
			   .entry = entry};
	const char *shown = label->title && label->title[0] ? label->title : label->shown;
	int r = syslinux_follow(config, label, &m.label, &m.start);

	*ret_is_entry = r == 0 && is_entry(label, &m.start);
	if (!*ret_is_entry) {
		return r;
	}
	*entry = (struct kb_entry){
		.label = label->name,
		.title = plain(m.arena, shown),
		.format = config->dialect == SYSLINUX_NET ? KB_FORMAT_PXELINUX : KB_FORMAT_EXTLINUX,
		.file = label->path,
		.menu = strcmp(label->path, config->path) != 0 ? config->path : NULL,
		.line = label->at.line,
		.hidden = label->hidden,
		.tries_left = -1,
	};
	r = entry->title ? set_path(&m, label->menu) : -ENOMEM;
	if (r == 0) {
		r = set_hotkey(&m, shown);
	}
	return r == 0 ? make(&m) : r;
}
