/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/dm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "kboot/base/run.h"
#include "kboot/base/str.h"

/* DATA_BYTES: of tables, which is some ten thousand targets. */
enum { ALIGNMENT = 8, DATA_BYTES = 1 << 20 };

void kb_dm_done(struct kb_dm *dm)
{
	dm->control_fd = kb_close(dm->control_fd);
}

int kb_dm_find(const struct kb_sys *sys, const char *dev_dir, struct kb_dm *ret_dm)
{
	char path[256];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/mapper/control", dev_dir) >= sizeof(path)) {
		return -ENAMETOOLONG;
	}
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		return -errno;
	}
	*ret_dm = (struct kb_dm){.sys = sys, .control_fd = fd};
	return 0;
}

/* Neither device-mapper nor loop devices have hardware whose appearance would load them. The kernel
 * asks for the targets itself. */
int kb_dm_open(const struct kb_sys *sys, const char *dev_dir, struct kb_dm *ret_dm)
{
	static const char *const modules[] = {"/sbin/modprobe", "-ab", "loop", "dm-mod", NULL};
	int r = kb_dm_find(sys, dev_dir, ret_dm);

	if (r == -ENOENT || r == -ENODEV || r == -ENXIO) {
		kb_run_modprobe(sys, modules);
		r = kb_dm_find(sys, dev_dir, ret_dm);
	}
	return r;
}

/* --- requests */

static int copy_text(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from) < size ? 0 : -ENAMETOOLONG;
}

static int head_init(struct dm_ioctl *head, const struct kb_dm_id *id, uint32_t flags, size_t bytes)
{
	*head = (struct dm_ioctl){.version = {DM_VERSION_MAJOR, 0, 0},
				  .data_size = (uint32_t)bytes,
				  .data_start = sizeof(*head),
				  .flags = flags};
	if (id->name) {
		return copy_text(head->name, sizeof(head->name), id->name);
	}
	if (id->uuid) {
		return copy_text(head->uuid, sizeof(head->uuid), id->uuid);
	}
	/* As the kernel's huge_encode_dev() has it. */
	head->dev = (minor(id->dev) & 0xff) | (uint64_t)major(id->dev) << 8 |
		    (uint64_t)(minor(id->dev) & ~0xffU) << 12;
	return 0;
}

static dev_t decode_dev(uint64_t dev)
{
	return makedev((unsigned)(dev >> 8) & 0xfff,
		       (unsigned)(dev & 0xff) | ((unsigned)(dev >> 12) & 0xfff00));
}

static int send_head(const struct kb_dm *dm, unsigned long request, struct dm_ioctl *head)
{
	return dm->sys->dm_ioctl(dm->sys->ctx, dm->control_fd, request, head);
}

static int ask(const struct kb_dm *dm, unsigned long request, const struct kb_dm_id *id,
	       uint32_t flags)
{
	struct dm_ioctl head;
	int r = head_init(&head, id, flags, sizeof(head));

	return r < 0 ? r : send_head(dm, request, &head);
}

int kb_dm_status(const struct kb_dm *dm, const struct kb_dm_id *id, struct kb_dm_status *ret_status)
{
	struct dm_ioctl head;
	int r = head_init(&head, id, 0, sizeof(head));

	r = r < 0 ? r : send_head(dm, DM_DEV_STATUS, &head);
	if (r < 0) {
		return r;
	}
	ret_status->dev = decode_dev(head.dev);
	ret_status->flags = head.flags;
	(void)snprintf(ret_status->name, sizeof(ret_status->name), "%s", head.name);
	(void)snprintf(ret_status->uuid, sizeof(ret_status->uuid), "%s", head.uuid);
	return 0;
}

int kb_dm_create(const struct kb_dm *dm, const char *name, const char *uuid, dev_t *ret_dev)
{
	struct dm_ioctl head;
	int r = head_init(&head, &(struct kb_dm_id){.name = name}, 0, sizeof(head));

	r = r < 0 ? r : copy_text(head.uuid, sizeof(head.uuid), uuid);
	r = r < 0 ? r : send_head(dm, DM_DEV_CREATE, &head);
	if (r == 0) {
		*ret_dev = decode_dev(head.dev);
	}
	return r;
}

int kb_dm_suspend(const struct kb_dm *dm, const char *name, uint32_t flags)
{
	return ask(dm, DM_DEV_SUSPEND, &(struct kb_dm_id){.name = name}, flags);
}

int kb_dm_remove(const struct kb_dm *dm, const struct kb_dm_id *id, uint32_t flags)
{
	return ask(dm, DM_DEV_REMOVE, id, flags);
}

