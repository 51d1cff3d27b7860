/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mounted.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kboot/base/tree.h"
#include "mountinfo.h"

enum { FDINFO_BYTES = 4096 };

static bool is_of_device(const struct kb_mounted_query *q, const struct kb_mountinfo *info)
{
	if (strcmp(info->fstype, "btrfs") == 0 && strcmp(info->source, q->source) == 0) {
		return true;
	}
	return major(q->device) != 0 && info->major == major(q->device) &&
	       info->minor == minor(q->device);
}

static bool is_wanted(const struct kb_mounted_query *q, const struct kb_mountinfo *info)
{
	const char *subvolume = q->subvolume ? q->subvolume : "";

	while (*subvolume == '/') {
		subvolume++;
	}
	return info->root[0] == '/' && strcmp(info->root + 1, subvolume) == 0 &&
	       (!info->read_only || !q->writable);
}

int kb_mount_id(int fd, uint64_t *ret_id)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int info_fd = -1;
	struct kb_str rest, line;
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info_fd = open(path, O_RDONLY | O_CLOEXEC);
	r = info_fd < 0 ? -errno : kb_read_all(info_fd, FDINFO_BYTES, &text);
	if (r < 0) {
		return r;
	}
	rest = kb_buf_view(&text);
	while (kb_str_next_line(&rest, &line)) {
		if (kb_str_starts(line, KB_STR("mnt_id:"))) {
			line = kb_str_skip(line, sizeof("mnt_id:") - 1);
			return kb_str_to_u64(kb_str_trim(line), ret_id);
		}
	}
	return -ENOENT;
}

int kb_mounted_root(int fd, const char *mountinfo_path, char *ret_root, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_mounts mounts;
	uint64_t id;
	int r = kb_mount_id(fd, &id);

	if (r == 0) {
		r = kb_mountinfo_read(&arena, mountinfo_path, &mounts);
	}
	for (size_t i = 0; r == 0 && i < mounts.n; i++) {
		const char *root = mounts.mounts[i].root;

		if (mounts.mounts[i].id == id) {
			return (size_t)snprintf(ret_root, size, "%s", root) < size ? 0
										   : -ENAMETOOLONG;
		}
	}
	return r < 0 ? r : -ENOENT;
}

/* Another mount may be on top. */
static int open_mount(const struct kb_mountinfo *info, int *ret_fd)
{
	KB_CLOSE int fd = open(info->target, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	uint64_t id = 0;
	int r = fd < 0 ? -errno : kb_mount_id(fd, &id);

	if (r < 0) {
		return r;
	}
	if (id != info->id) {
		return -ENOENT;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

static int look_at(const struct kb_mounted_query *q, const struct kb_mountinfo *info,
		   struct kb_mounted *mounted)
{
	int r;

	if (!is_of_device(q, info)) {
		return 0;
	}
	mounted->is_mounted = true;
	if (mounted->root_fd >= 0 || !is_wanted(q, info) ||
	    strlen(info->target) >= sizeof(mounted->target)) {
		return 0;
	}
	r = open_mount(info, &mounted->root_fd);
	if (r == 0) {
		memcpy(mounted->target, info->target, strlen(info->target) + 1);
	}
	return r == -ENOMEM ? r : 0;
}

int kb_mounted_look(const struct kb_mounted_query *query, struct kb_mounted *ret_mounted)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_mounted mounted = {.root_fd = -1};
	struct kb_mounts all = {0};
	int r = kb_mountinfo_read(&arena, query->mountinfo_path, &all);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		r = look_at(query, &all.mounts[i], &mounted);
	}
	if (r < 0) {
		(void)kb_close(mounted.root_fd);
		return r;
	}
	*ret_mounted = mounted;
	return 0;
}
