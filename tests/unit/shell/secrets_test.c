/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "secrets.h"

/* In every line here the secret is called so, or in pieces hiding1, hiding2. */
#define S "hid1ng"

static char *hide(const char *text, enum kb_secrets_kind kind)
{
	struct kb_buf to = {0};
	char *data = NULL;

	kb_secrets_hide(&to, kb_str_from(text), kind);
	assert_int_equal(kb_buf_error(&to), 0);
	kb_buf_puts(&to, "");
	assert_int_equal(kb_buf_steal(&to, &data), 0);
	return data;
}

static void is(const char *text, enum kb_secrets_kind kind, const char *expected)
{
	char *hidden = hide(text, kind);

	assert_string_equal(hidden, expected);
	free(hidden);
}

static void hides(const char *text, enum kb_secrets_kind kind)
{
	char *hidden = hide(text, kind);

	if (strstr(hidden, S)) {
		fail_msg("%s\n became %s", text, hidden);
	}
	assert_non_null(strstr(hidden, KB_SECRETS_HIDDEN));
	free(hidden);
}

static void what_is_no_secret_stays(void **state)
{
	static const char *const texts[] = {
		"root=UUID=1-2 ro quiet splash\n",
		"kernel=sda2:/@/boot/vmlinuz-6.1\n",
		"UUID=1 / btrfs subvol=/@,defaults 0 1\n",
		"http://host:8080/a@b/vmlinuz#sha256=aabb\n",
		"nfs://10.0.2.2/x [fe80::1%eth0]:/x host:/x\n",
		"authorized_keys=http://host/keys\n",
		"rd.luks.key=/etc/key vconsole.keymap=de\n",
		"mac 52:54:00:12:34:56 10:00:00\n",
		"monkey=1 keyboard=us compass=2\n",
		"credentials=/etc/smb\n",
		"echo $1 $x ${y} $?\n",
		"\n",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		is(texts[i], KB_SECRETS_PROSE, texts[i]);
	}
}

static void values_of_secret_names_are_hidden(void **state)
{
	static const char *const texts[] = {
		"password=" S,
		"PassWord = " S,
		"a b password=\"x " S "\" c",
		"password='x\" " S "' c",
		"password=x\\ " S " c",
		"password=\"x\\\" " S "\" c",
		"password=don't " S,
		"password:" S,
		"password: x " S,
		"password := " S,
		"password => " S,
		"\"password\" : \"x " S "\"",
		"{\"secret\":\"x " S "\",\"a\":1}",
		"<password>" S "</password>",
		"password==" S,
		"password=\\\n" S,
		"password:\n  " S,
		"WPA_PSK=" S,
		"wpa_passphrase=/" S,
		"wep_key0=" S,
		"key0=" S,
		"psk=" S,
		"PrivateKey = " S "=",
		"PresharedKey=" S,
		"username=eve,password=" S ",vers=3.0",
		"systemd.set_credential=name:" S,
		"systemd.set_credential_binary=name:" S,
		"apiKey=" S,
		"X-Auth-Token: x " S,
		"Authorization: Basic " S,
		"Set-Cookie: a=b; c=" S,
		"cookie=" S,
		"rd.luks.key=" S,
		"pin=" S,
		"smb.pass=" S,
		"client_secret=" S,
		"\xef\xbb\xbfpassword=" S "\r\n",
		"x\tpassword\t=\t" S,
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		hides(texts[i], KB_SECRETS_PROSE);
		hides(texts[i], KB_SECRETS_CONFIG);
	}
	is("a password=x b", KB_SECRETS_PROSE, "a password=(hidden) b\n");
	is("{\"token\":\"x\",\"a\":1}", KB_SECRETS_PROSE, "{\"token\":(hidden),\"a\":1}\n");
}

static void words_of_configurations_are_hidden(void **state)
{
	static const char *const texts[] = {
		"password eve " S,
		"  password --md5 " S,
		"password_pbkdf2 root " S,
		"menu master passwd " S,
		"MENU PASSWD " S,
		"set password " S,
		"machine host login eve password " S,
		"machine host login " S,
		"wget --password " S " http://x",
		"password \\\n" S,
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		hides(texts[i], KB_SECRETS_CONFIG);
	}
	is("no password was given", KB_SECRETS_PROSE, "no password was given\n");
}

