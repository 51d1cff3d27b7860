/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which environment is booted, and which entry is the default, each with its reason in words.
 * For the engine and `kboot explain`.
 * Must not keep state: the same places, settings and catalog always give the same answer.
 */
#ifndef KBOOT_CORE_CHOICE_H
#define KBOOT_CORE_CHOICE_H

#include "catalog.h"
#include "places/places.h"
#include "settings.h"

enum { KB_WHY_BYTES = 320 };

/* The place whose kboot.conf counts as the booted environment's. */
struct kb_environment {
	const struct kb_place *place; /* NULL: none (yet) */
	bool final;                   /* no place that is still being read can change it */
	int status;
	char why[KB_WHY_BYTES];
	char warning[KB_WHY_BYTES];
};

/*
 * root= of a stronger source names it; else the place of the entry that such a source's default=
 * names; else the first place in order with a kboot.conf, fixed disks before removable ones.
 */
void kb_choose_environment(const struct kb_places *places, const struct kb_settings *settings,
			   bool settled, struct kb_environment *env);

struct kb_default {
	const struct kb_entry *entry;     /* NULL: none (yet) */
	const struct kb_setting *setting; /* what names it, or would; NULL: none is wanted */
	char why[KB_WHY_BYTES];
};

/* default= in force, as a label, id, title or device. (A command line was added to the catalog
 * before, labelled by itself.) */
void kb_choose_default(const struct kb_catalog *catalog, const struct kb_places *places,
		       const struct kb_settings *settings, struct kb_default *d);

/*
 * Where default= is a command line and no label, puts an entry for it in front of the catalog. 0
 * also when there is nothing to do; -ENOMEM.
 */
KB_MUST_CHECK int kb_add_default_line(struct kb_catalog *catalog, const struct kb_naming *naming,
				      const struct kb_settings *settings);

#endif
