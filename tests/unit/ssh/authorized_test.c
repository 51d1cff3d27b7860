/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may log in, and whom a line keeps out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kboot/ssh/authorized.h"

#define ED "AAAAC3NzaC1lZDI1NTE5AAAAIJK8UJP0yIMYN030q9znt9QFzeVCl+oEpsIhwPgnG2SS"
#define EC                                                                                         \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAl8YHE1yflu1ivjZR18JaBXRF6DvLsIJg3l" \
	"y8/jOACc0ozNx2oCaiicnFurnrpnfF3KtOaLmVDj353RIPGbzLE="
#define RSA                                                                                        \
	"AAAAB3NzaC1yc2EAAAADAQABAAABAQCt88lHW2/ilQEzGOp1wNrxD1Y8Mu5GzR1Walj8liU0JVFCe2S2sRfbAXh0" \
	"kQGNDcVZ2txciYYA8qfHUdFVwIb3c0X3RKVsGU1G53gKR4sfgkJvnte0Xk8NoR8QcaeQ9ravL8v10Sw/UCZ/MfH4" \
	"yPLWnqtLUHqnRilNDqx86SLdDWXHi76enQKbEBaDkq6htpO1THdYxM9p1myEpdKdEbnmdQCw55pYrxQ5UfOko1Vt" \
	"pP2cVC9hdBp+4ARAJHgJPx4CtMCyvXugPbxqbow34GdECqtAwEKBjxaXYFhbDlix2anUIYUqbBtdTW70OYIQ5UA1" \
	"Bcu1fbxlocLvqvHZzwXR"
#define RSA_SHORT                                                                                  \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAgQCunTmnJqEuUzLyDq4IBiqgFqtJRpfoxCafFJiWmZ3Gug1L3Ry5ZNbUWQMB" \
	"X8reGNdHQdI/WirNTiLRuOLlfPfBtaFH1P/qplEURzdeWhEiaFoR53KG2YYnRVFlbBFAJm6iBkcfGo5HvWHtmFbo" \
	"zP5nM1vtCA+zwGe0wwTmgz3pLQ=="

struct said {
	unsigned n;
	char text[512];
	uint32_t line;
};

static void note(void *ctx, const struct kb_diag *diag)
{
	struct said *s = ctx;

	s->n++;
	s->line = diag->at.line;
	(void)snprintf(s->text, sizeof(s->text), "%s", diag->text);
}

static struct kb_ssh_keys keys;

static void read_keys(const char *text, struct said *said)
{
	const struct kb_diag_sink sink = {note, said};

	kb_ssh_keys_done(&keys);
	*said = (struct said){0};
	assert_int_equal(kb_ssh_keys_read(&keys, kb_str_from(text), "keys", &sink), 0);
}

static void each_key_is_a_line_with_its_number(void **state)
{
	KB_BUF struct kb_buf text = {0};
	struct said said;

	(void)state;
	read_keys("\xef\xbb\xbf# mine\r\n\nssh-ed25519 " ED " alice laptop\r\n"
		  "  no-pty,command=\"list \\\"x, y\\\" --json\",no-port-forwarding "
		  "ecdsa-sha2-nistp256 " EC "\n"
		  "restrict ssh-rsa " RSA "\n"
		  "restrict,pty,Restricted\tssh-ed25519\t" ED " eve",
		  &said);
	assert_int_equal(said.n, 0);
	kb_ssh_keys_print(&keys, &text);
	assert_string_equal(text.data, "ssh-ed25519 " ED " key1\n"
				       "no-pty ecdsa-sha2-nistp256 " EC " key2\n"
				       "no-pty ssh-rsa " RSA " key3\n"
				       "ssh-ed25519 " ED " key4\n");
	assert_string_equal(keys.keys[0].name, "alice laptop");
	assert_string_equal(keys.keys[1].command, "list \"x, y\" --json");
	assert_false(keys.keys[2].restricted);
	assert_true(keys.keys[3].restricted);
	kb_ssh_keys_done(&keys);
}

