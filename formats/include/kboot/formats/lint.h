/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One file by itself: which loader reads it, and what is wrong in it.
 * For app, whose `kboot check` tells it.
 * Must not look for configurations, and must not print.
 */
#ifndef KBOOT_FORMATS_LINT_H
#define KBOOT_FORMATS_LINT_H

#include "kboot/formats/reader.h"

struct kb_lint {
	const struct kb_reader *reader; /* NULL: it is a kboot.conf, which is not for kb_lint_run */
	/* The end of the path, from the root of the filesystem on that the loader reads; NULL: the
	 * path does not tell where that is. */
	const char *below_root;
};

/* By its name and the folders it is in; path is absolute. */
struct kb_lint kb_lint_find(const char *path);
/* The reader that --format asks for, unless it is a reader of that format. -EINVAL: there is no
 * such format, or it is none of a configuration. */
KB_MUST_CHECK int kb_lint_set_format(struct kb_lint *lint, const char *format);
/*
 * All that is wrong in the file at path of the tree: what the parser says, and what is wrong with
 * its entries, at their lines. are_names_known: the tree is what the loader reads, so that a file
 * that is not there is a mistake.
 */
KB_MUST_CHECK int kb_lint_run(const struct kb_lint *lint, const struct kb_tree *tree,
			      const char *path, bool are_names_known,
			      const struct kb_diag_sink *sink, struct kb_error *err);

#endif
