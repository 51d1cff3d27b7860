/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How each family of live systems and installers finds the ISO file that it was started from.
 * For the reader of ISO files.
 * Must hold what is true of the families, and add nothing that an image says already.
 */
#ifndef KBOOT_FORMATS_ISO_FAMILIES_H
#define KBOOT_FORMATS_ISO_FAMILIES_H

#include "kboot/base/arena.h"
#include "kboot/base/tree.h"

enum { ISO_WORDS = 4, ISO_PARAMETERS = 3 };

struct iso_parameter {
	/* %p: the path of the file on its filesystem; %u: that one's UUID; %l: the image's label,
	 * as udev writes it. */
	const char *text;
	/* None is added where a word of the line begins with one of these. */
	const char *present[ISO_WORDS];
};

struct iso_family {
	const char *name;
	const char *words[ISO_WORDS];   /* its command line has one that begins so, */
	const char *folders[ISO_WORDS]; /* else its kernel is there, or below, */
	const char *markers[ISO_WORDS]; /* else this is in the image */
	struct iso_parameter parameters[ISO_PARAMETERS];
	const char *cannot; /* a sentence where it starts from no file; NULL: it does */
};

/* What the command line is made of. */
struct iso_facts {
	const char *path;
	const char *uuid;  /* NULL: none is known */
	const char *label; /* the same */
};

/* Of a kernel of the image with its arguments, which may both be NULL; NULL: of none. The line says
 * more than the folder, and that more than the image. */
const struct iso_family *iso_family_of(const struct kb_tree *tree, const char *kernel,
				       const char *args);
/* args with what is missing, before a lone "---" or "--". ret_problem: a sentence of what cannot be
 * added, or NULL. -ENOMEM. */
KB_MUST_CHECK int iso_family_args(struct kb_arena *arena, const struct iso_family *family,
				  const struct iso_facts *facts, const char *args,
				  const char **ret_args, const char **ret_problem);

#endif
