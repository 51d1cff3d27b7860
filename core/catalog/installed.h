/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system that is installed on a device as a label's value: `sda2` alone, or with more words.
 * For the engine's rebuild.
 * Must not look at disks: it knows what was found.
 */
#ifndef KBOOT_CORE_INSTALLED_H
#define KBOOT_CORE_INSTALLED_H

#include "catalog.h"

/* Labels whose value is a device become what boots of the system there. -ENOMEM. */
KB_MUST_CHECK int kb_catalog_fill_installed(struct kb_catalog *c,
					    const struct kb_resolve_context *context);

#endif
