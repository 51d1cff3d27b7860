/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What crypttab(5) says that encrypted volumes are called.
 * For core.
 * Must not follow a name, or believe that there is such a device.
 */
#ifndef KBOOT_FORMATS_CRYPTTAB_H
#define KBOOT_FORMATS_CRYPTTAB_H

#include <stdbool.h>

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum { KB_CRYPTTAB_MAX_BYTES = 4096, KB_CRYPTTAB_NAME_MAX = 127 };

/* A line that names a volume. */
struct kb_crypttab_line {
	struct kb_str name;    /* below /dev/mapper; a plain file name */
	struct kb_str source;  /* "UUID=…", "/dev/sda3" */
	struct kb_str key;     /* "none", a file's name */
	struct kb_str options; /* "luks,discard"; "": none */
};

/* The next one; comments, and what names nothing that is LUKS's, are passed over. */
bool kb_crypttab_next(struct kb_str *rest, struct kb_crypttab_line *ret_line);
/* The lines alone, a field apart from the next by one blank, up to the cap. NULL: no memory. */
const char *kb_crypttab_condense(struct kb_arena *arena, struct kb_str text);

#endif
