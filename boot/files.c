/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#ifndef MADV_POPULATE_READ /* Linux 5.14 */
#define MADV_POPULATE_READ 22
#endif

enum {
	CHUNK_BYTES = 512 << 10, /* between two words of progress */
	/*
	 * One advice reads no more than the device's own window, which is often as small as this;
	 * and so much is under way before the first byte is waited for.
	 */
	ADVICE_BYTES = 128 << 10,
	AHEAD_BYTES = 8 << 20,
	SCRATCH_BYTES = 64 << 10,
	INITRD_ALIGN_BYTES = 4,
};

static void tell(struct kb_boot_job *job, uint64_t bytes)
{
	job->done_bytes += bytes;
	if (job->progress) {
		job->progress(job->ctx, job->done_bytes, job->plan->total_bytes);
	}
}

static int cannot_open(const struct kb_boot_file *file, int r, struct kb_error *err)
{
	return kb_error_set(err, r, "reading %s: %s", file->name, strerror(-r));
}

/* n is what read(2) answered instead of bytes. */
static int read_failed(const struct kb_boot_file *file, uint64_t offset, ssize_t n,
		       struct kb_error *err)
{
	int r = n < 0 ? -errno : -EIO;

	return n < 0 ? kb_error_set(err, r, "reading %s at byte %" PRIu64 ": %s", file->name,
				    offset, strerror(-r))
		     : kb_error_set(err, r, "%s has become shorter: it ends at byte %" PRIu64,
				    file->name, offset);
}

int kb_boot_file_size(const struct kb_boot_file *file, uint64_t *ret_bytes, struct kb_error *err)
{
	struct stat st;

	if (fstat(file->fd, &st) < 0) {
		return cannot_open(file, -errno, err);
	}
	if (st.st_size <= 0) {
		return kb_error_set(err, -EUCLEAN, "%s is empty", file->name);
	}
	*ret_bytes = (uint64_t)st.st_size;
	return 0;
}

/* Asks for the bytes up to AHEAD_BYTES beyond at, from where it last stopped asking. */
static void ask_ahead(int fd, uint64_t at, uint64_t end, uint64_t *asked)
{
	while (*asked < end && *asked < at + AHEAD_BYTES) {
		(void)posix_fadvise(fd, (off_t)*asked, ADVICE_BYTES, POSIX_FADV_WILLNEED);
		*asked += ADVICE_BYTES;
	}
}

/* Reads a chunk into nowhere; a failure's sentence says where. -EIO at an early end. */
static int read_chunk(const struct kb_boot_file *file, uint64_t offset, size_t len,
		      struct kb_error *err)
{
	char scratch[SCRATCH_BYTES];

	while (len > 0) {
		ssize_t n = pread(file->fd, scratch, len < sizeof(scratch) ? len : sizeof(scratch),
				  (off_t)offset);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return read_failed(file, offset, n, err);
		}
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int kb_boot_warm(struct kb_boot_job *job, const struct kb_boot_file *file, struct kb_error *err)
{
	uint64_t asked = 0;
	uint64_t size = 0;
	int r = kb_boot_file_size(file, &size, err);

	if (r < 0) {
		return r;
	}
	for (uint64_t at = 0; at < size; at += CHUNK_BYTES) {
		size_t len = size - at < CHUNK_BYTES ? (size_t)(size - at) : CHUNK_BYTES;

		ask_ahead(file->fd, at, size, &asked);
		r = read_chunk(file, at, len, err);
		if (r < 0) {
			return r;
		}
		tell(job, len);
	}
	return 0;
}

/*
 * Brings the mapped bytes into memory: by read(2), which tells of an error at once, where before
 * Linux 6.9 MADV_POPULATE_READ tries again for ever. Mapped pages cost the kexec call no fault of
 * their own; where that advice is not known, they do.
 */
static int populate(struct kb_boot_job *job, const struct kb_boot_file *file, uint64_t offset,
		    const struct kb_boot_bytes *bytes, struct kb_error *err)
{
	uint64_t asked = offset;

	for (size_t at = 0; at < bytes->map_len; at += CHUNK_BYTES) {
		size_t len = bytes->map_len - at < CHUNK_BYTES ? bytes->map_len - at : CHUNK_BYTES;
		int r;

		ask_ahead(file->fd, offset + at, offset + bytes->map_len, &asked);
		r = read_chunk(file, offset + at, len, err);
		if (r < 0) {
			return r;
		}
		(void)madvise((char *)bytes->map + at, len, MADV_POPULATE_READ);
		tell(job, len);
	}
	return 0;
}

int kb_boot_map(struct kb_boot_job *job, const struct kb_boot_file *file, uint64_t offset,
		uint64_t len, struct kb_boot_bytes *ret_bytes, struct kb_error *err)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t skip = offset & (page - 1);
	struct kb_boot_bytes bytes = {0};
	int r;

