/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dropbear says, as kboot's log has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "kboot/ssh/server_line.h"

static void lines_are_told_apart(void **state)
{
	static const struct {
		const char *line;
		const char *text;
		bool is_warning;
		bool is_said;
	} cases[] = {
		{"[213] Nov 28 18:01:02 Pubkey auth succeeded for 'kboot' with ssh-ed25519 key x",
		 "Pubkey auth succeeded for 'kboot' with ssh-ed25519 key x", false, true},
		{"[213] Nov 28 18:01:02 Child connection from 10.0.2.2:1",
		 "Child connection from 10.0.2.2:1", false, false},
		{"[2] Nov 8 18:01:02 Bad password attempt for 'kboot'",
		 "Bad password attempt for 'kboot'", true, true},
		{"[2] Nov 28", "[2] Nov 28", true, true},
		{"Failed loading /x", "Failed loading /x", true, true},
		{"", "", true, false},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		struct kb_ssh_line said = kb_ssh_server_line(kb_str_from(cases[i].line));

		assert_true(kb_str_eq(said.text, kb_str_from(cases[i].text)));
		assert_int_equal(said.is_warning, cases[i].is_warning);
		assert_int_equal(said.is_said, cases[i].is_said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_told_apart)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
