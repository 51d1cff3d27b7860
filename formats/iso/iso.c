/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/iso.h"

#include <errno.h>
#include <stdlib.h>

#include "iso/families.h"
#include "kboot/formats/grub.h"
#include "readers.h"

struct reading {
	const struct kb_iso *iso;
	const struct kb_reader_out *out;
	struct kb_arena arena;
	struct kb_device device; /* the image as one: what a script in it finds itself on */
	struct iso_facts facts;
	const char *name;   /* of the submenu */
	const char *cannot; /* why what is in it starts from no file; NULL: nothing was said */
	struct kb_entry entries[KB_ISO_MAX_ENTRIES];
	size_t n;
	size_t n_whole; /* those that can be started */
	bool is_full;
};

/* --- one entry */

/* Whether the reader gave the same before: an image has a menu for each kind of firmware. */
static bool is_known(const struct reading *r, const struct kb_entry *entry)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct kb_entry *e = &r->entries[i];

		if (kb_entry_same_files(e, entry) &&
		    strcmp(e->title ? e->title : "", entry->title ? entry->title : "") == 0 &&
		    strcmp(e->args ? e->args : "", entry->args ? entry->args : "") == 0) {
			return true;
		}
	}
	return false;
}

/* The submenu of the image is around those that are in it. */
static void set_path(const struct reading *r, struct kb_entry *entry)
{
	size_t n = entry->n_path < KB_ENTRY_MAX_PATH ? entry->n_path : KB_ENTRY_MAX_PATH - 1;

	memmove(entry->path + 1, entry->path, n * sizeof(entry->path[0]));
	entry->path[0] = r->name;
	entry->n_path = n + 1;
}

/* With a word of the line that names the file the image's own configuration knows what it does. */
static bool names_file(const struct reading *r, const struct kb_entry *entry)
{
	return entry->args && strstr(entry->args, r->facts.path);
}

/* The label, its blanks in that form. NULL: out of memory. */
static const char *label_with(struct reading *r, const char *blank)
{
	KB_BUF struct kb_buf text = {0};

	for (const char *c = r->facts.label; *c; c++) {
		if (*c == ' ') {
			kb_buf_puts(&text, blank);
		} else {
			kb_buf_putc(&text, *c);
		}
	}
	return kb_buf_error(&text) < 0 ? NULL : kb_arena_str(&r->arena, kb_buf_view(&text));
}

/*
 * Of "LABEL=CentOS\x207" GRUB makes "LABEL=CentOSx207", and of two backslashes two more; the GRUB
 * of Fedora and its kin, for which such a configuration is written, leaves it as it is.
 */
static int mend_label(struct reading *r, struct kb_entry *entry)
{
	static const char *const forms[] = {"x20", "\\\\x20"};
	const char *label = r->facts.label;
	const char *at = NULL;

	if (!label || !strchr(label, ' ') || !entry->args) {
		return 0;
	}
	for (size_t i = 0; !at && i < KB_ARRAY_LEN(forms); i++) {
		const char *right = label_with(r, "\\x20");
		const char *wrong = label_with(r, forms[i]);

		if (!right || !wrong) {
			return -ENOMEM;
		}
		at = strstr(entry->args, wrong);
		if (at) {
			entry->args =
				kb_arena_printf(&r->arena, "%.*s%s%s", (int)(at - entry->args),
						entry->args, right, at + strlen(wrong));
		}
	}
	return entry->args ? 0 : -ENOMEM;
}

static int complete(struct reading *r, struct kb_entry *entry)
{
	const struct iso_family *family = iso_family_of(r->iso->tree, entry->kernel, entry->args);
	const char *problem = NULL;
	int code;

	/* Memory tests and the like look for nothing. */
	if (entry->n_initrd == 0) {
		return 0;
	}
	if (!family || family->cannot) {
		problem =
			family ? family->cannot : "nothing in it says how its system finds a file";
		if (names_file(r, entry)) {
			return 0;
		}
		r->cannot = r->cannot ? r->cannot : problem;
		return kb_entry_add_problem(&r->arena, entry, "%s", problem);
	}
	code = iso_family_args(&r->arena, family, &r->facts, entry->args, &entry->args, &problem);
	return code == 0 && problem ? kb_entry_add_problem(&r->arena, entry, "%s", problem) : code;
}

static int take_entry(void *ctx, const struct kb_entry *found)
{
	struct reading *r = ctx;
	struct kb_entry *entry = &r->entries[r->n];
	struct kb_entry own = *found;
	int code;

	/* What starts no kernel is for the firmware, or for the image's own loader. */
	if (!found->kernel) {
		return 0;
	}
	if (r->n == KB_ISO_MAX_ENTRIES) {
		r->is_full = true;
		return 0;
	}
	own.is_default = false;
	own.hotkey = NULL;
	own.remark = NULL;
	own.writes = (struct kb_writes){0};
	code = mend_label(r, &own);
	code = code == 0 ? complete(r, &own) : code;
	if (code < 0 || is_known(r, &own)) {
		return code;
	}
	set_path(r, &own);
	code = kb_entry_copy(&r->arena, &own, entry);
	r->n += code == 0;
	r->n_whole += code == 0 && own.n_problems == 0;
	return code;
}

/* --- its menus, the best first */

