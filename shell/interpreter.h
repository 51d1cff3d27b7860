/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What else a program needs to run: the interpreter of a script, the dynamic linker of an ELF file.
 * For program.c, when a program that is there cannot be started.
 * Must not trust an offset or a size in the file.
 */
#ifndef KBOOT_SHELL_INTERPRETER_H
#define KBOOT_SHELL_INTERPRETER_H

#include <stdbool.h>
#include <stddef.h>

/* False: it needs none, or does not say. What may disturb a terminal is replaced. */
bool kb_interpreter_of(const char *path, char *buf, size_t size);

#endif
