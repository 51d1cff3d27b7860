/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of any bytes as UTF-8 and back: what is not UTF-8 is written as characters of private use,
 * the code point KB_BYTES_PAGE + byte. For JSON (base/json.c) and the prompt's line editor.
 * Must not lose or change a byte on the way there and back; must not make a NUL.
 */
#ifndef KBOOT_BASE_BYTES_H
#define KBOOT_BASE_BYTES_H

#include "kboot/base/str.h"

/*
 * Bytes are U+10FE01 to U+10FEFF, at the end of plane 16. The page behind it would be easier to
 * read, but its U+10FFFE and U+10FFFF are noncharacters, which I-JSON forbids (RFC 7493, section
 * 2.1).
 */
enum { KB_BYTES_PAGE = 0x10fe00, KB_BYTES_MARK_LEN = 4 };

/*
 * Valid UTF-8 without DEL and C1 controls, which some terminals obey even as UTF-8. C0 controls
 * stay: JSON has escapes for them. A genuine character of the page is written bytewise too, so that
 * what kb_bytes_from_text() makes of it is what it was.
 */
void kb_bytes_to_text(struct kb_buf *text, struct kb_str bytes);
/* The same without any control but NUL: fit for an editor of lines. */
void kb_bytes_to_line(struct kb_buf *text, struct kb_str bytes);
/* True where kb_bytes_to_text() would change nothing. */
bool kb_bytes_are_text(struct kb_str bytes);
/* Back, of either. Code points of the page that they do not write (ASCII, NUL) stay as they are. */
void kb_bytes_from_text(struct kb_buf *bytes, struct kb_str text);
/* The character at the head of text stands for this byte; 0: for itself. */
unsigned char kb_bytes_marked(struct kb_str text);

#endif