static void users_and_queries_of_urls_are_hidden(void **state)
{
	static const char *const texts[] = {
		"http://eve:" S "@host/x",
		"http://" S "@host/x",
		"(https://eve:" S "@host)",
		"http://eve:pa/" S "@host/x",
		"http://eve:p@" S "@host/x",
		"smb://WORK;eve:" S "@[2001:db8::1]/share",
		"https://host/x?token=" S,
		"https://host/x?a=1&b=" S "#sha256=00",
		"https://host/x#access_token=" S,
		"https://host?" S,
		"http://proxy/https://eve:" S "@host/",
		"kernel='http://eve:" S "@host/x' quiet",
		"netroot=iscsi:eve:" S "@10.0.0.1::3260:1:iqn.x",
		"eve:" S "@host:/x",
		"eve:a@" S "@host:/x",
		"source=eve:" S "@host:/x",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		hides(texts[i], KB_SECRETS_PROSE);
	}
	is("get http://eve:x@host/y?z=1#sha256=aa now", KB_SECRETS_PROSE,
	   "get http://(hidden)@host/y?(hidden)#sha256=aa now\n");
}

static void hashes_and_keys_are_hidden(void **state)
{
	static const char *const texts[] = {
		"root:$6$salt$" S ":1:2",
		"$y$j9T$abc$" S,
		"x $1$abcdefgh$" S " y",
		"grub.pbkdf2.sha512.10000.AA." S,
		"eyJhbGciOi.eyJzdWIi." S,
		"ghp_" S,
		"-----BEGIN OPENSSH PRIVATE KEY-----\n" S "\n-----END OPENSSH PRIVATE KEY-----\n",
		"-----BEGIN RSA PRIVATE KEY-----\nabc\n" S,
		"-----BEGIN PGP PRIVATE KEY BLOCK-----\r\n" S "\r\n",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		hides(texts[i], KB_SECRETS_PROSE);
	}
	is("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\ny\n", KB_SECRETS_PROSE,
	   "(hidden)\n(hidden)\n(hidden)\ny\n");
}

static void a_long_line_is_cut(void **state)
{
	static char line[KB_SECRETS_LINE + 32];
	char *hidden;

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	hidden = hide(line, KB_SECRETS_PROSE);
	assert_int_equal(strlen(hidden), KB_SECRETS_LINE + strlen(" (cut)\n"));
	free(hidden);
}

static int digest(struct kb_str type, struct kb_str key, char *ret_text, size_t size)
{
	if (!kb_str_starts(key, KB_STR("AAAA"))) {
		return -EINVAL;
	}
	(void)snprintf(ret_text, size, "SHA256:%zu%zu", type.len, key.len);
	return 0;
}

static void of_public_keys_the_fingerprint_stays(void **state)
{
	KB_BUF struct kb_buf to = {0};

	(void)state;
	kb_secrets_hide_keys(&to,
			     KB_STR("# " S "\n\nssh-ed25519 AAAA" S " eve@host\n"
				    "command=\"ssh-rsa " S "\",environment=\"A=" S
				    "\" ssh-rsa AAAA" S "\n"
				    "ssh-rsa " S " x\n" S "\nssh-rsa AAAA" S " password=" S "\n"),
			     digest);
	assert_string_equal(to.data, "ssh-ed25519 SHA256:1110 eve@host\n"
				     "ssh-rsa SHA256:710 -\n"
				     "(a key whose fingerprint cannot be made)\n"
				     "(a line that is no key)\n"
				     "ssh-rsa SHA256:710 password=(hidden)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_secret_stays),
		cmocka_unit_test(values_of_secret_names_are_hidden),
		cmocka_unit_test(words_of_configurations_are_hidden),
		cmocka_unit_test(users_and_queries_of_urls_are_hidden),
		cmocka_unit_test(hashes_and_keys_are_hidden),
		cmocka_unit_test(a_long_line_is_cut),
		cmocka_unit_test(of_public_keys_the_fingerprint_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
