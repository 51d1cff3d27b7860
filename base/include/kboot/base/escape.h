/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of any bytes for a terminal: control characters, and bytes that are not UTF-8, as \xNN.
 * For those who print (app, shell), and those who write lines for people (core).
 * Must not be used for what a program reads back: from \xNN nobody can tell what it was.
 */
#ifndef KBOOT_BASE_ESCAPE_H
#define KBOOT_BASE_ESCAPE_H

#include <stdio.h>

#include "kboot/base/str.h"

/* One line: a line feed in it is a byte like any other. */
void kb_escape(struct kb_buf *to, struct kb_str text);
/* Line feeds stay. */
void kb_escape_lines(struct kb_buf *to, struct kb_str text);
/* What is formatted as one line, and the line feed that ends it. */
void kb_escape_printf(struct kb_buf *to, const char *fmt, ...) KB_PRINTF(2, 3);

/* The same to a stream. Nothing is written where memory is gone. */
void kb_print_escaped(FILE *to, const char *fmt, ...) KB_PRINTF(2, 3);
/* No line feed is added. NULL says nothing. */
void kb_print_escaped_lines(FILE *to, const char *text);

#endif
