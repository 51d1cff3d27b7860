/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gzip file, which anything may be: it is a kernel when what it unpacks to begins as one. As much
 * is unpacked as the other kinds look at, and no more is read for it than a named cap.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "image_source.h"

enum {
	GZIP_WINDOW_BITS = 16 + MAX_WBITS, /* a gzip header and trailer around it */
	READ_BYTES = 16 << 10,
	/* A stream may go on for ever without a byte coming out. */
	MAX_READ_BYTES = 1 << 20,
	UNPACKED_NAME_BYTES = KB_ERROR_TEXT,
};

static bool match(const struct kb_image_source *src)
{
	return !kb_image_is_unpacked(src) && kb_image_has(src, 0, "\x1f\x8b\x08", 3);
}

/* Feeds the stream until the buffer is full. 1: there is more of it to come. */
static int feed(const struct kb_image_source *src, z_stream *stream, uint64_t offset)
{
	uint8_t packed[READ_BYTES];
	uint64_t left = src->size_bytes - offset;
	size_t len = left < sizeof(packed) ? (size_t)left : sizeof(packed);
	int r = kb_image_read(src, offset, packed, len);

	if (r < 0) {
		return r;
	}
	stream->next_in = packed;
	stream->avail_in = (unsigned)len;
	r = inflate(stream, Z_NO_FLUSH);
	if (r == Z_MEM_ERROR) {
		return -ENOMEM;
	}
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR) {
		return -EUCLEAN;
	}
	return r != Z_STREAM_END && stream->avail_out > 0;
}

/* The first size bytes that come out, fewer where there are no more. */
static int unpack(const struct kb_image_source *src, uint8_t *head, size_t size, size_t *ret_len)
{
	z_stream stream = {.next_out = head, .avail_out = (unsigned)size};
	uint64_t offset = 0;
	int r = inflateInit2(&stream, GZIP_WINDOW_BITS) == Z_OK ? 1 : -ENOMEM;

	while (r > 0 && offset < src->size_bytes && offset < MAX_READ_BYTES) {
		r = feed(src, &stream, offset);
		offset += READ_BYTES;
	}
	*ret_len = size - stream.avail_out;
	(void)inflateEnd(&stream);
	return r < 0 ? r : 0;
}

static int inspect(const struct kb_image_source *src, struct kb_image *image, struct kb_error *err)
{
	uint8_t head[KB_IMAGE_HEAD_BYTES];
	char name[UNPACKED_NAME_BYTES];
	struct kb_image_source unpacked = {.fd = -1,
					   .name = name,
					   .size_bytes = KB_IMAGE_SIZE_UNKNOWN,
					   .head = head};
	struct kb_image inner = {0};
	int r = unpack(src, head, sizeof(head), &unpacked.head_len);

	if (r == -EUCLEAN) {
		return kb_error_set(err, r, "%s is damaged: it cannot be unpacked", src->name);
	}
	if (r < 0) {
		return kb_error_set(err, r, "unpacking %s: %s", src->name, strerror(-r));
	}
	if (unpacked.head_len < sizeof(head)) {
		unpacked.size_bytes = unpacked.head_len;
	}
	(void)snprintf(name, sizeof(name), "%s, unpacked,", src->name);
	r = kb_image_inspect_source(&unpacked, &inner, err);
	if (r == 0) {
		image->unpacked = inner.type;
		image->arch = inner.arch;
		image->cmdline_max_bytes = inner.cmdline_max_bytes;
		memcpy(image->version, inner.version, sizeof(image->version));
	}
	return r;
}

const struct kb_image_kind kb_image_kind_gzip = {KB_IMAGE_GZIP, match, inspect};
