/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "work/credentials.h"

static const char netrc[] = "default login anybody password one\n"
			    "machine other.net login me password two\n"
			    "machine h.net password nobody's\n"
			    "machine h.net login WORK\\me password three\n"
			    "machine H.NET login you password four\n"
			    "machine ::1 login six password five\n";

static void check(struct kb_smb_place place, const char *user, const char *domain,
		  const char *password)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_smb_user found = {.user = place.user, .domain = place.domain};
	const char *const wanted[] = {user, domain, password};

	assert_int_equal(kb_credentials_choose(&arena, kb_str_from(netrc), &place, &found), 0);
	for (size_t i = 0; i < KB_ARRAY_LEN(wanted); i++) {
		const char *is = i == 0 ? found.user : i == 1 ? found.domain : found.password;

		assert_int_equal(is == NULL, wanted[i] == NULL);
		if (is) {
			assert_string_equal(is, wanted[i]);
		}
	}
}

static void who_is_not_named_is_the_first_of_the_host(void **state)
{
	(void)state;
	check((struct kb_smb_place){.host = "h.net"}, "me", "WORK", "three");
	check((struct kb_smb_place){.host = "::1"}, "six", NULL, "five");
}

static void a_user_gets_their_own_password(void **state)
{
	(void)state;
	check((struct kb_smb_place){.host = "h.net", .user = "You"}, "you", NULL, "four");
	check((struct kb_smb_place){.host = "h.net", .user = "me"}, "me", "WORK", "three");
	check((struct kb_smb_place){.host = "h.net", .user = "me", .domain = "work"}, "me", "WORK",
	      "three");
	check((struct kb_smb_place){.host = "h.net", .user = "you", .domain = "HOME"}, "you",
	      "HOME", "four");
}

/* Whoever can name a server in a kboot.conf must not get an answer to a password that is no
 * business of that server's. */
static void nobody_else_gets_one(void **state)
{
	(void)state;
	check((struct kb_smb_place){.host = "evil.net"}, NULL, NULL, NULL);
	check((struct kb_smb_place){.host = "h.net", .user = "anybody"}, "anybody", NULL, NULL);
	check((struct kb_smb_place){.host = "h.net", .user = "me", .domain = "HOME"}, "me", "HOME",
	      NULL);
	check((struct kb_smb_place){.host = "net", .user = "me"}, "me", NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_not_named_is_the_first_of_the_host),
		cmocka_unit_test(a_user_gets_their_own_password),
		cmocka_unit_test(nobody_else_gets_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
