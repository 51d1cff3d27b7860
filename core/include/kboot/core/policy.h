/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may be done where no engine answers.
 * For app.
 * Must not decide anything that the engine's policy would decide otherwise.
 */
#ifndef KBOOT_CORE_POLICY_H
#define KBOOT_CORE_POLICY_H

#include <stdbool.h>

/* What can be known without the engine. */
struct kb_emergency {
	bool marked;            /* an engine before had found that kboot is restricted */
	bool unreadable;        /* kboot's own configuration or command line: it might say so */
	const char *restricted; /* as that configuration says; NULL: it does not */
	const char *cmdline;    /* of kboot's own kernel */
};

/* A plain shell, for whoever stands there. */
bool kb_policy_allows_emergency_shell(const struct kb_emergency *known);

#endif
