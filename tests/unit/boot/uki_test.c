/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A unified kernel image taken apart: which sections, what they hold, and what is wrong with one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "boot_files.h"
#include "kboot/boot/uki.h"
#include "temp_dir.h"

enum { OPTIONAL_BYTES = 240, DATA_AT = 1024, MAX_FILE = 4096, SECTION_ROOM = 64 };

struct part {
	const char *name;
	const char *data;
};

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++) {
		p[i] = (uint8_t)(v >> 8 * i);
	}
}

static int make_uki(const struct part *parts, size_t n)
{
	uint8_t file[MAX_FILE] = "MZ";
	uint8_t *coff = file + 64;

	put32(file + 0x3c, 64);
	memcpy(coff, "PE\0", 4);
	put32(coff + 4, 0x8664 | (uint32_t)n << 16);
	coff[20] = OPTIONAL_BYTES;
	put32(coff + 24, 0x20b);
	for (size_t i = 0; i < n; i++) {
		uint8_t *section = coff + 24 + OPTIONAL_BYTES + 40 * i;
		size_t at = DATA_AT + SECTION_ROOM * i;

		memcpy(section, parts[i].name, strlen(parts[i].name));
		put32(section + 8, (uint32_t)strlen(parts[i].data));
		put32(section + 16, SECTION_ROOM);
		put32(section + 20, (uint32_t)at);
		memcpy(file + at, parts[i].data, strlen(parts[i].data));
	}
	return boot_file(file, DATA_AT + SECTION_ROOM * n);
}

static const struct part whole[] = {
	{".osrel", "ID=x"},       {".cmdline", " root=x\nquiet\t"}, {".linux", "the kernel"},
	{".initrd", "an initrd"}, {".initrd", "a second"},          {".ucode", "microcode"},
	{".profile", "ID=main"},  {".profile", "ID=rescue"},        {".cmdline", "single"},
	{".initrd", "another"},
};

static struct kb_arena arena;
static struct kb_error err;

static int take(int fd, unsigned profile, uint64_t room, struct kb_uki_parts *parts)
{
	const struct kb_boot_file image = {fd, "x.efi"};
	int r;

	kb_error_clear(&err);
	r = kb_uki_take_apart(&image, profile, &room, &arena, parts, &err);
	(void)close(fd);
	return r;
}

static void holds(const struct kb_boot_file *part, const char *name, const char *data)
{
	char buf[SECTION_ROOM] = "";

	assert_true(part->fd >= 0);
	assert_string_equal(part->name, name);
	assert_int_equal(pread(part->fd, buf, sizeof(buf), 0), strlen(data));
	assert_memory_equal(buf, data, strlen(data));
}

static void the_first_of_each_section_counts(void **state)
{
	struct kb_uki_parts parts;

	(void)state;
	assert_int_equal(take(make_uki(whole, KB_ARRAY_LEN(whole)), 0, UINT64_MAX, &parts), 0);
	holds(&parts.kernel, "x.efi (.linux)", "the kernel");
	holds(&parts.initrd, "x.efi (.initrd)", "an initrd");
	holds(&parts.microcode, "x.efi (.ucode)", "microcode");
	assert_int_equal(parts.dtb.fd, -1);
	assert_string_equal(parts.args, "root=x quiet");
	kb_uki_parts_close(&parts);
}

static void a_profile_has_its_own_and_the_base(void **state)
{
	struct kb_uki_parts parts;

	(void)state;
	assert_int_equal(take(make_uki(whole, KB_ARRAY_LEN(whole)), 1, UINT64_MAX, &parts), 0);
	holds(&parts.kernel, "x.efi (.linux)", "the kernel");
	holds(&parts.initrd, "x.efi (.initrd)", "another");
	assert_string_equal(parts.args, "single");
	kb_uki_parts_close(&parts);
	assert_int_equal(take(make_uki(whole, KB_ARRAY_LEN(whole)), 2, UINT64_MAX, &parts),
			 -ENOENT);
	assert_string_equal(err.text, "x.efi has no profile @2");
	/* An image without profiles has the first one, and no other. */
	assert_int_equal(take(make_uki(whole, 3), 0, UINT64_MAX, &parts), 0);
	kb_uki_parts_close(&parts);
	assert_int_equal(take(make_uki(whole, 3), 1, UINT64_MAX, &parts), -ENOENT);
}

static void what_is_wrong_is_said(void **state)
{
	struct kb_uki_parts parts;

	(void)state;
	assert_int_equal(take(make_uki(whole, 2), 0, UINT64_MAX, &parts), -ENOEXEC);
	assert_string_equal(err.text, "x.efi has no kernel in it");
	assert_int_equal(take(boot_file_cut(make_uki(whole, 4), DATA_AT + 100), 0, UINT64_MAX,
			      &parts),
			 -EUCLEAN);
	assert_string_equal(err.text, "x.efi is damaged: its EFI headers lead nowhere");
	/* Before a byte of it is copied. */
	assert_int_equal(take(make_uki(whole, KB_ARRAY_LEN(whole)), 0, 12, &parts), -ENOMEM);
	assert_string_equal(err.text, "x.efi (.ucode) takes 9 bytes, and there is memory for 2");
}

static void a_profile_stands_before_the_words(void **state)
{
	static const struct {
		const char *args;
		unsigned profile;
		const char *rest;
	} lines[] = {{"@1 quiet", 1, "quiet"},
		     {"@12", 12, ""},
		     {"quiet @1", 0, "quiet @1"},
		     {"@x quiet", 0, "@x quiet"},
		     {"@", 0, "@"},
		     {"@999 a", 0, "@999 a"},
		     {"", 0, ""}};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		const char *args = lines[i].args;

		assert_int_equal(kb_uki_profile(&args), lines[i].profile);
		assert_string_equal(args, lines[i].rest);
	}
}

/* The variable as efivarfs shows it: four bytes of attributes, then its value. */
static void secure_boot_wants_the_images_own_arguments(void **state)
{
	const struct kb_uki_parts parts = {.args = "own"};
	const struct kb_uki_parts none = {.args = ""};
	struct kb_boot_host host = {.sysfs_fd = -1};
	struct temp_dir dir;

	(void)state;
	assert_string_equal(kb_uki_args(&parts, &host, "given"), "given");
	assert_string_equal(kb_uki_args(&parts, &host, ""), "own");
	temp_dir_init(&dir);
	temp_dir_write(&dir, "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		       "\6\0\0\0\1", 5);
	host.sysfs_fd = open(dir.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_string_equal(kb_uki_args(&parts, &host, "given"), "own");
	assert_string_equal(kb_uki_args(&none, &host, "given"), "given");
	(void)close(host.sysfs_fd);
	temp_dir_done(&dir);
}

static int done(void **state)
{
	(void)state;
	kb_arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_of_each_section_counts),
		cmocka_unit_test(a_profile_has_its_own_and_the_base),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(a_profile_stands_before_the_words),
		cmocka_unit_test(secure_boot_wants_the_images_own_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
