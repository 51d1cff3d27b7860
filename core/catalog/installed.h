/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system that is installed on a device: `sda2` alone, at the prompt or as a label's value.
 * For the catalog's rebuild and the engine.
 * Must not look at disks: it knows what was found.
 */
#ifndef KBOOT_CORE_INSTALLED_H
#define KBOOT_CORE_INSTALLED_H

#include "catalog.h"

/* What boots of it: what its kboot.conf calls the default, else the first kernel found there. NULL.
 */
const struct kb_entry *kb_catalog_installed(const struct kb_catalog *c,
					    const struct kb_places *places,
					    const struct kb_device *device);
/* Labels whose value is a device become what boots of the system there. -ENOMEM. */
KB_MUST_CHECK int kb_catalog_fill_installed(struct kb_catalog *c, const struct kb_naming *naming);

#endif
