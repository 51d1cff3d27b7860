/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/scan/block.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "temp_dir.h"

enum { TEXT_BYTES = 4096 };

struct listing {
	char text[TEXT_BYTES];
	size_t used;
	size_t count;
};

static void append(struct listing *l, const char *word)
{
	int n = snprintf(l->text + l->used, sizeof(l->text) - l->used, "%s\n", word);

	assert_true(n > 0 && (size_t)n < sizeof(l->text) - l->used);
	l->used += (size_t)n;
}

static int list_name(void *ctx, const struct kb_block *block)
{
	append(ctx, block->name);
	return 0;
}

static int count_block(void *ctx, const struct kb_block *block)
{
	struct listing *l = ctx;

	assert_true(block->size_bytes > 0);
	assert_true(block->name[0] != '\0' && block->order[0] != '\0');
	l->count++;
	return 0;
}

static int stop_at_second(void *ctx, const struct kb_block *block)
{
	struct listing *l = ctx;

	(void)block;
	return ++l->count == 2 ? -ECANCELED : 0;
}

static int open_pc(void)
{
	int fd = open(KB_FIXTURES "/sysfs-pc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void test_pc_in_bus_order(void **state)
{
	struct listing l = {0};
	KB_CLOSE int fd = open_pc();

	(void)state;
	assert_int_equal(kb_scan_enumerate(fd, list_name, &l, NULL), 0);
	assert_string_equal(l.text, "cciss/c0d0\n"
				    "cciss/c0d0p1\n"
				    "sda\n"
				    "sda1\n"
				    "sdb\n"
				    "sdb1\n"
				    "sdb2\n"
				    "sdb10\n"
				    "sr1\n"
				    "sdc\n"
				    "nvme0n1\n"
				    "nvme0n1p1\n"
				    "nvme0n1p2\n"
				    "mmcblk1\n"
				    "mmcblk1p1\n"
				    "dm-2\n"
				    "dm-10\n"
				    "md127\n");
}

static void test_facts(void **state)
{
	struct kb_block b;
	KB_CLOSE int fd = open_pc();

	(void)state;
	assert_int_equal(kb_scan_block(fd, "sda", &b), 0);
	assert_true(b.removable && b.has_partitions);
	assert_string_equal(b.bus, "usb");
	assert_int_equal(b.size_bytes, 30031872ULL * 512);
	assert_int_equal(kb_scan_block(fd, "sda1", &b), 0);
	assert_true(b.removable && !b.has_partitions);
	assert_string_equal(b.bus, "usb");
	assert_int_equal(kb_scan_block(fd, "sdb", &b), 0);
	assert_true(!b.removable && b.has_partitions);
	assert_string_equal(b.bus, "ata");
	assert_int_equal(kb_scan_block(fd, "sdc", &b), 0);
	assert_false(b.has_partitions);
	assert_int_equal(b.diskseq, 0); /* as on a kernel without such numbers */
}

/* A partition has the number of its disk. */
static void test_number_of_the_disk(void **state)
{
	struct temp_dir d;
	struct kb_block b;

	(void)state;
	temp_dir_init(&d);
	temp_dir_text(&d, "devices/block/sda/size", "2048\n");
	temp_dir_text(&d, "devices/block/sda/diskseq", "17\n");
	temp_dir_text(&d, "devices/block/sda/sda1/size", "2048\n");
	temp_dir_text(&d, "devices/block/sda/sda1/partition", "1\n");
	temp_dir_symlink(&d, "class/block/sda", "../../devices/block/sda");
	temp_dir_symlink(&d, "class/block/sda1", "../../devices/block/sda/sda1");
	assert_int_equal(kb_scan_block(d.fd, "sda", &b), 0);
	assert_int_equal(b.diskseq, 17);
	assert_int_equal(kb_scan_block(d.fd, "sda1", &b), 0);
	assert_int_equal(b.diskseq, 17);
	temp_dir_done(&d);
}

static void test_name_with_slash(void **state)
{
	struct kb_block b;
	KB_CLOSE int fd = open_pc();

	(void)state;
	assert_int_equal(kb_scan_block(fd, "cciss/c0d0p1", &b), 0);
	assert_string_equal(b.name, "cciss/c0d0p1");
	assert_int_equal(kb_scan_block(fd, "cciss!c0d0", &b), 0);
	assert_string_equal(b.name, "cciss/c0d0");
	assert_true(b.has_partitions);
}

static void test_not_shown(void **state)
{
	static const char *const names[] = {
		"loop0",     "ram0", "zram0", "fd0",    "nbd0",   "sr0",    "sdd",
		"nvme0c0n1", "",     ".",     "..",     "../sda", "sda/..", "sda/../../class",
		"sdz",       "sd a", "sda\n", "\033[2J"};
	struct kb_block b = {.name = "untouched"};
	KB_CLOSE int fd = open_pc();

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		assert_int_equal(kb_scan_block(fd, names[i], &b), -ENOENT);
	}
	assert_string_equal(b.name, "untouched");
}

static void test_long_name(void **state)
{
	char name[300];
	struct kb_block b;
	KB_CLOSE int fd = open_pc();

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(kb_scan_block(fd, name, &b), -ENOENT);
}

static void test_callback_stops(void **state)
{
	struct listing l = {0};
	KB_CLOSE int fd = open_pc();

	(void)state;
	assert_int_equal(kb_scan_enumerate(fd, stop_at_second, &l, NULL), -ECANCELED);
	assert_int_equal(l.count, 2);
}

/* Links, sizes and folders that no kernel makes: none of them may show or stop the rest. */
static void test_hostile_tree(void **state)
{
	struct temp_dir d;
	struct listing l = {0};

	(void)state;
	temp_dir_init(&d);
	temp_dir_text(&d, "outside/size", "100\n");
	temp_dir_symlink(&d, "sys/class/block/sda", "../../../outside");
	temp_dir_symlink(&d, "sys/class/block/sdb", "sdb");
	temp_dir_symlink(&d, "sys/class/block/sdc", "/etc");
	temp_dir_text(&d, "sys/class/block/sdd/size", "lots\n");
	temp_dir_text(&d, "sys/class/block/sde/size", "18446744073709551615\n");
	temp_dir_text(&d, "sys/class/block/sdf/size", "99999999999999999999999\n");
	temp_dir_text(&d, "sys/class/block/sdg/size", "-1\n");
	temp_dir_mkdir(&d, "sys/class/block/sdh/size");
	temp_dir_symlink(&d, "sys/class/block/sdi/size", "/dev/zero");
	temp_dir_text(&d, "sys/class/block/sdj", "a file");
	temp_dir_text(&d, "sys/class/block/sdk/size", "8\n");
	temp_dir_text(&d, "sys/class/block/sdk/sdk1/partition", "1\n");
	temp_dir_text(&d, "sys/class/block/sd\033[2J/size", "8\n");
	{
		KB_CLOSE int fd = openat(d.fd, "sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		assert_int_equal(kb_scan_enumerate(fd, list_name, &l, NULL), 0);
	}
	assert_string_equal(l.text, "sdk\n");
	temp_dir_done(&d);
}

/* The snapshots that mount makes are no disks of the machine's; other device-mapper devices are. */
static void test_own_snapshot(void **state)
{
	struct temp_dir d;
	struct listing l = {0};

	(void)state;
	temp_dir_init(&d);
	temp_dir_text(&d, "class/block/dm-0/size", "2048\n");
	temp_dir_text(&d, "class/block/dm-0/dm/uuid", "KBOOT-8:2\n");
	temp_dir_text(&d, "class/block/dm-1/size", "2048\n");
	temp_dir_text(&d, "class/block/dm-1/dm/uuid", "LVM-abc\n");
	temp_dir_text(&d, "class/block/dm-2/size", "2048\n");
	temp_dir_text(&d, "class/block/dm-2/dm/uuid", "\n");
	assert_int_equal(kb_scan_enumerate(d.fd, list_name, &l, NULL), 0);
	assert_string_equal(l.text, "dm-1\ndm-2\n");
	temp_dir_done(&d);
}

static void test_no_sysfs(void **state)
{
	struct temp_dir d;
	struct listing l = {0};
	struct kb_error err;

	(void)state;
	temp_dir_init(&d);
	assert_int_equal(kb_scan_enumerate(d.fd, list_name, &l, &err), -ENOENT);
	assert_string_equal(err.text,
			    "cannot list the block devices in sysfs: No such file or directory");
	temp_dir_done(&d);
}

static void test_too_many(void **state)
{
	struct temp_dir d;
	struct listing l = {0};
	struct kb_error err;

	(void)state;
	temp_dir_init(&d);
	for (int i = 0; i <= KB_SCAN_MAX_DEVICES; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "class/block/vd%d/size", i);
		temp_dir_text(&d, path, "2048\n");
	}
	assert_int_equal(kb_scan_enumerate(d.fd, count_block, &l, &err), -E2BIG);
	assert_int_equal(l.count, KB_SCAN_MAX_DEVICES);
	assert_string_equal(err.text,
			    "there are more than 1024 block devices; the rest is left out");
	temp_dir_done(&d);
}

static void test_this_machine(void **state)
{
	struct listing l = {0};
	KB_CLOSE int fd = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	if (fd < 0 || faccessat(fd, "class/block", F_OK, 0) < 0) {
		skip();
	}
	assert_int_equal(kb_scan_enumerate(fd, count_block, &l, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pc_in_bus_order),    cmocka_unit_test(test_facts),
		cmocka_unit_test(test_name_with_slash),    cmocka_unit_test(test_not_shown),
		cmocka_unit_test(test_long_name),          cmocka_unit_test(test_callback_stops),
		cmocka_unit_test(test_hostile_tree),       cmocka_unit_test(test_no_sysfs),
		cmocka_unit_test(test_own_snapshot),       cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_number_of_the_disk), cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
