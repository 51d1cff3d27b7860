/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that are made of others, on sysfs trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kboot/scan/block.h"
#include "temp_dir.h"

#define SATA  "devices/pci0000:00/0000:00:1f.2/ata%d/host%d/target%d:0:0/%d:0:0:0/block/"
#define GROUP "01234567890123456789012345678901"
#define LV    "LVM-" GROUP "abcdefghijklmnopqrstuvwxyzabcdef"

static void put(struct temp_dir *d, const char *folder, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	temp_dir_text(d, path, text);
}

static void link_class(struct temp_dir *d, const char *path)
{
	char link[64];
	char target[256];

	(void)snprintf(link, sizeof(link), "class/block/%s", strrchr(path, '/') + 1);
	(void)snprintf(target, sizeof(target), "../../%s", path);
	temp_dir_symlink(d, link, target);
}

/* sda is on the first port, sdb on the second, … */
static void add_disk(struct temp_dir *d, const char *name)
{
	int port = name[2] - 'a' + 1;
	char path[256];

	(void)snprintf(path, sizeof(path), SATA "%s", port, port, port, port, name);
	put(d, path, "size", "2048\n");
	put(d, path, "removable", "0\n");
	link_class(d, path);
}

static void add_virtual(struct temp_dir *d, const char *name, const char *mapper, const char *uuid,
			const char *const *slaves)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "devices/virtual/block/%s", name);
	put(d, path, "size", "2048\n");
	put(d, path, "removable", "0\n");
	if (mapper) {
		put(d, path, "dm/name", mapper);
		put(d, path, "dm/uuid", uuid);
	}
	for (; *slaves; slaves++) {
		char slave[64];

		(void)snprintf(slave, sizeof(slave), "slaves/%s/size", *slaves);
		put(d, path, slave, "1\n");
	}
	link_class(d, path);
}

#define SLAVES(...)                                                                                \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static void volume_has_the_names_that_people_use(void **state)
{
	struct temp_dir d;
	struct kb_block b;

	(void)state;
	temp_dir_init(&d);
	add_disk(&d, "sda");
	add_virtual(&d, "dm-3", "my--group-the--root\n", LV "\n", SLAVES("sda"));
	add_virtual(&d, "dm-4", "luks-1\n", "CRYPT-LUKS2-1-luks-1\n", SLAVES("sda"));
	assert_int_equal(kb_scan_block(d.fd, "dm-3", &b), 0);
	assert_string_equal(b.alias, "my-group/the-root");
	assert_string_equal(b.mapper, "my--group-the--root");
	assert_string_equal(b.members, "sda");
	assert_string_equal(b.bus, "ata");
	assert_int_equal(kb_scan_block(d.fd, "dm-4", &b), 0);
	assert_string_equal(b.alias, "");
	assert_string_equal(b.mapper, "luks-1");
	temp_dir_done(&d);
}

static void what_holds_a_volume_together_is_not_shown(void **state)
{
	static const struct {
		const char *mapper;
		const char *uuid;
		int r;
	} maps[] = {
		{"kboot-8:1", "KBOOT-8:1", -ENOENT},
		{"vg-pool-tpool", LV "-tpool", -ENOENT},
		{"vg-lv-real", LV "-real", -ENOENT},
		{"vg-lv_rimage_0", LV, -ENOENT},
		{"vg-pool_tmeta", LV, -ENOENT},
		{"vg-lv", LV, 0},
		{"my_rimage_0", "CRYPT-PLAIN-my_rimage_0", 0},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(maps); i++) {
		struct temp_dir d;
		struct kb_block b;

		temp_dir_init(&d);
		add_disk(&d, "sda");
		add_virtual(&d, "dm-0", maps[i].mapper, maps[i].uuid, SLAVES("sda"));
		print_message("%s\n", maps[i].mapper);
		assert_int_equal(kb_scan_block(d.fd, "dm-0", &b), maps[i].r);
		temp_dir_done(&d);
	}
}

/* A volume over kboot's snapshots is made of the disks that these are of. */
static void members_are_seen_through_snapshots(void **state)
{
	struct temp_dir d;
	struct kb_block b;

	(void)state;
	temp_dir_init(&d);
	add_disk(&d, "sda");
	add_disk(&d, "sdb");
	add_virtual(&d, "dm-0", "kboot-8:0", "KBOOT-8:0", SLAVES("sda", "loop0"));
	add_virtual(&d, "dm-1", "vg-lv_rimage_0", LV, SLAVES("dm-0"));
	add_virtual(&d, "dm-2", "vg-lv", LV, SLAVES("dm-1", "sdb"));
	assert_int_equal(kb_scan_block(d.fd, "dm-2", &b), 0);
	assert_string_equal(b.members, "sda sdb");
	temp_dir_done(&d);
}

/* Whatever the kernel calls it, and when it was made. */
static void order_follows_the_first_disk(void **state)
{
	struct temp_dir d;
	struct kb_block a;
	struct kb_block b;
	struct kb_block array;
	struct kb_block volume;

	(void)state;
	temp_dir_init(&d);
	add_disk(&d, "sda");
	add_disk(&d, "sdb");
	add_virtual(&d, "md127", NULL, NULL, SLAVES("sdb", "sda"));
	add_virtual(&d, "dm-0", "vg-lv", LV, SLAVES("md127"));
	assert_int_equal(kb_scan_block(d.fd, "sda", &a), 0);
	assert_int_equal(kb_scan_block(d.fd, "sdb", &b), 0);
	assert_int_equal(kb_scan_block(d.fd, "md127", &array), 0);
	assert_int_equal(kb_scan_block(d.fd, "dm-0", &volume), 0);
	assert_true(strcmp(a.order, array.order) < 0 && strcmp(array.order, b.order) < 0);
	assert_true(strcmp(array.order, volume.order) < 0 && strcmp(volume.order, b.order) < 0);
	temp_dir_done(&d);
}

/* Nothing real stands on itself; a tree that says so is not followed for ever. */
static void circle_ends(void **state)
{
	struct temp_dir d;
	struct kb_block b;

	(void)state;
	temp_dir_init(&d);
	add_virtual(&d, "dm-0", "a", "X-1", SLAVES("dm-1", "dm-1"));
	add_virtual(&d, "dm-1", "b", "KBOOT-1:1", SLAVES("dm-0", "dm-1"));
	assert_int_equal(kb_scan_block(d.fd, "dm-0", &b), 0);
	temp_dir_done(&d);
}

static void hostile_names_are_no_names(void **state)
{
	static const char *const names[] = {"..", "a b", "a\033[2J", ".", ""};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		struct temp_dir d;
		struct kb_block b;

		temp_dir_init(&d);
		add_disk(&d, "sda");
		add_virtual(&d, "dm-0", names[i], LV, SLAVES("sda"));
		assert_int_equal(kb_scan_block(d.fd, "dm-0", &b), 0);
		assert_string_equal(b.mapper, "");
		assert_string_equal(b.alias, "");
		temp_dir_done(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(volume_has_the_names_that_people_use),
		cmocka_unit_test(what_holds_a_volume_together_is_not_shown),
		cmocka_unit_test(members_are_seen_through_snapshots),
		cmocka_unit_test(order_follows_the_first_disk),
		cmocka_unit_test(circle_ends),
		cmocka_unit_test(hostile_names_are_no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
