/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls.h"

void kb_tls_prepare(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}
