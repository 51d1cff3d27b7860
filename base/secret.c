/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int make_room(struct kb_secret *secret, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = (bytes / page + 1) * page;
	void *data;

	kb_secret_done(secret);
	if (bytes > KB_SECRET_MAX_BYTES) {
		return -E2BIG;
	}
	data = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED) {
		return -ENOMEM;
	}
	(void)mlock(data, mapped);
	(void)madvise(data, mapped, MADV_DONTDUMP);
	*secret = (struct kb_secret){.data = data, .mapped_bytes = mapped};
	return 0;
}

int kb_secret_set(struct kb_secret *secret, struct kb_str bytes)
{
	int r = make_room(secret, bytes.len);

	if (r == 0) {
		memcpy(secret->data, bytes.data, bytes.len);
		secret->len = bytes.len;
	}
	return r;
}

/* Its length is not believed: a key file may be a block device, or grow. */
int kb_secret_read(struct kb_secret *secret, int fd)
{
	int r = make_room(secret, KB_SECRET_MAX_BYTES);
	ssize_t n = 0;

	while (r == 0 && secret->len <= KB_SECRET_MAX_BYTES) {
		n = read(fd, secret->data + secret->len, KB_SECRET_MAX_BYTES + 1 - secret->len);
		if (n == 0) {
			break;
		}
		if (n < 0 && errno != EINTR) {
			r = -errno;
		}
		secret->len += n > 0 ? (size_t)n : 0;
	}
	if (r == 0 && secret->len == 0) {
		r = -ENODATA;
	}
	if (r == 0 && secret->len > KB_SECRET_MAX_BYTES) {
		r = -E2BIG;
	}
	if (r < 0) {
		kb_secret_done(secret);
	}
	return r;
}

void kb_secret_done(struct kb_secret *secret)
{
	if (secret->data) {
		explicit_bzero(secret->data, secret->mapped_bytes);
		(void)munmap(secret->data, secret->mapped_bytes);
	}
	*secret = (struct kb_secret){0};
}
