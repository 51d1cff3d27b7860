/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A GRUB script by itself, for people who debug one.
 * For app and the tests; a disk's scripts are read by the reader of GRUB.
 * Must not do what the script says: nothing is written, started or waited for.
 */
#ifndef KBOOT_FORMATS_GRUB_H
#define KBOOT_FORMATS_GRUB_H

#include "kboot/formats/reader.h"

struct kb_grub_eval {
	const struct kb_reader_out *out; /* every mistake is a diagnostic */
	const char *platform;            /* what grub_platform says; NULL: "efi" */
	/* What is printed, and what the variables are at the end; ctx of out. May be NULL. */
	void (*print)(void *ctx, struct kb_str text);
	int (*variable)(void *ctx, const char *name, const char *value);
};

/* path: of the script, on the tree. */
KB_MUST_CHECK int kb_grub_eval(const struct kb_tree *tree, const char *path,
			       const struct kb_grub_eval *eval, struct kb_error *err);

#endif
