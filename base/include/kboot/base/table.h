/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table that people read, as data: rows of cells of any bytes.
 * For who fills, carries and prints one.
 * Must not align or escape anything: that is done where it is printed.
 */
#ifndef KBOOT_BASE_TABLE_H
#define KBOOT_BASE_TABLE_H

#include "kboot/base/arena.h"

enum { KB_TABLE_CELLS = 10, KB_TABLE_MAX_ROWS = 16384 }; /* of a table that travels */

struct kb_table_row {
	const char *cells[KB_TABLE_CELLS]; /* NULL: nothing is there */
};

/* Zero-initialised is an empty table. */
struct kb_table {
	struct kb_arena arena; /* the rows, and what is kept for them */
	struct kb_table_row *rows;
	size_t n;
	size_t cap;
	int error; /* 0 or -ENOMEM, sticky */
};

/* The row is copied, its cells are borrowed. */
void kb_table_add(struct kb_table *t, struct kb_table_row row);
/* A text that lives as long as the table, for a cell. */
const char *kb_table_printf(struct kb_table *t, const char *fmt, ...) KB_PRINTF(2, 3);
void kb_table_done(struct kb_table *t);

#define KB_TABLE KB_CLEANUP(kb_table_done)

#endif
