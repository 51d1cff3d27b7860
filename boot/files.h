/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of the files to load: mapped without a copy, or several run together; reading them is
 * what takes time, so progress is told from here.
 * For the loaders.
 * Must not be read through by our own code: a file cut behind our back kills who touches the
 * mapping. The kernel, which copies from it, answers EFAULT instead.
 */
#ifndef KBOOT_BOOT_FILES_H
#define KBOOT_BOOT_FILES_H

#include "method.h"

struct kb_boot_bytes {
	const void *data;
	size_t len;
	void *map; /* page-aligned, what is unmapped; NULL: none */
	size_t map_len;
};

/* Maps len bytes from offset, which the file must have, and brings them into memory. */
KB_MUST_CHECK int kb_boot_map(struct kb_boot_job *job, const struct kb_boot_file *file,
			      uint64_t offset, uint64_t len, struct kb_boot_bytes *ret_bytes,
			      struct kb_error *err);
void kb_boot_unmap(struct kb_boot_bytes *bytes);

/*
 * The initrds from first on as one unnamed file in memory, each at the next multiple of 4 (the
 * kernel skips zero bytes between archives:
 * Documentation/driver-api/early-userspace/buffer-format).
 */
KB_MUST_CHECK int kb_boot_join_initrds(struct kb_boot_job *job, size_t first, int *ret_fd,
				       struct kb_error *err);
/* Copies bytes of a file, which must have them, to where out_fd stands. job NULL: no progress is
 * told. */
KB_MUST_CHECK int kb_boot_copy(struct kb_boot_job *job, const struct kb_boot_file *file,
			       uint64_t offset, uint64_t len, int out_fd, struct kb_error *err);
/* Brings a whole file into the page cache. */
KB_MUST_CHECK int kb_boot_warm(struct kb_boot_job *job, const struct kb_boot_file *file,
			       struct kb_error *err);
KB_MUST_CHECK int kb_boot_file_size(const struct kb_boot_file *file, uint64_t *ret_bytes,
				    struct kb_error *err);

#define KB_BOOT_UNMAP KB_CLEANUP(kb_boot_unmap)

#endif
