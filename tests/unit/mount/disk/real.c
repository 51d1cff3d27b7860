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

#include "kboot/scan/block.h"

static const struct real_recipe recipes[] = {
	{"ext4", 64 << 20, {"mkfs.ext4", "-F", "-q", "-O", "^metadata_csum"}},
	{"xfs", 320 << 20, {"mkfs.xfs", "-f", "-q"}},
	{"btrfs", 160 << 20, {"mkfs.btrfs", "-f", "-q"}},
};

static const struct real_recipe *chosen;

int real_setup(void **state)
{
	static struct real f;

	memset(&f, 0, sizeof(f));
	f.recipe = chosen;
	temp_dir_init(&f.dir);
	(void)snprintf(f.work_dir, sizeof(f.work_dir), "%s/mnt", f.dir.path);
	(void)snprintf(f.image, sizeof(f.image), "%s/image", f.dir.path);
	(void)snprintf(f.copy, sizeof(f.copy), "%s/copy", f.dir.path);
	(void)snprintf(f.pristine, sizeof(f.pristine), "%s/pristine", f.dir.path);
	f.options = (struct kb_mount_options){.dev_dir = "/dev", .work_dir = f.work_dir};
	*state = &f;
	return 0;
}

int real_teardown(void **state)
{
	struct real *f = *state;

	kb_arena_done(&f->arena);
	temp_dir_done(&f->dir);
	return 0;
}

void real_make(const struct real *f)
{
	const char *argv[REAL_ARGS_MAX + 2] = {0};
	size_t n = 0;

	image_create(f->image, f->recipe->size_bytes);
	while (f->recipe->mkfs[n]) {
		argv[n] = f->recipe->mkfs[n];
		n++;
	}
	argv[n] = f->image;
	assert_int_equal(run_tool(argv), 0);
}

struct kb_device real_probe(struct real *f, const char *name)
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

void real_attach(struct loop_disk *disk, const char *file)
{
	assert_int_equal(loop_disk_open(disk, file), 0);
}

void real_mount(struct real *f, const char *name, bool read_write, struct kb_mount *mount)
{
	struct kb_device device = real_probe(f, name);
	int r;

	f->options.read_write = read_write;
	r = kb_mount_device(&kb_sys_linux, &device, &f->options, mount, &f->err);
	if (r < 0) {
		fail_msg("%s", f->err.text);
	}
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
static const char *obstacle(const struct real_recipe *r)
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

const char *real_choose(const char *fstype)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(recipes); i++) {
		if (strcmp(recipes[i].fstype, fstype) == 0) {
			chosen = &recipes[i];
			return obstacle(chosen);
		}
	}
	return "no recipe";
}
