/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "builtin.h"

#include "ask.h"

enum { NEAREST_MAX = 32, FAR = 99 };

const struct kb_builtin *kb_builtin_find(const struct kb_shell *s, const char *name)
{
	for (const struct kb_builtin *b = s->builtins; b->name; b++) {
		if (strcmp(b->name, name) == 0) {
			return b;
		}
	}
	return NULL;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many letters are to be added, dropped or changed. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NEAREST_MAX + 1];
	size_t len = strlen(b);

	if (strlen(a) > NEAREST_MAX || len > NEAREST_MAX) {
		return FAR;
	}
	for (size_t i = 0; i <= len; i++) {
		row[i] = (unsigned)i;
	}
	for (size_t i = 0; a[i]; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 1; j <= len; j++) {
			unsigned changed = corner + (a[i] != b[j - 1]);

			corner = row[j];
			row[j] = least(changed, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[len];
}

const char *kb_builtin_nearest(const struct kb_shell *s, const char *name)
{
	const char *nearest = NULL;
	/* One slip in a short word, two in a longer one. */
	unsigned best = strlen(name) > 4 ? 3 : 2;

	for (const struct kb_builtin *b = s->builtins; b->name; b++) {
		unsigned d = distance(name, b->name);

		if (d > 0 && d < best && d < strlen(b->name)) {
			best = d;
			nearest = b->name;
		}
	}
	return nearest;
}

int kb_builtin_call(const struct kb_builtin *builtin, const struct kb_builtin_call *call)
{
	if (builtin->max_words > 0 && call->words->n > builtin->max_words) {
		return kb_shell_fail("usage: %s%s%s", builtin->name,
				     builtin->arguments[0] ? " " : "", builtin->arguments);
	}
	return builtin->run
		       ? builtin->run(call)
		       : kb_shell_ask_text(call->shell, &(struct kb_intent){.type = builtin->asks});
}

const char *kb_builtin_word(const struct kb_builtin_call *call, size_t i)
{
	return i < call->words->n ? call->words->items[i].text : NULL;
}

struct kb_str kb_builtin_rest(const struct kb_builtin_call *call, size_t n)
{
	if (n >= call->words->n) {
		return KB_STR("");
	}
	return kb_str_trim(kb_str_skip(call->line, call->words->items[n].start));
}
