/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conf_diags.h"

#include <stdarg.h>

#include "kboot/formats/kboot_conf.h"

/* Shorter names are one slip away from too many words. */
enum { SLIP_MIN_LEN = 5 };

static unsigned max_diags(const struct conf_diags *diags)
{
	return diags->max > 0 ? diags->max : KB_CONF_MAX_DIAGS;
}

void conf_diags_add(struct conf_diags *diags, enum kb_severity severity, struct kb_position at,
		    const char *fmt, ...)
{
	char text[KB_ERROR_TEXT];
	va_list args;

	diags->n++;
	if (diags->n > max_diags(diags)) {
		diags->worst_dropped =
			severity > diags->worst_dropped ? severity : diags->worst_dropped;
		return;
	}
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	kb_diag_report(diags->sink, severity, at, "%s", text);
}

void conf_diags_unknown(struct conf_diags *diags, struct kb_position at, struct kb_str word)
{
	enum { SHOWN = 64 };

	if (diags->is_lint) {
		conf_diags_warn(diags, at, "`%.*s` is not known and means nothing",
				KB_STR_ARG(kb_str_head(word, SHOWN)));
	}
}

void conf_diags_end(struct conf_diags *diags, const char *file)
{
	if (diags->n > max_diags(diags)) {
		kb_diag_report(diags->sink, diags->worst_dropped,
			       (struct kb_position){.file = file}, "%u more like these",
			       diags->n - max_diags(diags));
	}
}

const char *conf_nearest_variable(struct kb_str name)
{
	for (size_t i = 0; i < KB_N_VARIABLES; i++) {
		struct kb_str variable = kb_str_from(kb_variables[i].name);

		if (variable.len >= SLIP_MIN_LEN && kb_str_is_slip(name, variable)) {
			return kb_variables[i].name;
		}
	}
	return NULL;
}
