/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where entries come from, as the list groups them: a device and one configuration of it.
 * For the rows and what is said of an entry.
 * Must not draw.
 */
#ifndef KBOOT_UI_SOURCE_H
#define KBOOT_UI_SOURCE_H

#include "kboot/model/entry.h"

enum kb_source_kind {
	KB_SOURCE_CONFIGURATION, /* a file, or what is built in */
	KB_SOURCE_BLS,           /* a file an entry, and unified images: one list */
	KB_SOURCE_BARE,          /* kernels without a configuration */
	KB_SOURCE_LOCKED,        /* a volume that a passphrase opens */
	KB_SOURCE_SESSION,       /* typed in this session */
};

enum kb_source_kind kb_source_kind(const struct kb_entry *entry);
/* The file of a configuration without the device's name in front of it; NULL where there is none,
 * or one an entry. */
const char *kb_source_file(const struct kb_entry *entry);
/* Do they stand below one heading? */
bool kb_source_same(const struct kb_entry *a, const struct kb_entry *b);
/* The same as a fingerprint; lasting: it is the filesystem's, whatever its device is called. */
uint64_t kb_source_print(const struct kb_entry *entry, bool lasting);

#endif
