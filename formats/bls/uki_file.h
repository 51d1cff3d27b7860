/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified kernel image as an entry, one for each of its profiles (UAPI.5).
 * For the reader bls.c.
 * Must not trust an offset or a size in the file.
 */
#ifndef KBOOT_FORMATS_BLS_UKI_FILE_H
#define KBOOT_FORMATS_BLS_UKI_FILE_H

#include "bls/entry_file.h"
#include "kboot/base/pe.h"

/* Adds to entry, which has its id, what the image at fd says of that profile. -ENOENT: it has no
 * such profile; -ENOEXEC: it is no unified kernel image; -EUCLEAN: it is damaged; -ENOMEM, … */
KB_MUST_CHECK int bls_uki_read(struct kb_arena *arena, int fd, unsigned profile,
			       struct bls_entry *entry);

#endif
