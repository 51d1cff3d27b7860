/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of several servers' answers counts, who is asked again, and what is made of the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>

#include "kboot/network/lease.h"
#include "offers.h"

struct fixture {
	struct kb_arena arena;
	struct kb_offers offers;
	struct kb_dhcp_packet packet; /* the one that is made now */
	size_t used;
	struct kb_boot_infos infos;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_arena_done(&f->arena);
	free(f);
	return 0;
}

static struct kb_ip ip(const char *text)
{
	struct kb_ip address = {0};

	assert_int_equal(text[0] ? kb_ip_parse(kb_str_from(text), &address) : 0, 0);
	return address;
}

/* yiaddr "": a proxyDHCP server's. */
static void begin(struct fixture *f, const char *server, const char *yiaddr)
{
	memset(&f->packet, 0, sizeof(f->packet));
	f->used = 0;
	f->packet.type = KB_DHCP_OFFER;
	f->packet.server = ip(server);
	f->packet.yiaddr = ip(yiaddr);
}

static void add(struct fixture *f, unsigned code, struct kb_str value)
{
	f->packet.options[code].is_set = true;
	f->packet.options[code].at = (uint16_t)f->used;
	f->packet.options[code].len = (uint16_t)value.len;
	memcpy(f->packet.bytes + f->used, value.data, value.len);
	f->used += value.len;
}

static void take(struct fixture *f, const char *from)
{
	struct kb_ip address = ip(from);

	kb_offers_take(&f->offers, &f->packet, 0, &address);
}

/* What is said when it is asked again, as the n-th of all. */
static void take_answer(struct fixture *f, unsigned n, const char *from)
{
	struct kb_ip address = ip(from);

	f->packet.type = KB_DHCP_ACK;
	kb_offers_take(&f->offers, &f->packet, n, &address);
}

static void offer(struct fixture *f, const char *server, const char *yiaddr, const char *file)
{
	begin(f, server, yiaddr);
	if (yiaddr[0] == '\0') {
		add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
	}
	(void)snprintf(f->packet.file, sizeof(f->packet.file), "%s", file);
	take(f, server);
}

/* NULL: it is not said. */
static const char *said(const struct fixture *f, unsigned i, const char *name)
{
	size_t len = strlen(name);
	char *const *at = f->infos.at[i].variables;

	while (*at && (strncmp(*at, name, len) != 0 || (*at)[len] != '=')) {
		at++;
	}
	return *at ? *at + len + 1 : NULL;
}

static void check_choice(struct fixture *f, const char *lease, const char *server,
			 const char *reason)
{
	struct kb_ip lease_ip = ip(lease);
	const char *why;
	const struct kb_offer *best = kb_offers_choose(&f->offers, &lease_ip, &why);

	assert_non_null(best);
	assert_int_equal(kb_offers_infos(&f->offers, best, why, &f->arena, &f->infos), 0);
	assert_string_equal(said(f, 0, "serverid"), server);
	assert_string_equal(f->infos.at[0].reason, reason);
}

/* --- which */

static void a_proxy_with_a_file_counts_first(void **state)
{
	struct fixture *f = *state;

	offer(f, "10.9.0.1", "10.9.0.50", "lease.0");
	offer(f, "10.9.0.2", "", "");
	check_choice(f, "10.9.0.1", "10.9.0.1",
		     "10.9.0.1 answers: it names a file, and no proxyDHCP server does");
	offer(f, "10.9.0.3", "", "proxy.0");
	check_choice(f, "10.9.0.1", "10.9.0.3",
		     "10.9.0.3 answers (proxyDHCP): it names a file as a proxyDHCP server, which "
		     "counts before a DHCP server");
	assert_string_equal(said(f, 0, "bootfile"), "proxy.0");
}

static void the_leases_server_counts_before_others(void **state)
{
	struct fixture *f = *state;

	offer(f, "10.9.0.1", "10.9.0.50", "first.0");
	offer(f, "10.9.0.2", "10.9.0.60", "second.0");
	check_choice(f, "", "10.9.0.1",
		     "10.9.0.1 answers: it names a file, and no proxyDHCP server does");
	check_choice(f, "10.9.0.2", "10.9.0.2",
		     "10.9.0.2 answers: it names a file, and no proxyDHCP server does");
}

