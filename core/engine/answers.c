/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void forget_text(const char **text)
{
	char *owned = (char *)(uintptr_t)*text; /* by us: a copy */

	if (owned) {
		explicit_bzero(owned, strlen(owned));
	}
	free(owned);
	*text = NULL;
}

static int replace(const char **at, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (!text) {
		return 0;
	}
	if (!copy) {
		return -ENOMEM;
	}
	forget_text(at);
	*at = copy;
	return 0;
}

static size_t index_of(const struct kb_answers *a, const char *server)
{
	size_t i = 0;

	while (i < a->n && strcmp(a->all[i].server, server) != 0) {
		i++;
	}
	return i;
}

int kb_answers_add(struct kb_answers *a, const struct kb_fetch_answer *answer)
{
	size_t i = index_of(a, answer->server);
	struct kb_fetch_answer *at = &a->all[i];
	int r;

	if (i == KB_ANSWERS_MAX) {
		return -ENOSPC;
	}
	r = replace(&at->server, answer->server);
	if (r < 0) {
		return r;
	}
	a->n = i == a->n ? i + 1 : a->n;
	r = replace(&at->user, answer->user);
	r = r < 0 ? r : replace(&at->password, answer->password);
	return r < 0 ? r : replace(&at->host_key, answer->host_key);
}

bool kb_answers_have_login(const struct kb_answers *a, const char *server)
{
	size_t i = index_of(a, server);

	return i < a->n && a->all[i].password;
}

void kb_answers_forget(struct kb_answers *a)
{
	for (size_t i = 0; i < a->n; i++) {
		forget_text(&a->all[i].server);
		forget_text(&a->all[i].user);
		forget_text(&a->all[i].password);
		forget_text(&a->all[i].host_key);
	}
	a->n = 0;
}
