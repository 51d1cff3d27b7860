/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables as efivarfs has them: of the EFI global namespace, or of the vendor whose GUID follows
 * the name ("LoaderEntryOneShot-4a67b082-…").
 * For firmware.c.
 * Must not create a variable and leave it empty.
 */
#ifndef KBOOT_BOOT_EFI_VARS_H
#define KBOOT_BOOT_EFI_VARS_H

#include "kboot/base/str.h"

enum { KB_EFI_VARIABLE_MAX_BYTES = 16 << 10, KB_EFI_WRITE_MAX_BYTES = 4096 };

/* A variable's data is appended. -ENOENT, -EFBIG, -EINVAL (no room for its attributes). */
KB_MUST_CHECK int kb_efi_read(int efivars_fd, const char *name, struct kb_buf *data);
/* A little-endian number of exactly so many bytes, up to 8. -EINVAL for any other size. */
KB_MUST_CHECK int kb_efi_read_number(int efivars_fd, const char *name, size_t bytes,
				     uint64_t *ret_value);
/* Kept by the firmware until it is written again. -EROFS, -ENOSPC, -EPERM, -EFBIG, … */
KB_MUST_CHECK int kb_efi_write(int efivars_fd, const char *name, struct kb_str data);
KB_MUST_CHECK int kb_efi_write_number(int efivars_fd, const char *name, size_t bytes,
				      uint64_t value);
/* 0 also where there is none. */
KB_MUST_CHECK int kb_efi_remove(int efivars_fd, const char *name);
/* At the head of what is left; false where so much is not. */
bool kb_efi_take_number(struct kb_str *rest, size_t bytes, uint64_t *ret_value);

#endif