static int read_loopback(const struct kb_tree *tree, const struct kb_reader_out *out,
			 struct kb_error *err)
{
	static const char *const paths[] = {"/boot/grub/loopback.cfg", "/boot/grub2/loopback.cfg",
					    "/grub/loopback.cfg"};
	int code = 0;

	for (size_t i = 0; code == 0 && i < KB_ARRAY_LEN(paths); i++) {
		code = kb_grub_read_image(tree, paths[i], out, err);
	}
	return code;
}

static int read_menus(struct reading *r, struct kb_error *err)
{
	int (*const menus[])(const struct kb_tree *tree, const struct kb_reader_out *out,
			     struct kb_error *err) = {read_loopback, kb_reader_grub.read,
						      kb_reader_syslinux.read, kb_reader_bls.read};
	/* What is wrong in an image is nobody's who could mend it. */
	const struct kb_reader_out out = {.ctx = r,
					  .entry = take_entry,
					  .device = &r->device,
					  .outer = r->iso->on};
	int code = 0;

	for (size_t i = 0; i < KB_ARRAY_LEN(menus) && r->n_whole == 0; i++) {
		struct kb_error why = {0};

		code = menus[i](r->iso->tree, &out, &why);
		if (code == -ENOMEM) {
			return kb_error_no_memory(err);
		}
	}
	return 0;
}

/* --- what is wrong with all of it */

/* No live system opens a volume before it looks for its file. */
static bool is_assembled(const struct kb_device *device)
{
	return device &&
	       (device->members || strchr(device->name, '/') ||
		strncmp(device->name, "dm-", 3) == 0 || strncmp(device->name, "md", 2) == 0);
}

/* A sentence of where the file is; NULL: it can be found there. */
static const char *problem_of_place(struct reading *r)
{
	if (strpbrk(r->facts.path, " \t\"'")) {
		return "its path has a blank or a quote, which no command line can name: rename it";
	}
	if (is_assembled(r->iso->on)) {
		return kb_arena_printf(&r->arena,
				       "it is on %s (LVM, RAID or encrypted), which its own initrd "
				       "does not open",
				       kb_device_display(r->iso->on));
	}
	return NULL;
}

static int add_reason(struct reading *r, struct kb_entry *entry)
{
	const struct iso_family *family = iso_family_of(r->iso->tree, NULL, NULL);

	if (family && family->cannot) {
		return kb_entry_add_problem(&r->arena, entry, "%s: %s", family->name,
					    family->cannot);
	}
	return kb_entry_add_problem(&r->arena, entry, "%s",
				    r->cannot ? r->cannot : "it has no menu that kboot reads");
}

static int give_one(struct reading *r)
{
	struct kb_entry entry = {.title = r->name,
				 .format = KB_FORMAT_ISO,
				 .file = "",
				 .tries_left = -1};
	int code = add_reason(r, &entry);

	return code == 0 ? r->out->entry(r->out->ctx, &entry) : code;
}

static bool is_of_no_file(const struct reading *r)
{
	const struct iso_family *family;
	bool any = false;

	for (size_t i = 0; i < r->n; i++) {
		family = iso_family_of(r->iso->tree, r->entries[i].kernel, r->entries[i].args);
		any = any || names_file(r, &r->entries[i]) ||
		      (r->entries[i].n_initrd > 0 ? family && !family->cannot : !family);
	}
	return !any;
}

static int give(struct reading *r)
{
	const char *problem = problem_of_place(r);
	int code = 0;

	if (is_of_no_file(r)) {
		return give_one(r);
	}
	for (size_t i = 0; code == 0 && i < r->n; i++) {
		if (problem) {
			code = kb_entry_add_problem(&r->arena, &r->entries[i], "%s", problem);
		}
		if (code == 0) {
			code = r->out->entry(r->out->ctx, &r->entries[i]);
		}
	}
	if (r->is_full) {
		kb_diag_report(&r->out->diags, KB_SEVERITY_LOSS,
			       (struct kb_position){.file = r->facts.path},
			       "more than %d entries in one image: the rest is left out",
			       KB_ISO_MAX_ENTRIES);
	}
	return code;
}

/* "debian-live-12" of "/isos/debian-live-12.iso" */
static const char *name_of(struct kb_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t len = strlen(name);

	return kb_arena_str(arena,
			    kb_str_of(name, len > 4 && name[len - 4] == '.' ? len - 4 : len));
}

static int read_iso(struct reading *r, struct kb_error *err)
{
	const struct kb_iso *iso = r->iso;
	int code;

	r->device = (struct kb_device){.name = "loop",
				       .uuid = iso->volume.uuid,
				       .label = iso->volume.label,
				       .fstype = "iso9660"};
	r->facts = (struct iso_facts){.path = iso->tree->below,
				      .uuid = iso->on ? iso->on->uuid : NULL,
				      .label = iso->volume.label};
	r->name = name_of(&r->arena, iso->tree->below);
	code = r->name ? read_menus(r, err) : kb_error_no_memory(err);
	return code == 0 ? give(r) : code;
}

int kb_iso_read(const struct kb_iso *iso, const struct kb_reader_out *out, struct kb_error *err)
{
	struct reading *r = calloc(1, sizeof(*r));
	int code;

	if (!r) {
		return kb_error_no_memory(err);
	}
	r->iso = iso;
	r->out = out;
	code = read_iso(r, err);
	kb_arena_done(&r->arena);
	free(r);
	return code;
}
