/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that a disk holds (labels, UUIDs), made fit to be shown and compared.
 * For probe.c and its tests.
 * Must not let a byte through that a terminal would act on.
 */
#ifndef KBOOT_SCAN_VALUE_H
#define KBOOT_SCAN_VALUE_H

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum { KB_SCAN_VALUE_MAX = 255 };

/*
 * Up to the first NUL and at most KB_SCAN_VALUE_MAX bytes, cut between characters. Control
 * characters (C0, DEL, C1) and bytes that are not UTF-8 become '?'. *ret_text stays as it is for
 * empty text. -ENOMEM.
 */
KB_MUST_CHECK int kb_scan_value(struct kb_arena *arena, struct kb_str raw, const char **ret_text);

#endif
