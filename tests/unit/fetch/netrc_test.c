/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "netrc.h"

static const char file[] = "# servers\n"
			   "machine a.net login me password secret\n"
			   "machine a.net\n\tlogin root\n\tpassword \"with \\\"blanks\\\" and #\"\n"
			   "macdef init\nmachine a.net login macro password x\n\n"
			   "machine b.net password alone # machine c.net login x\n"
			   "machine c.net login last\n"
			   "default login anonymous password guest\n";

/* "LOGIN:PASSWORD", "-" for what is not said; "none". */
static void check(const char *text, const char *host, const char *user, const char *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_netrc e = {0};
	const char *told = "none";

	if (kb_netrc_find(&arena, kb_str_from(text), host, user, &e)) {
		told = kb_arena_printf(&arena, "%s:%s", e.login ? e.login : "-",
				       e.password ? e.password : "-");
	}
	assert_string_equal(told, expected);
}

static void finds_host_and_user(void **state)
{
	(void)state;
	check(file, "a.net", NULL, "me:secret");
	check(file, "A.net", "me", "me:secret");
	check(file, "a.net", "root", "root:with \"blanks\" and #");
	check(file, "b.net", NULL, "-:alone");
	check(file, "b.net", "anybody", "-:alone");
	check(file, "c.net", NULL, "last:-");
}

static void the_default_is_for_the_rest(void **state)
{
	(void)state;
	check(file, "d.net", NULL, "anonymous:guest");
	check(file, "a.net", "anonymous", "anonymous:guest");
	check(file, "a.net", "macro", "none");
	check(file, "d.net", "root", "none");
	check("machine a.net login me password x", "d.net", NULL, "none");
}

static void cut_files_are_read_as_far_as_they_go(void **state)
{
	(void)state;
	check("", "a.net", NULL, "none");
	check("machine", "a.net", NULL, "none");
	check("machine a.net login", "a.net", NULL, "-:-");
	check("machine a.net password \"open \\", "a.net", NULL, "-:open \\");
	check("macdef x\nmachine a.net", "a.net", NULL, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_host_and_user),
		cmocka_unit_test(the_default_is_for_the_rest),
		cmocka_unit_test(cut_files_are_read_as_far_as_they_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
