/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/table.h"

#include <string.h>

#include "mountinfo.h"

/* The folder itself is none of its mounts. */
static bool is_inside(const char *path, const char *folder)
{
	const char *rest = kb_path_below(path, folder);

	return rest && rest[0];
}

int kb_mount_table(const char *mountinfo_path, const char *folder,
		   int (*fn)(void *ctx, const struct kb_mount_row *mounted), void *ctx)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_mounts all = {0};
	int r = kb_mountinfo_read(&arena, mountinfo_path, &all);

	for (size_t i = all.n; r == 0 && i > 0; i--) {
		const struct kb_mountinfo *info = &all.mounts[i - 1];

		if (is_inside(info->target, folder)) {
			r = fn(ctx, &(const struct kb_mount_row){info->target, info->source,
								 info->fstype, info->read_only});
		}
	}
	return r;
}
