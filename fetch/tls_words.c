/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls_words.h"

#include <stdio.h>
#include <string.h>

#include "kboot/base/cleanup.h"

/* The first that is found in the text counts. The numbers are wolfSSL's (wolfssl/wolfcrypt/
 * error-crypt.h, wolfssl/error-ssl.h), the texts OpenSSL's (crypto/x509/x509_txt.c) and libcurl's.
 */
static const struct {
	const char *said;
	const char *words;
	bool clock; /* may be what is wrong */
} known[] = {
	{"certificate has expired", "the certificate of %s has expired", true},
	{"error -151", "the certificate of %s has expired", true},
	{"certificate is not yet valid", "the certificate of %s is from the future", true},
	{"error -150", "the certificate of %s is from the future", true},
	{"self-signed certificate in certificate chain",
	 "nobody who is trusted here has signed the certificate of %s", false},
	{"self-signed certificate", "the certificate of %s is signed by itself alone", false},
	{"self signed certificate", "the certificate of %s is signed by itself alone", false},
	{"unable to get local issuer certificate",
	 "nobody who is trusted here has signed the certificate of %s", false},
	{"error -188", "nobody who is trusted here has signed the certificate of %s", false},
	{"CA signer not available", "nobody who is trusted here has signed the certificate of %s",
	 false},
	{"does not match target", "the certificate is another host's than %s's", false},
	{"subject name matches target", "the certificate is another host's than %s's", false},
	{"error -322", "the certificate is another host's than %s's", false},
	{"do not match", "the certificate is another host's than %s's", false},
	/* wolfSSL drops each that is not valid yet when it reads the file. */
	{"CA file", "no authority for the certificate of %s could be read", true},
	{"certificate file", "no authority for the certificate of %s could be read", true},
	{"trust anchors", "no authority for the certificate of %s could be read", true},
	{"certificate verify locations", "no authority for the certificate of %s could be read",
	 true},
	{"SSL certificate problem", "the certificate of %s is refused", false},
};

bool kb_tls_words(const char *text, const char *host, time_t now, char *buf, size_t size)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(known); i++) {
		char shown[32] = "";
		struct tm tm;
		size_t len;

		if (!strstr(text, known[i].said)) {
			continue;
		}
		len = (size_t)(strstr(known[i].words, "%s") - known[i].words);
		(void)snprintf(buf, size, "%.*s%s%s", (int)len, known[i].words, host,
			       known[i].words + len + 2);
		len = strlen(buf);
		if (known[i].clock && gmtime_r(&now, &tm) &&
		    strftime(shown, sizeof(shown), "%Y-%m-%d %H:%M UTC", &tm) > 0) {
			(void)snprintf(buf + len, size - len, ": is the clock right? It shows %s",
				       shown);
		}
		return true;
	}
	return false;
}

/* OpenSSL names a routine and wolfSSL has a negative number, but for a connection that breaks. */
bool kb_tls_has_answered(const char *text)
{
	return strstr(text, " routines:") ||
	       (strstr(text, "SSL_connect failed with error -") && !strstr(text, "error -308:"));
}
