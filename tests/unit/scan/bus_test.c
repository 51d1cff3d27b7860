/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hangs where, on sysfs trees of machines that have one of everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "kboot/scan/block.h"
#include "temp_dir.h"

#define PCI  "devices/pci0000:00/0000:00:1c.0"
#define SCSI "host6/target6:0:0/6:0:0:0/block/sda"

/* A disk with a partition; what it says of itself is what the flag of its maker says. */
static const struct {
	const char *title;
	const char *path;
	const char *said;  /* of itself: removable */
	const char *file;  /* another attribute, by its path from the tree's root; NULL: none */
	const char *value; /* of that */
	const char *bus;   /* NULL: not known */
	bool removable;
} disks[] = {
	{"a SATA disk", PCI "/ata1/" SCSI, "0", NULL, NULL, "ata", false},
	{"a SATA disk in a tray", PCI "/ata1/" SCSI, "1", NULL, NULL, "ata", true},
	{"a USB disk that says it is fixed", PCI "/usb1/1-2/1-2.3/1-2.3:1.0/" SCSI, "0", NULL, NULL,
	 "usb", true},
	{"USB of a chip's own", "devices/platform/soc/fe9c0000.xhci/usb2/2-1/2-1:1.0/" SCSI, "0",
	 NULL, NULL, "usb", true},
	{"FireWire", PCI "/0000:05:00.0/fw0/fw1/fw1.0/" SCSI, "0", NULL, NULL, "firewire", true},
	{"an SD card", "devices/platform/fe34.mmc/mmc_host/mmc1/mmc1:aaaa/block/mmcblk1", "0",
	 "devices/platform/fe34.mmc/mmc_host/mmc1/mmc1:aaaa/type", "SD\n", "sd", true},
	{"a card that does not say what it is",
	 "devices/platform/fe34.mmc/mmc_host/mmc1/mmc1:aaaa/block/mmcblk1", "0", NULL, NULL, "sd",
	 true},
	{"eMMC", "devices/platform/fe34.mmc/mmc_host/mmc0/mmc0:0001/block/mmcblk0", "0",
	 "devices/platform/fe34.mmc/mmc_host/mmc0/mmc0:0001/type", "MMC\n", "mmc", false},
	{"NVMe", PCI "/0000:01:00.0/nvme/nvme0/nvme0n1", "0", PCI "/0000:01:00.0/removable",
	 "fixed\n", "nvme", false},
	{"NVMe behind Thunderbolt", PCI "/0000:01:00.0/nvme/nvme0/nvme0n1", "0",
	 PCI "/0000:01:00.0/removable", "removable\n", "thunderbolt", true},
	{"SATA behind Thunderbolt", PCI "/0000:07:00.0/ata9/" SCSI, "0",
	 PCI "/0000:07:00.0/removable", "removable\n", "thunderbolt", true},
	{"a virtual disk", PCI "/virtio2/block/vda", "0", NULL, NULL, "virtio", false},
	{"virtio's SCSI", PCI "/virtio2/" SCSI, "0", NULL, NULL, "virtio", false},
	{"a RAID controller", PCI "/" SCSI, "0", NULL, NULL, "scsi", false},
	{"Xen", "devices/vbd-51712/block/xvda", "0", NULL, NULL, "xen", false},
	{"something new", "devices/platform/new.0/block/newa", "0", NULL, NULL, NULL, false},
	{"something new that says so", "devices/platform/new.0/block/newa", "1", NULL, NULL, NULL,
	 true},
};

static void put(struct temp_dir *d, const char *folder, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	temp_dir_text(d, path, text);
}

static void add_link(struct temp_dir *d, const char *path)
{
	char link[64];
	char target[256];

	(void)snprintf(link, sizeof(link), "class/block/%s", strrchr(path, '/') + 1);
	(void)snprintf(target, sizeof(target), "../../%s", path);
	temp_dir_symlink(d, link, target);
}

