/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The characters that the font of a Linux console has.
 * For what draws on a terminal.
 * Must not change a font.
 */
#ifndef KBOOT_TERMINAL_FONT_H
#define KBOOT_TERMINAL_FONT_H

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

enum { KB_FONT_CHARS = 0x10000 }; /* a console knows the basic plane only */

struct kb_font {
	uint8_t has[KB_FONT_CHARS / 8]; /* a bit for each character, the lowest first */
};

void kb_font_add(struct kb_font *font, wchar_t ch);
bool kb_font_has(const struct kb_font *font, wchar_t ch);
/* Asks the kernel. False, and nothing is changed: this is no console of a screen. */
bool kb_font_read(int fd, struct kb_font *ret_font);

#endif
