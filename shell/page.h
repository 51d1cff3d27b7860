/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the prompt shows, a page at a time where a person reads it and it is longer than the screen.
 * For the commands of the prompt.
 * Must not be used for what comes unasked, or is an error: say.h does that.
 */
#ifndef KBOOT_SHELL_PAGE_H
#define KBOOT_SHELL_PAGE_H

#include "private.h"

/* Lines, the last one ended; NULL and "" show nothing. An exit status. */
int kb_shell_show(struct kb_shell *s, const char *text);

struct kb_output {
	kb_job_fn *become; /* what writes it */
	void *ctx;
	const struct kb_shell_words *names; /* their paths are shown as names; NULL: none is */
	bool pages;
};
/* In a child: runs it in another one, and shows what that writes. Its exit status. */
int kb_shell_show_output(const struct kb_output *output);

#endif
