/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "efi_vars.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "kboot/base/tree.h"

enum {
	NAME_BYTES = 96,
	ATTRIBUTE_BYTES = 4, /* efivarfs puts them before the data */
	/* EFI_VARIABLE_NON_VOLATILE, _BOOTSERVICE_ACCESS, _RUNTIME_ACCESS. */
	KEPT = 1 | 2 | 4,
};

static void put_path(char path[NAME_BYTES], const char *name)
{
	(void)snprintf(path, NAME_BYTES, "%s%s", name,
		       strchr(name, '-') ? "" : "-8be4df61-93ca-11d2-aa0d-00e098032b8c");
}

int kb_efi_read(int efivars_fd, const char *name, struct kb_buf *data)
{
	const struct kb_tree tree = {.root_fd = efivars_fd, .name = ""};
	KB_BUF struct kb_buf file = {0};
	char path[NAME_BYTES];
	int r;

	put_path(path, name);
	r = kb_tree_read(&tree, path, KB_EFI_VARIABLE_MAX_BYTES, &file);
	if (r == 0 && file.len < ATTRIBUTE_BYTES) {
		return -EINVAL;
	}
	if (r == 0) {
		kb_buf_str(data, kb_str_skip(kb_buf_view(&file), ATTRIBUTE_BYTES));
		r = kb_buf_error(data);
	}
	return r;
}

bool kb_efi_take_number(struct kb_str *rest, size_t bytes, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (rest->len < bytes) {
		return false;
	}
	for (size_t i = bytes; i > 0; i--) {
		value = value << 8 | (unsigned char)rest->data[i - 1];
	}
	*rest = kb_str_skip(*rest, bytes);
	*ret_value = value;
	return true;
}

int kb_efi_read_number(int efivars_fd, const char *name, size_t bytes, uint64_t *ret_value)
{
	KB_BUF struct kb_buf data = {0};
	struct kb_str rest;
	int r = kb_efi_read(efivars_fd, name, &data);

	rest = kb_buf_view(&data);
	if (r < 0 || rest.len != bytes) {
		return r < 0 ? r : -EINVAL;
	}
	return kb_efi_take_number(&rest, bytes, ret_value) ? 0 : -EINVAL;
}

/* A variable is immutable as soon as it is there, but for those that variable_validate in the
 * kernel's fs/efivarfs/vars.c lists. */
static void make_mutable(int efivars_fd, const char *path)
{
	KB_CLOSE int fd = openat(efivars_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int flags = 0;

	if (fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_IMMUTABLE_FL)) {
		flags &= ~FS_IMMUTABLE_FL;
		(void)!ioctl(fd, FS_IOC_SETFLAGS, &flags);
	}
}

int kb_efi_remove(int efivars_fd, const char *name)
{
	char path[NAME_BYTES];

	put_path(path, name);
	make_mutable(efivars_fd, path);
	return unlinkat(efivars_fd, path, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* In one write(2), as efivarfs wants it. */
int kb_efi_write(int efivars_fd, const char *name, struct kb_str data)
{
	char file[ATTRIBUTE_BYTES + KB_EFI_WRITE_MAX_BYTES] = {KEPT};
	size_t bytes = data.len;
	KB_CLOSE int fd = -1;
	char path[NAME_BYTES];
	struct stat st;
	ssize_t n;

	if (bytes > KB_EFI_WRITE_MAX_BYTES) {
		return -EFBIG;
	}
	put_path(path, name);
	memcpy(file + ATTRIBUTE_BYTES, data.data, bytes);
	make_mutable(efivars_fd, path);
	fd = openat(efivars_fd, path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0) {
		return -errno;
	}
	do {
		n = write(fd, file, ATTRIBUTE_BYTES + bytes);
	} while (n < 0 && errno == EINTR);
	if (n == (ssize_t)(ATTRIBUTE_BYTES + bytes)) {
		return 0;
	}
	n = n < 0 ? -errno : -EIO;
	/* What we created and could not fill stays empty, and nothing reads that. */
	if (fstat(fd, &st) == 0 && st.st_size == 0) {
		(void)unlinkat(efivars_fd, path, 0);
	}
	return (int)n;
}

int kb_efi_write_number(int efivars_fd, const char *name, size_t bytes, uint64_t value)
{
	char data[sizeof(value)];

	for (size_t i = 0; i < bytes; i++) {
		data[i] = (char)(value >> (8 * i));
	}
	return kb_efi_write(efivars_fd, name, kb_str_of(data, bytes));
}
