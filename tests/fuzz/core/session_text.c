/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever is set at a prompt (NAME NUL VALUE NUL …), its text says that and nothing else. */
#include <errno.h>
#include <string.h>

#include "catalog/session_vars.h"
#include "fuzz.h"
#include "kboot/formats/kboot_conf.h"

static void no_error(void *ctx, const struct kb_diag *diag)
{
	(void)ctx;
	FUZZ_CHECK(diag->severity == KB_SEVERITY_WARNING);
}

static void set_all(struct kb_session_vars *s, struct kb_arena *arena, struct kb_str rest)
{
	while (rest.len > 0) {
		size_t name_len = kb_str_find(rest, '\0');
		struct kb_str after = kb_str_skip(rest, name_len + 1);
		size_t value_len = kb_str_find(after, '\0');
		const char *name = kb_arena_str(arena, kb_str_head(rest, name_len));
		const char *value = kb_arena_str(arena, kb_str_head(after, value_len));
		struct kb_error err = {0};
		int r = name && value ? kb_session_vars_set(s, name, value, &err) : 0;

		FUZZ_CHECK(r == 0 || r == -EINVAL || r == -E2BIG);
		FUZZ_CHECK((r < 0) == (err.text[0] != '\0'));
		rest = kb_str_skip(after, value_len + 1);
	}
}

static void check_one(const struct kb_conf *conf, const char *name, const char *value)
{
	struct kb_str key = kb_str_from(name);
	enum kb_variable variable;
	const struct kb_conf_item *item = kb_variable_find(key, &variable) == 0
						  ? kb_conf_variable(conf, variable)
						  : kb_conf_label(conf, key);

	FUZZ_CHECK(item != NULL);
	FUZZ_CHECK(kb_str_eq(item->name, key));
	FUZZ_CHECK(kb_str_eq(item->value, kb_str_from(value)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kb_diag_sink sink = {.report = no_error};
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_session_vars s = {0};
	struct kb_conf conf;
	struct kb_error err = {0};

	set_all(&s, &arena, kb_str_of((const char *)data, size));
	kb_session_vars_text(&s, NULL, &text);
	FUZZ_CHECK(kb_buf_error(&text) == 0);
	FUZZ_CHECK(kb_conf_parse(&arena, "this session", kb_buf_view(&text), &sink, &conf, &err) ==
		   0);
	FUZZ_CHECK(conf.n_variables + conf.n_labels == s.n);
	for (size_t i = 0; i < s.n; i++) {
		check_one(&conf, s.vars[i].name, s.vars[i].value);
	}
	kb_session_vars_done(&s);
	return 0;
}
