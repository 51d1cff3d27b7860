/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What opened encrypted volumes, for the system on them: it is not asked for once more.
 * For the worker that loads, and for the engine, which keeps it.
 * Must not hand a key to a system that is not on that volume.
 */
#ifndef KBOOT_CORE_LOAD_KEYS_H
#define KBOOT_CORE_LOAD_KEYS_H

#include "catalog/place.h"
#include "kboot/base/secret.h"
#include "load_uki.h"

enum { KB_KEYS_MAX = 16 };

/* Zeroed is none. */
struct kb_keys {
	struct kb_key {
		uint64_t place; /* of the volume that it opened */
		struct kb_secret secret;
		char *keyfile; /* in place of the secret: the file's name */
	} all[KB_KEYS_MAX];
	size_t n;
};

/* In place of what it had for that one. secret or keyfile may be NULL. -ENOMEM, -ENOSPC. */
KB_MUST_CHECK int kb_keys_keep(struct kb_keys *keys, uint64_t place, const struct kb_secret *secret,
			       const char *keyfile);
/* That of the volume; 0: all. */
void kb_keys_forget(struct kb_keys *keys, uint64_t place);

/* An initrd behind the others with the keys of the volumes that the entry is on; none of them:
 * nothing changes. */
KB_MUST_CHECK int kb_load_keys(struct kb_load_uki *l, const struct kb_keys *keys,
			       const struct kb_places *places, const struct kb_entry *entry,
			       struct kb_error *err);

#endif
