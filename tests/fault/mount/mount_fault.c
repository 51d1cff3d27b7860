/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "kboot/mount/device.h"
#include "temp_dir.h"

/* Whatever fails: as many unmounts as mounts that went well, and every failure has its sentence. */
static int mount_and_done(struct fake_sys *fake, const char *fstype, bool read_write)
{
	const struct kb_device device = {.name = "sda2", .fstype = fstype};
	struct kb_mount_options options = {.read_write = read_write};
	struct kb_mount mount = {0};
	struct kb_error err = {0};
	struct temp_dir dir;
	char dev_dir[96];
	char work_dir[96];
	size_t mounted = 0;
	int r;

	temp_dir_init(&dir);
	temp_dir_text(&dir, "dev/sda2", "");
	(void)snprintf(dev_dir, sizeof(dev_dir), "%s/dev", dir.path);
	(void)snprintf(work_dir, sizeof(work_dir), "%s/mnt", dir.path);
	options.dev_dir = dev_dir;
	options.work_dir = work_dir;
	r = kb_mount_device(&fake->table, &device, &options, &mount, &err);
	kb_mount_done(&mount);
	temp_dir_done(&dir);
	for (size_t i = 0; i < fake->count; i++) {
		if (fake->calls[i].kind == FAKE_MOUNT) {
			mounted += !fake->calls[i].failed;
		} else if (fake->calls[i].kind == FAKE_UMOUNT) {
			mounted -= !fake->calls[i].failed;
		}
	}
	return mounted != 0 || (r < 0) != (err.text[0] != '\0') ? 1 : r;
}

static int read_only(struct fake_sys *fake)
{
	return mount_and_done(fake, "ext4", false);
}

static int read_write(struct fake_sys *fake)
{
	return mount_and_done(fake, "ntfs", true);
}

static int undo_all(struct fake_sys *fake)
{
	unsigned busy = 0;
	int r = kb_mount_undo_all(&fake->table, KB_FIXTURES "/mountinfo/image.txt", &busy, NULL);

	/* What fails once goes in the next round. */
	return r == 0 && busy != 0 ? 1 : r;
}

const struct fault_scenario fault_scenarios[] = {
	{"read-only", read_only},
	{"read-write", read_write},
	{"undo all", undo_all},
	{NULL, NULL},
};
