/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an ISO file's descriptor says, and the rules by which parameters are added; whole images are
 * in tests/golden/isos. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "iso/families.h"
#include "kboot/formats/iso.h"
#include "temp_dir.h"

struct fixture {
	struct temp_dir dir;
	struct kb_tree tree;
	struct kb_arena arena;
	const char *args[4];
	size_t n;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	temp_dir_init(&f.dir);
	f.tree = (struct kb_tree){.root_fd = f.dir.fd, .name = "sda1"};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_arena_done(&f->arena);
	temp_dir_done(&f->dir);
	return 0;
}

/* Without its NUL. */
static void put(unsigned char *at, const char *text)
{
	while (*text) {
		*at++ = (unsigned char)*text++;
	}
}

static void make_descriptor(unsigned char *bytes, const char *label, const char *modified,
			    const char *created)
{
	memset(bytes, 0, KB_ISO_DESCRIPTOR_BYTES);
	put(bytes, "\1CD001\1");
	memset(bytes + 40, ' ', 32);
	put(bytes + 40, label);
	put(bytes + 813, created);
	put(bytes + 830, modified);
}

static void a_descriptor_has_label_and_time(void **state)
{
	struct fixture *f = *state;
	unsigned char bytes[KB_ISO_DESCRIPTOR_BYTES];
	struct kb_iso_volume volume;

	make_descriptor(bytes, "Debian 12 live", "2024021012345678", "2023010100000000");
	assert_int_equal(kb_iso_volume_read(&f->arena, bytes, &volume), 0);
	assert_string_equal(volume.label, "Debian 12 live");
	assert_string_equal(volume.uuid, "2024-02-10-12-34-56-78");
	/* One that was never changed has noughts. */
	make_descriptor(bytes, "12345678901234567890123456789012", "0000000000000000",
			"2023010100000000");
	assert_int_equal(kb_iso_volume_read(&f->arena, bytes, &volume), 0);
	assert_string_equal(volume.label, "12345678901234567890123456789012");
	assert_string_equal(volume.uuid, "2023-01-01-00-00-00-00");
}

static void hostile_descriptors_say_nothing(void **state)
{
	struct fixture *f = *state;
	unsigned char bytes[KB_ISO_DESCRIPTOR_BYTES];
	struct kb_iso_volume volume = {.label = "x", .uuid = "x"};

	make_descriptor(bytes, "", "20240210\n2345678", "x");
	assert_int_equal(kb_iso_volume_read(&f->arena, bytes, &volume), 0);
	assert_null(volume.label);
	assert_null(volume.uuid);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(kb_iso_volume_read(&f->arena, bytes, &volume), 0);
	assert_null(volume.label);
	assert_null(volume.uuid);
}

static const struct iso_facts facts = {.path = "/isos/x.iso", .uuid = "U-1", .label = "My Live/1"};

static void assert_args(struct fixture *f, const char *kernel, const char *args,
			const struct iso_facts *with, const char *expected, bool has_problem)
{
	const struct iso_family *family = iso_family_of(&f->tree, kernel, args);
	const char *problem = NULL;
	const char *made = NULL;

	assert_non_null(family);
	assert_int_equal(iso_family_args(&f->arena, family, with, args, &made, &problem), 0);
	assert_string_equal(made, expected);
	assert_int_equal(problem != NULL, has_problem);
}

static void the_line_says_more_than_the_folder_and_that_more_than_the_image(void **state)
{
	struct fixture *f = *state;

	assert_null(iso_family_of(&f->tree, NULL, NULL));
	assert_null(iso_family_of(&f->tree, "/livecd/vmlinuz", "noboot=live"));
	temp_dir_mkdir(&f->dir, "arch");
	assert_string_equal(iso_family_of(&f->tree, NULL, NULL)->name, "Arch");
	assert_string_equal(iso_family_of(&f->tree, "/casper/vmlinuz", "quiet")->name, "casper");
	assert_string_equal(iso_family_of(&f->tree, "/casper/vmlinuz", "boot=live")->name,
			    "live-boot");
	/* The special case before what it is one of. */
	assert_string_equal(iso_family_of(&f->tree, "/x", "archisobasedir=sysresccd")->name,
			    "SystemRescue");
}

static void what_is_there_is_not_added(void **state)
{
	struct fixture *f = *state;

	assert_args(f, NULL, "boot=live", &facts, "boot=live findiso=/isos/x.iso", false);
	assert_args(f, NULL, "boot=live findiso=/y", &facts, "boot=live findiso=/y", false);
	assert_args(f, NULL, "boot=live fromiso=/dev/sda1/y", &facts,
		    "boot=live fromiso=/dev/sda1/y", false);
	assert_args(f, "/live/vmlinuz", NULL, &facts, "boot=live findiso=/isos/x.iso", false);
	assert_args(f, NULL, "boot=live \"x findiso=/y\"", &facts,
		    "boot=live \"x findiso=/y\" findiso=/isos/x.iso", false);
}

