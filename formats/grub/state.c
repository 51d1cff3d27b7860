/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

#include <errno.h>
#include <stdarg.h>

void grub_done(struct grub *g)
{
	while (g->units) {
		struct grub_unit *next = g->units->next;

		kb_arena_done(&g->units->arena);
		free(g->units);
		g->units = next;
	}
	kb_arena_done(&g->kept);
}

KB_PRINTF(3, 0)
static void trouble(struct grub *g, enum grub_trouble kind, const char *fmt, va_list args)
{
	char text[KB_ERROR_TEXT];

	(void)vsnprintf(text, sizeof(text), fmt, args);
	if (g->host->trouble) {
		g->host->trouble(g->host->ctx, kind, g->at, text);
	}
}

void grub_report(struct grub *g, enum grub_trouble kind, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	trouble(g, kind, fmt, args);
	va_end(args);
}

void grub_stop(struct grub *g, enum grub_trouble kind, const char *fmt, ...)
{
	va_list args;

	if (g->is_stopped) {
		return;
	}
	g->is_stopped = true;
	g->is_limited = true;
	va_start(args, fmt);
	trouble(g, kind, fmt, args);
	va_end(args);
}

bool grub_spend(struct grub *g, unsigned long steps)
{
	g->steps += steps;
	if (g->steps > g->max_steps) {
		grub_stop(g, GRUB_TROUBLE_STEPS,
			  "the script does not come to an end within %lu steps: the rest of it is "
			  "left out",
			  g->max_steps);
	}
	return !g->is_stopped;
}

void grub_check(struct grub *g, int r)
{
	if (r == -ENOMEM && g->memory.used_bytes < GRUB_MAX_MEMORY / 2) {
		g->error = r;
		g->is_stopped = true;
	} else if (r < 0) {
		grub_stop(g, GRUB_TROUBLE_SIZE,
			  "the script keeps more than kboot has room for: the rest of it is left "
			  "out");
	}
}

void grub_print(struct grub *g, struct kb_str text)
{
	g->printed_bytes += text.len;
	if (g->printed_bytes > GRUB_MAX_OUTPUT) {
		grub_stop(g, GRUB_TROUBLE_SIZE, "the script prints more than %d KiB",
			  GRUB_MAX_OUTPUT >> 10);
	} else if (g->host->print && !g->is_silent) {
		g->host->print(g->host->ctx, text);
	}
}

const char *grub_get(const struct grub *g, const char *name)
{
	const char *value = grub_variable_get(g->context, kb_str_from(name));

	return value ? value : "";
}

void grub_set(struct grub *g, const char *name, const char *value)
{
	grub_check(g, grub_variable_set(g->context, kb_str_from(name), value, g->at));
}
