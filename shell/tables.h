/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the engine lists, printed for people.
 * For the built-ins and complete.
 * Must not print a byte as it came.
 */
#ifndef KBOOT_SHELL_TABLES_H
#define KBOOT_SHELL_TABLES_H

#include "private.h"

enum { KB_SIZE_BYTES = 32 };

/* DEVICES, MOUNTS, LABELS, VARIABLES (name: of one; NULL: all). An exit status. */
int kb_shell_list(struct kb_shell *s, enum kb_intent_type type, const char *name);
/* "446 GiB", or "-"; answers size. */
const char *kb_shell_device_size(const struct kb_table_row *device, char size[KB_SIZE_BYTES]);

#endif
