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
#include "kboot/mount/device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kboot/scan/block.h"
#include "loop_disk.h"
#include "temp_dir.h"

enum { SKIPPED = 77, ARGS_MAX = 12, PARTITION_START = 1 << 20, PARTITION_BYTES = 60 << 20 };

struct fixture {
	struct temp_dir dir;
	struct kb_mount_options options;
	char work_dir[96];
	char image[96];
	char copy[96];
	char pristine[96];
	struct kb_error err;
	struct kb_arena arena;
};

struct recipe {
	const char *fstype;
	off_t size_bytes;
	const char *mkfs[ARGS_MAX]; /* the image is added */
};

static const struct recipe recipes[] = {
	{"ext4", 64 << 20, {"mkfs.ext4", "-F", "-q", "-O", "^metadata_csum"}},
	{"xfs", 320 << 20, {"mkfs.xfs", "-f", "-q"}},
	{"btrfs", 160 << 20, {"mkfs.btrfs", "-f", "-q"}},
};

static const struct recipe *recipe; /* of the case that runs */

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	temp_dir_init(&f.dir);
	(void)snprintf(f.work_dir, sizeof(f.work_dir), "%s/mnt", f.dir.path);
	(void)snprintf(f.image, sizeof(f.image), "%s/image", f.dir.path);
	(void)snprintf(f.copy, sizeof(f.copy), "%s/copy", f.dir.path);
	(void)snprintf(f.pristine, sizeof(f.pristine), "%s/pristine", f.dir.path);
	f.options = (struct kb_mount_options){"/dev", f.work_dir, false};
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

static void make_filesystem(const struct fixture *f, const struct recipe *from)
{
	const char *argv[ARGS_MAX + 2] = {0};
	size_t n = 0;

	image_create(f->image, from->size_bytes);
	while (from->mkfs[n]) {
		argv[n] = from->mkfs[n];
		n++;
	}
	argv[n] = f->image;
	assert_int_equal(run_tool(argv), 0);
}

/* What scan says of the device that mount is to open: the two belong together. */
static struct kb_device probe(struct fixture *f, const char *name)
{
	struct kb_block block = {.size_bytes = 1};
	struct kb_device device = {0};
	char path[64];
	KB_CLOSE int fd = -1;

