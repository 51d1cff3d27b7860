/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>

#include "kboot/base/str.h"

enum { NUMBER_TEXT = 24 };

/* 0: it is not known, as outside of the image. */
static time_t build_time(void)
{
	KB_CLOSE int fd = open("/etc/build-time", O_RDONLY | O_CLOEXEC);
	char text[NUMBER_TEXT];
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));
	uint64_t seconds;

	return n > 0 && kb_str_to_u64(kb_str_trim(kb_str_of(text, (size_t)n)), &seconds) == 0
		       ? (time_t)seconds
		       : 0;
}

/*
 * A machine whose battery is empty starts in 1970 or 2000. wolfSSL then takes no authority at all:
 * none is valid yet when their file is read. The build's time is read for each date, as wolfSSL
 * hands no context on; it takes microseconds.
 */
static time_t now(time_t *ret)
{
	time_t clock = time(NULL);
	time_t built = build_time();
	time_t t = clock > built ? clock : built;

	if (ret) {
		*ret = t;
	}
	return t;
}

/* wolfSSL is built without what is older than TLS 1.2, and libcurl's word for "1.2 and newer"
 * means 1.2 alone there. */
void kb_tls_prepare(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_DEFAULT);
	(void)wc_SetTimeCb(now);
}
