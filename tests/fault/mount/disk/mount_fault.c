/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "kboot/mount/device.h"
#include "temp_dir.h"

/* Whatever fails: as many unmounts as mounts that went well, no device-mapper device that nobody
 * removes, and every failure has its sentence. */
static bool is_tidy(const struct fake_sys *fake)
{
	size_t mounted = 0;
	bool created = false;

	for (size_t i = 0; i < fake->count; i++) {
		const struct fake_call *call = &fake->calls[i];

		if (call->kind == FAKE_MOUNT) {
			mounted += !call->failed;
		} else if (call->kind == FAKE_UMOUNT) {
			mounted -= !call->failed;
		} else if (strncmp(call->text, "dm_ioctl create", 15) == 0) {
			created = !call->failed;
		} else if (strncmp(call->text, "dm_ioctl remove", 15) == 0 && !call->failed) {
			created = false;
		}
	}
	return mounted == 0 && !created;
}

/* An ext4 that says that its journal waits, in itself. */
static void make_dirty(struct temp_dir *dir)
{
	unsigned char disk[2048] = {0};

	disk[1024 + 96] = 0x04;
	disk[1024 + 224] = 8;
	temp_dir_write(dir, "dev/sda2", disk, sizeof(disk));
	temp_dir_text(dir, "dev/mapper/control", "");
	temp_dir_text(dir, "dev/dm-0", "");
}

static int mount_and_done(struct fake_sys *fake, const char *fstype, bool read_write, bool dirty)
{
	const struct kb_device device = {.name = "sda2", .fstype = fstype};
	struct kb_mount_options options = {.read_write = read_write};
	struct kb_mount mount = {0};
	struct kb_error err = {0};
	struct temp_dir dir;
	char dev_dir[96];
	char work_dir[96];
	int r;

	temp_dir_init(&dir);
	temp_dir_text(&dir, "dev/sda2", "");
	if (dirty) {
		make_dirty(&dir);
	}
	(void)snprintf(dev_dir, sizeof(dev_dir), "%s/dev", dir.path);
	(void)snprintf(work_dir, sizeof(work_dir), "%s/mnt", dir.path);
	options.dev_dir = dev_dir;
	options.work_dir = work_dir;
	r = kb_mount_device(&fake->table, &device, &options, &mount, &err);
	kb_mount_done(&mount);
	temp_dir_done(&dir);
	return !is_tidy(fake) || (r < 0) != (err.text[0] != '\0') ? 1 : r;
}

static int read_only(struct fake_sys *fake)
{
	return mount_and_done(fake, "ext4", false, false);
}

static int read_write(struct fake_sys *fake)
{
	return mount_and_done(fake, "ntfs", true, false);
}

static int replay(struct fake_sys *fake)
{
	return mount_and_done(fake, "ext4", false, true);
}

static int unmount_all(struct fake_sys *fake)
{
	unsigned busy = 0;
	int r = kb_unmount_all(&fake->table, KB_FIXTURES "/mountinfo/image.txt", &busy, NULL);

	/* What fails once goes in the next round. */
	return r == 0 && busy != 0 ? 1 : r;
}

const struct fault_scenario fault_scenarios[] = {
	{"read-only", read_only},
	{"read-write", read_write},
	{"replay", replay},
	{"unmount all", unmount_all},
	{NULL, NULL},
};