static void a_file_counts_before_the_lease(void **state)
{
	struct fixture *f = *state;

	offer(f, "10.9.0.1", "10.9.0.50", "");
	check_choice(f, "10.9.0.1", "10.9.0.1", "10.9.0.1 answers: no server names a file to boot");
	assert_null(said(f, 0, "bootfile"));
	offer(f, "10.9.0.3", "10.9.0.60", "");
	check_choice(f, "10.9.0.3", "10.9.0.3", "10.9.0.3 answers: no server names a file to boot");
	offer(f, "10.9.0.2", "10.9.0.60", "other.0");
	check_choice(f, "10.9.0.1", "10.9.0.2",
		     "10.9.0.2 answers: it names a file, and no proxyDHCP server does");
}

static void who_wants_no_proxy_counts_before_them(void **state)
{
	struct fixture *f = *state;

	offer(f, "10.9.0.2", "", "proxy.0");
	begin(f, "10.9.0.1", "10.9.0.50");
	add(f, KB_DHCP_IPXE, KB_STR("\xb0\1\1"));
	take(f, "10.9.0.1");
	assert_false(kb_offers_are_final(&f->offers)); /* without a file */
	begin(f, "10.9.0.3", "10.9.0.60");
	add(f, KB_DHCP_IPXE, KB_STR("\xb0\1\0"));
	add(f, KB_DHCP_FILE, KB_STR("x"));
	take(f, "10.9.0.3");
	assert_false(kb_offers_are_final(&f->offers)); /* it is 0 */
	begin(f, "10.9.0.4", "10.9.0.60");
	add(f, KB_DHCP_IPXE, KB_STR("\x08\1\7\xb0\1\1"));
	add(f, KB_DHCP_FILE, KB_STR("alone.0"));
	take(f, "10.9.0.4");
	assert_true(kb_offers_are_final(&f->offers));
	check_choice(f, "10.9.0.1", "10.9.0.4",
		     "10.9.0.4 answers: it names a file, and says that no proxyDHCP server counts");
}

static void nobody(void **state)
{
	struct fixture *f = *state;
	struct kb_ip lease = {0};
	const char *why;

	assert_null(kb_offers_choose(&f->offers, &lease, &why));
	assert_false(kb_offers_are_settled(&f->offers));
	begin(f, "10.9.0.1", "10.9.0.50");
	f->packet.type = 6; /* a NAK, and an ACK that nobody asked for */
	take(f, "10.9.0.1");
	take_answer(f, 0, "10.9.0.1");
	take_answer(f, 1, "10.9.0.1");
	assert_int_equal(f->offers.n, 0);
}

static void the_first_of_a_server_counts(void **state)
{
	struct fixture *f = *state;

	offer(f, "10.9.0.1", "10.9.0.50", "a");
	offer(f, "10.9.0.1", "10.9.0.50", "b");
	assert_int_equal(f->offers.n, 1);
	/* DHCP and proxyDHCP may be of one address. */
	offer(f, "10.9.0.1", "", "c");
	assert_int_equal(f->offers.n, 2);
	for (int i = 0; i < 3 * KB_OFFERS_MAX_SERVERS; i++) {
		char text[KB_IP_TEXT];

		(void)snprintf(text, sizeof(text), "10.9.1.%d", i);
		offer(f, text, "10.9.0.50", "d");
	}
	assert_int_equal(f->offers.n, KB_OFFERS_MAX_SERVERS);
	check_choice(f, "10.9.0.1", "10.9.0.1",
		     "10.9.0.1 answers (proxyDHCP): it names a file as a proxyDHCP server, which "
		     "counts before a DHCP server");
}

/* --- who is asked again */

static void check_asked(const struct fixture *f, unsigned i, const char *address, unsigned item)
{
	char buf[KB_IP_TEXT];

	assert_true(i < f->offers.n);
	assert_int_equal(f->offers.at[i].ask.family, address[0] ? AF_INET : 0);
	if (address[0]) {
		assert_string_equal(kb_ip_print(&f->offers.at[i].ask, buf), address);
	}
	assert_int_equal(f->offers.at[i].item, item);
}

