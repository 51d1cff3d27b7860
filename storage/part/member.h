/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A member as it is used: open for reading, and read-only for everybody.
 * For every assembler.
 * Must not be opened for writing anywhere.
 */
#ifndef KBOOT_STORAGE_PART_MEMBER_H
#define KBOOT_STORAGE_PART_MEMBER_H

#include <sys/types.h>

#include "kboot/storage/assembly.h"

struct kb_part {
	const struct kb_member *member;
	int fd;
	dev_t dev;
	uint64_t size_bytes;
};

/* With a sentence. */
KB_MUST_CHECK int kb_part_open(const struct kb_assembly *a, const struct kb_member *member,
			       struct kb_part *ret_part, struct kb_error *err);
void kb_part_done(struct kb_part *part);
/* All of len bytes, or -EIO, -errno. */
KB_MUST_CHECK int kb_part_read(const struct kb_part *part, uint64_t offset, void *buf, size_t len);
/* Is there a holder of it whose name begins so ("md", "dm-")? */
bool kb_part_is_held(const struct kb_assembly *a, const char *name, const char *prefix);

#endif
