/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a report: sections, each without secrets, harmless to a terminal, and of a size.
 * For report*.c.
 * Must not fail for one section: what cannot be had says why.
 */
#ifndef KBOOT_SHELL_REPORT_TEXT_H
#define KBOOT_SHELL_REPORT_TEXT_H

#include "private.h"
#include "secrets.h"

enum {
	KB_REPORT_SECTION_BYTES = 256 << 10,
	KB_REPORT_FILE_BYTES = 64 << 10,
	KB_REPORT_BYTES = 4 << 20,
	KB_REPORT_FILES = 48,
};

struct kb_report_text {
	struct kb_shell *shell;
	struct kb_buf text; /* what has been written so far */
};

/* One section, of what was read from anywhere. Of what is too long the end is kept where keep_end
 * says so, else the beginning. */
void kb_report_put(struct kb_report_text *r, const char *title, struct kb_str raw,
		   enum kb_secrets_kind kind, bool keep_end);
/* A section that cannot be had. */
void kb_report_why_not(struct kb_report_text *r, const char *title, const char *why);

/* report_machine.c, report_engine.c, report_files.c: their sections. */
void kb_report_machine(struct kb_report_text *r);
void kb_report_engine(struct kb_report_text *r);
void kb_report_files(struct kb_report_text *r);

/* report_engine.c: asks, without telling a refusal; NULL: the reason is in *err. */
const struct kb_message *kb_report_ask(struct kb_report_text *r, const struct kb_intent *intent,
				       struct kb_error *err);

#endif
