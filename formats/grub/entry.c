/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "entry.h"

#include <errno.h>

#include "devices.h"
#include "kboot/formats/words.h"

static bool is(const char *command, const char *name)
{
	return command && strcmp(command, name) == 0;
}

/* { true; } */
static bool does_nothing(const struct grub_item *item)
{
	struct kb_str body = kb_str_trim(item->body.text);

	return kb_str_eq(body, KB_STR("true")) || kb_str_eq(body, KB_STR("true;"));
}

bool grub_entry_is_for_kboot(const struct grub_opening *o, const struct grub_item *item,
			     const struct grub_boot *boot)
{
	const char *other = boot->other;

	return boot->kernel || !((o->menus > 0 && does_nothing(item)) || is(other, "fwsetup") ||
				 is(other, "reboot") || is(other, "halt") || is(other, "exit"));
}

/* No superusers, no protection. */
bool grub_entry_is_protected(const struct grub *g, const struct grub_item *item)
{
	const char *superusers = grub_get(g, "superusers");

	return !item->is_unrestricted && superusers[strspn(superusers, " ,;|&")];
}

/* One argument as GRUB hands it to a kernel. */
static void put_argument(const char *word, struct kb_buf *line)
{
	bool wrapped = strchr(word, ' ') != NULL;

	if (line->len > 0) {
		kb_buf_putc(line, ' ');
	}
	if (wrapped) {
		kb_buf_putc(line, '"');
	}
	for (; *word; word++) {
		if (strchr("\\'\"", *word)) {
			kb_buf_putc(line, '\\');
		}
		kb_buf_putc(line, *word);
	}
	if (wrapped) {
		kb_buf_putc(line, '"');
	}
}

/* As written; a device that `search` has found has GRUB's name where it is this one, else none. */
static void put_boot_image(struct grub *g, const char *kernel, struct kb_buf *image)
{
	kb_buf_puts(image, "BOOT_IMAGE=");
	if (strncmp(kernel, "(UUID=", 6) == 0 || strncmp(kernel, "(LABEL=", 7) == 0) {
		char own[GRUB_DEVICE_BYTES];
		struct grub_place place;

		grub_place_of(g, "", kernel, &place);
		grub_own_device(g->host->tree, g->host->out->device, own);
		if (place.is_here) {
			kb_buf_printf(image, "(%s)", own);
		}
		kernel += strcspn(kernel, ")");
		kernel += *kernel == ')';
	}
	kb_buf_puts(image, kernel);
}

static int make_args(struct grub *g, const struct grub_boot *boot, struct kb_entry *entry)
{
	KB_BUF struct kb_buf line = {0};
	struct kb_str root;

	if (!boot->is_multiboot) {
		KB_BUF struct kb_buf image = {0};

		put_boot_image(g, boot->kernel, &image);
		if (kb_buf_error(&image) < 0) {
			return -ENOMEM;
		}
		put_argument(image.data, &line);
	}
	for (size_t i = 0; i < boot->n_args; i++) {
		put_argument(boot->args[i], &line);
	}
	if (kb_buf_error(&line) < 0) {
		return -ENOMEM;
	}
	entry->args = line.len > 0 ? kb_arena_str(boot->arena, kb_buf_view(&line)) : NULL;
	if (kb_words_find(kb_buf_view(&line), KB_STR("root="), &root)) {
		entry->root = kb_word_unquote(boot->arena, root);
		if (!entry->root) {
			return -ENOMEM;
		}
	}
	return line.len > 0 && !entry->args ? -ENOMEM : 0;
}

/* The name of a file, and a problem where it cannot be had. */
static int add_file(struct grub_opening *o, const struct grub_boot *boot, const char *what,
		    const char *root, const char *written, const char **ret_name,
		    struct kb_entry *entry)
{
	const char *problem = NULL;
	const char *name = grub_file_name(o->g, boot->arena, root, written, &problem);

	if (!name) {
		*ret_name = NULL;
		return problem ? kb_entry_add_problem(boot->arena, entry, "%s: %s", what, problem)
			       : -ENOMEM;
	}
	*ret_name = name;
	return tree_name_check(boot->arena, &o->lookups, what, name, entry);
}

static int add_initrds(struct grub_opening *o, const struct grub_boot *boot, struct kb_entry *entry)
{
	const char *what = boot->is_multiboot ? "module" : "initrd";
	int r = 0;

	for (size_t i = 0; r == 0 && i < boot->n_initrds; i++) {
		const char *name;

		if (strncmp(boot->initrds[i], "newc:", 5) == 0) {
			r = kb_entry_add_problem(boot->arena, entry,
						 "initrd: %s: kboot does not pack files into one",
						 boot->initrds[i]);
			continue;
		}
		if (entry->n_initrd == KB_ENTRY_MAX_INITRDS) {
			return kb_entry_add_problem(boot->arena, entry, "more than %d initrds",
						    KB_ENTRY_MAX_INITRDS);
		}
		r = add_file(o, boot, what, boot->initrd_root, boot->initrds[i], &name, entry);
		if (name) {
			entry->initrd[entry->n_initrd++] = name;
		}
	}
	if (r == 0 && boot->has_module_args) {
		r = kb_entry_add_problem(
			boot->arena, entry,
			"its modules have arguments, which kboot cannot hand over");
	}
	return r;
}

