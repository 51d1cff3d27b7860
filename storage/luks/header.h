/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of a locked volume: its slots and what each needs.
 * For the module's own use.
 * Must not believe that a header is whole: cryptsetup checks it before it uses it.
 */
#ifndef KBOOT_STORAGE_LUKS_HEADER_H
#define KBOOT_STORAGE_LUKS_HEADER_H

#include "kboot/storage/luks.h"

enum { KB_LUKS_MAX_SLOTS = 32 };

struct kb_luks_slot {
	unsigned number;
	uint64_t memory_bytes; /* 0: next to nothing */
};

struct kb_luks_header {
	unsigned version;
	bool has_token;
	bool is_reencrypting;
	size_t n_slots; /* that take a passphrase; cheap ones first */
	struct kb_luks_slot slots[KB_LUKS_MAX_SLOTS];
};

/* -EUCLEAN, or -errno of reading, with a sentence that names the device. */
KB_MUST_CHECK int kb_luks_header_read(int fd, const char *device, struct kb_luks_header *ret_header,
				      struct kb_error *err);

#endif
