/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "part/name.h"

#include <errno.h>
#include <limits.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/sysmacros.h>

static bool make_path(char path[static PATH_MAX], const char *dev_dir, const char *name)
{
	return !strchr(name, '/') && name[0] != '.' &&
	       snprintf(path, PATH_MAX, "%s/mapper/%s", dev_dir, name) < PATH_MAX;
}

void kb_name_link(const char *dev_dir, const char *name, dev_t dev)
{
	char path[PATH_MAX];
	char to[32];

	if (make_path(path, dev_dir, name)) {
		(void)snprintf(to, sizeof(to), "../dm-%u", minor(dev));
		(void)unlink(path);
		(void)!symlink(to, path);
	}
}

void kb_name_unlink(const char *dev_dir, const char *name)
{
	char path[PATH_MAX];

	if (make_path(path, dev_dir, name) && strcmp(name, "control") != 0) {
		(void)unlink(path);
	}
}

int kb_name_find(const struct kb_dm *dm, const char *uuid, dev_t *ret_dev)
{
	struct kb_dm_status status;
	int r = kb_dm_status(dm, &(struct kb_dm_id){.uuid = uuid}, &status);

	if (r == -ENXIO) {
		return 0;
	}
	if (r < 0) {
		return r;
	}
	if (!(status.flags & DM_ACTIVE_PRESENT_FLAG)) {
		/* Whoever made it was killed half-way. */
		return kb_dm_remove(dm, &(struct kb_dm_id){.uuid = uuid}, 0);
	}
	*ret_dev = status.dev;
	return 1;
}