	if (len == 0 || len > SIZE_MAX - page) {
		return kb_error_set(err, -EFBIG, "%s is too large", file->name);
	}
	bytes.map_len = (size_t)(len + skip);
	bytes.map =
		mmap(NULL, bytes.map_len, PROT_READ, MAP_PRIVATE, file->fd, (off_t)(offset - skip));
	if (bytes.map == MAP_FAILED) {
		return cannot_open(file, -errno, err);
	}
	bytes.data = (const char *)bytes.map + skip;
	bytes.len = (size_t)len;
	r = populate(job, file, offset - skip, &bytes, err);
	if (r < 0) {
		kb_boot_unmap(&bytes);
		return r;
	}
	*ret_bytes = bytes;
	return 0;
}

void kb_boot_unmap(struct kb_boot_bytes *bytes)
{
	if (bytes && bytes->map) {
		(void)munmap(bytes->map, bytes->map_len);
		*bytes = (struct kb_boot_bytes){0};
	}
}

int kb_boot_copy(struct kb_boot_job *job, const struct kb_boot_file *file, uint64_t offset,
		 uint64_t len, int out_fd, struct kb_error *err)
{
	off_t from = (off_t)offset;

	while (len > 0) {
		ssize_t n = sendfile(out_fd, file->fd, &from,
				     len < CHUNK_BYTES ? (size_t)len : CHUNK_BYTES);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return read_failed(file, (uint64_t)from, n, err);
		}
		len -= (uint64_t)n;
		if (job) {
			tell(job, (uint64_t)n);
		}
	}
	return 0;
}

static int append(struct kb_boot_job *job, const struct kb_boot_file *file, int out_fd,
		  uint64_t *size, struct kb_error *err)
{
	uint64_t len = 0;
	int r = kb_boot_file_size(file, &len, err);

	if (r < 0) {
		return r;
	}
	*size = (*size + INITRD_ALIGN_BYTES - 1) & ~(uint64_t)(INITRD_ALIGN_BYTES - 1);
	if (ftruncate(out_fd, (off_t)*size) < 0 || lseek(out_fd, (off_t)*size, SEEK_SET) < 0) {
		return kb_error_set(err, -errno, "no memory for the initrds: %s", strerror(errno));
	}
	r = kb_boot_copy(job, file, 0, len, out_fd, err);
	*size += len;
	return r;
}

int kb_boot_join_initrds(struct kb_boot_job *job, size_t first, int *ret_fd, struct kb_error *err)
{
	KB_CLOSE int fd = memfd_create("initrds", MFD_CLOEXEC);
	uint64_t size = 0;

	if (fd < 0) {
		return kb_error_set(err, -errno, "no memory for the initrds: %s", strerror(errno));
	}
	for (size_t i = first; i < job->request->n_initrd; i++) {
		int r = append(job, &job->request->initrd[i], fd, &size, err);

		if (r < 0) {
			return r;
		}
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}
