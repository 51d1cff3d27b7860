/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "name_servers.h"

static void test_read(void **state)
{
	char servers[KB_NAME_SERVERS_MAX][KB_NAME_SERVER_TEXT];

	(void)state;
	assert_int_equal(
		kb_name_servers_read(KB_STR("# nameserver 1.1.1.1\noptions timeout:3\nsearch x\n"
					    "nameserver 10.0.2.3\nnameserver\tfe80::1%eth0 \n"
					    "nameserver\nnameserverx 1\nnameserver a b\n"
					    "nameserver one-too-many"),
				     servers),
		3);
	assert_string_equal(servers[0], "10.0.2.3");
	assert_string_equal(servers[1], "fe80::1%eth0");
	assert_string_equal(servers[2], "a");
	assert_int_equal(kb_name_servers_read(KB_STR(""), servers), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
