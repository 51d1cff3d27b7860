/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics of one file, of which only the first are passed on, and the guess at a misspelled
 * variable. For the parsers of kboot.conf, fstab and hosts.
 * Must not keep anything.
 */
#ifndef KBOOT_FORMATS_CONF_DIAGS_H
#define KBOOT_FORMATS_CONF_DIAGS_H

#include "kboot/base/error.h"
#include "kboot/base/str.h"

struct conf_diags {
	const struct kb_diag_sink *sink;
	unsigned max; /* of those passed on; 0: KB_CONF_MAX_DIAGS */
	unsigned n;
	enum kb_severity worst_dropped;
	bool is_lint; /* unknown keywords are told, which a loader passes over */
};

void conf_diags_add(struct conf_diags *diags, enum kb_severity severity, struct kb_position at,
		    const char *fmt, ...) KB_PRINTF(4, 5);
#define conf_diags_warn(diags, ...)  conf_diags_add((diags), KB_SEVERITY_WARNING, __VA_ARGS__)
#define conf_diags_error(diags, ...) conf_diags_add((diags), KB_SEVERITY_ERROR, __VA_ARGS__)
#define conf_diags_loss(diags, ...)  conf_diags_add((diags), KB_SEVERITY_LOSS, __VA_ARGS__)
/* Of a keyword that the loader does not know, for kboot check alone. */
void conf_diags_unknown(struct conf_diags *diags, struct kb_position at, struct kb_str word);
/* Says how many were not passed on, if any. */
void conf_diags_end(struct conf_diags *diags, const char *file);

/* The variable that is one slip of a key away from name, or NULL. */
const char *conf_nearest_variable(struct kb_str name);

#endif
