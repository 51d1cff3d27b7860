/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of files in an entry made canonical: "sda2:/boot/vmlinuz", "host:/x", a URL, "/x" below the
 * environment. For the catalog. Must not open anything.
 */
#ifndef KBOOT_CORE_CANONICAL_H
#define KBOOT_CORE_CANONICAL_H

#include "resolve_context.h"

/* Makes kernel, initrds, dtb and file canonical in place; what cannot be named yet becomes a
 * problem. -ENOMEM. */
KB_MUST_CHECK int kb_entry_make_canonical(struct kb_arena *arena, const struct kb_name_home *home,
					  struct kb_entry *entry);

#endif