	(void)snprintf(path, sizeof(path), "/dev/%s", name);
	(void)snprintf(block.name, sizeof(block.name), "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(kb_scan_probe(&f->arena, fd, &block, &device, &f->err), 0);
	return device;
}

static void attach(struct loop_disk *disk, const char *file)
{
	assert_int_equal(loop_disk_open(disk, file), 0);
}

static void mount_ok(struct fixture *f, const char *name, bool read_write, struct kb_mount *mount)
{
	struct kb_device device = probe(f, name);
	int r;

	f->options.read_write = read_write;
	r = kb_mount_device(&kb_sys_linux, &device, &f->options, mount, &f->err);
	if (r < 0) {
		fail_msg("%s", f->err.text);
	}
}

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
static void make_dirty(struct fixture *f)
{
	struct loop_disk disk;
	struct kb_mount mount;

	make_filesystem(f, recipe);
	attach(&disk, f->image);
	mount_ok(f, disk.name, true, &mount);
	write_file(mount.tree.root_fd, "kept", "old");
	kb_mount_done(&mount);
	mount_ok(f, disk.name, true, &mount);
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

static void test_dirty_disk_is_not_written(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf text = {0};
	struct loop_disk disk;
	struct kb_mount mount;

	make_dirty(f);
	attach(&disk, f->copy);
	mount_ok(f, disk.name, false, &mount);
	assert_int_equal(kb_tree_read(&mount.tree, "/kept", 10, &text), 0);
	assert_string_equal(text.data, "old");
	assert_true(openat(mount.tree.root_fd, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
	assert_int_equal(errno, EROFS);
	kb_mount_done(&mount);
	loop_disk_close(&disk);
	assert_true(image_same(f->copy, f->pristine));
}

/* The image is dirty indeed: an ordinary read-only mount writes to it. */
static void test_control(void **state)
{
	struct fixture *f = *state;
	struct loop_disk disk;
	char path[64];

	make_dirty(f);
	attach(&disk, f->copy);
	(void)snprintf(path, sizeof(path), "/dev/%s", disk.name);
	assert_int_equal(mkdir(f->work_dir, 0700) < 0 && errno != EEXIST, 0);
	assert_int_equal(mount(path, f->work_dir, recipe->fstype, MS_RDONLY, NULL), 0);
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
	struct fixture *f = *state;
	struct loop_disk disk;
	struct kb_mount mount;

	make_dirty(f); /* for its finished filesystem: inode 12 is a file */
	memcpy(a, orphan, sizeof(orphan));
	memcpy(b, super, sizeof(super));
	a[4] = b[4] = f->image;
	assert_int_equal(run_tool(a), 0);
	assert_int_equal(run_tool(b), 0);
	image_copy(f->image, f->pristine);
	attach(&disk, f->image);
	mount_ok(f, disk.name, false, &mount);
	kb_mount_done(&mount);
	loop_disk_close(&disk);
	assert_true(image_same(f->image, f->pristine));
}

static void test_read_write(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf text = {0};
	struct loop_disk disk;
	struct kb_mount mount;

	make_filesystem(f, recipe);
	attach(&disk, f->image);
	mount_ok(f, disk.name, false, &mount); /* leaves the device read-only */
	kb_mount_done(&mount);
	mount_ok(f, disk.name, true, &mount);
	write_file(mount.tree.root_fd, "file", "text");
	kb_mount_done(&mount);
	mount_ok(f, disk.name, false, &mount);
	assert_int_equal(kb_tree_read(&mount.tree, "/file", 10, &text), 0);
	assert_string_equal(text.data, "text");
	kb_mount_done(&mount);
	loop_disk_close(&disk);
}

/* Somebody has it mounted read-write: we fail, and their device stays writable. */
static void test_in_use(void **state)
{
	struct fixture *f = *state;
	struct kb_device device;
	struct loop_disk disk;
	struct kb_mount theirs;
	struct kb_mount ours;

	make_filesystem(f, recipe);
	attach(&disk, f->image);
	mount_ok(f, disk.name, true, &theirs);
	device = probe(f, disk.name);
	f->options.read_write = false;
	if (kb_mount_device(&kb_sys_linux, &device, &f->options, &ours, &f->err) == 0) {
		kb_mount_done(&ours); /* btrfs shares */
	} else {
		write_file(theirs.tree.root_fd, "still", "writable");
		assert_int_equal(syncfs(theirs.tree.root_fd), 0);
	}
	kb_mount_done(&theirs);
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
	struct fixture *f = *state;

	make_filesystem(f, recipe);
	image_copy(f->image, f->pristine);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct kb_device device = {.fstype = "ext4"};
		struct loop_disk disk;
		struct kb_mount mount;

		image_copy(f->pristine, f->image);
		image_patch(f->image, 1024 + lies[i].offset, lies[i].value, 4);
		attach(&disk, f->image);
		(void)probe(f, disk.name);
		device.name = disk.name;
		if (kb_mount_device(&kb_sys_linux, &device, &f->options, &mount, &f->err) !=
		    -EUCLEAN) {
			fail_msg("%s: no -EUCLEAN", lies[i].what);
		}
		assert_non_null(strstr(f->err.text, "the ext4 filesystem on loop"));
		loop_disk_close(&disk);
	}
}

/* An MBR whose only partition begins at 1 MiB; signature 12345678. */
static void write_mbr(const char *file)
{
	static const unsigned char entry[16] = {0, 0, 0, 0, 0x83, 0,    0, 0,
						0, 8, 0, 0, 0,    0xe0, 1, 0};

	image_patch(file, 440, "\x78\x56\x34\x12", 4);
	image_patch(file, 446, entry, sizeof(entry));
	image_patch(file, 510, "\x55\xaa", 2);
}

static void assert_partition(struct fixture *f, const char *partuuid, const char *partlabel)
{
	struct loop_disk disk;
	struct kb_device device;
	struct kb_mount mount;
	char name[64];

	attach(&disk, f->image);
	assert_int_equal(loop_disk_add_partition(&disk, PARTITION_START, PARTITION_BYTES), 0);
	(void)snprintf(name, sizeof(name), "%sp1", disk.name);
	device = probe(f, name);
	assert_string_equal(device.fstype, "ext4");
	assert_string_equal(device.partuuid, partuuid);
	if (partlabel) {
		assert_string_equal(device.partlabel, partlabel);
	} else {
		assert_null(device.partlabel);
	}
	mount_ok(f, name, false, &mount);
	assert_string_equal(mount.tree.name, name);
	kb_mount_done(&mount);
	assert_null(probe(f, disk.name).partuuid);
	loop_disk_close(&disk);
}

static void make_partition_content(const struct fixture *f)
{
	const char *const argv[] = {"mkfs.ext4",      "-F",     "-q",  "-E",
				    "offset=1048576", f->image, "60M", NULL};

	assert_int_equal(run_tool(argv), 0);
}

static void test_mbr(void **state)
{
	struct fixture *f = *state;

	image_create(f->image, 64 << 20);
	make_partition_content(f);
	write_mbr(f->image);
	assert_partition(f, "12345678-01", NULL);
}

static void test_gpt(void **state)
{
	struct fixture *f = *state;
	char script[256];
	const char *const argv[] = {"sh", "-c", script, NULL};

	image_create(f->image, 64 << 20);
	(void)snprintf(script, sizeof(script),
		       "echo 'start=2048,size=122880,name=\"Root disk\","
		       "uuid=00112233-4455-6677-8899-AABBCCDDEEFF' | sfdisk -q -X gpt %s",
		       f->image);
	assert_int_equal(run_tool(argv), 0);
	make_partition_content(f);
	assert_partition(f, "00112233-4455-6677-8899-aabbccddeeff", "Root disk");
}

static void make_ext4(const char *path)
{
	const char *const argv[] = {"mkfs.ext4", "-F", "-q", path, NULL};

	assert_int_equal(run_tool(argv), 0);
}

static void read_mountinfo(struct kb_buf *text)
{
	KB_CLOSE int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);

	assert_int_equal(kb_read_all(fd, 1 << 20, text), 0);
}

/* A loop device whose file is not on a disk that is to go, as the stock kernel's modules are. */
static void test_undo_keeps_lone_loop(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf left = {0};
	struct loop_disk disk;
	struct kb_mount mount;
	unsigned busy = 99;

	make_filesystem(f, recipe);
	attach(&disk, f->image);
	mount_ok(f, disk.name, false, &mount);
	assert_int_equal(kb_mount_undo_all(&kb_sys_linux, "/proc/self/mountinfo", &busy, &f->err),
			 0);
	assert_int_equal(busy, 0);
	read_mountinfo(&left);
	assert_non_null(strstr(left.data, mount.target));
	kb_mount_done(&mount);
	loop_disk_close(&disk);
}

/* A disk, a disk image on it, and what a chroot has: all of it goes, the system's own stays. */
static void test_undo_all(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf left = {0};
	struct loop_disk outer;
	struct loop_disk inner;
	struct kb_mount lower;
	struct kb_mount upper;
	char path[160];
	unsigned busy = 99;

	assert_int_equal(ram_disk_open(&outer, 64 << 20), 0);
	(void)snprintf(path, sizeof(path), "/dev/%s", outer.name);
	make_ext4(path);
	mount_ok(f, outer.name, true, &lower);
	(void)snprintf(path, sizeof(path), "%s/inner", lower.target);
	image_create(path, 8 << 20);
	make_ext4(path);
	attach(&inner, path);
	mount_ok(f, inner.name, false, &upper);
	(void)snprintf(path, sizeof(path), "%s/proc", lower.target);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mount("proc", path, "proc", 0, NULL), 0);
	(void)kb_close(lower.tree.root_fd);
	(void)kb_close(upper.tree.root_fd);
	loop_disk_close(&inner); /* detaches itself when it is unmounted */

	assert_int_equal(kb_mount_undo_all(&kb_sys_linux, "/proc/self/mountinfo", &busy, &f->err),
			 0);
	assert_int_equal(busy, 0);
	read_mountinfo(&left);
	assert_null(strstr(left.data, f->dir.path));
	assert_non_null(strstr(left.data, " /proc "));
	ram_disk_close(&outer);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static int run_filesystem(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_control),
		TEST(test_dirty_disk_is_not_written),
		TEST(test_read_write),
		TEST(test_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_ext4_only(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_orphans_in_superblock),
		TEST(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_undo(void)
{
	const struct CMUnitTest tests[] = {TEST(test_undo_keeps_lone_loop), TEST(test_undo_all)};

	if (access("/sys/class/zram-control/hot_add", R_OK) < 0) {
		(void)printf("skipped: no zram\n");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_partitions(void)
{
	const struct CMUnitTest tests[] = {TEST(test_mbr), TEST(test_gpt)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

static bool has_driver(const char *fstype)
{
	KB_BUF struct kb_buf list = {0};
	KB_CLOSE int fd = open("/proc/filesystems", O_RDONLY | O_CLOEXEC);
	char line[64];

	(void)snprintf(line, sizeof(line), "\t%s\n", fstype);
	return fd >= 0 && kb_read_all(fd, 1 << 16, &list) == 0 && strstr(list.data, line);
}

/* Why this machine cannot run the case; NULL: it can. */
static const char *obstacle(const struct recipe *r)
{
	if (geteuid() != 0) {
		return "not root";
	}
	if (access("/dev/loop-control", R_OK | W_OK) < 0) {
		return "no loop devices";
	}
	if (!has_driver(r->fstype)) {
		return "no driver for the filesystem";
	}
	if (run_tool((const char *const[]){r->mkfs[0], "-V", NULL}) == 127 ||
	    run_tool((const char *const[]){"debugfs", "-V", NULL}) == 127 ||
	    run_tool((const char *const[]){"sfdisk", "-V", NULL}) == 127) {
		return "tools are missing (see scripts/packages)";
	}
	if (kb_sys_linux.unshare_mounts(NULL) < 0) {
		return "no mount namespace";
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		size_t recipe;
		int (*run)(void);
	} cases[] = {
		{"ext4", 0, run_filesystem},       {"xfs", 1, run_filesystem},
		{"btrfs", 2, run_filesystem},      {"ext4-only", 0, run_ext4_only},
		{"partitions", 0, run_partitions}, {"undo", 0, run_undo},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc == 2 && strcmp(argv[1], cases[i].name) == 0) {
			const char *why = obstacle(&recipes[cases[i].recipe]);

			if (why) {
				(void)printf("skipped: %s\n", why);
				return SKIPPED;
			}
			recipe = &recipes[cases[i].recipe];
			return cases[i].run();
		}
	}
	(void)fprintf(stderr, "usage: %s CASE\n", argv[0]);
	return 2;
}
