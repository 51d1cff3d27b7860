/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * Real filesystems on loop devices, in a mount namespace of our own. usage: PROGRAM CASE
 * Exit code 77 where this machine has no such privilege, tool or driver.
 */
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

static void write_file(int dir_fd, const char *name, const char *text)
{
	KB_CLOSE int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fsync(fd), 0);
}

/*
 * As after a power cut: files just written, one of them deleted but still open, everything in the
 * journal and nothing tidied up. f->copy and f->pristine get it.
 */
static void make_dirty(struct real *f)
{
	struct loop_disk disk;
	struct kb_mount mount;

	real_make(f);
	real_attach(&disk, f->image);
	real_mount(f, disk.name, true, &mount);
	write_file(mount.tree.root_fd, "kept", "old");
	kb_mount_done(&mount);
	real_mount(f, disk.name, true, &mount);
	{
		KB_CLOSE int orphan =
			openat(mount.tree.root_fd, "orphan", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

		assert_true(orphan >= 0);
		assert_int_equal(write(orphan, "x", 1), 1);
		assert_int_equal(unlinkat(mount.tree.root_fd, "orphan", 0), 0);
		write_file(mount.tree.root_fd, "new", "only in the journal");
		assert_int_equal(fsync(disk.fd), 0);
		image_copy(f->image, f->copy);
	}
	image_copy(f->copy, f->pristine);
	kb_mount_done(&mount);
	loop_disk_close(&disk);
}

/* A filesystem in memory on a folder of the mount, with a file in it. */
static int mount_inside(const struct kb_mount *on, const char *folder)
{
	char path[2 * KB_MOUNT_TARGET_BYTES];
	KB_CLOSE int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/%s", on->target, folder);
	if (mount("tmpfs", path, "tmpfs", 0, NULL) < 0) {
		return -errno;
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	write_file(fd, "proof", "");
	return 0;
}

static int unmount_inside(const struct kb_mount *on, const char *folder)
{
	char path[2 * KB_MOUNT_TARGET_BYTES];

	(void)snprintf(path, sizeof(path), "%s/%s", on->target, folder);
	return umount2(path, 0) < 0 ? -errno : 0;
}

static void test_dirty_disk_is_not_written(void **state)
{
	struct real *f = *state;
	KB_BUF struct kb_buf text = {0};
	struct loop_disk disk;
	struct kb_mount mount;

	make_dirty(f);
	real_attach(&disk, f->copy);
	real_mount(f, disk.name, false, &mount);
	assert_int_equal(kb_tree_read(&mount.tree, "/kept", 10, &text), 0);
	assert_string_equal(text.data, "old");
	/* Where this machine has device-mapper, the journal is replayed; the disk stays as it is.
	 */
	if (strstr(mount.note, "was replayed in memory")) {
		assert_int_equal(kb_tree_has_file(&mount.tree, "/new"), 0);
	} else {
		assert_non_null(strstr(mount.note, "could not be replayed in memory (no "));
	}
	assert_true(openat(mount.tree.root_fd, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
	assert_int_equal(errno, EROFS);
	kb_mount_done(&mount);
	loop_disk_close(&disk);
	assert_true(image_same(f->copy, f->pristine));
}

/* The image is dirty indeed: an ordinary read-only mount writes to it. */
static void test_control(void **state)
{
	struct real *f = *state;
	struct loop_disk disk;
	char path[64];

	make_dirty(f);
	real_attach(&disk, f->copy);
	(void)snprintf(path, sizeof(path), "/dev/%s", disk.name);
	assert_int_equal(mkdir(f->work_dir, 0700) < 0 && errno != EEXIST, 0);
	assert_int_equal(mount(path, f->work_dir, f->recipe->fstype, MS_RDONLY, NULL), 0);
	assert_int_equal(umount2(f->work_dir, 0), 0);
	loop_disk_close(&disk);
	assert_false(image_same(f->copy, f->pristine));
}

/* Orphans in the superblock are tidied up on a read-only mount, with noload too, unless the device
 * itself is read-only. */
static void test_orphans_in_superblock(void **state)
{
	const char *const orphan[] = {"debugfs", "-w", "-R", "set_inode_field <12> links_count 0",
				      "",        NULL};
	const char *const super[] = {"debugfs", "-w", "-R", "set_super_value last_orphan 12",
				     "",        NULL};
	const char *a[7];
	const char *b[7];
	struct real *f = *state;
	struct loop_disk disk;
	struct kb_mount mount;

	make_dirty(f); /* for its finished filesystem: inode 12 is a file */
	memcpy(a, orphan, sizeof(orphan));
	memcpy(b, super, sizeof(super));
	a[4] = b[4] = f->image;
	assert_int_equal(run_tool(a), 0);
	assert_int_equal(run_tool(b), 0);
	image_copy(f->image, f->pristine);
	real_attach(&disk, f->image);
	real_mount(f, disk.name, false, &mount);
	kb_mount_done(&mount);
	loop_disk_close(&disk);
	assert_true(image_same(f->image, f->pristine));
}

static void test_read_write(void **state)
{
	struct real *f = *state;
	KB_BUF struct kb_buf text = {0};
	struct loop_disk disk;
	struct kb_mount mount;

	real_make(f);
	real_attach(&disk, f->image);
	real_mount(f, disk.name, false, &mount); /* leaves the device read-only */
	kb_mount_done(&mount);
	real_mount(f, disk.name, true, &mount);
	write_file(mount.tree.root_fd, "file", "text");
	kb_mount_done(&mount);
	real_mount(f, disk.name, false, &mount);
	assert_int_equal(kb_tree_read(&mount.tree, "/file", 10, &text), 0);
	assert_string_equal(text.data, "text");
	kb_mount_done(&mount);
	loop_disk_close(&disk);
}

static void assert_device_writable(const struct loop_disk *disk)
{
	int read_only = 1;

	assert_int_equal(ioctl(disk->fd, BLKROGET, &read_only), 0);
	assert_int_equal(read_only, 0);
}

/* Somebody has it mounted read-write: we see the same files, and their device stays writable. */
static void test_in_use(void **state)
{
	struct real *f = *state;
	struct loop_disk disk;
	struct kb_mount theirs;
	struct kb_mount ours;

	real_make(f);
	real_attach(&disk, f->image);
	real_mount(f, disk.name, true, &theirs);
	write_file(theirs.tree.root_fd, "file", "text");
	assert_int_equal(mkdirat(theirs.tree.root_fd, "inside", 0700), 0);
	assert_int_equal(mount_inside(&theirs, "inside"), 0);
	real_mount(f, disk.name, false, &ours);
	assert_device_writable(&disk);
	assert_int_equal(kb_tree_has_file(&ours.tree, "/file"), 0);
	assert_true(openat(ours.tree.root_fd, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
	assert_int_equal(errno, EROFS);
	/* What is mounted inside theirs is not on this device. */
	assert_int_equal(kb_tree_has_file(&theirs.tree, "/inside/proof"), 0);
	assert_int_equal(kb_tree_has_file(&ours.tree, "/inside/proof"), -ENOENT);
	kb_mount_done(&ours);
	write_file(theirs.tree.root_fd, "still", "writable");
	assert_int_equal(syncfs(theirs.tree.root_fd), 0);
	assert_int_equal(unmount_inside(&theirs, "inside"), 0);
	kb_mount_done(&theirs);
	loop_disk_close(&disk);
}

/* Mounted read-only by somebody: not to be made writable. */
static void test_not_for_writing(void **state)
{
	struct real *f = *state;
	struct kb_device device;
	struct loop_disk disk;
	struct kb_mount theirs;
	struct kb_mount ours;
	char expected[128];

	real_make(f);
	real_attach(&disk, f->image);
	real_mount(f, disk.name, false, &theirs);
	device = real_probe(f, disk.name);
	f->options.read_write = true;
	assert_int_equal(kb_mount_device(&kb_sys_linux, &device, &f->options, &ours, &f->err),
			 -EBUSY);
	(void)snprintf(expected, sizeof(expected),
		       "%s is mounted already, but not for writing; unmount it first", disk.name);
	assert_string_equal(f->err.text, expected);
	kb_mount_done(&theirs);
	loop_disk_close(&disk);
}

/* A folder of the prompt's: mounted there once, however often it is asked for. */
static void test_kept_on_target(void **state)
{
	struct real *f = *state;
	struct loop_disk disk;
	struct kb_mount first;
	struct kb_mount second;
	char link[64];
	KB_CLOSE int fd = -1;

	real_make(f);
	real_attach(&disk, f->image);
	temp_dir_mkdir(&f->dir, "here");
	fd = openat(f->dir.fd, "here", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	f->options.target = link;
	f->options.keep = true;
	real_mount(f, disk.name, false, &first);
	real_mount(f, disk.name, false, &second);
	assert_string_equal(second.target, first.target);
	kb_mount_done(&second);
	f->options.target = NULL;
	f->options.keep = false;
	real_mount(f, disk.name, false, &second);
	assert_string_not_equal(second.target, first.target);
	kb_mount_done(&second);
	assert_int_equal(umount2(first.target, 0), -1); /* its root is open: it is still mounted */
	(void)kb_close(first.tree.root_fd);
	assert_int_equal(umount2(first.target, 0), 0);
	assert_int_equal(umount2(first.target, 0), -1); /* and was mounted once */
	loop_disk_close(&disk);
}

static void assert_shows(struct real *f, const struct kb_device *device, const char *subvolume,
			 const char *options, const char *file)
{
	struct kb_mount mount;
	int r;

	f->options.subvolume = subvolume;
	f->options.options = options;
	r = kb_mount_device(&kb_sys_linux, device, &f->options, &mount, &f->err);
	if (r < 0) {
		fail_msg("%s", f->err.text);
	}
	assert_int_equal(kb_tree_has_file(&mount.tree, file), 0);
	kb_mount_done(&mount);
}

/* Each subvolume as itself, also beside a mount of another one. */
static void test_subvolumes(void **state)
{
	struct real *f = *state;
	struct kb_device device;
	struct loop_disk disk;
	struct kb_mount whole;
	struct kb_mount none;
	char path[2 * KB_MOUNT_TARGET_BYTES];
	const char *const argv[] = {"btrfs", "-q", "subvolume", "create", path, NULL};

	real_make(f);
	real_attach(&disk, f->image);
	real_mount(f, disk.name, true, &whole);
	write_file(whole.tree.root_fd, "top", "");
	(void)snprintf(path, sizeof(path), "%s/@", whole.target);
	assert_int_equal(run_tool(argv), 0);
	write_file(whole.tree.root_fd, "@/sub", "");
	device = real_probe(f, disk.name);
	f->options.read_write = false;
	for (int mounted = 1; mounted >= 0; mounted--) {
		assert_shows(f, &device, NULL, NULL, "/top");
		assert_shows(f, &device, "@", NULL, "/sub");
		assert_shows(f, &device, "/@", NULL, "/sub");
		assert_shows(f, &device, NULL, "subvolid=256", "/sub");
		assert_shows(f, &device, NULL, "degraded,nosuchword", "/top");
		f->options.subvolume = "@home";
		assert_int_equal(kb_mount_device(&kb_sys_linux, &device, &f->options, &none,
						 &f->err),
				 -ENOENT);
		assert_non_null(strstr(f->err.text, " has no subvolume @home"));
		if (mounted) {
			kb_mount_done(&whole);
		}
	}
	loop_disk_close(&disk);
}

/* Superblocks that claim what cannot be: one sentence each, soon, and the machine lives on. */
static void test_lies(void **state)
{
	static const struct {
		const char *what;
		off_t offset; /* in the superblock */
		unsigned char value[4];
	} lies[] = {
		{"blocks", 4, {0xff, 0xff, 0xff, 0xff}},
		{"first data block", 20, {0xff, 0xff, 0xff, 0x7f}},
		{"block size", 24, {60, 0, 0, 0}},
		{"block size", 24, {0xff, 0xff, 0xff, 0xff}},
		{"blocks a group", 32, {0, 0, 0, 0}},
		{"blocks a group", 32, {0xff, 0xff, 0xff, 0xff}},
		{"inodes a group", 40, {0, 0, 0, 0}},
		{"inodes a group", 40, {0xff, 0xff, 0xff, 0xff}},
		{"inode size", 88, {3, 0, 0, 0}},
		{"features", 96, {0, 0, 0, 0x80}},
	};
	struct real *f = *state;

	real_make(f);
	image_copy(f->image, f->pristine);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct kb_device device = {.fstype = "ext4"};
		struct loop_disk disk;
		struct kb_mount mount;

		image_copy(f->pristine, f->image);
		image_patch(f->image, 1024 + lies[i].offset, lies[i].value, 4);
		real_attach(&disk, f->image);
		(void)real_probe(f, disk.name);
		device.name = disk.name;
		if (kb_mount_device(&kb_sys_linux, &device, &f->options, &mount, &f->err) !=
		    -EUCLEAN) {
			fail_msg("%s: no -EUCLEAN", lies[i].what);
		}
		assert_non_null(strstr(f->err.text, "the ext4 filesystem on loop"));
		loop_disk_close(&disk);
	}
}

static int run_filesystem(void)
{
	const struct CMUnitTest tests[] = {
		REAL_TEST(test_control),         REAL_TEST(test_dirty_disk_is_not_written),
		REAL_TEST(test_read_write),      REAL_TEST(test_in_use),
		REAL_TEST(test_not_for_writing), REAL_TEST(test_kept_on_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_btrfs_only(void)
{
	const struct CMUnitTest tests[] = {REAL_TEST(test_subvolumes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_ext4_only(void)
{
	const struct CMUnitTest tests[] = {
		REAL_TEST(test_orphans_in_superblock),
		REAL_TEST(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		const char *fstype;
		int (*run)(void);
	} cases[] = {
		{"ext4", "ext4", run_filesystem},
		{"xfs", "xfs", run_filesystem},
		{"btrfs", "btrfs", run_filesystem},
		{"ext4-only", "ext4", run_ext4_only},
		{"btrfs-only", "btrfs", run_btrfs_only},
		{"partitions", "ext4", real_run_partitions},
		{"unmount-all", "ext4", real_run_unmount_all},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		if (argc == 2 && strcmp(argv[1], cases[i].name) == 0) {
			const char *why = real_choose(cases[i].fstype);

			if (why) {
				(void)printf("skipped: %s\n", why);
				return REAL_SKIPPED;
			}
			return cases[i].run();
		}
	}
	(void)fprintf(stderr, "usage: %s CASE\n", argv[0]);
	return 2;
}
