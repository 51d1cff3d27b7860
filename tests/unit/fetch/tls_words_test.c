/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tls_words.h"

#include "kboot/base/cleanup.h"

#define CLOCK ": is the clock right? It shows 1994-11-06 08:49 UTC"

/* As curl 7.88 says with OpenSSL 3.0, and with wolfSSL 5.5. */
static const char *const texts[][2] = {
	{"SSL certificate problem: certificate has expired",
	 "the certificate of h has expired" CLOCK},
	{"SSL_connect failed with error -151: ASN date error, current date after",
	 "the certificate of h has expired" CLOCK},
	{"SSL certificate problem: certificate is not yet valid",
	 "the certificate of h is from the future" CLOCK},
	{"SSL_connect failed with error -150: ASN date error, current date before",
	 "the certificate of h is from the future" CLOCK},
	{"SSL certificate problem: self-signed certificate",
	 "the certificate of h is signed by itself alone"},
	{"SSL_connect failed with error -275: ASN self-signed certificate error",
	 "the certificate of h is signed by itself alone"},
	{"SSL certificate problem: self-signed certificate in certificate chain",
	 "nobody who is trusted here has signed the certificate of h"},
	{"SSL certificate problem: unable to get local issuer certificate",
	 "nobody who is trusted here has signed the certificate of h"},
	{"\tCA signer not available for verification",
	 "nobody who is trusted here has signed the certificate of h"},
	{"SSL_connect failed with error -188: ASN no signer error to confirm failure",
	 "nobody who is trusted here has signed the certificate of h"},
	{"SSL: no alternative certificate subject name matches target host name 'h'",
	 "the certificate is another host's than h's"},
	{"SSL: certificate subject name 'x' does not match target host name 'h'",
	 "the certificate is another host's than h's"},
	{"\tsubject alt name(s) or common name do not match \"h\"",
	 "the certificate is another host's than h's"},
	{"SSL_connect failed with error -322: peer subject name mismatch",
	 "the certificate is another host's than h's"},
	{"error setting certificate file: /x",
	 "no authority for the certificate of h could be read" CLOCK},
	{"error setting certificate verify locations",
	 "no authority for the certificate of h could be read" CLOCK},
	{"SSL certificate problem: invalid CA certificate", "the certificate of h is refused"},
};

static void says_what_is_wrong(void **state)
{
	char words[200];

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		assert_true(kb_tls_words(texts[i][0], "h", 784111777, words, sizeof(words)));
		assert_string_equal(words, texts[i][1]);
	}
}

static void leaves_other_failures_alone(void **state)
{
	char words[200];

	(void)state;
	assert_false(
		kb_tls_words("OpenSSL SSL_connect: Connection reset by peer in connection to h:1 ",
			     "h", 0, words, sizeof(words)));
	assert_false(kb_tls_words("", "h", 0, words, sizeof(words)));
}

static void tells_an_answer_from_a_broken_connection(void **state)
{
	(void)state;
	assert_true(kb_tls_has_answered("error:0A00010B:SSL routines::wrong version number"));
	assert_true(kb_tls_has_answered(
		"SSL_connect failed with error -326: record layer version error"));
	assert_false(
		kb_tls_has_answered("SSL_connect failed with error -308: error state on socket"));
	assert_false(kb_tls_has_answered("SSL_connect failed with error 5: unknown error number"));
	assert_false(kb_tls_has_answered(
		"OpenSSL SSL_connect: Connection reset by peer in connection to h:1 "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(leaves_other_failures_alone),
		cmocka_unit_test(tells_an_answer_from_a_broken_connection),
	};

	return cmocka_run_group_tests_name("fetch/tls_words", tests, NULL, NULL);
}
