/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every reader on a tree whose text files are the input, cut at lines of "===": kboot.conf,
 * os-release, fstab, kernel/cmdline, loader.conf, entries, those of the other loaders, a unified
 * image. What comes out must be complete and travel as JSON.
 */
#include "kboot/formats/reader.h"

#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "temp_dir.h"

static const char *const files[] = {
	"kboot.conf",
	"etc/os-release",
	"etc/fstab",
	"etc/kernel/cmdline",
	"loader/loader.conf",
	"loader/entries/a+3-1.conf",
	"loader/entries/b.conf",
	"loader/entries.srel",
	"syslinux/syslinux.cfg",
	"syslinux/more.cfg",
	"boot/extlinux/extlinux.conf",
	"boot/grub/menu.lst",
	"etc/lilo.conf",
	"etc/yaboot.conf",
	"boot/petitboot.conf",
	"boot/refind_linux.conf",
	"EFI/Linux/a.efi",
};

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf json = {0};
	const struct kb_json *object = NULL;
	struct kb_entry back;

	(void)ctx;
	FUZZ_CHECK(entry->title && entry->file);
	FUZZ_CHECK(entry->label || entry->format == KB_FORMAT_GRUB);
	FUZZ_CHECK(entry->kernel || entry->command || entry->n_problems > 0);
	kb_entry_to_json(entry, NULL, &json);
	FUZZ_CHECK(kb_json_parse(&arena, kb_buf_view(&json), &object) == 0);
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

/* Built once; a text is written anew when it is another one. */
struct tree {
	struct temp_dir dir;
	struct kb_buf texts[KB_ARRAY_LEN(files)];
};

static struct tree the_tree;

static void forget(void)
{
	temp_dir_done(&the_tree.dir);
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		kb_buf_done(&the_tree.texts[i]);
	}
}

static void build(struct tree *tree)
{
	temp_dir_init(&tree->dir);
	temp_dir_text(&tree->dir, "boot/vmlinuz-6.1.0", "kernel");
	temp_dir_text(&tree->dir, "boot/initrd.img-6.1.0", "initrd");
	FUZZ_CHECK(atexit(forget) == 0);
}

static void write_text(struct tree *tree, size_t n, struct kb_str text)
{
	struct kb_buf *written = &tree->texts[n];

	if (!written->data || !kb_str_eq(kb_buf_view(written), text)) {
		temp_dir_write(&tree->dir, files[n], text.data, text.len);
		kb_buf_reset(written);
		kb_buf_str(written, text);
		kb_buf_putc(written, '\0');
		written->len--;
	}
}

/* A file that the input does not reach is not there. */
static void remove_rest(struct tree *tree, size_t n)
{
	for (; n < KB_ARRAY_LEN(files); n++) {
		if (tree->texts[n].data) {
			FUZZ_CHECK(unlinkat(tree->dir.fd, files[n], 0) == 0);
			kb_buf_done(&tree->texts[n]);
		}
	}
}

static void fill(struct tree *tree, struct kb_str input)
{
	static const struct kb_str cut = KB_STR("\n===\n");
	size_t start = 0;
	size_t n = 0;

	for (size_t i = 0; i <= input.len && n < KB_ARRAY_LEN(files); i++) {
		if (i == input.len || kb_str_starts(kb_str_skip(input, i), cut)) {
			write_text(tree, n++, kb_str_of(input.data + start, i - start));
			i += cut.len - 1;
			start = i + 1;
		}
	}
	remove_rest(tree, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_tree tree = {.name = "sda2"};
	struct kb_reader_out out = {
		.entry = take_entry,
		.setting = take_setting,
		.diags = {take_diag, NULL},
	};

	if (!the_tree.dir.path[0]) {
		build(&the_tree);
	}
	tree.root_fd = the_tree.dir.fd;
	fill(&the_tree, kb_str_of(data ? (const char *)data : "", size));
	for (size_t i = 0; i < kb_n_readers; i++) {
		struct kb_error err;

		FUZZ_CHECK(kb_readers[i]->read(&tree, &out, &err) == 0);
	}
	return 0;
}