static int add_kernel(struct grub_opening *o, const struct grub_boot *boot, struct kb_entry *entry)
{
	int r = add_file(o, boot, "kernel", boot->kernel_root, boot->kernel, &entry->kernel, entry);

	if (r == 0) {
		r = add_initrds(o, boot, entry);
	}
	if (r == 0 && boot->dtb) {
		r = add_file(o, boot, "dtb", boot->dtb_root, boot->dtb, &entry->dtb, entry);
	}
	return r == 0 ? make_args(o->g, boot, entry) : r;
}

static int add_other(const struct grub_boot *boot, struct kb_entry *entry)
{
	const char *file = boot->other_file ? boot->other_file : "";

	if (!boot->other) {
		return kb_entry_add_mistake(boot->arena, entry, "it names no kernel");
	}
	if (is(boot->other, "configfile")) {
		return kb_entry_add_problem(boot->arena, entry,
					    "configfile %s: a server's, which cannot be had", file);
	}
	if (!is(boot->other, "chainloader")) {
		return kb_entry_add_problem(boot->arena, entry,
					    "%s %s: kboot starts Linux and multiboot kernels",
					    boot->other, file);
	}
	return kb_entry_add_problem(
		boot->arena, entry,
		strchr(file, '+') ? "chainloader %s: a boot sector, which kboot cannot start"
				  : "chainloader %s: an EFI program; restart into the firmware's "
				    "own entry for it",
		file);
}

static bool is_there(const struct kb_writes *writes, const struct grub_saved *saved)
{
	for (size_t i = 0; i < writes->n; i++) {
		if (strcmp(writes->items[i].file, saved->file) == 0 &&
		    strcmp(writes->items[i].name, saved->name) == 0) {
			return true;
		}
	}
	return false;
}

/* What its configuration and its body save: of each variable what was said last. */
static int add_writes(const struct grub_opening *o, const struct grub_boot *boot,
		      struct kb_entry *entry)
{
	struct kb_writes *writes = &entry->writes;

	if (!o->g->saved) {
		return 0;
	}
	writes->items = kb_arena_array(boot->arena, KB_ENTRY_MAX_WRITES, sizeof(*writes->items));
	if (!writes->items) {
		return -ENOMEM;
	}
	for (const struct grub_saved *s = o->g->saved; s; s = s->next) {
		if (writes->n < KB_ENTRY_MAX_WRITES && !is_there(writes, s)) {
			writes->items[writes->n++] =
				(struct kb_write){KB_WRITE_VARIABLE, s->file, s->name, s->value};
		}
	}
	return 0;
}

/* The path below the tree of a canonical name; NULL when out of memory. */
static const char *path_of(const struct grub_opening *o, struct kb_arena *arena, const char *file)
{
	const char *prefix = tree_canonical(arena, o->g->host->tree, "");

	if (!prefix) {
		return NULL;
	}
	return kb_str_starts(kb_str_from(file), kb_str_from(prefix)) ? file + strlen(prefix) : file;
}

int grub_entry_make(struct grub_opening *o, const struct grub_item *item,
		    const struct grub_boot *boot, struct kb_entry *ret_entry)
{
	struct kb_entry entry = {
		.label = item->has_id && item->id[0] ? item->id : NULL,
		.title = item->title[0] ? item->title : "(without a title)",
		.format = KB_FORMAT_GRUB,
		.file = path_of(o, boot->arena, item->at.file),
		.menu = path_of(o, boot->arena, o->g->menu_file),
		.line = item->at.line,
		.is_protected = o->n_protected > 0 || grub_entry_is_protected(o->g, item),
		.n_path = o->n_path,
		.hotkey = item->hotkey && kb_is_hotkey(item->hotkey) ? item->hotkey : NULL,
		.tries_left = -1,
	};
	int r;

	if (!entry.file || !entry.menu) {
		return -ENOMEM;
	}
	if (strcmp(entry.menu, entry.file) == 0) {
		entry.menu = NULL;
	}
	memcpy(entry.path, o->path, o->n_path * sizeof(entry.path[0]));
	r = boot->kernel ? add_kernel(o, boot, &entry) : add_other(boot, &entry);
	if (r == 0 && boot->kernel) {
		r = add_writes(o, boot, &entry);
	}
	if (r == 0 && o->g->is_limited) {
		r = kb_entry_add_problem(boot->arena, &entry, "its script does not come to an end");
	}
	if (r == 0) {
		*ret_entry = entry;
	}
	return r == 0 ? o->g->error : r;
}
