/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "fault.h"
#include "kboot/base/tree.h"
#include "kboot/storage/assemble.h"
#include "lvm/map.h"
#include "temp_dir.h"

enum { DISK_BYTES = 256 << 10, SUPER_AT = 4096 };

static int answer(void *ctx, int fd, unsigned long request, void *argument)
{
	(void)ctx;
	(void)fd;
	if (request == BLKROGET) {
		*(int *)argument = 1;
	}
	return request == GET_ARRAY_INFO ? -ENODEV : 0;
}

static int answer_dm(void *ctx, int control_fd, unsigned long request, struct dm_ioctl *command)
{
	(void)ctx;
	(void)control_fd;
	(void)command;
	return request == DM_DEV_STATUS ? -ENXIO : 0;
}

static int take(void *ctx, const struct kb_set *set)
{
	(void)ctx;
	/* What is not well has its reason. */
	return set->state != KB_SET_READY && !set->why ? -EPROTO : 0;
}

/* Whatever fails: an array that was begun and does not run is stopped. */
static bool is_tidy(const struct fake_sys *fake)
{
	char run[64];
	char add[64];
	char stop[64];
	bool begun = false;

	(void)snprintf(add, sizeof(add), "device_ioctl %#lx", (unsigned long)ADD_NEW_DISK);
	(void)snprintf(run, sizeof(run), "device_ioctl %#lx", (unsigned long)RUN_ARRAY);
	(void)snprintf(stop, sizeof(stop), "device_ioctl %#lx", (unsigned long)STOP_ARRAY);
	for (size_t i = 0; i < fake->count; i++) {
		const struct fake_call *call = &fake->calls[i];

		if (strcmp(call->text, add) == 0) {
			begun = true;
		} else if (strcmp(call->text, stop) == 0 ||
			   (strcmp(call->text, run) == 0 && !call->failed)) {
			begun = false;
		}
	}
	return !begun;
}

static void put_half(struct temp_dir *dir, const char *path, unsigned number)
{
	static unsigned char disk[DISK_BYTES];
	const struct mdp_superblock_1 sb = {.magic = MD_SB_MAGIC,
					    .major_version = 1,
					    .set_name = "data",
					    .level = 1,
					    .raid_disks = 2,
					    .super_offset = SUPER_AT / 512,
					    .dev_number = number,
					    .resync_offset = UINT64_MAX,
					    .max_dev = 2};
	const uint16_t roles[] = {0, 1};

	memcpy(disk + SUPER_AT, &sb, sizeof(sb));
	memcpy(disk + SUPER_AT + sizeof(sb), roles, sizeof(roles));
	temp_dir_write(dir, path, disk, sizeof(disk));
}

static int array(struct fake_sys *fake)
{
	static const struct kb_member members[] = {{.name = "sda", .uuid = "u"},
						   {.name = "sdb", .uuid = "u"}};
	const struct kb_set_sink sink = {.take = take};
	struct kb_assembly a = {.sys = &fake->table,
				.kind = KB_SET_MD,
				.members = members,
				.n_members = KB_ARRAY_LEN(members)};
	struct kb_error err = {0};
	struct temp_dir dir;
	char dev_dir[96];
	char run_dir[96];
	int r;

	fake->real.device_ioctl = answer;
	temp_dir_init(&dir);
	put_half(&dir, "dev/sda", 0);
	put_half(&dir, "dev/sdb", 1);
	(void)snprintf(dev_dir, sizeof(dev_dir), "%s/dev", dir.path);
	(void)snprintf(run_dir, sizeof(run_dir), "%s/run", dir.path);
	a.dev_dir = dev_dir;
	a.run_dir = run_dir;
	a.sys_dir = dir.path;
	r = kb_assemble(&a, &sink, &err);
	temp_dir_done(&dir);
	return !is_tidy(fake) || (r < 0) != (err.text[0] != '\0') ? 1 : r;
}

/* A volume that fails for want of memory says so, and the others are tried. */
static int map_all(struct fake_sys *fake, struct kb_arena *arena, const struct kb_lvm_vg *vg,
		   const struct temp_dir *dir)
{
	const struct kb_assembly a = {.sys = &fake->table, .dev_dir = dir->path};
	KB_CLEANUP(kb_dm_done) struct kb_dm dm = {.control_fd = -1};
	const struct kb_lvm_mapper mapper = {.a = &a, .dm = &dm, .arena = arena, .vg = vg};
	int r = kb_dm_open(&fake->table, dir->path, &dm);

	for (size_t i = 0; r == 0 && i < vg->n_lvs; i++) {
		struct kb_error err = {0};

		if (!vg->lvs[i].is_hidden && kb_lvm_map(&mapper, &vg->lvs[i], &err) < 0 &&
		    err.text[0] == '\0') {
			return 1;
		}
	}
	return r;
}

static int volumes(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open(KB_FIXTURES "/lvm-whole.json", O_RDONLY | O_CLOEXEC);
	struct kb_lvm_report report;
	struct kb_error err = {0};
	struct temp_dir dir;
	int r = kb_read_all(fd, 1 << 20, &text);

	r = r < 0 ? r : kb_lvm_report_parse(&arena, kb_buf_view(&text), &report, &err);
	if (r < 0) {
		return r;
	}
	fake->real.dm_ioctl = answer_dm;
	temp_dir_init(&dir);
	temp_dir_text(&dir, "mapper/control", "");
	r = map_all(fake, &arena, &report.vgs[0], &dir);
	temp_dir_done(&dir);
	return r;
}

const struct fault_scenario fault_scenarios[] = {
	{"an array", array},
	{"volumes", volumes},
	{NULL, NULL},
};
