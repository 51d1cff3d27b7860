/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether anybody may log in by a password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/ssh/account.h"

static void only_a_good_hash_is_a_password(void **state)
{
	static const struct {
		const char *passwd;
		bool has;
	} cases[] = {
		{"kboot:$6$salt$hash:0:0::/:/sbin/kboot\n", true},
		{"root:$6$s$h:0:0::/:/bin/sh\nkboot:$2b$10$x:0:0::/:/sbin/kboot", true},
		{"root:$6$s$h:0:0::/:/bin/sh\nkboot:*:0:0::/:/sbin/kboot\n", false},
		{"kboot::0:0::/:/sbin/kboot\n", false},
		{"kboot:x:0:0::/:/sbin/kboot\n", false},
		{"kboot:$y$j9T$x:0:0::/:/sbin/kboot\n", false},
		{"kboot:$1$s$h:0:0::/:/sbin/kboot\n", false},
		{"kboot:!$6$s$h:0:0::/:/sbin/kboot\n", false},
		{"kboot:*:0:0::/:\nkboot:$6$s$h:0:0::/:\n", false},
		{"kbootx:$6$s$h:0:0::/:\n", false},
		{"kboot", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		assert_int_equal(kb_ssh_has_password(kb_str_from(cases[i].passwd)), cases[i].has);
	}
}

static void sessions_are_known_by_their_groups(void **state)
{
	static const struct {
		gid_t groups[3];
		size_t n;
		enum kb_ssh_session session;
	} cases[] = {
		{{0}, 0, KB_SSH_NO_SESSION},
		{{0, 5}, 2, KB_SSH_NO_SESSION},
		{{0, KB_SSH_GROUP}, 2, KB_SSH_SESSION},
		{{KB_SSH_GROUP_RESTRICTED}, 1, KB_SSH_RESTRICTED},
		{{KB_SSH_GROUP, KB_SSH_GROUP_RESTRICTED, KB_SSH_GROUP}, 3, KB_SSH_RESTRICTED},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		assert_int_equal(kb_ssh_session_of(cases[i].groups, cases[i].n), cases[i].session);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(only_a_good_hash_is_a_password),
					   cmocka_unit_test(sessions_are_known_by_their_groups)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
