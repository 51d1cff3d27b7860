/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was set at the prompt since this kboot started: variables and labels, as the text of a
 * kboot.conf, so that one reader gives them their meaning.
 * For the engine.
 * Must not interpret values.
 */
#ifndef KBOOT_CORE_SESSION_VARS_H
#define KBOOT_CORE_SESSION_VARS_H

#include "kboot/base/error.h"
#include "kboot/base/str.h"

enum { KB_SESSION_MAX_VARS = 128, KB_SESSION_MAX_NAME = 255, KB_SESSION_MAX_VALUE = 8192 };

/* Zeroed is empty. */
struct kb_session_vars {
	struct {
		char *name;
		char *value;
	} vars[KB_SESSION_MAX_VARS];
	size_t n;
};

void kb_session_vars_done(struct kb_session_vars *s);
/* -EINVAL for a name or value that no kboot.conf could hold, -E2BIG, -ENOMEM, with a sentence. */
KB_MUST_CHECK int kb_session_vars_set(struct kb_session_vars *s, const char *name,
				      const char *value, struct kb_error *err);
/* -ENOENT when it was not set here. */
KB_MUST_CHECK int kb_session_vars_unset(struct kb_session_vars *s, const char *name,
					struct kb_error *err);
/* The text of a kboot.conf that says the same, without the variable but (NULL: with all). */
void kb_session_vars_text(const struct kb_session_vars *s, const char *but, struct kb_buf *text);

#endif