static void what_is_added_stands_before_the_dashes(void **state)
{
	struct fixture *f = *state;

	assert_args(f, "/casper/vmlinuz", "quiet --- splash", &facts,
		    "quiet iso-scan/filename=/isos/x.iso --- splash", false);
	assert_args(f, "/casper/vmlinuz", "---", &facts, "iso-scan/filename=/isos/x.iso ---",
		    false);
	assert_args(f, "/casper/vmlinuz", "a -- b", &facts, "a iso-scan/filename=/isos/x.iso -- b",
		    false);
	assert_args(f, "/casper/vmlinuz", "a '-- b'", &facts,
		    "a '-- b' iso-scan/filename=/isos/x.iso", false);
}

static void a_label_is_written_as_udev_does(void **state)
{
	struct fixture *f = *state;

	assert_args(f, NULL, "rd.live.image", &facts,
		    "rd.live.image root=live:CDLABEL=My\\x20Live\\x2f1 "
		    "iso-scan/filename=/isos/x.iso",
		    false);
}

static void what_is_not_known_is_a_problem(void **state)
{
	struct fixture *f = *state;
	const struct iso_facts none = {.path = "/x.iso"};

	assert_args(f, NULL, "rd.live.image", &none, "rd.live.image", true);
	assert_args(f, NULL, "rd.live.image root=live:CDLABEL=x", &none,
		    "rd.live.image root=live:CDLABEL=x iso-scan/filename=/x.iso", false);
	assert_args(f, "/arch/vmlinuz", "", &none, "", true);
}

static int take_args(void *ctx, const struct kb_entry *entry)
{
	struct fixture *f = ctx;

	assert_true(f->n < KB_ARRAY_LEN(f->args));
	f->args[f->n++] = kb_arena_strdup(&f->arena, entry->args);
	return 0;
}

/* CentOS 7's; what stands between quotes is as GRUB has it. */
static void a_label_is_what_red_hats_grub_makes_of_it(void **state)
{
	struct fixture *f = *state;
	const struct kb_device on = {.name = "sda1", .uuid = "U", .fstype = "ext4"};
	const struct kb_iso iso = {.tree = &f->tree,
				   .volume = {.label = "CentOS 7 x86_64"},
				   .on = &on};
	const struct kb_reader_out out = {.ctx = f, .entry = take_args};
	struct kb_error err = {0};

	f->tree.below = "/x.iso";
	f->tree.is_image = true;
	temp_dir_text(&f->dir, "k", "");
	temp_dir_text(&f->dir, "i", "");
	temp_dir_text(&f->dir, "EFI/BOOT/grub.cfg",
		      "menuentry a {\nlinux /k inst.stage2=hd:LABEL=CentOS\\x207\\x20x86_64 "
		      "quiet\ninitrd /i\n}\n"
		      "menuentry b {\nlinux /k 'inst.stage2=hd:LABEL=CentOS\\x207\\x20x86_64'\n"
		      "initrd /i\n}\n"
		      "menuentry c {\nlinux /k inst.stage2=hd:LABEL=Other\ninitrd /i\n}\n");
	assert_int_equal(kb_iso_read(&iso, &out, &err), 0);
	assert_int_equal(f->n, 3);
	assert_string_equal(f->args[0],
			    "BOOT_IMAGE=/k inst.stage2=hd:LABEL=CentOS\\x207\\x20x86_64 quiet "
			    "iso-scan/filename=/x.iso");
	assert_string_equal(f->args[1],
			    "BOOT_IMAGE=/k inst.stage2=hd:LABEL=CentOS\\x207\\x20x86_64 "
			    "iso-scan/filename=/x.iso");
	assert_string_equal(f->args[2],
			    "BOOT_IMAGE=/k inst.stage2=hd:LABEL=Other iso-scan/filename=/x.iso");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_descriptor_has_label_and_time),
		TEST(hostile_descriptors_say_nothing),
		TEST(the_line_says_more_than_the_folder_and_that_more_than_the_image),
		TEST(what_is_there_is_not_added),
		TEST(what_is_added_stands_before_the_dashes),
		TEST(a_label_is_written_as_udev_does),
		TEST(what_is_not_known_is_a_problem),
		TEST(a_label_is_what_red_hats_grub_makes_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
