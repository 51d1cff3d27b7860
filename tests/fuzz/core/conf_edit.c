/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `save`: a kboot.conf, and behind a NUL what is set (NAME NUL VALUE NUL …). The new file says what
 * was set; of everything else it says what it said.
 */
#include "kboot/formats/conf_edit.h"

#include <errno.h>
#include <string.h>

#include "catalog/session_vars.h"
#include "fuzz.h"
#include "kboot/formats/kboot_conf.h"

static void set_all(struct kb_session_vars *s, struct kb_str rest)
{
	while (rest.len > 0) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_error err = {0};
		size_t name_len = kb_str_find(rest, '\0');
		struct kb_str after = kb_str_skip(rest, name_len + 1);
		size_t value_len = kb_str_find(after, '\0');

		(void)!kb_session_vars_set(s, kb_arena_str(&arena, kb_str_head(rest, name_len)),
					   kb_arena_str(&arena, kb_str_head(after, value_len)),
					   &err);
		rest = kb_str_skip(after, value_len + 1);
	}
}

static bool is_set(const struct kb_session_vars *s, struct kb_str name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (kb_str_eq_nocase(kb_str_from(s->vars[i].name), name)) {
			return true;
		}
	}
	return false;
}

static void check_set(const struct kb_session_vars *s, const struct kb_conf *now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct kb_str name = kb_str_from(s->vars[i].name);
		enum kb_variable variable;
		const struct kb_conf_item *item = kb_variable_find(name, &variable) == 0
							  ? kb_conf_variable(now, variable)
							  : kb_conf_label(now, name);

		FUZZ_CHECK(item && kb_str_eq(item->value, kb_str_from(s->vars[i].value)));
	}
}

static void check_kept(const struct kb_session_vars *s, const struct kb_conf *before,
		       const struct kb_conf *now)
{
	for (int v = 0; v < KB_N_VARIABLES; v++) {
		const struct kb_conf_item *old = kb_conf_variable(before, v);
		const struct kb_conf_item *new = kb_conf_variable(now, v);

		if (!is_set(s, kb_str_from(kb_variables[v].name))) {
			FUZZ_CHECK((old != NULL) == (new != NULL));
			FUZZ_CHECK(!old || kb_str_eq(old->value, new->value));
		}
	}
	for (size_t i = 0; i < before->n_labels; i++) {
		const struct kb_conf_item *old = &before->labels[i];
		const struct kb_conf_item *new = kb_conf_label(now, old->name);

		FUZZ_CHECK(new != NULL);
		if (!is_set(s, old->name)) {
			old = kb_conf_label(before, old->name);
			FUZZ_CHECK(kb_str_eq(old->value, new->value));
		}
	}
}

static void check_edit(const struct kb_session_vars *s, struct kb_str file)
{
	static const struct kb_diag_sink quiet = {0};
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf lines = {0};
	KB_BUF struct kb_buf out = {0};
	struct kb_error err = {0};
	struct kb_conf before;
	struct kb_conf now;
	int r;

	kb_session_vars_text(s, NULL, &lines);
	r = kb_conf_edit(file, kb_buf_view(&lines), &out);
	FUZZ_CHECK(r == 0 || ((r == -EILSEQ || r == -EINVAL) && out.len == 0));
	if (r == 0 && kb_conf_parse(&arena, "before", file, &quiet, &before, &err) == 0) {
		FUZZ_CHECK(kb_conf_parse(&arena, "now", kb_buf_view(&out), &quiet, &now, &err) ==
			   0);
		check_set(s, &now);
		check_kept(s, &before, &now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str input = kb_str_of((const char *)data, size);
	size_t cut = kb_str_find(input, '\0');
	struct kb_session_vars s = {0};

	set_all(&s, kb_str_skip(input, cut + 1));
	check_edit(&s, kb_str_head(input, cut));
	kb_session_vars_done(&s);
	return 0;
}
