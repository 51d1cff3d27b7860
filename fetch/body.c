/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kboot/terminal/text.h"

enum { SIZE_TEXT = 32 };

int kb_body_open(struct kb_body *body, uint64_t max_bytes, struct kb_error *err)
{
	*body = (struct kb_body){.max_bytes = max_bytes, .total = KB_SIZE_UNKNOWN};
	body->fd = memfd_create("kboot-fetch", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return body->fd < 0 ? kb_error_set(err, -errno, "no memory file: %s", strerror(errno)) : 0;
}

void kb_body_close(struct kb_body *body)
{
	body->fd = kb_close(body->fd);
}

int kb_body_forget(struct kb_body *body, struct kb_error *err)
{
	body->bytes = 0;
	body->total = KB_SIZE_UNKNOWN;
	body->validator[0] = '\0';
	return kb_error_set(err, -ESTALE, "the file has changed while it was fetched");
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
	if (total != KB_SIZE_UNKNOWN && total > body->max_bytes) {
		return kb_body_too_large(body, total, err);
	}
	if (offset > 0) {
		if (offset != body->bytes ||
		    (body->total != KB_SIZE_UNKNOWN && total != body->total)) {
			return kb_body_forget(body, err);
		}
		body->total = total;
		return 0;
	}
	if (ftruncate(body->fd, 0) < 0) {
		return kb_error_set(err, -errno, "%s", strerror(errno));
	}
	body->bytes = 0;
	body->total = total;
	body->version++;
	validator = validator.len < KB_VALIDATOR_BYTES ? validator : (struct kb_str){0};
	(void)snprintf(body->validator, sizeof(body->validator), "%.*s", KB_STR_ARG(validator));
	return 0;
}

int kb_body_write(struct kb_body *body, const void *data, size_t len, struct kb_error *err)
{
	if (len > body->max_bytes - body->bytes) {
		return kb_body_too_large(body, KB_SIZE_UNKNOWN, err);
	}
	if (body->total != KB_SIZE_UNKNOWN && len > body->total - body->bytes) {
		return kb_error_set(err, -EPROTO, "the server sends more than it has announced");
	}
	while (len > 0) {
		ssize_t n = pwrite(body->fd, data, len, (off_t)body->bytes);

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
	if (body->total != KB_SIZE_UNKNOWN && body->bytes != body->total) {
		return kb_error_set(err, -EPIPE, "the connection ends after %llu of %llu bytes",
				    (unsigned long long)body->bytes,
				    (unsigned long long)body->total);
	}
	return 0;
}

int kb_body_seal(const struct kb_body *body, struct kb_error *err)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

	return fcntl(body->fd, F_ADD_SEALS, seals) < 0
		       ? kb_error_set(err, -errno, "the memory file cannot be sealed: %s",
				      strerror(errno))
		       : 0;
}
