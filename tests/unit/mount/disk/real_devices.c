/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "real.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { PARTITION_START = 1 << 20, PARTITION_BYTES = 60 << 20 };

/* An MBR whose only partition begins at 1 MiB; signature 12345678. */
static void write_mbr(const char *file)
{
	static const unsigned char entry[16] = {0, 0, 0, 0, 0x83, 0,    0, 0,
						0, 8, 0, 0, 0,    0xe0, 1, 0};

	image_patch(file, 440, "\x78\x56\x34\x12", 4);
	image_patch(file, 446, entry, sizeof(entry));
	image_patch(file, 510, "\x55\xaa", 2);
}

static void assert_partition(struct real *f, const char *partuuid, const char *partlabel)
{
	struct loop_disk disk;
	struct kb_device device;
	struct kb_mount mount;
	char name[64];

	real_attach(&disk, f->image);
	assert_int_equal(loop_disk_add_partition(&disk, PARTITION_START, PARTITION_BYTES), 0);
	(void)snprintf(name, sizeof(name), "%sp1", disk.name);
	device = real_probe(f, name);
	assert_string_equal(device.fstype, "ext4");
	assert_string_equal(device.partuuid, partuuid);
	if (partlabel) {
		assert_string_equal(device.partlabel, partlabel);
	} else {
		assert_null(device.partlabel);
	}
	real_mount(f, name, false, &mount);
	assert_string_equal(mount.tree.name, name);
	kb_mount_done(&mount);
	assert_null(real_probe(f, disk.name).partuuid);
	loop_disk_close(&disk);
}

static void make_partition_content(const struct real *f)
{
	const char *const argv[] = {"mkfs.ext4",      "-F",     "-q",  "-E",
				    "offset=1048576", f->image, "60M", NULL};

	assert_int_equal(run_tool(argv), 0);
}

static void test_mbr(void **state)
{
	struct real *f = *state;

	image_create(f->image, 64 << 20);
	make_partition_content(f);
	write_mbr(f->image);
	assert_partition(f, "12345678-01", NULL);
}

static void test_gpt(void **state)
{
	struct real *f = *state;
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
static void test_unmount_all_keeps_lone_loop(void **state)
{
	struct real *f = *state;
	KB_BUF struct kb_buf left = {0};
	struct loop_disk disk;
	struct kb_mount mount;
	unsigned busy = 99;

	real_make(f);
	real_attach(&disk, f->image);
	real_mount(f, disk.name, false, &mount);
	assert_int_equal(kb_unmount_all(&kb_sys_linux, "/proc/self/mountinfo", &busy, &f->err), 0);
	assert_int_equal(busy, 0);
	read_mountinfo(&left);
	assert_non_null(strstr(left.data, mount.target));
	kb_mount_done(&mount);
	loop_disk_close(&disk);
}

/* A disk, a disk image on it, and what a chroot has: all of it goes, the system's own stays. */
static void test_unmount_all(void **state)
{
	struct real *f = *state;
	KB_BUF struct kb_buf left = {0};
	struct loop_disk outer;
	struct loop_disk inner;
	struct kb_mount lower;
	struct kb_mount upper;
	char path[1200];
	unsigned busy = 99;

	assert_int_equal(ram_disk_open(&outer, 64 << 20), 0);
	(void)snprintf(path, sizeof(path), "/dev/%s", outer.name);
	make_ext4(path);
	real_mount(f, outer.name, true, &lower);
	(void)snprintf(path, sizeof(path), "%s/inner", lower.target);
	image_create(path, 8 << 20);
	make_ext4(path);
	real_attach(&inner, path);
	real_mount(f, inner.name, false, &upper);
	(void)snprintf(path, sizeof(path), "%s/proc", lower.target);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mount("proc", path, "proc", 0, NULL), 0);
	(void)kb_close(lower.tree.root_fd);
	(void)kb_close(upper.tree.root_fd);
	loop_disk_close(&inner); /* detaches itself when it is unmounted */

	assert_int_equal(kb_unmount_all(&kb_sys_linux, "/proc/self/mountinfo", &busy, &f->err), 0);
	assert_int_equal(busy, 0);
	read_mountinfo(&left);
	assert_null(strstr(left.data, f->dir.path));
	assert_non_null(strstr(left.data, " /proc "));
	ram_disk_close(&outer);
}

int real_run_partitions(void)
{
	const struct CMUnitTest tests[] = {REAL_TEST(test_mbr), REAL_TEST(test_gpt)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int real_run_unmount_all(void)
{
	const struct CMUnitTest tests[] = {
		REAL_TEST(test_unmount_all_keeps_lone_loop),
		REAL_TEST(test_unmount_all),
	};

	if (access("/sys/class/zram-control/hot_add", R_OK) < 0) {
		(void)printf("skipped: no zram\n");
		return REAL_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
