/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's reader on a tree with grub.cfg, then, behind lines of "===", custom.cfg and grubenv.
 * Whatever a script does, what comes of it is complete, one entry at most is the default, nothing
 * is said without a place, and no kind of trouble twice.
 */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "readers.h"
#include "temp_dir.h"

static const char *const files[] = {"boot/grub/grub.cfg", "boot/grub/custom.cfg",
				    "boot/grub/grubenv"};

enum { MAX_DIAGS = 16, MAX_ENTRIES = 10000 };

struct findings {
	size_t n_entries;
	size_t n_defaults;
	size_t n_diags;
};

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct findings *found = ctx;

	FUZZ_CHECK(entry->title && entry->title[0] && entry->file && entry->line > 0);
	FUZZ_CHECK(entry->kernel || entry->n_problems > 0);
	/* "//" at the head would be a file of kboot's own. */
	FUZZ_CHECK(!entry->kernel || (entry->kernel[0] && strncmp(entry->kernel, "//", 2) != 0));
	found->n_defaults += entry->is_default;
	FUZZ_CHECK(++found->n_entries <= MAX_ENTRIES);
	return 0;
}

static int take_setting(void *ctx, const struct kb_setting *setting)
{
	(void)ctx;
	FUZZ_CHECK(setting->variable == KB_VAR_TIMEOUT && setting->rank == KB_RANK_LOADER);
	FUZZ_CHECK(kb_variable_check(setting->variable, kb_str_from(setting->value), NULL) == 0);
	FUZZ_CHECK(setting->at.file && setting->at.line > 0);
	return 0;
}

static void take_diag(void *ctx, const struct kb_diag *diag)
{
	struct findings *found = ctx;

	FUZZ_CHECK(diag->text[0] && diag->at.file);
	FUZZ_CHECK(++found->n_diags <= MAX_DIAGS);
}

static struct temp_dir the_dir;

static void forget(void)
{
	temp_dir_done(&the_dir);
}

static void build(void)
{
	temp_dir_init(&the_dir);
	temp_dir_text(&the_dir, "boot/vmlinuz", "kernel");
	temp_dir_text(&the_dir, "boot/initrd", "initrd");
	temp_dir_text(&the_dir, "boot/grub/x", "");
	FUZZ_CHECK(atexit(forget) == 0);
}

static void fill(struct kb_str input)
{
	static const struct kb_str cut = KB_STR("\n===\n");

	for (size_t n = 0; n < KB_ARRAY_LEN(files); n++) {
		size_t len = 0;

		while (len < input.len && !kb_str_starts(kb_str_skip(input, len), cut)) {
			len++;
		}
		temp_dir_write(&the_dir, files[n], input.data, len);
		input = kb_str_skip(input, len + cut.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct findings found = {0};
	struct kb_tree tree = {.name = "sda2"};
	const struct kb_reader_out out = {
		.ctx = &found,
		.entry = take_entry,
		.setting = take_setting,
		.diags = {take_diag, &found},
	};
	struct kb_error err;

	if (!the_dir.path[0]) {
		build();
	}
	tree.root_fd = the_dir.fd;
	fill(kb_str_of(data ? (const char *)data : "", size));
	FUZZ_CHECK(kb_reader_grub.read(&tree, &out, &err) == 0);
	FUZZ_CHECK(found.n_defaults <= 1);
	return 0;
}
