/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a configuration that somebody's editor left behind: without a byte order mark, blank
 * lines, comments, and lines that are too long or hold a NUL, each of which is said once.
 * For the readers of kboot.conf, fstab and hosts. Must not copy the text.
 */
#ifndef KBOOT_FORMATS_TEXT_LINES_H
#define KBOOT_FORMATS_TEXT_LINES_H

#include "conf_diags.h"

struct text_lines {
	const char *file;
	struct conf_diags *diags;
	size_t max_line;
	struct kb_str rest;
	struct kb_str line; /* the current one, as it stands in the file */
	unsigned number;
	size_t max_bytes;
	const char *comments;      /* what a comment begins with: "#" */
	enum kb_severity severity; /* of a line, or a text, that is not read */
	char end;                  /* of a line */
	bool is_cut;               /* the text was longer than max_bytes */
	/* What an unreadable line may still be good for; NULL: nothing. */
	void (*unreadable)(void *ctx, struct kb_str line);
	void *ctx;
};

/* By its mark. It is not read: every second byte is a NUL. */
bool text_lines_utf16(struct kb_str text);
/* What ends the lines of a text: an old Macintosh wrote a carriage return and no line feed. */
char text_lines_end(struct kb_str text);
/* Zeroed but for file, diags, the limits, comments, severity and, where wanted, unreadable. */
void text_lines_start(struct text_lines *lines, struct kb_str text);
/* Blanks at both ends are gone. False at the end. */
bool text_lines_next(struct text_lines *lines, struct kb_str *ret_line);
/* Where a byte of the current line stands. */
struct kb_position text_lines_at(const struct text_lines *lines, const char *where);
/* No text has more lines that say something. */
size_t text_lines_count(const struct text_lines *lines, struct kb_str text, size_t max);

#endif
