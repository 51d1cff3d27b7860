/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large a terminal is, also at the far end of a serial line that does not say.
 * For the menu and the prompt.
 * Must not lose what a person types meanwhile, nor believe a size that no terminal has.
 */
#ifndef KBOOT_TERMINAL_SIZE_H
#define KBOOT_TERMINAL_SIZE_H

#include "kboot/base/str.h"

/*
 * More than the most is the most, whoever says it. An answer of a terminal below the least is that
 * of one that did not move its cursor as it was told; the kernel is believed down to 1 x 1.
 */
enum {
	KB_TERMINAL_ROWS = 24, /* where nobody knows */
	KB_TERMINAL_COLS = 80,
	KB_TERMINAL_LEAST_ROWS = 4,
	KB_TERMINAL_LEAST_COLS = 20,
	KB_TERMINAL_MAX_ROWS = 512,
	KB_TERMINAL_MAX_COLS = 1024,
	KB_TERMINAL_ASK_MS = 200,
};

struct kb_terminal_size {
	int rows;
	int cols;
};

/* What the kernel knows; false where it knows nothing (a serial line starts as 0 x 0). */
bool kb_terminal_size_known(int fd, struct kb_terminal_size *ret_size);
/*
 * Asks the terminal itself (ECMA-48 CUP far away, then DSR 6) and waits KB_TERMINAL_ASK_MS for its
 * answer. Without one: false, and 80 x 24. Tells the kernel what it learned, so that programs
 * started from the menu know. Other bytes that came are appended to typed; so is an answer that was
 * not complete yet, which the decoder of keys knows.
 */
bool kb_terminal_size_ask(int in_fd, int out_fd, struct kb_buf *typed,
			  struct kb_terminal_size *ret_size);
/* Takes the first cursor report (CSI rows ; cols R) out of the bytes. Pure, for tests. */
bool kb_terminal_size_take_report(struct kb_buf *bytes, struct kb_terminal_size *ret_size);

#endif