/* --- tables */

static int put_target(struct kb_buf *to, const struct kb_dm_target *target)
{
	static const char zeros[ALIGNMENT];
	const size_t params = strlen(target->params) + 1;
	const size_t padding = (ALIGNMENT - params % ALIGNMENT) % ALIGNMENT;
	struct dm_target_spec spec = {.sector_start = target->start,
				      .length = target->length,
				      .next = (uint32_t)(sizeof(spec) + params + padding)};
	int r = copy_text(spec.target_type, sizeof(spec.target_type), target->type);

	kb_buf_append(to, &spec, sizeof(spec));
	kb_buf_append(to, target->params, params);
	kb_buf_append(to, zeros, padding);
	return r;
}

int kb_dm_load(const struct kb_dm *dm, const char *name, uint32_t flags,
	       const struct kb_dm_target *targets, size_t n_targets)
{
	KB_BUF struct kb_buf command = {.max_bytes = DATA_BYTES};
	struct dm_ioctl head;
	int r = head_init(&head, &(struct kb_dm_id){.name = name}, flags, sizeof(head));

	head.target_count = (uint32_t)n_targets;
	kb_buf_append(&command, &head, sizeof(head));
	for (size_t i = 0; r == 0 && i < n_targets; i++) {
		r = put_target(&command, &targets[i]);
	}
	r = r < 0 ? r : kb_buf_error(&command);
	if (r < 0) {
		return r;
	}
	head.data_size = (uint32_t)command.len;
	memcpy(command.data, &head, sizeof(head));
	r = send_head(dm, DM_TABLE_LOAD, (struct dm_ioctl *)(void *)command.data);
	explicit_bzero(command.data, command.len); /* a table may hold a key */
	return r;
}

/* One target after the other, each with where the next one is. What the kernel says is believed no
 * further than it was given room. */
static int take_targets(const struct dm_ioctl *head, struct kb_dm_table *table)
{
	size_t at = head->data_start;

	if (head->flags & DM_BUFFER_FULL_FLAG ||
	    head->target_count > KB_ARRAY_LEN(table->targets)) {
		return -E2BIG;
	}
	for (uint32_t i = 0; i < head->target_count; i++) {
		const struct dm_target_spec *spec = (void *)(table->data + at);
		struct kb_dm_target *target = &table->targets[i];

		if (at + sizeof(*spec) >= table->bytes ||
		    !memchr(spec + 1, '\0', table->bytes - at - sizeof(*spec))) {
			return -EIO;
		}
		*target = (struct kb_dm_target){.start = spec->sector_start,
						.length = spec->length,
						.type = spec->target_type,
						.params = (const char *)(spec + 1)};
		at = head->data_start + spec->next;
	}
	table->n_targets = head->target_count;
	return 0;
}

int kb_dm_table(const struct kb_dm *dm, const struct kb_dm_id *id, struct kb_dm_table *ret_table)
{
	struct kb_dm_table table = {.data = calloc(1, DATA_BYTES), .bytes = DATA_BYTES};
	struct dm_ioctl *head = (void *)table.data;
	int r = head ? head_init(head, id, DM_STATUS_TABLE_FLAG | DM_SECURE_DATA_FLAG, DATA_BYTES)
		     : -ENOMEM;

	r = r < 0 ? r : send_head(dm, DM_TABLE_STATUS, head);
	r = r < 0 ? r : take_targets(head, &table);
	if (r < 0) {
		kb_dm_table_done(&table);
		return r;
	}
	*ret_table = table;
	return 0;
}

void kb_dm_table_done(struct kb_dm_table *table)
{
	if (table->data) {
		explicit_bzero(table->data, table->bytes);
	}
	free(table->data);
	*table = (struct kb_dm_table){0};
}

int kb_dm_map(const struct kb_dm *dm, const struct kb_dm_id *id, uint32_t flags,
	      const struct kb_dm_target *targets, size_t n_targets, dev_t *ret_dev)
{
	dev_t dev = 0;
	int r = kb_dm_create(dm, id->name, id->uuid, &dev);

	if (r < 0) {
		return r;
	}
	r = kb_dm_load(dm, id->name, flags, targets, n_targets);
	r = r < 0 ? r : kb_dm_suspend(dm, id->name, 0);
	if (r < 0) {
		(void)!kb_dm_remove(dm, &(struct kb_dm_id){.name = id->name}, 0);
		return r;
	}
	*ret_dev = dev;
	return 0;
}
