/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files as an initrd that puts them into one folder: an archive (cpio, newc) in memory, made as
 * systemd's stub makes it: owner and times are 0, the folders come first.
 * For the worker that loads. Must not take more memory than it may.
 */
#ifndef KBOOT_BOOT_ARCHIVE_H
#define KBOOT_BOOT_ARCHIVE_H

#include "kboot/boot/load.h"

struct kb_archive_folder {
	const char *path; /* without a slash before: ".extra/credentials" */
	unsigned mode;    /* of the folder itself; those above have 0555 */
	unsigned file_mode;
};

struct kb_archive {
	const struct kb_archive_folder *folder;
	uint64_t *room; /* bytes of memory that are left for it; it takes its own off */
	uint64_t bytes;
	uint32_t n_nodes;
	int fd; /* the caller's to close */
};

KB_MUST_CHECK int kb_archive_start(const struct kb_archive_folder *folder, uint64_t *room,
				   struct kb_archive *ret_archive, struct kb_error *err);
/* len bytes of file from offset on, which must be there, as name in the folder. -ENOMEM, -EFBIG,
 * before a byte is read. */
KB_MUST_CHECK int kb_archive_add(struct kb_archive *archive, const char *name,
				 const struct kb_boot_file *file, uint64_t offset, uint64_t len,
				 struct kb_error *err);
KB_MUST_CHECK int kb_archive_end(struct kb_archive *archive, struct kb_error *err);

/* One file alone, at its path: mkdir folders above it are made before it (-1: all), with mode 0755.
 * *ret_fd is the archive. -ENOMEM, -EFBIG, before a byte is read. */
KB_MUST_CHECK int kb_archive_of(const char *path, unsigned mode, int mkdir,
				const struct kb_boot_file *file, uint64_t *room, int *ret_fd,
				struct kb_error *err);

/* Takes bytes off the room. -ENOMEM with a sentence that says what has no room. */
KB_MUST_CHECK int kb_boot_take_room(uint64_t *room, uint64_t bytes, const char *what,
				    struct kb_error *err);

#endif
