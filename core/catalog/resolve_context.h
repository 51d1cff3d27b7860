/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What names in entries and typed lines mean. For the catalog and the engine. Must not own
 * anything: all of it is borrowed.
 */
#ifndef KBOOT_CORE_RESOLVE_CONTEXT_H
#define KBOOT_CORE_RESOLVE_CONTEXT_H

#include "place.h"
#include "settings.h"

/* What names without a device mean: the booted environment. */
struct kb_resolve_context {
	const struct kb_places *places;
	const struct kb_device *environment; /* NULL: none known */
	bool has_folder;                     /* --root: /x is below that folder */
	const struct kb_settings *settings;  /* initrd=, root=, dtb= for typed lines; NULL: none */
	const char *from;                    /* the place of a prompt; NULL: the root */
};

/* Where a name without a device belongs, when written in an entry found on this device (or none).
 */
struct kb_name_home {
	const struct kb_resolve_context *context;
	const struct kb_device *device;
	bool in_folder;
	const char *from; /* the place that relative names start from; NULL: the root */
};

#endif
