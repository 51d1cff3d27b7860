/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/mount.h"

#include <sys/mount.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

void kb_unmount(const struct kb_sys *sys, const char *target)
{
	if (sys->umount(sys->ctx, target, UMOUNT_NOFOLLOW) < 0) {
		(void)sys->umount(sys->ctx, target, UMOUNT_NOFOLLOW | MNT_DETACH);
	}
}

void kb_mount_detach(struct kb_mount *mount)
{
	if (mount->is_ours) {
		kb_unmount(mount->sys, mount->target);
		if (mount->is_fresh) {
			(void)rmdir(mount->target);
		}
	}
	mount->is_ours = false;
}

void kb_mount_done(struct kb_mount *mount)
{
	if (!mount || !mount->sys) {
		return;
	}
	(void)kb_close(mount->tree.root_fd);
	kb_mount_detach(mount);
	*mount = (struct kb_mount){.tree.root_fd = -1};
}