static void a_proxy_without_a_file_is_asked_again(void **state)
{
	struct fixture *f = *state;

	offer(f, "10.9.0.1", "10.9.0.50", "");
	offer(f, "10.9.0.2", "", "x");
	assert_true(kb_offers_are_settled(&f->offers));
	offer(f, "10.9.0.3", "", "");
	check_asked(f, 0, "", 0);
	check_asked(f, 1, "", 0);
	check_asked(f, 2, "10.9.0.3", 0);
	assert_false(kb_offers_are_settled(&f->offers));
	begin(f, "10.9.0.9", "10.9.0.50");
	add(f, KB_DHCP_FILE, KB_STR("of another"));
	take_answer(f, 3, "10.9.0.9");
	assert_false(kb_offers_are_settled(&f->offers));
	begin(f, "10.9.0.3", "10.9.0.50");
	add(f, KB_DHCP_FILE, KB_STR("asked.0"));
	take_answer(f, 1, "10.9.0.3"); /* of another question */
	assert_false(kb_offers_are_settled(&f->offers));
	take_answer(f, 3, "10.9.0.3");
	assert_true(kb_offers_are_settled(&f->offers));
	assert_true(f->offers.at[2].is_proxy);
	assert_true(
		kb_str_eq(kb_dhcp_text(&f->offers.at[2].packet, KB_DHCP_FILE), KB_STR("asked.0")));
}

static void an_answer_without_a_file_changes_nothing(void **state)
{
	struct fixture *f = *state;

	begin(f, "10.9.0.3", "");
	add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
	add(f, KB_DHCP_CONFIG_FILE, KB_STR("kept.cfg"));
	take(f, "10.9.0.3");
	begin(f, "", "");
	take_answer(f, 1, "10.9.0.3");
	assert_true(kb_offers_are_settled(&f->offers));
	check_choice(f, "", "10.9.0.3",
		     "10.9.0.3 answers (proxyDHCP): no server names a file to boot");
	assert_string_equal(said(f, 0, "pxeconffile"), "kept.cfg");
}

static void only_a_pxe_proxy_has_the_other_port(void **state)
{
	struct fixture *f = *state;

	begin(f, "", "");
	add(f, KB_DHCP_CLASS, KB_STR("HTTPClient"));
	take(f, "10.9.0.4");
	check_asked(f, 0, "", 0);
	/* Nor has who offers an address. */
	begin(f, "10.9.0.5", "10.9.0.50");
	add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
	take(f, "10.9.0.5");
	check_asked(f, 1, "", 0);
}

static void menus(void **state)
{
	static const struct {
		struct kb_str vendor;
		const char *asked;
		unsigned item;
	} cases[] = {
		{KB_STR("\x09\7\x80\1\4Boot"), "10.9.0.3", 0x8001},
		/* Who serves that item is behind who serves another. */
		{KB_STR("\x08\x13\0\2\2\1\1\1\1\2\2\2\2\x80\1\1\x0a\x09\0\7\0\x09\7\x80\1\4Boot"),
		 "10.9.0.7", 0x8001},
		{KB_STR("\x08\7\x80\1\1\0\0\0\0\x09\7\x80\1\4Boot"), "10.9.0.3", 0x8001},
		{KB_STR("\x08\7\x80\1\2\x0a\x09\0\7\x09\7\x80\1\4Boot"), "10.9.0.3", 0x8001},
		{KB_STR("\x08\3\x80\1\0\x09\7\x80\1\4Boot"), "10.9.0.3", 0x8001},
		{KB_STR("\x09\2\x80\1"), "10.9.0.3", 0},
		/* The disk alone. */
		{KB_STR("\x09\7\0\0\4Disk"), "10.9.0.3", 0},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		f->offers.n = 0;
		begin(f, "10.9.0.3", "");
		add(f, KB_DHCP_CLASS, KB_STR("PXEClient:Arch:00000"));
		add(f, KB_DHCP_VENDOR, cases[i].vendor);
		take(f, "10.9.0.3");
		check_asked(f, 0, cases[i].asked, cases[i].item);
	}
}

