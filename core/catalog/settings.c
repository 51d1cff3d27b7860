/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include <errno.h>
#include <stdio.h>

#include "kboot/base/cmdline.h"

void kb_settings_done(struct kb_settings *s)
{
	if (!s) {
		return;
	}
	for (int rank = 0; rank < KB_N_RANKS; rank++) {
		kb_settings_clear(s, rank);
	}
}

void kb_settings_clear(struct kb_settings *s, enum kb_source_rank rank)
{
	memset(s->values[rank], 0, sizeof(s->values[rank]));
	kb_arena_done(&s->arenas[rank]);
}

static bool says_true(const struct kb_setting *setting)
{
	return setting->value && kb_variable_bool(setting->variable, kb_str_from(setting->value));
}

/* Two files of one disk, two words of one command line: neither turns the other off. */
static bool stays_stricter(const struct kb_settings *s, const struct kb_setting *setting)
{
	return kb_variables[setting->variable].trust == KB_TRUST_STRICTER &&
	       says_true(&s->values[setting->rank][setting->variable]) && !says_true(setting);
}

int kb_settings_set(struct kb_settings *s, const struct kb_setting *setting, struct kb_error *err)
{
	int r = kb_variable_permit(setting->variable, setting->rank, err);

	if (r < 0 || stays_stricter(s, setting)) {
		return r;
	}
	r = kb_variable_check(setting->variable, kb_str_from(setting->value), err);
	if (r < 0 && kb_variables[setting->variable].type != KB_TYPE_BOOL) {
		return r;
	}
	r = kb_setting_copy(&s->arenas[setting->rank], setting,
			    &s->values[setting->rank][setting->variable]);
	return r < 0 ? kb_error_set(err, r, "out of memory") : 0;
}

/* The first source that says true: it is the one that a person has to ask. */
static const struct kb_setting *strictest(const struct kb_settings *s, enum kb_variable variable,
					  enum kb_source_rank but)
{
	for (int rank = 0; rank < KB_N_RANKS; rank++) {
		if (rank != (int)but && says_true(&s->values[rank][variable])) {
			return &s->values[rank][variable];
		}
	}
	return NULL;
}

const struct kb_setting *kb_settings_restricted(const struct kb_settings *s,
						enum kb_source_rank but)
{
	return strictest(s, KB_VAR_RESTRICTED, but);
}

const struct kb_setting *kb_settings_get(const struct kb_settings *s, enum kb_variable variable)
{
	const struct kb_setting *strict = kb_variables[variable].trust == KB_TRUST_STRICTER
						  ? strictest(s, variable, KB_N_RANKS)
						  : NULL;

	if (strict) {
		return strict;
	}
	for (int rank = KB_N_RANKS - 1; rank >= 0; rank--) {
		if (s->values[rank][variable].value) {
			return &s->values[rank][variable];
		}
	}
	return NULL;
}

int64_t kb_settings_ms(const struct kb_settings *s, enum kb_variable variable, int64_t otherwise)
{
	const struct kb_setting *setting = kb_settings_get(s, variable);
	uint64_t seconds;

	if (!setting || kb_str_to_u64(kb_str_from(setting->value), &seconds) < 0 ||
	    seconds > KB_SECONDS_MAX) {
		return otherwise;
	}
	return (int64_t)seconds * 1000;
}

bool kb_settings_bool(const struct kb_settings *s, enum kb_variable variable)
{
	const struct kb_setting *setting = kb_settings_get(s, variable);

	return setting && kb_variable_bool(variable, kb_str_from(setting->value));
}

void kb_setting_source(const struct kb_setting *setting, char *buf, size_t size)
{
	if (setting->rank == KB_RANK_CMDLINE) {
		(void)snprintf(buf, size, "kboot's kernel command line");
	} else if (setting->at.file && setting->at.line > 0) {
		(void)snprintf(buf, size, "%s:%u", setting->at.file, setting->at.line);
	} else {
		(void)snprintf(buf, size, "%s",
			       setting->at.file ? setting->at.file : "kboot itself");
	}
}

const char *kb_setting_remark(const struct kb_setting *setting)
{
	struct kb_str value = kb_str_from(setting->value);
	bool on;

	if (kb_variables[setting->variable].type != KB_TYPE_BOOL ||
	    kb_str_to_bool(value, &on) == 0) {
		return "";
	}
	return kb_variable_bool(setting->variable, value)
		       ? ", neither true nor false: counts as true"
		       : ", neither true nor false: counts as false";
}

static const struct kb_str prefix = KB_STR("kboot.");

static int set_word(struct kb_settings *s, const struct kb_cmdline_param *param,
		    const struct kb_diag_sink *diags)
{
	struct kb_setting setting = {.rank = KB_RANK_CMDLINE, .at.file = "kernel command line"};
	struct kb_str name = kb_str_skip(param->name, prefix.len);
	bool is_known = kb_variable_find(name, &setting.variable) == 0;
	struct kb_error err = {0};
	bool counts;
	int r;

	/* A policy without a value was meant to hold all the same. */
	if (!is_known || !(param->has_value || kb_variables[setting.variable].if_unreadable)) {
		kb_diag_report(diags, KB_SEVERITY_WARNING, setting.at, "kboot.%.*s %s; ignored",
			       KB_STR_ARG(name),
			       is_known ? "has no value" : "is no variable of kboot");
		return 0;
	}
	setting.value = kb_arena_str(&s->arenas[KB_RANK_CMDLINE], param->value);
	if (!setting.value) {
		return -ENOMEM;
	}
	r = kb_settings_set(s, &setting, &err);
	counts = r == 0;
	if (err.code < 0 && err.code != -ENOMEM) {
		kb_diag_report(diags, counts ? KB_SEVERITY_ERROR : KB_SEVERITY_WARNING, setting.at,
			       counts ? "%s; it counts as %s" : "%s; ignored", err.text,
			       kb_variable_bool(setting.variable, param->value) ? "true" : "false");
	}
	return r == -EINVAL ? 0 : r;
}

int kb_settings_from_cmdline(struct kb_settings *s, const char *cmdline,
			     const struct kb_diag_sink *diags)
{
	struct kb_str rest = kb_str_from(cmdline);
	struct kb_cmdline_param param;
	int r = 0;

	while (r == 0 && kb_cmdline_next(&rest, &param)) {
		if (kb_str_starts(param.name, prefix)) {
			r = set_word(s, &param, diags);
		}
	}
	return r;
}
