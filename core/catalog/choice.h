/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which entry is the default, with the reason in words.
 * For the engine and `kboot explain`.
 * Must not keep state: the same places, settings and catalog always give the same answer.
 */
#ifndef KBOOT_CORE_CHOICE_H
#define KBOOT_CORE_CHOICE_H

#include "catalog.h"
#include "environment.h"

struct kb_default {
	const struct kb_entry *entry;     /* NULL: none (yet) */
	const struct kb_setting *setting; /* what names it, or would; NULL: none is wanted */
	struct kb_setting own;            /* that, where no variable does */
	char why[KB_WHY_BYTES];
};

/* default= in force, as a label, id, title or device. (A command line was added to the catalog
 * before, labelled by itself.) Where none is, what the boot loader of the environment would start
 * (NULL: it has none of its own), or by_network what a network boot service says. */
void kb_choose_default(const struct kb_catalog *catalog, const struct kb_places *places,
		       const struct kb_settings *settings, const struct kb_device *environment,
		       bool by_network, struct kb_default *d);

/*
 * Where default= is a command line and no label, puts an entry for it in front of the catalog. 0
 * also when there is nothing to do; -ENOMEM.
 */
KB_MUST_CHECK int kb_add_default_line(struct kb_catalog *catalog,
				      const struct kb_resolve_context *context,
				      const struct kb_settings *settings);

#endif
