/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries from typed lines: a label with more words, a system with more words, a file that boots.
 * For the engine, and for the catalog's own lines of that kind.
 * Must not open anything: whether a file is there and boots is found out when it is loaded.
 */
#ifndef KBOOT_CORE_TYPED_H
#define KBOOT_CORE_TYPED_H

#include "catalog.h"

/* The entry whose label the line is, or starts with, also in quotes (ret_rest: what is behind it).
 * NULL. */
const struct kb_entry *kb_catalog_labelled(const struct kb_catalog *c, struct kb_str line,
					   struct kb_str *ret_rest);
/*
 * An entry from a typed line: a label or a device, maybe with more words, or a kernel with its
 * arguments. on: where names without a device belong (NULL: the environment). *err is empty before.
 * -ENOENT with a sentence when it is none of them.
 */
KB_MUST_CHECK int kb_catalog_entry_from_line(const struct kb_catalog *c,
					     const struct kb_resolve_context *context,
					     struct kb_arena *arena, const char *line,
					     const struct kb_device *on, struct kb_entry *ret_entry,
					     struct kb_error *err);
/* An entry of the catalog becomes what a line says that a person made of all that it starts; what
 * it is called and where it was found stay. No variable fills in what the line leaves out. */
KB_MUST_CHECK int kb_catalog_edit(const struct kb_resolve_context *context, struct kb_arena *arena,
				  const char *line, struct kb_entry *entry, struct kb_error *err);
/* Labels whose value is a device, alone or with more words, become what boots of the system there.
 * -ENOMEM. */
KB_MUST_CHECK int kb_catalog_fill_installed(struct kb_catalog *c,
					    const struct kb_resolve_context *context);

#endif