static void add_disk(struct temp_dir *d, const char *path, const char *removable)
{
	char partition[256];
	char device[256];

	put(d, path, "size", "2048\n");
	put(d, path, "removable", removable);
	(void)snprintf(partition, sizeof(partition), "%s/%sp1", path, strrchr(path, '/') + 1);
	put(d, partition, "size", "2048\n");
	put(d, partition, "partition", "1\n");
	(void)snprintf(device, sizeof(device), "%s/device", path);
	temp_dir_symlink(d, device, strstr(path, "/block/") ? "../.." : "..");
	add_link(d, path);
	add_link(d, partition);
}

static void assert_is(const struct temp_dir *d, const char *title, const char *name,
		      const char *bus, bool removable)
{
	struct kb_block b;

	print_message("%s: %s\n", title, name);
	assert_int_equal(kb_scan_block(d->fd, name, &b), 0);
	if (bus) {
		assert_non_null(b.bus);
		assert_string_equal(b.bus, bus);
	} else {
		assert_null(b.bus);
	}
	assert_int_equal(b.removable, removable);
}

static void each_disk_and_its_partition(void **state)
{
	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(disks); i++) {
		const char *name = strrchr(disks[i].path, '/') + 1;
		char partition[64];
		struct temp_dir d;

		temp_dir_init(&d);
		add_disk(&d, disks[i].path, disks[i].said);
		if (disks[i].file) {
			temp_dir_text(&d, disks[i].file, disks[i].value);
		}
		(void)snprintf(partition, sizeof(partition), "%sp1", name);
		assert_is(&d, disks[i].title, name, disks[i].bus, disks[i].removable);
		assert_is(&d, disks[i].title, partition, disks[i].bus, disks[i].removable);
		temp_dir_done(&d);
	}
}

/* With several ways to a disk the kernel shows it below none of them. */
static void the_controllers_of_a_shared_nvme_disk(void **state)
{
	static const char *const said[] = {"fixed\n", "removable\n"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct temp_dir d;

		temp_dir_init(&d);
		add_disk(&d, "devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "0");
		temp_dir_text(&d, PCI "/0000:01:00.0/nvme/nvme0/state", "live\n");
		temp_dir_symlink(&d, PCI "/0000:01:00.0/nvme/nvme0/device", "../..");
		temp_dir_text(&d, PCI "/0000:01:00.0/removable", said[i]);
		temp_dir_symlink(&d, "devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
				 "../../../pci0000:00/0000:00:1c.0/0000:01:00.0/nvme/nvme0");
		assert_is(&d, "shared", "nvme0n1", i ? "thunderbolt" : "nvme", i);
		assert_is(&d, "shared", "nvme0n1p1", i ? "thunderbolt" : "nvme", i);
		temp_dir_done(&d);
	}
}

/* An array or a volume is as good as the worst of what it is made of. */
static void what_is_made_of_others(void **state)
{
	struct temp_dir d;

	(void)state;
	temp_dir_init(&d);
	add_disk(&d, PCI "/ata1/" SCSI, "0");
	add_disk(&d, PCI "/usb1/1-2/1-2:1.0/host7/target7:0:0/7:0:0:0/block/sdb", "0");
	add_disk(&d, "devices/virtual/block/md0", "0");
	add_disk(&d, "devices/virtual/block/md1", "0");
	add_disk(&d, "devices/virtual/block/dm-0", "0");
	temp_dir_symlink(&d, "devices/virtual/block/md0/slaves/sdap1", "../../../../x");
	temp_dir_symlink(&d, "devices/virtual/block/md1/slaves/sdap1", "../../../../x");
	temp_dir_symlink(&d, "devices/virtual/block/md1/slaves/sdbp1", "../../../../x");
	temp_dir_symlink(&d, "devices/virtual/block/dm-0/slaves/md1", "../../md1");
	assert_is(&d, "an array", "md0", "ata", false);
	assert_is(&d, "an array with a stick in it", "md1", "usb", true);
	assert_is(&d, "its partition", "md1p1", "usb", true);
	assert_is(&d, "a volume on it", "dm-0", "usb", true);
	/* No kernel makes a circle; it must end all the same. */
	temp_dir_symlink(&d, "devices/virtual/block/md0/slaves/md0", "../../md0");
	assert_is(&d, "a circle", "md0", "ata", false);
	temp_dir_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_disk_and_its_partition),
		cmocka_unit_test(the_controllers_of_a_shared_nvme_disk),
		cmocka_unit_test(what_is_made_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
