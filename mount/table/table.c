/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/table.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kboot/base/tree.h"
#include "mountinfo.h"

enum { MAX_BYTES = 4 << 20, MAX_MOUNTS = 1024 };

const char *kb_mount_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	bool is_below = strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');

	return is_below ? path + len : NULL;
}

/* The folder itself is none of its mounts. */
static bool is_inside(const char *path, const char *folder)
{
	const char *rest = kb_mount_below(path, folder);

	return rest && rest[0];
}

int kb_mount_table(const char *mountinfo_path, const char *folder,
		   int (*fn)(void *ctx, const struct kb_mount_row *mounted), void *ctx)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open(mountinfo_path, O_RDONLY | O_CLOEXEC);
	struct kb_mountinfo *all = kb_arena_array(&arena, MAX_MOUNTS, sizeof(*all));
	struct kb_str rest;
	struct kb_str line;
	size_t n = 0;
	int r = fd < 0 ? -errno : kb_read_all(fd, MAX_BYTES, &text);

	if (!all) {
		return -ENOMEM;
	}
	rest = kb_buf_view(&text);
	while (r == 0 && n < MAX_MOUNTS && kb_str_next_line(&rest, &line)) {
		r = kb_mountinfo_parse(&arena, line, &all[n]);
		n += r == 0 && is_inside(all[n].target, folder);
		r = r == -EINVAL ? 0 : r;
	}
	for (; r == 0 && n > 0; n--) {
		const struct kb_mount_row mounted = {all[n - 1].target, all[n - 1].source,
						     all[n - 1].fstype, all[n - 1].read_only};

		r = fn(ctx, &mounted);
	}
	return r;
}
