/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "kboot/base/cmdline.h"

/* What Linux makes of it: [name] or [name|value], one behind the other. */
static const struct {
	const char *line;
	const char *params;
} lines[] = {
	{"", ""},
	{" \t\n", ""},
	{"quiet", "[quiet]"},
	{"  root=/dev/sda1 \t ro\n", "[root|/dev/sda1][ro]"},
	{"a= b", "[a|][b]"},
	{"a=b=c", "[a|b=c]"},
	{"=a", "[=a]"},
	{"=a=b", "[=a|b]"},
	{"a=\"b c\" d", "[a|b c][d]"},
	{"\"a=b c\" d", "[a|b c][d]"},
	{"\"a b\" c", "[a b][c]"},
	{"a=b\" \"c d", "[a|b\" \"c][d]"},
	{"a=\"b\"c", "[a|b\"c]"},
	{"a=\"b c", "[a|b c]"},
	{"\"a=b c", "[a|b c]"},
	{"a=\"", "[a|]"},
	{"a=\"\" b", "[a|][b]"},
	{"\"", "[]"},
	{"\"\" b", "[][b]"},
	{"\"a=\"b c\"", "[a|b][c\"]"},
	{"a'b c'd", "[a'b][c'd]"},
	{"a='b c=d' e=f", "[a|'b][c|d'][e|f]"},
	{"a=\"it's\" b", "[a|it's][b]"},
	{"don't kboot.restricted=1", "[don't][kboot.restricted|1]"},
	{"a=\\\"b c\\\" d", "[a|\\\"b c\\\"][d]"},
	{"a -- b=c", "[a][--][b|c]"},
	{"a\vb\fc\rd", "[a][b][c][d]"},
	/* The blank of Latin-1 is one in the kernel's table of characters. */
	{"k=\xc3\xa0 b", "[k|\xc3][b]"},
};

static void parts_lines_as_linux_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		struct kb_str rest = kb_str_from(lines[i].line);
		struct kb_cmdline_param p;
		char told[256] = "";
		size_t len = 0;

		while (kb_cmdline_next(&rest, &p)) {
			len += (size_t)snprintf(told + len, sizeof(told) - len, "[%.*s%s%.*s]",
						KB_STR_ARG(p.name), p.has_value ? "|" : "",
						KB_STR_ARG(p.value));
			assert_true(len < sizeof(told));
		}
		assert_string_equal(told, lines[i].params);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_lines_as_linux_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
