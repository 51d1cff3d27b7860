/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table as lines for people, harmless and aligned.
 * For the prompt and the commands.
 * Must not cut what nobody may lose.
 */
#ifndef KBOOT_TERMINAL_TABLE_H
#define KBOOT_TERMINAL_TABLE_H

#include "kboot/base/table.h"

/*
 * Makes the table's cells harmless and appends it. columns: of the terminal, 0 for any number. cut:
 * a bit for each cell that gives way, in rows that all fit then; with 0 none does: what is longer
 * than its column sticks out. Widths are those of kb_text_columns. Columns with nothing in them are
 * left out.
 */
void kb_table_lines(struct kb_table *t, unsigned columns, unsigned cut, struct kb_buf *to);
/* The columns of standard output for this: 0 where that is no terminal. */
unsigned kb_table_columns(void);

#endif
