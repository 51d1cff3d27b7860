/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large a terminal is, also at the far end of a serial line that does not say.
 * For terminal.c.
 * Must not lose what a person types meanwhile.
 */
#ifndef KBOOT_UI_TERMINAL_SIZE_H
#define KBOOT_UI_TERMINAL_SIZE_H

#include "kboot/base/str.h"

enum { KB_SIZE_ASK_MS = 200, KB_SIZE_ROWS = 24, KB_SIZE_COLS = 80 };

struct kb_terminal_size {
	int rows;
	int cols;
};

/* What the kernel knows; false where it knows nothing (a serial line starts as 0 x 0). */
bool kb_terminal_size_known(int fd, struct kb_terminal_size *ret_size);
/*
 * Asks the terminal itself (ECMA-48 CUP far away, then DSR 6) and waits KB_SIZE_ASK_MS for its
 * answer. Without one: 80 x 24. Tells the kernel what it learned, so that programs started
 * from the menu know. Other bytes that came are appended to typed.
 */
struct kb_terminal_size kb_terminal_size_ask(int in_fd, int out_fd, struct kb_buf *typed);
/* Takes the first cursor report (ESC [ rows ; cols R) out of the bytes. Pure, for tests. */
bool kb_terminal_size_take_report(struct kb_buf *bytes, struct kb_terminal_size *ret_size);

#endif
