/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "order.h"

#include <stdio.h>
#include <string.h>

#define PCI "../../devices/pci0000:00/"

static void key(const char *link, const char *name, uint64_t partition, char out[static 160])
{
	kb_scan_order(link, name, partition, out, 160);
}

/* a comes before b. */
static void assert_before(const char *a_link, const char *a_name, uint64_t a_part,
			  const char *b_link, const char *b_name, uint64_t b_part)
{
	char a[160];
	char b[160];

	key(a_link, a_name, a_part, a);
	key(b_link, b_name, b_part, b);
	if (strcmp(a, b) >= 0) {
		fail_msg("%s is not before %s", a, b);
	}
}

static void test_numbers(void **state)
{
	(void)state;
	assert_before(PCI "0000:00:02.0/virtio1/block/vda", "vda", 0,
		      PCI "0000:00:1f.0/virtio0/block/vdb", "vdb", 0);
	assert_before(PCI "0000:00:1f.2/ata9/host8/target8:0:0/8:0:0:0/block/sdb", "sdb", 0,
		      PCI "0000:00:1f.2/ata10/host9/target9:0:0/9:0:0:0/block/sda", "sda", 0);
	assert_before("../../devices/virtual/block/dm-9", "dm-9", 0,
		      "../../devices/virtual/block/dm-10", "dm-10", 0);
}

static void test_partitions(void **state)
{
	const char *disk = PCI "0000:00:02.0/virtio1/block/vda";

	(void)state;
	assert_before(disk, "vda", 0, PCI "0000:00:02.0/virtio1/block/vda/vda1", "vda1", 1);
	assert_before(PCI "0000:00:02.0/virtio1/block/vda/vda2", "vda2", 2,
		      PCI "0000:00:02.0/virtio1/block/vda/vda10", "vda10", 10);
	assert_before(PCI "0000:00:02.0/virtio1/block/vda/vda10", "vda10", 10,
		      PCI "0000:00:03.0/virtio0/block/vdb", "vdb", 0);
}

/* The same hardware at two boots: other host numbers, other names, the same keys up to the name. */
static void test_same_at_every_boot(void **state)
{
	char first[160];
	char second[160];

	(void)state;
	key(PCI "0000:00:14.0/usb1/1-2/1-2:1.0/host4/target4:0:0/4:0:0:1/block/sdx/sdx1", "sdx1", 1,
	    first);
	key(PCI "0000:00:14.0/usb3/1-2/1-2:1.0/host12/target12:0:0/12:0:0:1/block/sdx/sdx1", "sdx1",
	    1, second);
	assert_string_equal(first, second);
	assert_non_null(strstr(first, "0014.0000"));
	assert_null(strstr(first, "host"));
}

static void test_units_of_one_device(void **state)
{
	(void)state;
	assert_before(PCI "0000:00:14.0/usb1/1-2/1-2:1.0/host4/target4:0:0/4:0:0:0/block/sdb",
		      "sdb", 0,
		      PCI "0000:00:14.0/usb1/1-2/1-2:1.0/host4/target4:0:0/4:0:0:1/block/sda",
		      "sda", 0);
}

static void test_long_path(void **state)
{
	char link[2048] = "../../devices/";
	char disk[160];
	char part[160];
	size_t used = strlen(link);

	(void)state;
	for (int i = 0; i < 100; i++) {
		used += (size_t)snprintf(link + used, sizeof(link) - used, "0000:0a:1c.5/");
	}
	used += (size_t)snprintf(link + used, sizeof(link) - used, "block/sda");
	key(link, "sda", 0, disk);
	(void)snprintf(link + used, sizeof(link) - used, "/sda2");
	key(link, "sda2", 2, part);
	assert_true(strlen(part) < 160);
	assert_non_null(strstr(disk, "/sda/00000"));
	assert_non_null(strstr(part, "/sda/00002"));
	assert_true(strcmp(disk, part) < 0);
}

static void test_without_link(void **state)
{
	char a[160];

	(void)state;
	key("", "sda1", 1, a);
	assert_string_equal(a, "/sda0001/00001");
	key("devices/", "sda", 0, a);
	assert_string_equal(a, "/sda/00000");
	key("../../devices/x", "x", 0, a);
	assert_string_equal(a, "/x/00000");
	key("../../devices//////sda", "sda", 7, a);
	assert_true(strlen(a) < 160);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_same_at_every_boot),
		cmocka_unit_test(test_units_of_one_device),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_without_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
