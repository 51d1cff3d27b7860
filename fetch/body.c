/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/terminal/text.h"

enum { SIZE_TEXT = 32 };

int kb_fetch_part_open(struct kb_fetch_part *ret_part, struct kb_error *err)
{
	int fd = memfd_create("kboot-fetch", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0) {
		return kb_error_set(err, -errno, "no memory file: %s", strerror(errno));
	}
	*ret_part = (struct kb_fetch_part){.fd = fd, .total_bytes = KB_SIZE_UNKNOWN};
	return 0;
}

void kb_fetch_part_close(struct kb_fetch_part *part)
{
	part->fd = kb_close(part->fd);
}

bool kb_fetch_part_is_whole(const struct kb_fetch_part *part)
{
	int seals = fcntl(part->fd, F_GET_SEALS);

	return seals >= 0 && (seals & F_SEAL_WRITE);
}

uint64_t kb_fetch_part_bytes(const struct kb_fetch_part *part)
{
	struct stat st;

	return fstat(part->fd, &st) < 0 ? 0 : (uint64_t)st.st_size;
}

/*
 * Who is killed between any two of the steps leaves bytes without a validator: nobody asks for
 * their rest.
 */
static int restart(struct kb_body *body, uint64_t total, struct kb_str validator)
{
	struct kb_fetch_part *part = body->part;

	__atomic_store_n(&part->validator[0], '\0', __ATOMIC_SEQ_CST);
	if (ftruncate(part->fd, 0) < 0) {
		return -errno;
	}
	body->bytes = 0;
	body->version++;
	part->total_bytes = total;
	part->source = body->source;
	if (validator.len > 0 && validator.len < sizeof(part->validator)) {
		memcpy(part->validator + 1, validator.data + 1, validator.len - 1);
		part->validator[validator.len] = '\0';
		__atomic_store_n(&part->validator[0], validator.data[0], __ATOMIC_SEQ_CST);
	}
	return 0;
}

int kb_body_open(struct kb_body *body, struct kb_fetch_part *part, uint64_t max_bytes,
		 struct kb_error *err)
{
	*body = (struct kb_body){.part = part, .max_bytes = max_bytes};
	body->bytes = kb_fetch_part_bytes(part);
	return body->bytes > max_bytes ? kb_body_too_large(body, body->bytes, err) : 0;
}

int kb_body_forget(struct kb_body *body, struct kb_error *err)
{
	int r = restart(body, KB_SIZE_UNKNOWN, (struct kb_str){0});

	return r < 0 ? kb_error_set(err, r, "%s", strerror(-r))
		     : kb_error_set(err, -ESTALE, "the file has changed while it was fetched");
}

int kb_body_too_large(const struct kb_body *body, uint64_t total, struct kb_error *err)
{
	char size[SIZE_TEXT];
	char room[SIZE_TEXT];

	kb_format_bytes(total, size, sizeof(size));
	kb_format_bytes(body->max_bytes, room, sizeof(room));
	return total == KB_SIZE_UNKNOWN
		       ? kb_error_set(err, -EFBIG,
				      "the file is larger than %s, and there is no room for more",
				      room)
		       : kb_error_set(err, -EFBIG, "the file has %s, and there is room for %s",
				      size, room);
}

int kb_body_begin(struct kb_body *body, uint64_t offset, uint64_t total, struct kb_str validator,
		  struct kb_error *err)
{
	int r;

	if (total != KB_SIZE_UNKNOWN && total > body->max_bytes) {
		return kb_body_too_large(body, total, err);
	}
	if (offset > 0) {
		if (offset != body->bytes || (body->part->total_bytes != KB_SIZE_UNKNOWN &&
					      total != body->part->total_bytes)) {
			return kb_body_forget(body, err);
		}
		body->part->total_bytes = total;
		return 0;
	}
	r = restart(body, total, validator);
	return r < 0 ? kb_error_set(err, r, "%s", strerror(-r)) : 0;
}

int kb_body_write(struct kb_body *body, const void *data, size_t len, struct kb_error *err)
{
	if (len > body->max_bytes - body->bytes) {
		return kb_body_too_large(body, KB_SIZE_UNKNOWN, err);
	}
	if (body->part->total_bytes != KB_SIZE_UNKNOWN &&
	    len > body->part->total_bytes - body->bytes) {
		return kb_error_set(err, -EPROTO, "the server sends more than it has announced");
	}
	while (len > 0) {
		ssize_t n = pwrite(body->part->fd, data, len, (off_t)body->bytes);

		if (n <= 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return kb_error_set(err, -ENOMEM, "no memory for it: %s", strerror(errno));
		}
		body->bytes += (uint64_t)n;
		data = (const char *)data + n;
		len -= (size_t)n;
	}
	return 0;
}

int kb_body_end(const struct kb_body *body, struct kb_error *err)
{
	if (body->part->total_bytes != KB_SIZE_UNKNOWN && body->bytes != body->part->total_bytes) {
		return kb_error_set(err, -EPIPE, "the connection ends after %llu of %llu bytes",
				    (unsigned long long)body->bytes,
				    (unsigned long long)body->part->total_bytes);
	}
	return 0;
}

int kb_body_seal(const struct kb_body *body, struct kb_error *err)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

	return fcntl(body->part->fd, F_ADD_SEALS, seals) < 0
		       ? kb_error_set(err, -errno, "the memory file cannot be sealed: %s",
				      strerror(errno))
		       : 0;
}
