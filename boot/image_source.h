/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file under inspection: its first bytes, bounded reads of the rest, and what each kind offers.
 * For boot/image*.c only.
 * Must not answer a byte that the file does not have, and must not map the file (a cut file would
 * kill the process).
 */
#ifndef KBOOT_BOOT_IMAGE_SOURCE_H
#define KBOOT_BOOT_IMAGE_SOURCE_H

#include "kboot/base/endian.h"
#include "kboot/base/error.h"
#include "kboot/boot/image.h"

enum {
	KB_IMAGE_HEAD_BYTES = 32 << 10, /* a multiboot 2 header starts within these */
	KB_IMAGE_COUNT_TEXT = 32,
};

/* Of what is being unpacked; more than any header can promise. */
#define KB_IMAGE_SIZE_UNKNOWN ((uint64_t)INT64_MAX)

struct kb_image_source {
	int fd; /* -1: what a compressed file begins with; there is no more than the head */
	const char *name;
	uint64_t size_bytes;
	const uint8_t *head;
	size_t head_len; /* the whole file where it is shorter than the head */
};

static inline bool kb_image_is_unpacked(const struct kb_image_source *src)
{
	return src->fd < 0 && src->head;
}

/* Does the head hold these bytes at offset? */
bool kb_image_has(const struct kb_image_source *src, size_t offset, const void *magic, size_t len);
/* All len bytes or an error: -EUCLEAN past the end, else what pread(2) said. */
KB_MUST_CHECK int kb_image_read(const struct kb_image_source *src, uint64_t offset, void *buf,
				size_t len);
/* 8,123,456 */
const char *kb_image_count(char buf[KB_IMAGE_COUNT_TEXT], uint64_t n);
/* -EUCLEAN with the sentence, naming what the header promises. */
int kb_image_truncated(const struct kb_image_source *src, uint64_t wanted_bytes,
		       struct kb_error *err);
/* What kb_image_inspect does, of bytes that are there. */
KB_MUST_CHECK int kb_image_inspect_source(const struct kb_image_source *src,
					  struct kb_image *ret_image, struct kb_error *err);
/* Copies text up to a NUL, a line end or len, control bytes replaced. */
void kb_image_copy_text(char *buf, size_t size, const uint8_t *text, size_t len);

/*
 * One kind of file. match looks at the head only; inspect fills *image beyond type and size, and
 * may refine the type.
 */
struct kb_image_kind {
	enum kb_image_type type;
	bool (*match)(const struct kb_image_source *src);
	int (*inspect)(const struct kb_image_source *src, struct kb_image *image,
		       struct kb_error *err);
};

extern const struct kb_image_kind kb_image_kind_bzimage;
extern const struct kb_image_kind kb_image_kind_arm64;
extern const struct kb_image_kind kb_image_kind_riscv;
extern const struct kb_image_kind kb_image_kind_arm;
extern const struct kb_image_kind kb_image_kind_pe;
extern const struct kb_image_kind kb_image_kind_elf;
extern const struct kb_image_kind kb_image_kind_uimage;
extern const struct kb_image_kind kb_image_kind_gzip;
extern const struct kb_image_kind kb_image_kind_multiboot;

#endif
