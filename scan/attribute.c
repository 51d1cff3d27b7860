/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attribute.h"

#include <errno.h>
#include <unistd.h>

/* A sysfs attribute is at most one page. */
enum { ATTRIBUTE_BYTES = 4096, PATH_BYTES = 512 };

static int attribute_path(const char *name, const char *attribute, char path[static PATH_BYTES])
{
	int n = snprintf(path, PATH_BYTES, "/class/block/%s/%s", name, attribute);

	return n < 0 || n >= PATH_BYTES ? -ENAMETOOLONG : 0;
}

bool kb_scan_has(const struct kb_tree *sysfs, const char *name, const char *attribute)
{
	char path[PATH_BYTES];

	return attribute_path(name, attribute, path) == 0 && kb_tree_has_file(sysfs, path) == 0;
}

static int read_attribute(const struct kb_tree *sysfs, const char *name, const char *attribute,
			  struct kb_buf *buf)
{
	char path[PATH_BYTES];
	int r = attribute_path(name, attribute, path);

	return r < 0 ? r : kb_tree_read(sysfs, path, ATTRIBUTE_BYTES, buf);
}

int kb_scan_number(const struct kb_tree *sysfs, const char *name, const char *attribute,
		   uint64_t *ret_value)
{
	KB_BUF struct kb_buf buf = {0};
	int r = read_attribute(sysfs, name, attribute, &buf);

	return r < 0 ? r : kb_str_to_u64(kb_str_trim(kb_buf_view(&buf)), ret_value);
}

int kb_scan_flag(const struct kb_tree *sysfs, const char *name, const char *attribute,
		 bool *ret_flag)
{
	uint64_t value = 0;
	int r = kb_scan_number(sysfs, name, attribute, &value);

	if (r < 0 && r != -ENOENT && r != -EINVAL && r != -ERANGE) {
		return r;
	}
	*ret_flag = r == 0 && value == 1;
	return 0;
}

int kb_scan_text(const struct kb_tree *sysfs, const char *name, const char *attribute,
		 struct kb_buf *text)
{
	KB_BUF struct kb_buf buf = {0};
	int r = read_attribute(sysfs, name, attribute, &buf);

	if (r < 0 && r != -ENOENT && r != -ENOTDIR) {
		return r;
	}
	kb_buf_str(text, r == 0 ? kb_str_trim(kb_buf_view(&buf)) : KB_STR(""));
	return kb_buf_error(text);
}

int kb_scan_begins(const struct kb_tree *sysfs, const char *name, const char *attribute,
		   struct kb_str with, bool *ret_begins)
{
	KB_BUF struct kb_buf buf = {0};
	int r = read_attribute(sysfs, name, attribute, &buf);

	if (r < 0 && r != -ENOENT) {
		return r;
	}
	*ret_begins = r == 0 && kb_str_starts(kb_buf_view(&buf), with);
	return 0;
}

int kb_scan_link(const struct kb_tree *sysfs, const char *name, char *ret_target, size_t size)
{
	KB_CLOSE int dir_fd = -1;
	ssize_t n;
	int r = kb_tree_open_dir(sysfs, "/class/block", &dir_fd);

	if (r < 0) {
		return r;
	}
	n = readlinkat(dir_fd, name, ret_target, size);
	if (n < 0 && errno != EINVAL) {
		return -errno;
	}
	n = n < 0 ? 0 : n; /* EINVAL: no link */
	if ((size_t)n == size) {
		return -ENAMETOOLONG;
	}
	ret_target[n] = '\0';
	return 0;
}
