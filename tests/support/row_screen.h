/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row of a terminal that knows characters, Backspace, Carriage Return and CSI K, and nothing
 * else. For the tests of terminal/row.
 */
#ifndef KBOOT_TESTS_ROW_SCREEN_H
#define KBOOT_TESTS_ROW_SCREEN_H

#include <stdbool.h>
#include <wchar.h>

#include "kboot/base/str.h"

enum { ROW_SCREEN_COLS = 1024 };

struct row_screen {
	int columns;
	wchar_t cells[ROW_SCREEN_COLS + 1]; /* 0: blank; -1: the right half of a wide one */
	int col;
};

/* False where the bytes are not for such a terminal, or write in its last column. */
bool row_screen_feed(struct row_screen *s, struct kb_str bytes);
/* What is there, trailing blanks cut. */
void row_screen_text(const struct row_screen *s, struct kb_buf *text);

#endif
