/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <errno.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kboot/storage/assemble.h"

static int take(void *ctx, const struct kb_set *set)
{
	struct storage_case *c = ctx;
	size_t used = strlen(c->told);

	used += (size_t)snprintf(c->told + used, sizeof(c->told) - used, "%s %s %s %u",
				 kb_set_kind_name(set->kind), kb_set_state_name(set->state),
				 set->name ? set->name : "-", set->n_wanted);
	for (size_t i = 0; i < set->n_members; i++) {
		used += (size_t)snprintf(c->told + used, sizeof(c->told) - used, " %s",
					 set->members[i]);
	}
	(void)snprintf(c->told + used, sizeof(c->told) - used, "%s%s\n", set->why ? " | " : "",
		       set->why ? set->why : "");
	return 0;
}

/* Devices count from 253:1 on. */
static int answer_dm(void *ctx, int control_fd, unsigned long request, struct dm_ioctl *command)
{
	struct storage_case *c = ctx;
	const struct dm_target_spec *spec =
		(const struct dm_target_spec *)((const char *)command + command->data_start);

	(void)control_fd;
	if (request == DM_DEV_STATUS) {
		if (command->uuid[0] && strcmp(command->uuid, c->existing) != 0) {
			return -ENXIO;
		}
		command->dev = 253 << 8 | 99;
		command->flags = DM_ACTIVE_PRESENT_FLAG;
		(void)strcpy(command->name, "vg-disk");
		(void)strcpy(command->uuid, "LVM-disk");
	}
	if (request == DM_DEV_CREATE) {
		command->dev = 253 << 8 | (fake_sys_count(c->fake, FAKE_DM_IOCTL) & 0xff);
	}
	if (request == DM_TABLE_LOAD && strcmp(spec->target_type, c->refused) == 0) {
		return -EINVAL;
	}
	return 0;
}

static int answer_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
	struct storage_case *c = ctx;

	(void)fd;
	return c->answer ? c->answer(c, request, argument) : 0;
}

static int run_script(void *ctx, const struct kb_spawn *spawn, pid_t *ret_pid)
{
	struct storage_case *c = ctx;
	const char *argv[] = {"/bin/sh", "-c", c->script, spawn->argv[0], NULL};
	struct kb_spawn shell = *spawn;

	if (!c->script) {
		return -ENOENT;
	}
	shell.argv = argv;
	return kb_sys_linux.spawn(NULL, &shell, ret_pid);
}

int storage_case_setup(void **state)
{
	static struct storage_case c;

	memset(&c, 0, sizeof(c));
	c.fake = fake_sys_create();
	assert_non_null(c.fake);
	c.fake->real.dm_ioctl = answer_dm;
	c.fake->real.device_ioctl = answer_ioctl;
	c.fake->real.spawn = run_script;
	c.fake->real.kill = kb_sys_linux.kill;
	c.fake->real.ctx = &c;
	temp_dir_init(&c.dir);
	temp_dir_text(&c.dir, "dev/mapper/control", "");
	temp_dir_text(&c.dir, "dev/btrfs-control", "");
	(void)snprintf(c.dev_dir, sizeof(c.dev_dir), "%s/dev", c.dir.path);
	(void)snprintf(c.run_dir, sizeof(c.run_dir), "%s/run", c.dir.path);
	(void)snprintf(c.sys_dir, sizeof(c.sys_dir), "%s/sys", c.dir.path);
	c.assembly = (struct kb_assembly){.sys = &c.fake->table,
					  .dev_dir = c.dev_dir,
					  .run_dir = c.run_dir,
					  .sys_dir = c.sys_dir,
					  .members = c.members};
	*state = &c;
	return 0;
}

int storage_case_teardown(void **state)
{
	struct storage_case *c = *state;

	temp_dir_done(&c->dir);
	fake_sys_destroy(c->fake);
	return 0;
}

int storage_case_assemble(struct storage_case *c, enum kb_set_kind kind)
{
	const struct kb_set_sink sink = {.take = take, .ctx = c};

	c->told[0] = '\0';
	fake_sys_forget(c->fake);
	c->assembly.kind = kind;
	return kb_assemble(&c->assembly, &sink, &c->err);
}

void storage_case_member(struct storage_case *c, const char *name, const char *uuid)
{
	assert_true(c->assembly.n_members < CASE_MEMBERS);
	c->members[c->assembly.n_members++] = (struct kb_member){.name = name, .uuid = uuid};
}

void storage_case_put(unsigned char *disk, size_t at, const void *bytes, size_t len)
{
	memcpy(disk + at, bytes, len);
}

bool storage_case_did(const struct storage_case *c, const char *text)
{
	for (size_t i = 0; i < fake_sys_count(c->fake, FAKE_ANY); i++) {
		if (strstr(fake_sys_text(c->fake, i), text)) {
			return true;
		}
	}
	return false;
}