static void a_line_that_is_not_understood_lets_nobody_in(void **state)
{
	static const struct {
		const char *line;
		const char *says;
	} cases[] = {
		{"from=\"10.0.0.1\" ssh-ed25519 " ED, "the option from is not understood"},
		{"expiry-time=\"20200101\" ssh-ed25519 " ED, "the option expiry-time"},
		{"cert-authority ssh-ed25519 " ED, "the option cert-authority"},
		{"environment=\"A=b\" ssh-ed25519 " ED, "the option environment"},
		{"command=list ssh-ed25519 " ED, "command has no"},
		{"command ssh-ed25519 " ED, "command has no"},
		{"command=\" \" ssh-ed25519 " ED, "command has no"},
		{"command=\"list ssh-ed25519 " ED, "the quote of command has no end"},
		{"no-pty, ssh-ed25519 " ED, "the option  is not understood"},
		{"no-pty \tssh-dss AAAA", "no kind of key"},
		{"ssh-dss AAAA", "the option ssh-dss"},
		{"ssh-ed25519", "there is no key behind"},
		{"ssh-ed25519 AAA*", "that is no base64"},
		{"ssh-ed25519 AAAA", "not whole"},
		{"ssh-ed25519 " EC, "the key is no ssh-ed25519"},
		{"ssh-rsa " RSA_SHORT, "less than 2048 bits"},
		{"ssh-rsa AAAAB3NzaC1yc2E=", "not whole"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		char text[4096];
		struct said said;

		(void)snprintf(text, sizeof(text), "#\n%s\nssh-ed25519 " ED " good\n",
			       cases[i].line);
		read_keys(text, &said);
		if (said.n != 1 || !strstr(said.text, cases[i].says)) {
			fail_msg("%s: %u: %s", cases[i].line, said.n, said.text);
		}
		assert_int_equal(said.line, 2);
		assert_non_null(strstr(said.text, "this line lets nobody in"));
		assert_int_equal(keys.n, 1);
		assert_string_equal(keys.keys[0].name, "good");
	}
	kb_ssh_keys_done(&keys);
}

static void keys_above_the_most_are_said(void **state)
{
	KB_BUF struct kb_buf text = {0};
	struct said said;

	(void)state;
	for (int i = 0; i < KB_SSH_MAX_KEYS + 3; i++) {
		kb_buf_puts(&text, "ssh-ed25519 " ED "\n");
	}
	read_keys(text.data, &said);
	assert_int_equal(keys.n, KB_SSH_MAX_KEYS);
	assert_int_equal(said.n, 3);
	kb_ssh_keys_done(&keys);
}

static void a_session_finds_its_key(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf table = {0};
	struct kb_ssh_key key;
	struct said said;

	(void)state;
	read_keys("ssh-ed25519 " ED
		  " a \"b\"\nrestricted,command=\"boot \\\"x\\\"\" ssh-ed25519 " ED "\n",
		  &said);
	kb_ssh_keys_print_table(&keys, &table);
	assert_int_equal(kb_ssh_key_find(&arena, kb_buf_view(&table), "key1", &key), 0);
	assert_string_equal(key.name, "a \"b\"");
	assert_null(key.command);
	assert_false(key.restricted);
	assert_int_equal(kb_ssh_key_find(&arena, kb_buf_view(&table), "key2", &key), 0);
	assert_string_equal(key.command, "boot \"x\"");
	assert_true(key.restricted);
	assert_int_equal(kb_ssh_key_find(&arena, kb_buf_view(&table), "key3", &key), -ENOENT);
	assert_int_equal(kb_ssh_key_find(&arena, KB_STR("{\"key\":\"k\"}\n"), "k", &key), 0);
	assert_true(key.restricted);
	assert_int_equal(kb_ssh_key_find(&arena, KB_STR("nonsense\n"), "k", &key), -EINVAL);
	kb_ssh_keys_done(&keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_is_a_line_with_its_number),
		cmocka_unit_test(a_line_that_is_not_understood_lets_nobody_in),
		cmocka_unit_test(keys_above_the_most_are_said),
		cmocka_unit_test(a_session_finds_its_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
