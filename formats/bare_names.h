/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How distributions name kernels and what belongs to them.
 * For the reader of bare kernels.
 * Must not do I/O.
 */
#ifndef KBOOT_FORMATS_BARE_NAMES_H
#define KBOOT_FORMATS_BARE_NAMES_H

#include <stdbool.h>

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

struct bare_name {
	struct kb_str file;    /* "vmlinuz-6.1.0-26-amd64" */
	struct kb_str prefix;  /* "vmlinuz" */
	struct kb_str suffix;  /* "-6.1.0-26-amd64": what its initrd carries too */
	struct kb_str version; /* "6.1.0-26-amd64", "linux-lts"; empty: none */
	struct kb_str number;  /* what of it is compared: "5.15.19" of "generic-5.15.19" */
	struct kb_str extra;   /* the end of suffix, where it says "this is a copy": ".bak" */
};

enum { BARE_SORTABLE = 600 /* bytes: a file's name, and room for what makes it sort */ };

/* In the order in which the menu shows them. */
enum bare_kind {
	BARE_NUMBERED, /* newest first */
	BARE_NAMED,    /* vmlinuz-linux-lts, by name */
	BARE_PLAIN,    /* vmlinuz */
	BARE_RESCUE,   /* Fedora's vmlinuz-0-rescue-MACHINE */
};

/* Is file named as a kernel is? The parts borrow file. */
bool bare_name_parse(const char *file, struct bare_name *ret_name);
/*
 * Is name the one of base with something behind it, so that it does not come before base: a copy
 * (".old", "~1~", ".rpmsave") or a variant ("-lts")? A longer version, or one that is not final, is
 * neither.
 */
bool bare_name_extends(const struct bare_name *name, const struct bare_name *base,
		       struct kb_str *ret_extra);
/* From here on name stands behind the kernel that it extends by extra. */
void bare_name_set_aside(struct bare_name *name, struct kb_str extra);
enum bare_kind bare_name_kind(const struct bare_name *name);
/* As qsort wants it. */
int bare_name_compare(const struct bare_name *a, const struct bare_name *b);
/* "Linux 6.1.0-26-amd64", "linux-lts", "vmlinuz", "Linux rescue". NULL when out of memory. */
char *bare_name_title(struct kb_arena *arena, const struct bare_name *name);

/* The names an initrd of that kernel may have, the likeliest first; fallback: Arch's second one
 * with every driver in it. False when index is above the last. */
bool bare_initrd_name(const struct bare_name *name, size_t index, struct kb_buf *buf);
bool bare_fallback_name(const struct bare_name *name, struct kb_buf *buf);

#endif