static void items_are_asked_for_one_by_one(void **state)
{
	struct fixture *f = *state;

	begin(f, "10.9.0.3", "");
	add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
	add(f, KB_DHCP_VENDOR,
	    KB_STR("\x0a\2\7?\x08\7\x80\2\1\x0a\x09\0\7\x09\x16\0\0\4Disk\x80\1\3One\x80\2\3Two"
		   "\x80\3\0"));
	take(f, "10.9.0.3");
	assert_int_equal(f->offers.n, 3);
	check_asked(f, 0, "10.9.0.3", 0x8001);
	check_asked(f, 1, "10.9.0.7", 0x8002);
	check_asked(f, 2, "10.9.0.3", 0x8003);
	/* What comes again of the server is none of its own. */
	take(f, "10.9.0.3");
	assert_int_equal(f->offers.n, 3);
	begin(f, "10.9.0.7", "");
	add(f, KB_DHCP_FILE, KB_STR("two.0"));
	take_answer(f, 2, "10.9.0.7");
	check_choice(f, "", "10.9.0.3",
		     "10.9.0.3 answers (proxyDHCP): it names a file as a proxyDHCP server, which "
		     "counts before a DHCP server");
	assert_int_equal(f->infos.n, 1);
	assert_null(f->infos.at[0].title); /* there is nothing to choose from */
	assert_int_equal(f->infos.wait_s, 0);
	assert_false(kb_offers_are_settled(&f->offers));
	begin(f, "10.9.0.3", "");
	add(f, KB_DHCP_FILE, KB_STR("one.0"));
	take_answer(f, 1, "10.9.0.3");
	begin(f, "10.9.0.3", "");
	take_answer(f, 3, "10.9.0.3"); /* it has none for the third */
	assert_true(kb_offers_are_settled(&f->offers));
	check_choice(f, "", "10.9.0.3",
		     "10.9.0.3 answers (proxyDHCP): it names a file as a proxyDHCP server, which "
		     "counts before a DHCP server");
	assert_int_equal(f->infos.n, 2);
	assert_string_equal(f->infos.at[0].title, "One");
	assert_string_equal(said(f, 0, "bootfile"), "one.0");
	assert_string_equal(f->infos.at[1].title, "Two");
	assert_string_equal(said(f, 1, "bootfile"), "two.0");
	assert_int_equal(f->infos.wait_s, 7);
}

static void one_that_offers_an_address_may_have_a_menu(void **state)
{
	struct fixture *f = *state;

	begin(f, "10.9.0.3", "10.9.0.50");
	add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
	add(f, KB_DHCP_VENDOR, KB_STR("\x09\6\x80\1\3One\x0a\1\xff"));
	take(f, "10.9.0.3");
	assert_int_equal(f->offers.n, 1);
	check_asked(f, 0, "10.9.0.3", 0x8001);
	assert_int_equal(f->offers.at[0].wait_s, -1);
}

/* A menu of more items than anybody reads, with titles that are cut; and of many servers. */
static void menus_have_an_end(void **state)
{
	static char vendor[4 << 10];
	struct fixture *f = *state;
	size_t n = 0;

	vendor[n++] = KB_PXE_MENU;
	vendor[n++] = (char)252;
	for (int i = 0; i < 84; i++) {
		memcpy(vendor + n, "\x80\1\0", 3);
		n += 3;
	}
	for (unsigned i = 1; i < 20; i++) {
		char text[KB_IP_TEXT];

		(void)snprintf(text, sizeof(text), "10.9.1.%u", i);
		begin(f, text, "");
		add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
		add(f, KB_DHCP_VENDOR, kb_str_of(vendor, n));
		take(f, text);
		assert_int_equal(f->offers.n, i < 3 ? i * KB_OFFERS_MAX_ITEMS : KB_OFFERS_MAX);
	}
}

static void long_titles_are_cut(void **state)
{
	char vendor[2 + 3 + 200] = {KB_PXE_MENU, (char)203, (char)0x80, 1, (char)200};
	struct fixture *f = *state;

	memset(vendor + 5, 'x', 200);
	begin(f, "10.9.0.3", "");
	add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
	add(f, KB_DHCP_VENDOR, kb_str_of(vendor, sizeof(vendor)));
	take(f, "10.9.0.3");
	assert_int_equal(strlen(f->offers.at[0].title), KB_BOOT_TITLE_BYTES - 1);
}

/* --- what it says */

static void check_place(struct fixture *f, const char *server, const char *file)
{
	f->offers.n = 0;
	take(f, "10.9.0.9");
	check_choice(f, "", "10.9.0.9",
		     "10.9.0.9 answers: it names a file, and no proxyDHCP server does");
	assert_string_equal(said(f, 0, "tftp"), server);
	assert_string_equal(said(f, 0, "bootfile"), file);
}

static void options_count_before_fields(void **state)
{
	struct fixture *f = *state;

	begin(f, "", "10.9.0.50");
	(void)snprintf(f->packet.file, sizeof(f->packet.file), "field.0");
	check_place(f, "10.9.0.9", "field.0");
	(void)snprintf(f->packet.sname, sizeof(f->packet.sname), "sname.test");
	check_place(f, "sname.test", "field.0");
	f->packet.siaddr = ip("10.9.0.8");
	check_place(f, "10.9.0.8", "field.0");
	add(f, KB_DHCP_TFTP, KB_STR("\0"));
	add(f, KB_DHCP_FILE, KB_STR("\0"));
	check_place(f, "10.9.0.8", "field.0");
	add(f, KB_DHCP_TFTP, KB_STR("tftp.test"));
	add(f, KB_DHCP_FILE, KB_STR("option.0\0"));
	check_place(f, "tftp.test", "option.0");
}

