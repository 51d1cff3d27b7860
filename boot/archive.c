/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/boot/archive.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "files.h"
#include "image_source.h"
#include "kboot/base/replace.h"

enum { ALIGN_BYTES = 4, ABOVE_MODE = 0555, MKDIR_MODE = 0755, HEADER_BYTES = 110, MAX_NAME = 512 };

/* One of the head and name, or what is behind a file's bytes, up to the next multiple of 4. */
static size_t padding(uint64_t bytes)
{
	return (size_t)(-bytes & (ALIGN_BYTES - 1));
}

int kb_boot_take_room(uint64_t *room, uint64_t bytes, const char *what, struct kb_error *err)
{
	char need[KB_IMAGE_COUNT_TEXT];
	char have[KB_IMAGE_COUNT_TEXT];

	if (bytes > *room) {
		return kb_error_set(err, -ENOMEM, "%s takes %s bytes, and there is memory for %s",
				    what, kb_image_count(need, bytes), kb_image_count(have, *room));
	}
	*room -= bytes;
	return 0;
}

static int put(struct kb_archive *a, const char *bytes, size_t len, struct kb_error *err)
{
	int r = kb_boot_take_room(a->room, len, a->folder->path, err);

	if (r == 0) {
		r = kb_write_all(a->fd, kb_str_of(bytes, len));
		r = r < 0 ? kb_error_no_memory(err) : 0;
	}
	a->bytes += len;
	return r;
}

/* usr/gen_init_cpio.c and Documentation/driver-api/early-userspace/buffer-format.rst. */
static int put_head(struct kb_archive *a, const char *name, unsigned mode, uint64_t len,
		    struct kb_error *err)
{
	char head[HEADER_BYTES + MAX_NAME + ALIGN_BYTES] = {0};
	size_t used = HEADER_BYTES + strlen(name) + 1;

	if (len > UINT32_MAX || strlen(name) >= MAX_NAME) {
		return kb_error_set(err, -EFBIG, "%s is too large for an initrd", name);
	}
	(void)snprintf(head, sizeof(head),
		       "070701%08" PRIx32 "%08x%08x%08x%08x%08x%08" PRIx32 "%08x%08x%08x%08x%08zx"
		       "%08x%s",
		       mode ? ++a->n_nodes : 0, mode, 0, 0, 1, 0, (uint32_t)len, 0, 0, 0, 0,
		       strlen(name) + 1, 0, name);
	return put(a, head, used + padding(used), err);
}

int kb_archive_start(const struct kb_archive_folder *folder, uint64_t *room,
		     struct kb_archive *ret_archive, struct kb_error *err)
{
	struct kb_archive a = {.folder = folder, .room = room};
	const char *slash = folder->path;
	int r = 0;

	a.fd = memfd_create("archive", MFD_CLOEXEC);
	if (a.fd < 0) {
		return kb_error_no_memory(err);
	}
	while (r == 0 && (slash = strchr(slash, '/'))) {
		char above[MAX_NAME];

		(void)snprintf(above, sizeof(above), "%.*s", (int)(slash++ - folder->path),
			       folder->path);
		r = put_head(&a, above, S_IFDIR | ABOVE_MODE, 0, err);
	}
	if (r == 0) {
		r = put_head(&a, folder->path, S_IFDIR | folder->mode, 0, err);
	}
	if (r < 0) {
		(void)kb_close(a.fd);
		return r;
	}
	*ret_archive = a;
	return 0;
}

static int put_file(struct kb_archive *a, const char *path, const struct kb_boot_file *file,
		    uint64_t offset, uint64_t len, struct kb_error *err)
{
	int r = kb_boot_take_room(a->room, len, file->name, err);

	if (r == 0) {
		r = put_head(a, path, S_IFREG | a->folder->file_mode, len, err);
	}
	if (r == 0) {
		r = kb_boot_copy(NULL, file, offset, len, a->fd, err);
	}
	if (r == 0) {
		a->bytes += len;
		r = put(a, "\0\0\0", padding(a->bytes), err);
	}
	return r;
}

int kb_archive_add(struct kb_archive *a, const char *name, const struct kb_boot_file *file,
		   uint64_t offset, uint64_t len, struct kb_error *err)
{
	char path[MAX_NAME];

	(void)snprintf(path, sizeof(path), "%s/%s", a->folder->path, name);
	return put_file(a, path, file, offset, len, err);
}

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++) {
		n += *text == c;
	}
	return n;
}

/* The innermost ones. */
static int put_folders(struct kb_archive *a, const char *path, int mkdir, struct kb_error *err)
{
	size_t above = count(path, '/');
	const char *slash = path;
	int r = 0;

	for (; r == 0 && (slash = strchr(slash, '/')); above--, slash++) {
		char folder[MAX_NAME];

		(void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		r = mkdir < 0 || above <= (size_t)mkdir
			    ? put_head(a, folder, S_IFDIR | MKDIR_MODE, 0, err)
			    : 0;
	}
	return r;
}

int kb_archive_of(const char *path, unsigned mode, int mkdir, const struct kb_boot_file *file,
		  uint64_t *room, int *ret_fd, struct kb_error *err)
{
	const struct kb_archive_folder folder = {.path = file->name, .file_mode = mode};
	KB_CLOSE int fd = memfd_create("archive", MFD_CLOEXEC);
	struct kb_archive a = {.folder = &folder, .room = room, .fd = fd};
	struct stat st;
	int r;

	path += strspn(path, "/");
	if (fd < 0) {
		return kb_error_no_memory(err);
	}
	if (fstat(file->fd, &st) < 0) {
		return kb_error_set(err, -errno, "%s: %s", file->name, strerror(errno));
	}
	if (strlen(path) >= MAX_NAME) {
		return kb_error_set(err, -ENAMETOOLONG,
				    "%s: the file's name in an initrd is too long", file->name);
	}
	r = put_folders(&a, path, mkdir, err);
	r = r < 0 ? r : put_file(&a, path, file, 0, (uint64_t)st.st_size, err);
	r = r < 0 ? r : kb_archive_end(&a, err);
	if (r == 0) {
		*ret_fd = kb_steal_fd(&fd);
	}
	return r;
}

int kb_archive_end(struct kb_archive *a, struct kb_error *err)
{
	return put_head(a, "TRAILER!!!", 0, 0, err);
}
