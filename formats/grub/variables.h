/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variables of a GRUB script, in contexts above each other: a menu's, an entry's.
 * For the evaluator and its commands.
 * Must not know commands.
 */
#ifndef KBOOT_FORMATS_GRUB_VARIABLES_H
#define KBOOT_FORMATS_GRUB_VARIABLES_H

#include "kboot/base/error.h"
#include "kboot/base/str.h"

struct grub_variable {
	char *value; /* NULL: unset here */
	bool exported;
	struct kb_position at; /* where it was set last */
	struct grub_variable *next;
	char name[];
};

enum { GRUB_VARIABLE_BUCKETS = 64, GRUB_VARIABLES_BYTES = 1 << 20 };

/*
 * What is set in a context is gone with it; what is not set in it is the outer one's, all of it (an
 * entry's copy) or what is exported there (a submenu, configfile).
 */
struct grub_context {
	struct grub_variable *buckets[GRUB_VARIABLE_BUCKETS];
	struct grub_context *outer; /* NULL: none */
	bool only_exported;
	size_t used_bytes;
};

/* Those that are above outer, too, which configfile has put there; *context is outer then. */
void grub_contexts_done(struct grub_context **context, struct grub_context *outer);
/* NULL: not set. Borrowed until it is set again. */
const char *grub_variable_get(const struct grub_context *context, struct kb_str name);
/* The same with where it was set. */
const struct grub_variable *grub_variable_find(const struct grub_context *context,
					       struct kb_str name);
/* -ENOMEM; -E2BIG where all values would come to more than GRUB_VARIABLES_BYTES. */
KB_MUST_CHECK int grub_variable_set(struct grub_context *context, struct kb_str name,
				    const char *value, struct kb_position at);
KB_MUST_CHECK int grub_variable_unset(struct grub_context *context, struct kb_str name);
KB_MUST_CHECK int grub_variable_export(struct grub_context *context, struct kb_str name);
/* Those that the context and the outer ones have, by name. fn<0 stops; -ENOMEM. */
KB_MUST_CHECK int grub_variables_each(const struct grub_context *context,
				      int (*fn)(void *ctx, const struct grub_variable *variable),
				      void *ctx);

#endif
