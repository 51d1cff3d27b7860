/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ISO file whose descriptor and menus are the input, cut at lines of "===". What comes out must
 * be complete, below the file's name, nobody's default, and travel as JSON.
 */
#include "kboot/formats/iso.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "temp_dir.h"

static const char *const files[] = {
	"boot/grub/loopback.cfg", "boot/grub/grub.cfg",      "EFI/BOOT/grub.cfg",
	"isolinux/isolinux.cfg",  "loader/entries/one.conf",
};
static const char *const markers[] = {"casper", "live", "arch",   "LiveOS",
				      "antiX",  "apks", "images", "boot/x86_64/loader"};

static struct temp_dir dir;

static void forget(void)
{
	temp_dir_done(&dir);
}

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf json = {0};
	const struct kb_json *object = NULL;
	struct kb_entry back;
	size_t *n = ctx;

	FUZZ_CHECK(entry->title && entry->file);
	FUZZ_CHECK(entry->kernel || entry->n_problems > 0);
	FUZZ_CHECK(!entry->kernel || (entry->n_path > 0 && strcmp(entry->path[0], "x") == 0));
	FUZZ_CHECK(!entry->is_default && !entry->hotkey && entry->writes.n == 0);
	FUZZ_CHECK(++*n <= KB_ISO_MAX_ENTRIES);
	kb_entry_to_json(entry, NULL, &json);
	FUZZ_CHECK(kb_json_parse(&arena, kb_buf_view(&json), &object) == 0);
	FUZZ_CHECK(kb_entry_from_json(&arena, object, &back) == 0);
	return 0;
}

/* The marker that the first byte says, and as many files as the input has. */
static void fill(const uint8_t *data, size_t size, unsigned char *descriptor)
{
	static const char magic[6] = {1, 'C', 'D', '0', '0', '1'};
	static const struct kb_str cut = KB_STR("\n===\n");
	struct kb_str rest = kb_str_of(data ? (const char *)data : "", size);

	if (!dir.path[0]) {
		temp_dir_init(&dir);
		FUZZ_CHECK(atexit(forget) == 0);
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(markers); i++) {
		(void)unlinkat(dir.fd, markers[i], AT_REMOVEDIR);
	}
	if (rest.len > 0) {
		temp_dir_mkdir(&dir, markers[(unsigned char)rest.data[0] % KB_ARRAY_LEN(markers)]);
	}
	memset(descriptor, 0, KB_ISO_DESCRIPTOR_BYTES);
	memcpy(descriptor, rest.data,
	       rest.len < KB_ISO_DESCRIPTOR_BYTES ? rest.len : KB_ISO_DESCRIPTOR_BYTES);
	memcpy(descriptor, magic, sizeof(magic));
	for (size_t n = 0; n < KB_ARRAY_LEN(files); n++) {
		size_t end = 0;

		while (end < rest.len && !kb_str_starts(kb_str_skip(rest, end), cut)) {
			end++;
		}
		temp_dir_write(&dir, files[n], rest.data, end);
		rest = kb_str_skip(rest, end + cut.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_device on = {.name = "sda1", .uuid = "U", .fstype = "ext4"};
	struct kb_tree tree = {.name = "sda1", .below = "/isos/x.iso", .is_image = true};
	struct kb_iso iso = {.tree = &tree, .on = &on};
	unsigned char descriptor[KB_ISO_DESCRIPTOR_BYTES];
	size_t n = 0;
	const struct kb_reader_out out = {.ctx = &n, .entry = take_entry};
	struct kb_error err = {0};

	fill(data, size, descriptor);
	tree.root_fd = dir.fd;
	FUZZ_CHECK(kb_iso_volume_read(&arena, descriptor, &iso.volume) == 0);
	FUZZ_CHECK(kb_iso_read(&iso, &out, &err) == 0);
	FUZZ_CHECK(n > 0);
	return 0;
}
