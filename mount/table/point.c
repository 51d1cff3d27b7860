/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "point.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0700 };

static const char suffix[] = ".XXXXXX"; /* mkdtemp(3) */
static const char descriptors[] = "/proc/self/fd/";

static int make_folder(const char *path)
{
	return mkdir(path, MODE) < 0 && errno != EEXIST ? -errno : 0;
}

int kb_mount_folder_make(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(part)) {
		return -ENAMETOOLONG;
	}
	memcpy(part, path, len + 1);
	for (size_t i = 1; i < len; i++) {
		if (part[i] == '/') {
			int r;

			part[i] = '\0';
			r = make_folder(part);
			part[i] = '/';
			if (r < 0) {
				return r;
			}
		}
	}
	return make_folder(part);
}

int kb_mount_point_make(const char *work_dir, const char *name, char *ret_path, size_t size)
{
	char path[PATH_MAX];
	size_t room;
	int n;
	int r = kb_mount_folder_make(work_dir);

	if (r < 0) {
		return r;
	}
	n = snprintf(path, sizeof(path), "%s/", work_dir);
	if (n < 0 || (size_t)n + sizeof(suffix) >= size || size > sizeof(path)) {
		return -ENAMETOOLONG;
	}
	/* As much of the name as there is room for: it is for people only. */
	room = size - sizeof(suffix) - (size_t)n;
	for (size_t i = 0; i < room && name[i] != '\0'; i++) {
		path[n++] = (char)(name[i] == '/' ? '!' : name[i]);
	}
	memcpy(path + n, suffix, sizeof(suffix));
	if (!mkdtemp(path)) {
		return -errno;
	}
	memcpy(ret_path, path, (size_t)n + sizeof(suffix));
	return 0;
}

int kb_mount_point_resolve(const char *target, char *ret_path, size_t size)
{
	char path[PATH_MAX];
	size_t len = strlen(target);
	bool is_link = strncmp(target, descriptors, sizeof(descriptors) - 1) == 0;

	if (is_link) {
		ssize_t n = readlink(target, path, sizeof(path));

		if (n < 0) {
			return -errno;
		}
		len = (size_t)n;
	}
	if (len >= size || len >= sizeof(path)) {
		return -ENAMETOOLONG;
	}
	memcpy(ret_path, is_link ? path : target, len);
	ret_path[len] = '\0';
	return ret_path[0] == '/' ? 0 : -EINVAL;
}