static void check_variables(struct fixture *f, const char *wanted)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_lease lease;

	assert_int_equal(kb_lease_from_environment(&f->arena, f->infos.at[0].variables, &lease), 0);
	kb_lease_print(&lease, &text);
	kb_buf_puts(&text, "");
	assert_string_equal(text.data, wanted);
}

static void variables(void **state)
{
	struct fixture *f = *state;

	begin(f, "10.9.0.1", "10.9.0.50");
	(void)snprintf(f->packet.file, sizeof(f->packet.file), "ignored");
	(void)snprintf(f->packet.sname, sizeof(f->packet.sname), "boot.test");
	add(f, KB_DHCP_FILE, KB_STR("a\nserverid=6.6.6.6"));
	add(f, KB_DHCP_TFTP, KB_STR("10.9.0.2"));
	add(f, KB_DHCP_ROOT_PATH, KB_STR("iscsi:"));
	add(f, KB_DHCP_CLASS, KB_STR("PXEClient"));
	add(f, KB_DHCP_CONFIG_FILE, KB_STR("a.cfg"));
	add(f, KB_DHCP_PATH_PREFIX, KB_STR("/p/"));
	add(f, KB_DHCP_REBOOT_TIME, KB_STR("\xff\0\0\1"));
	add(f, KB_DHCP_VENDOR, KB_STR("\6\1\0\xff"));
	add(f, 128, KB_STR(""));
	add(f, 150, KB_STR("\x0a\x09\0\1"));
	take(f, "10.9.0.1");
	check_choice(f, "", "10.9.0.1",
		     "10.9.0.1 answers: it names a file, and no proxyDHCP server does");
	check_variables(f, "serverid=10.9.0.1\nsiaddr=10.9.0.2\nsname=boot.test\ntftp=10.9.0.2\n"
			   "bootfile=a\\x0aserverid=6.6.6.6\nboot_file=a\\x0aserverid=6.6.6.6\n"
			   "rootpath=iscsi:\nvendor=PXEClient\npxeconffile=a.cfg\n"
			   "pxepathprefix=/p/\nreboottime=4278190081\nopt43=060100ff\n"
			   "opt150=0a090001\n");
}

static void few_variables(void **state)
{
	struct fixture *f = *state;

	begin(f, "10.9.0.1", "10.9.0.50");
	add(f, KB_DHCP_TFTP, KB_STR("tftp.test"));
	add(f, KB_DHCP_REBOOT_TIME, KB_STR("\0\1"));
	take(f, "10.9.0.1");
	check_choice(f, "", "10.9.0.1", "10.9.0.1 answers: no server names a file to boot");
	check_variables(f, "serverid=10.9.0.1\ntftp=tftp.test\n");
}

static void memory_ends(void **state)
{
	struct fixture *f = *state;
	struct kb_ip lease = {0};
	const char *why;
	const struct kb_offer *best;
	int r = -ENOMEM;

	offer(f, "10.9.0.1", "10.9.0.50", "a");
	best = kb_offers_choose(&f->offers, &lease, &why);
	for (size_t most = 1; r == -ENOMEM; most *= 2) {
		KB_ARENA struct kb_arena arena = {.max_bytes = most};

		r = kb_offers_infos(&f->offers, best, why, &arena, &f->infos);
		assert_true(r == 0 || f->infos.n == 0);
	}
	assert_int_equal(r, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_proxy_with_a_file_counts_first),
		TEST(the_leases_server_counts_before_others),
		TEST(a_file_counts_before_the_lease),
		TEST(who_wants_no_proxy_counts_before_them),
		TEST(nobody),
		TEST(the_first_of_a_server_counts),
		TEST(a_proxy_without_a_file_is_asked_again),
		TEST(an_answer_without_a_file_changes_nothing),
		TEST(only_a_pxe_proxy_has_the_other_port),
		TEST(menus),
		TEST(items_are_asked_for_one_by_one),
		TEST(one_that_offers_an_address_may_have_a_menu),
		TEST(menus_have_an_end),
		TEST(long_titles_are_cut),
		TEST(options_count_before_fields),
		TEST(variables),
		TEST(few_variables),
		TEST(memory_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
