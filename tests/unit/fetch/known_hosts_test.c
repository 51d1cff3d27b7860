/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "known_hosts.h"

#include <errno.h>

/* By ssh-keygen, for this test; nobody has their other halves. */
#define KEY_A "AAAAC3NzaC1lZDI1NTE5AAAAIDS0+jBFFd0Bhx3I274P1qFQx41Ece3hemhF7MS7NbZ4"
#define KEY_B "AAAAC3NzaC1lZDI1NTE5AAAAIAGCoJUACUwN2h7dBKBz6FpVZdL9BV0tG8pVv4LiVktE"
#define KEY_E                                                                                      \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHg8bFKDPEyQEHm/Cw5bBFfOcVLgyattrjfg" \
	"WGvPkDWo5TNrK/N31W6xuzfU9etkMktYG4Bm8lgFOtM4j9YqyUM="
#define PRINT_A "SHA256:Waioqi8Sd2hTWML8Przug4VNV2o5RR9LGA85hPKn41U"
#define PRINT_B "SHA256:IxZD/WP/p9hJlGnIE7XjwXIQkbCbjd1qaXo2gORJXgQ"

#define LINE(host)  host " ssh-ed25519 " KEY_A "\n"
#define OTHER(host) host " ssh-ed25519 " KEY_B " a comment\r\n"
#define TOLD        "NAME ssh-ed25519 " KEY_A "\n"

/* What is told of the host, and the remark. */
static void check(const char *host, uint16_t port, const char *text, const char *told,
		  const char *remark)
{
	struct kb_known_hosts h;

	kb_known_hosts_init(&h, host, port, "NAME");
	assert_int_equal(kb_known_hosts_read(&h, "file", kb_str_from(text)), 0);
	if (!kb_str_eq(kb_buf_view(&h.keys), kb_str_from(told))) {
		fail_msg("of %s:\n%s\nis told:\n%s", host, text, h.keys.data ? h.keys.data : "");
	}
	assert_string_equal(h.remark.text, remark);
	kb_known_hosts_done(&h);
}

static void takes_names_and_patterns(void **state)
{
	static const struct {
		const char *host;
		const char *text;
		bool is_known;
	} cases[] = {
		{"host.net", LINE("host.net"), true},
		{"host.net", LINE("HOST.net"), true},
		{"host.net", "# a comment\n\n \t" LINE("host.net"), true},
		{"host.net", LINE("a,host.net,10.0.0.1"), true},
		{"10.0.0.1", LINE("a,host.net,10.0.0.1"), true},
		{"host.net", LINE("*.net"), true},
		{"host.net", LINE("h?st.*t"), true},
		{"host.net", LINE("*"), true},
		{"host.net", LINE("*net*"), true},
		{"fe80::1%eth0", LINE("fe80::1%eth0"), true},
		{"host.net", LINE("host"), false},
		{"host.net", LINE("host.net.org"), false},
		{"host.net", LINE("h?t.net"), false},
		{"host.net", LINE("*.net,!host.net"), false},
		{"host.net", LINE("!host.net,*.net"), false},
		{"host.net", LINE("!other.net"), false},
		{"host.net", LINE("[host.net]:2222"), false},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		check(cases[i].host, 22, cases[i].text, cases[i].is_known ? TOLD : "", "");
	}
}

static void another_port_is_another_server(void **state)
{
	(void)state;
	check("host.net", 2222, LINE("[host.net]:2222"), TOLD, "");
	check("host.net", 2222, LINE("[*.net]:2222"), TOLD, "");
	check("host.net", 2222, LINE("host.net"), "", "");
	check("host.net", 2222, LINE("[host.net]:2223"), "", "");
}

static void takes_hashed_names(void **state)
{
	static const char text[] =
		LINE("|1|9OWX8Qejyq7/rDA/Npios7sOBvA=|8LFn6QtiWNVtoapF20+Nf5DKBG4=")
			OTHER("|1|kbyqEXug9j+v2aDLGBFpXvxaoCg=|SA+UDm1EurDyxhftgbgqcQowA3g=");

	(void)state;
	check("host.net", 22, text, TOLD, "");
	check("host.net", 2222, text, "NAME ssh-ed25519 " KEY_B "\n", "");
	check("other.net", 22, text, "", "");
	check("host.net", 22, LINE("|1||") LINE("|1|x|") LINE("|1|AA==|AA==|") LINE("|2|AA==|AA=="),
	      "", "");
}

static void takes_all_types(void **state)
{
	struct kb_known_hosts h;
	KB_BUF struct kb_buf types = {0};

	(void)state;
	kb_known_hosts_init(&h, "h", 22, "NAME");
	assert_int_equal(kb_known_hosts_read(&h, "file",
					     KB_STR(LINE("h") "h ecdsa-sha2-nistp256 " KEY_E)),
			 0);
	kb_known_hosts_types(&h, &types);
	assert_string_equal(types.data, "ssh-ed25519, ecdsa-sha2-nistp256");
	kb_known_hosts_done(&h);
}

