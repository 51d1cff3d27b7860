/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every reader on a tree whose text files are the input, cut at lines of "===": kboot.conf,
 * os-release, fstab, kernel/cmdline. What comes out must be complete and travel as JSON.
 */
#include "kboot/formats/reader.h"

#include <string.h>

#include "fuzz.h"
#include "temp_dir.h"

static const char *const files[] = {
	"kboot.conf",
	"etc/os-release",
	"etc/fstab",
	"etc/kernel/cmdline",
};

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_JSON json_t *object = NULL;
	struct kb_entry back;

	(void)ctx;
	FUZZ_CHECK(entry->title && entry->file && entry->label);
	FUZZ_CHECK(entry->kernel || entry->command || entry->n_problems > 0);
	FUZZ_CHECK(kb_entry_to_json(entry, &object) == 0);
	FUZZ_CHECK(kb_entry_from_json(&arena, object, &back) == 0);
	FUZZ_CHECK(back.n_initrd == entry->n_initrd && back.n_problems == entry->n_problems);
	return 0;
}

static int take_setting(void *ctx, const struct kb_setting *setting)
{
	(void)ctx;
	FUZZ_CHECK(setting->variable < KB_N_VARIABLES && setting->value && setting->at.line > 0);
	return 0;
}

static void take_diag(void *ctx, const struct kb_diag *diag)
{
	(void)ctx;
	FUZZ_CHECK(diag->text[0] != '\0');
}

static void fill(struct temp_dir *dir, struct kb_str input)
{
	static const struct kb_str cut = KB_STR("\n===\n");
	size_t start = 0;
	size_t n = 0;

	for (size_t i = 0; i <= input.len && n < KB_ARRAY_LEN(files); i++) {
		if (i == input.len || kb_str_starts(kb_str_skip(input, i), cut)) {
			temp_dir_write(dir, files[n], input.data + start, i - start);
			n++;
			i += cut.len - 1;
			start = i + 1;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct temp_dir dir;
	struct kb_tree tree = {.name = "sda2"};
	struct kb_reader_out out = {
		.entry = take_entry,
		.setting = take_setting,
		.diags = {take_diag, NULL},
	};

	temp_dir_init(&dir);
	tree.root_fd = dir.fd;
	temp_dir_text(&dir, "boot/vmlinuz-6.1.0", "kernel");
	temp_dir_text(&dir, "boot/initrd.img-6.1.0", "initrd");
	fill(&dir, kb_str_of(data ? (const char *)data : "", size));
	for (size_t i = 0; i < kb_n_readers; i++) {
		struct kb_error err;

		FUZZ_CHECK(kb_readers[i]->read(&tree, &out, &err) == 0);
	}
	temp_dir_done(&dir);
	return 0;
}
