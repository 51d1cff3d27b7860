/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kboot.NAME=VALUE on kboot's own kernel command line is what it is to the kernel: the words are
 * compared with its own rule, next_arg() of lib/cmdline.c, said here a second time.
 */
#include <string.h>

#include "catalog/settings.h"
#include "fuzz.h"
#include "kboot/base/arena.h"

/* isspace() of lib/ctype.c, which knows the blank of Latin-1 too. */
static bool is_space(char c)
{
	return c != '\0' && strchr(" \t\n\v\f\r\xa0", c);
}

/* Takes one word apart in place, and returns what is behind it. */
static char *next_argument(char *args, const char **ret_name, const char **ret_value)
{
	bool quoted = *args == '"';
	bool in_quote = quoted;
	size_t equals = 0;
	size_t end;
	char *rest;

	args += quoted;
	for (end = 0; args[end] && (in_quote || !is_space(args[end])); end++) {
		if (equals == 0 && args[end] == '=') {
			equals = end;
		}
		in_quote ^= args[end] == '"';
	}
	rest = args + end + (args[end] != '\0');
	args[end] = '\0';
	*ret_name = args;
	*ret_value = NULL;
	if (equals > 0) {
		args[equals] = '\0';
		*ret_value = args + equals + 1;
		if (args[equals + 1] == '"') {
			(*ret_value)++;
			args[end - 1] = args[end - 1] == '"' ? '\0' : args[end - 1];
		}
	}
	if (quoted && end > 0 && args[end - 1] == '"') {
		args[end - 1] = '\0';
	}
	return rest;
}

/* What each variable must be; NULL: not set there. */
static void expect(char *args, const char *ret_values[KB_N_VARIABLES])
{
	static const char prefix[] = "kboot.";

	while (is_space(*args)) {
		args++;
	}
	while (*args) {
		enum kb_variable variable;
		struct kb_error err;
		const char *name;
		const char *value;

		args = next_argument(args, &name, &value);
		while (is_space(*args)) {
			args++;
		}
		if (strncmp(name, prefix, strlen(prefix)) != 0 ||
		    kb_variable_find(kb_str_from(name + strlen(prefix)), &variable) < 0 ||
		    (!value && !kb_variables[variable].if_unreadable)) {
			continue;
		}
		value = value ? value : "";
		if (kb_variables[variable].trust == KB_TRUST_STRICTER && ret_values[variable] &&
		    kb_variable_bool(variable, kb_str_from(ret_values[variable])) &&
		    !kb_variable_bool(variable, kb_str_from(value))) {
			continue; /* once it holds nothing takes it back */
		}
		if (kb_variables[variable].type == KB_TYPE_BOOL ||
		    kb_variable_check(variable, kb_str_from(value), &err) == 0) {
			ret_values[variable] = value;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kb_diag_sink quiet = {0};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str input = kb_str_of((const char *)data, size);
	const char *expected[KB_N_VARIABLES] = {NULL};
	struct kb_settings s = {0};

	input = kb_str_head(input, kb_str_find(input, '\0'));
	expect(kb_arena_str(&arena, input), expected);
	FUZZ_CHECK(kb_settings_from_cmdline(&s, kb_arena_str(&arena, input), &quiet) == 0);
	for (int v = 0; v < KB_N_VARIABLES; v++) {
		const char *value = s.values[KB_RANK_CMDLINE][v].value;

		FUZZ_CHECK((value != NULL) == (expected[v] != NULL));
		FUZZ_CHECK(!value || strcmp(value, expected[v]) == 0);
	}
	kb_settings_done(&s);
	return 0;
}
