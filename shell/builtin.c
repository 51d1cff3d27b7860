/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "builtin.h"

enum { NEAREST_MAX = 32, FAR = 99 };

const struct kb_builtin *kb_builtin_at(size_t i)
{
	static const struct kb_builtin *const tables[] = {
		kb_builtins_places,
		kb_builtins_settings,
		kb_builtins_machine,
		kb_builtins_prompt,
	};

	for (size_t table = 0; table < KB_ARRAY_LEN(tables); table++) {
		for (const struct kb_builtin *b = tables[table]; b->name; b++) {
			if (i-- == 0) {
				return b;
			}
		}
	}
	return NULL;
}

const struct kb_builtin *kb_builtin_find(const char *name)
{
	const struct kb_builtin *b;

	for (size_t i = 0; (b = kb_builtin_at(i)); i++) {
		if (strcmp(b->name, name) == 0) {
			return b;
		}
	}
	return NULL;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
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
			row[j] = least(row[j] + 1, row[j - 1] + 1, changed);
		}
	}
	return row[len];
}

const char *kb_builtin_nearest(const char *name)
{
	const struct kb_builtin *b;
	const char *nearest = NULL;
	/* One slip in a short word, two in a longer one. */
	unsigned best = strlen(name) > 4 ? 3 : 2;

	for (size_t i = 0; (b = kb_builtin_at(i)); i++) {
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
	return builtin->run(call);
}

struct kb_str kb_builtin_rest(const struct kb_builtin_call *call, size_t n)
{
	if (n >= call->words->n) {
		return KB_STR("");
	}
	return kb_str_trim(kb_str_skip(call->line, call->words->items[n].start));
}
