/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session_vars.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kboot/model/setting.h"

static void remove_at(struct kb_session_vars *s, size_t i)
{
	free(s->vars[i].name);
	free(s->vars[i].value);
	s->n--;
	memmove(&s->vars[i], &s->vars[i + 1], (s->n - i) * sizeof(s->vars[0]));
}

void kb_session_vars_done(struct kb_session_vars *s)
{
	while (s->n > 0) {
		remove_at(s, s->n - 1);
	}
}

static bool find(const struct kb_session_vars *s, const char *name, size_t *ret_i)
{
	for (size_t i = 0; i < s->n; i++) {
		if (kb_str_eq_nocase(kb_str_from(s->vars[i].name), kb_str_from(name))) {
			*ret_i = i;
			return true;
		}
	}
	return false;
}

static bool has_control(const char *text)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			return true;
		}
	}
	return false;
}

/* Of UTF-8 and UTF-16: at the start of a file they are no text. */
static bool begins_with_mark(struct kb_str text)
{
	return kb_str_starts(text, KB_STR("\xef\xbb\xbf")) ||
	       kb_str_starts(text, KB_STR("\xfe\xff")) || kb_str_starts(text, KB_STR("\xff\xfe"));
}

/* What a reader of kboot.conf would take for something else: "=" ends a name, "#" and ";" begin
 * comments, a byte order mark is no text. */
static bool is_name(struct kb_str name)
{
	return name.len > 0 && name.len <= KB_SESSION_MAX_NAME &&
	       kb_str_trim(name).len == name.len && !strpbrk(name.data, "=#;") &&
	       !has_control(name.data) && !begins_with_mark(name);
}

static int check(const char *name, const char *value, struct kb_error *err)
{
	enum kb_variable variable;
	int r;

	if (!is_name(kb_str_from(name))) {
		return kb_error_set(err, -EINVAL, "«%s» cannot be the name of a variable or label",
				    name);
	}
	if (strlen(value) > KB_SESSION_MAX_VALUE || has_control(value)) {
		return kb_error_set(err, -EINVAL,
				    "the value of %s is too long or has control bytes", name);
	}
	if (kb_variable_find(kb_str_from(name), &variable) < 0) {
		return 0;
	}
	r = kb_variable_permit(variable, KB_RANK_SESSION, err);
	return r < 0 ? r : kb_variable_check(variable, kb_str_from(value), err);
}

int kb_session_vars_set(struct kb_session_vars *s, const char *name, const char *value,
			struct kb_error *err)
{
	char *name_copy = strdup(name);
	char *value_copy = strdup(value);
	size_t i;
	int r = name_copy && value_copy ? check(name, value, err) : kb_error_no_memory(err);

	if (r == 0 && find(s, name, &i)) {
		remove_at(s, i);
	}
	if (r == 0 && s->n == KB_SESSION_MAX_VARS) {
		r = kb_error_set(err, -E2BIG, "more than %d variables", KB_SESSION_MAX_VARS);
	}
	if (r < 0) {
		free(name_copy);
		free(value_copy);
		return r;
	}
	s->vars[s->n].name = name_copy;
	s->vars[s->n++].value = value_copy;
	return 0;
}

int kb_session_vars_unset(struct kb_session_vars *s, const char *name, struct kb_error *err)
{
	size_t i;

	if (!find(s, name, &i)) {
		return kb_error_set(err, -ENOENT, "%s was not set at the prompt", name);
	}
	remove_at(s, i);
	return 0;
}

void kb_session_vars_text(const struct kb_session_vars *s, const char *but, struct kb_buf *text)
{
	for (size_t i = 0; i < s->n; i++) {
		if (but && kb_str_eq_nocase(kb_str_from(s->vars[i].name), kb_str_from(but))) {
			continue;
		}
		/* One pair of outer quotes is taken off again, so any value survives. */
		kb_buf_printf(text, "%s=\"%s\"\n", s->vars[i].name, s->vars[i].value);
	}
}
