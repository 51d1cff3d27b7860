/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A theme as a text: lines `ROLE=FOREGROUND, BACKGROUND, ATTRIBUTE…` and `mono.ROLE=ATTRIBUTE…`.
 * For menu.c and the tests.
 * Must not open files, and must not let a bad line change anything.
 */
#ifndef KBOOT_UI_THEME_FILE_H
#define KBOOT_UI_THEME_FILE_H

#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "theme.h"

enum { KB_THEME_MAX_BYTES = 16 << 10 };

/*
 * Every good line changes its role in *theme; a bad one leaves it as it was. Of a role that is
 * there twice the last line counts, and that is told too. 0, or -EINVAL (-EFBIG: nothing was read)
 * with the first bad line told in *err, which has file, line and column.
 */
KB_MUST_CHECK int kb_theme_parse(const char *file, struct kb_str text, struct kb_theme *theme,
				 struct kb_error *err);

#endif
