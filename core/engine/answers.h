/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What persons answered to servers' questions, for as long as their files are being fetched.
 * For the downloads.
 * Must not be told, logged or written anywhere; what is forgotten is overwritten.
 */
#ifndef KBOOT_CORE_ANSWERS_H
#define KBOOT_CORE_ANSWERS_H

#include "kboot/fetch/fetch.h"

enum { KB_ANSWERS_MAX = 8 };

struct kb_answers {
	struct kb_fetch_answer all[KB_ANSWERS_MAX]; /* each of another server */
	size_t n;
};

/* Beside what is known for that server, and in place of what it had of the same kind. -ENOMEM;
 * -ENOSPC: too many servers. */
KB_MUST_CHECK int kb_answers_add(struct kb_answers *a, const struct kb_fetch_answer *answer);
bool kb_answers_have_login(const struct kb_answers *a, const char *server);
void kb_answers_forget(struct kb_answers *a);

#endif
