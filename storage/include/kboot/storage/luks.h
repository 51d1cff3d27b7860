/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A locked volume: what its header says, and opening it.
 * For core, inside a worker.
 * Must not write to the device; must not let a passphrase into an argument, a file, an environment,
 * a sentence.
 */
#ifndef KBOOT_STORAGE_LUKS_H
#define KBOOT_STORAGE_LUKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/base/sys.h"

/* What can be known without a passphrase. */
struct kb_luks {
	unsigned version;     /* 1, 2 */
	unsigned n_slots;     /* that take a passphrase */
	uint64_t least_bytes; /* what the cheapest of them needs (Argon2); 0: next to nothing
				 (PBKDF2) */
	uint64_t most_bytes;  /* what the dearest needs */
	bool has_token;       /* TPM, FIDO2, …: not used here */
	bool is_reencrypting; /* refused */
};

struct kb_luks_unlock {
	const struct kb_sys *sys;
	const char *dev_dir;
	const char *run_dir;
	const char *device;    /* kernel name of the member: "sda3" */
	const char *name;      /* of the mapping: "luks-UUID" */
	struct kb_str secret;  /* passphrase, or the bytes of a key file */
	uint64_t memory_bytes; /* that may be used */
};

/* -EUCLEAN: the header is damaged; with a sentence. */
KB_MUST_CHECK int kb_luks_look(const struct kb_sys *sys, const char *dev_dir, const char *device,
			       struct kb_luks *ret_luks, struct kb_error *err);
/*
 * Opens it for reading (the mapping's device is read-only, its name /dev/mapper/NAME). -EPERM: no
 * slot takes this secret; -ENOMEM: a slot needs more memory than there may be, with both sizes in
 * the sentence; -ENOSYS: this image has no cryptsetup; others with a sentence.
 */
KB_MUST_CHECK int kb_luks_unlock(const struct kb_luks_unlock *unlock, struct kb_error *err);

#endif
