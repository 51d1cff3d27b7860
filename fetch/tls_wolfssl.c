/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls.h"

#include <time.h>

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>

#include "kboot/base/clock.h"

/*
 * A machine whose battery is empty starts in 1970 or 2000. wolfSSL then takes no authority at all:
 * none is valid yet when their file is read. The build's time is read for each date, as wolfSSL
 * hands no context on; it takes microseconds.
 */
static time_t now(time_t *ret)
{
	int64_t clock = kb_clock_now();
	int64_t built = kb_clock_built();
	time_t t = (time_t)(kb_clock_is_set(clock, built) ? clock : built);

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
