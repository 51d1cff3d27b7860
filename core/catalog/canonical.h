/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What names in entries and typed lines mean; names of files in an entry made canonical:
 * "sda2:/boot/vmlinuz", "host:/x", a URL, "/x" below the environment. For the catalog and the
 * engine. Must not open anything, nor own what it is given.
 */
#ifndef KBOOT_CORE_CANONICAL_H
#define KBOOT_CORE_CANONICAL_H

#include "place.h"
#include "settings.h"

/* What names without a device mean: the booted environment. */
struct kb_resolve_context {
	const struct kb_places *places;
	const struct kb_device *environment; /* NULL: none known */
	const struct kb_settings *settings;  /* initrd=, root=, dtb= for typed lines; NULL: none */
	const char *from; /* the place that relative names start from: a prompt's; NULL: the root */
};

/* Where a name without a device belongs, when written in an entry found on this device (or none).
 */
struct kb_name_home {
	const struct kb_resolve_context *context;
	const struct kb_device *device;
	const char *subvolume; /* of device; "": its root; NULL: that of its first system */
	bool in_folder;
};

/* Where an entry of the catalog has its own. */
static inline struct kb_name_home kb_name_home_of(const struct kb_resolve_context *context,
						  const struct kb_entry *entry)
{
	const char *below = entry->subvolume ? entry->subvolume : "";

	return (struct kb_name_home){.context = context,
				     .device = entry->device,
				     .subvolume = entry->device ? below : NULL};
}

/* Makes kernel, initrds and dtb canonical in place, and a root= that is kboot's name of a device
 * one that a kernel knows; what cannot be named yet becomes a problem. -ENOMEM. */
KB_MUST_CHECK int kb_entry_make_canonical(struct kb_arena *arena, const struct kb_name_home *home,
					  struct kb_entry *entry);

#endif
