/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssh_words.h"

#define UNKNOWN                                                                                    \
	"\nHost '10.0.0.1' is not in the trusted hosts file.\n"                                    \
	"(ssh-ed25519 fingerprint SHA256:nkapnT0cCvaAWAkpgfGNSGjGSA0mCnehOOjv5R8dZok)\n"
#define ASKS   "Do you want to continue connecting? (y/n) "
#define EXITED "\ndbclient: Connection to root@h:22 exited: "

static void knows_why(void **state)
{
	static const struct {
		const char *says;
		enum kb_ssh_reason reason;
	} cases[] = {
		{"", KB_SSH_SILENT},
		{"Login for root@h\n", KB_SSH_SILENT},
		{"root@h's password: ", KB_SSH_PASSWORD},
		{"Login for root@h\nPassword: ", KB_SSH_PASSWORD},
		{EXITED "Interrupted.\n", KB_SSH_PASSWORD},
		{EXITED "No auth methods could be used.\n", KB_SSH_NO_WAY_IN},
		{EXITED "Disconnect received\n", KB_SSH_TURNED_AWAY},
		{EXITED "Connect failed: Connection refused\n", KB_SSH_NOT_CONNECTED},
		{EXITED "Connect failed: Error resolving 'h' port '22'. No\n", KB_SSH_NOT_RESOLVED},
		{EXITED "Integrity error\n", KB_SSH_BROKEN},
		{UNKNOWN ASKS, KB_SSH_KEY_UNKNOWN},
		{UNKNOWN, KB_SSH_SILENT}, /* not yet all of it */
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		struct kb_ssh_words w;

		kb_ssh_words(kb_str_from(cases[i].says), &w);
		if (w.reason != cases[i].reason) {
			fail_msg("%s: %u", cases[i].says, (unsigned)w.reason);
		}
	}
}

static void repeats_no_controls(void **state)
{
	struct kb_ssh_words w;

	(void)state;
	kb_ssh_words(KB_STR("dbclient: Exited: Incompatible \33[2J\tversion\n\n"), &w);
	assert_int_equal(w.reason, KB_SSH_BROKEN);
	assert_string_equal(w.words, "Incompatible ?[2J?version");
}

static void takes_a_key_that_is_not_known(void **state)
{
	struct kb_ssh_words w;

	(void)state;
	kb_ssh_words(KB_STR(UNKNOWN ASKS), &w);
	assert_string_equal(w.type, "ssh-ed25519");
	assert_string_equal(w.fingerprint, "SHA256:nkapnT0cCvaAWAkpgfGNSGjGSA0mCnehOOjv5R8dZok");
	assert_string_equal(w.key, "");
	kb_ssh_words(KB_STR(UNKNOWN "(ssh-ed25519 AAAAC3Nz+/=)\n" ASKS), &w);
	assert_string_equal(w.fingerprint, "SHA256:nkapnT0cCvaAWAkpgfGNSGjGSA0mCnehOOjv5R8dZok");
	assert_string_equal(w.key, "AAAAC3Nz+/=");
}

static void takes_no_key_that_is_none(void **state)
{
	static const char *const wrong[] = {
		"(ssh-ed25519 fingerprint SHA256:a\33[2J)\n" ASKS,
		"(ssh-ed25519 fingerprint SHA256:a) and more\n" ASKS,
		"(ssh-ed25519 fingerprint)\n" ASKS,
		"()\n" ASKS,
		"(\n" ASKS,
		ASKS,
	};
	struct kb_ssh_words w;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(wrong); i++) {
		kb_ssh_words(kb_str_from(wrong[i]), &w);
		assert_int_equal(w.reason, KB_SSH_KEY_UNKNOWN);
		assert_string_equal(w.fingerprint, "");
	}
}

static void takes_a_key_that_has_changed(void **state)
{
	struct kb_ssh_words w;

	(void)state;
	kb_ssh_words(KB_STR(EXITED "\n\nssh-ed25519 host key mismatch for h !\n"
				   "Fingerprint is SHA256:new\nExpected SHA256:old\n"
				   "If you know that the host key is correct you can"),
		     &w);
	assert_int_equal(w.reason, KB_SSH_KEY_CHANGED);
	assert_string_equal(w.type, "ssh-ed25519");
	assert_string_equal(w.fingerprint, "SHA256:new");
	assert_string_equal(kb_ssh_type_name(w.type), "ED25519");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_why),
		cmocka_unit_test(repeats_no_controls),
		cmocka_unit_test(takes_a_key_that_is_not_known),
		cmocka_unit_test(takes_no_key_that_is_none),
		cmocka_unit_test(takes_a_key_that_has_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