static void a_revoked_key_is_told_nowhere(void **state)
{
	struct kb_known_hosts h;

	(void)state;
	check("h", 22, LINE("h") OTHER("h") "@revoked " OTHER("*"), TOLD, "");
	check("h", 22, "@revoked " OTHER("h") OTHER("h") LINE("h"), TOLD, "");
	kb_known_hosts_init(&h, "h", 22, "NAME");
	assert_int_equal(kb_known_hosts_read(&h, "file", KB_STR("@revoked " OTHER("h"))), 0);
	assert_true(kb_known_hosts_revokes(&h, PRINT_B));
	assert_false(kb_known_hosts_revokes(&h, PRINT_A));
	/* Nor where somebody answers that it is known. */
	assert_int_equal(kb_known_hosts_read(&h, "answer", KB_STR(OTHER("h"))), 0);
	assert_int_equal(h.keys.len, 0);
	kb_known_hosts_done(&h);
}

/* dbclient looks at the first of a type. */
static void the_key_that_is_shown_goes_first(void **state)
{
	static const char text[] = "h ecdsa-sha2-nistp256 " KEY_E "\n" LINE("h") OTHER("h");
	struct kb_known_hosts h;
	char first[KB_SSH_FINGERPRINT];

	(void)state;
	kb_known_hosts_init(&h, "h", 22, "NAME");
	assert_int_equal(kb_known_hosts_read(&h, "file", kb_str_from(text)), 0);
	kb_known_hosts_first(&h, "ssh-ed25519", first);
	assert_string_equal(first, PRINT_A);
	assert_false(kb_known_hosts_prefer(&h, "ssh-ed25519", PRINT_A));
	assert_false(kb_known_hosts_prefer(&h, "ssh-rsa", PRINT_B));
	assert_false(kb_known_hosts_prefer(&h, "ssh-ed25519", "SHA256:I"));
	assert_false(kb_known_hosts_prefer(&h, "ssh-ed25519", ""));
	assert_true(kb_known_hosts_prefer(&h, "ssh-ed25519", "SHA256:IxZD/WP/p9hJlGnIE7X"));
	kb_known_hosts_first(&h, "ssh-ed25519", first);
	assert_string_equal(first, PRINT_B);
	assert_false(kb_known_hosts_prefer(&h, "ssh-ed25519", PRINT_B));
	kb_known_hosts_first(&h, "ssh-rsa", first);
	assert_string_equal(first, "");
	kb_known_hosts_done(&h);
}

static void says_what_it_does_not_understand(void **state)
{
	static const char no_key[] = "this is no key of the type that is named";

	(void)state;
	check("h", 22, "h\n" LINE("h"), TOLD, "this is no line of a known host");
	check("h", 22, "h ssh-ed25519 " KEY_E "\n", "", no_key);
	check("h", 22, "h ssh-ed25519 AAAA\n", "", no_key);
	check("h", 22, "h ssh-ed25519 \"" KEY_A "\n", "", no_key);
	check("h", 22, "@cert-authority " LINE("h"), "",
	      "certificates of hosts are not understood");
	check("h", 22, "@other " LINE("h"), "", "this marker is not understood");
	/* Of another host it is nobody's business. */
	check("h", 22, "x ssh-ed25519 AAAA\n@cert-authority " LINE("*.net"), "", "");
}

static void names_the_line(void **state)
{
	struct kb_known_hosts h;
	char text[64];

	(void)state;
	kb_known_hosts_init(&h, "h", 22, "NAME");
	assert_int_equal(kb_known_hosts_read(&h, "file", KB_STR("#\n\nh ssh-rsa\nh\n")), 0);
	kb_error_format(&h.remark, text, sizeof(text));
	assert_string_equal(text, "file:3: this is no line of a known host");
	kb_known_hosts_done(&h);
}

static void fingerprints_are_those_of_openssh(void **state)
{
	char text[KB_SSH_FINGERPRINT];

	(void)state;
	assert_int_equal(kb_ssh_fingerprint(KB_STR("ssh-ed25519"), KB_STR(KEY_A), text), 0);
	assert_string_equal(text, PRINT_A);
	assert_int_equal(kb_ssh_fingerprint(KB_STR("ssh-rsa"), KB_STR(KEY_A), text), -EINVAL);
	assert_int_equal(kb_ssh_fingerprint(KB_STR(""), KB_STR("AAAAAA"), text), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_names_and_patterns),
		cmocka_unit_test(another_port_is_another_server),
		cmocka_unit_test(takes_hashed_names),
		cmocka_unit_test(takes_all_types),
		cmocka_unit_test(a_revoked_key_is_told_nowhere),
		cmocka_unit_test(the_key_that_is_shown_goes_first),
		cmocka_unit_test(says_what_it_does_not_understand),
		cmocka_unit_test(names_the_line),
		cmocka_unit_test(fingerprints_are_those_of_openssh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
