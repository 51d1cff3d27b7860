/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that lead into a file which is an ISO image, on a machine that is a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "automount_machine.h"
#include "kboot/mount/automount.h"

/* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME. */
#define FLAGS "0x40f"
#define DISK                                                                                       \
	"set_block_read_only 1\n"                                                                  \
	"mount DEV/sdb1 RUN/mnt/sdb1 ext4 " FLAGS " noload,errors=continue\n"
#define IMAGE                                                                                      \
	"mount RUN/mnt/sdb1/isos/x.iso RUN/iso/sdb1/isos!x.iso iso9660 " FLAGS " iocharset=utf8\n"

static int setup(void **state)
{
	*state = machine_create();
	machine_start(*state);
	return 0;
}

static int teardown(void **state)
{
	machine_destroy(*state);
	return 0;
}

static void assert_found(struct machine *m, const char *name, const char *from,
			 enum kb_tree_type type, const char *shown, const char *path)
{
	struct kb_place_found found;
	struct kb_error err = {0};
	int r = kb_automount_find(&m->automount, name, from, &found, &err);

	if (r < 0) {
		print_error("%s: %s\n", name, err.text);
	}
	assert_int_equal(r, 0);
	assert_int_equal(found.resolved.type, type);
	assert_string_equal(found.shown, shown);
	assert_string_equal(found.canonical, shown);
	assert_string_equal(machine_short(m, found.path), path);
}

static void assert_fails(struct machine *m, const char *name, int code, const char *sentence)
{
	struct kb_place_found found;
	struct kb_error err = {0};

	assert_int_equal(kb_automount_find(&m->automount, name, NULL, &found, &err), code);
	assert_string_equal(machine_short(m, err.text), sentence);
}

static void a_name_leads_into_an_image(void **state)
{
	struct machine *m = *state;

	assert_found(m, "sdb1:/isos/x.iso/live/vmlinuz", NULL, KB_TREE_FILE,
		     "sdb1:/isos/x.iso/live/vmlinuz", "RUN/iso/sdb1/isos!x.iso/live/vmlinuz");
	/* A link to it is one to go through, too. */
	assert_found(m, "sdb1:/to-x/live", NULL, KB_TREE_DIR, "sdb1:/isos/x.iso/live",
		     "RUN/iso/sdb1/isos!x.iso/live");
	assert_string_equal(m->log, DISK IMAGE);
	machine_stop(m);
	/* The image first: it keeps the disk in use. */
	assert_string_equal(m->log, DISK IMAGE "umount RUN/iso/sdb1/isos!x.iso\n"
					       "umount RUN/mnt/sdb1\n");
}

static void the_image_itself_is_a_file_and_to_be_in_it_a_folder(void **state)
{
	struct machine *m = *state;

	for (int i = 0; i < 2; i++) {
		assert_found(m, "sdb1:/isos/x.iso", NULL, KB_TREE_FILE, "sdb1:/isos/x.iso",
			     "RUN/mnt/sdb1/isos/x.iso");
		assert_string_equal(m->log, i == 0 ? DISK : DISK IMAGE);
		assert_found(m, ".", "sdb1:/isos/x.iso", KB_TREE_DIR, "sdb1:/isos/x.iso",
			     "RUN/iso/sdb1/isos!x.iso");
	}
	assert_string_equal(m->log, DISK IMAGE);
}

static void one_goes_on_from_inside(void **state)
{
	struct machine *m = *state;

	assert_found(m, "live", "sdb1:/isos/x.iso", KB_TREE_DIR, "sdb1:/isos/x.iso/live",
		     "RUN/iso/sdb1/isos!x.iso/live");
	assert_found(m, "..", "sdb1:/isos/x.iso/live", KB_TREE_DIR, "sdb1:/isos/x.iso",
		     "RUN/iso/sdb1/isos!x.iso");
	assert_found(m, ".", "sdb1:/isos/x.iso", KB_TREE_DIR, "sdb1:/isos/x.iso",
		     "RUN/iso/sdb1/isos!x.iso");
	/* Whoever types it comes out. */
	assert_found(m, "..", "sdb1:/isos/x.iso", KB_TREE_DIR, "sdb1:/isos", "RUN/mnt/sdb1/isos");
	assert_found(m, "../../bzImage", "sdb1:/isos/x.iso", KB_TREE_FILE, "sdb1:/bzImage",
		     "RUN/mnt/sdb1/bzImage");
}

/* What is in an image is another's word than what is on the disk. */
static void its_links_stay_in_an_image(void **state)
{
	struct machine *m = *state;

	assert_found(m, "sdb1:/isos/x.iso/live/absolute", NULL, KB_TREE_FILE,
		     "sdb1:/isos/x.iso/live/vmlinuz", "RUN/iso/sdb1/isos!x.iso/live/vmlinuz");
	assert_found(m, "sdb1:/isos/x.iso/live/top", NULL, KB_TREE_DIR, "sdb1:/isos/x.iso",
		     "RUN/iso/sdb1/isos!x.iso");
	assert_fails(m, "sdb1:/isos/x.iso/live/up", -ENOENT,
		     "sdb1:/isos/x.iso/bzImage: there is no such file or directory");
}

static void what_is_no_image_is_not_gone_into(void **state)
{
	struct machine *m = *state;

	assert_fails(m, "sdb1:/bzImage/x", -ENOTDIR, "sdb1:/bzImage: not a directory");
	assert_fails(m, "sdb1:/isos/x.iso/inner.iso/x", -ENOTDIR,
		     "sdb1:/isos/x.iso/inner.iso: an image inside an image is not opened");
}

static void an_image_that_cannot_be_mounted_is_a_sentence(void **state)
{
	struct machine *m = *state;

	fake_sys_fail(m->fake, FAKE_FILE_DISK, 1, ENOENT);
	assert_fails(m, "sdb1:/isos/x.iso/live", -ENOENT,
		     "sdb1:/isos/x.iso: there is no loop device for it: No such file or directory");
	fake_sys_fail(m->fake, FAKE_MOUNT, 1, EIO);
	assert_fails(m, "sdb1:/isos/x.iso/live", -EIO,
		     "sdb1:/isos/x.iso cannot be mounted: Input/output error");
	fake_sys_fail(m->fake, FAKE_MOUNT, 0, 0);
	assert_found(m, "sdb1:/isos/x.iso/live", NULL, KB_TREE_DIR, "sdb1:/isos/x.iso/live",
		     "RUN/iso/sdb1/isos!x.iso/live");
}

static void a_simulation_mounts_none(void **state)
{
	struct machine *m = *state;

	machine_stop(m);
	m->options.no_network = true;
	machine_start(m);
	assert_fails(m, "sdb1:/isos/x.iso/live", -ENOTDIR,
		     "sdb1:/isos/x.iso: a simulation mounts nothing (a folder of that name may "
		     "stand for the image)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_leads_into_an_image),
		TEST(the_image_itself_is_a_file_and_to_be_in_it_a_folder),
		TEST(one_goes_on_from_inside),
		TEST(its_links_stay_in_an_image),
		TEST(what_is_no_image_is_not_gone_into),
		TEST(an_image_that_cannot_be_mounted_is_a_sentence),
		TEST(a_simulation_mounts_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
