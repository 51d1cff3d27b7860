/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/network/time.h"
#include "kboot/network/words.h"

static const struct kb_interface linked = {.name = "eth0", .is_on = true, .has_link = true};
static const struct kb_interface alone = {.name = "eth1", .is_on = true};
static const struct kb_interface off = {.name = "eth2"};

static void says(struct kb_network_seen seen, enum kb_network_state state, const char *words)
{
	KB_BUF struct kb_buf text = {0};

	seen.why = seen.why ? seen.why : "";
	assert_int_equal(kb_network_say(&seen, &text), state);
	assert_string_equal(text.data, words);
}

static void test_online(void **state)
{
	const struct kb_network_one ones[] = {{&linked, "10.0.2.15/24", " (DHCP from 10.0.2.2)"},
					      {&alone, "10.1.0.2/24 fd09::2/64", ""},
					      {&off, "", ""}};

	(void)state;
	says((struct kb_network_seen){.at = ones, .n = 3, .why = "long ago"}, KB_NETWORK_ONLINE,
	     "eth0 10.0.2.15/24 (DHCP from 10.0.2.2); eth1 10.1.0.2/24 fd09::2/64, no link");
	/* The cable was pulled: nothing can be fetched, whatever the address. */
	says((struct kb_network_seen){.at = ones + 1, .n = 2}, KB_NETWORK_NO_LINK,
	     "eth1 10.1.0.2/24 fd09::2/64, no link");
}

static void test_why_not(void **state)
{
	const struct kb_network_one ones[] = {{&linked, "", ""}, {&alone, "", ""}, {&off, "", ""}};

	(void)state;
	says((struct kb_network_seen){.n = 0}, KB_NETWORK_NO_CARD,
	     "there is no network card that this kernel has a driver for");
	says((struct kb_network_seen){.at = ones + 2, .n = 1}, KB_NETWORK_OFF,
	     "the network is off");
	says((struct kb_network_seen){.at = ones + 2, .n = 1, .is_busy = true}, KB_NETWORK_OFF,
	     "the network is being switched on");
	says((struct kb_network_seen){.at = ones + 1, .n = 2, .why = "what was before"},
	     KB_NETWORK_NO_LINK, "no link on eth1: is the cable in?");
	says((struct kb_network_seen){.at = ones, .n = 3, .is_busy = true, .why = "before"},
	     KB_NETWORK_LINK, "eth0: waiting for an address");
	says((struct kb_network_seen){.at = ones, .n = 3, .why = "nobody answers DHCP on eth0"},
	     KB_NETWORK_LINK, "nobody answers DHCP on eth0");
	says((struct kb_network_seen){.at = ones, .n = 3}, KB_NETWORK_LINK,
	     "eth0: a link, and no address");
}

static void test_time_servers(void **state)
{
	struct kb_time_servers s = {0};

	(void)state;
	kb_time_servers_add(&s, KB_STR("10.0.2.2, pool.ntp.org fd09::1,10.0.2.2"));
	kb_time_servers_add(&s, KB_STR("-S/bin/sh $(x) .x a/b"));
	assert_int_equal(s.n, 3);
	assert_string_equal(s.at[0], "10.0.2.2");
	assert_string_equal(s.at[1], "pool.ntp.org");
	assert_string_equal(s.at[2], "fd09::1");
	kb_time_servers_add(&s, KB_STR("a b c d e f"));
	assert_int_equal(s.n, KB_TIME_MAX_SERVERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_online),
		cmocka_unit_test(test_why_not),
		cmocka_unit_test(test_time_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
