/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libcurl has to be told in other words for each TLS library: TLS 1.2 and newer, and the time
 * by which certificates are judged, in the image that of its build where the
 * clock cannot be right (kboot/base/clock.h).
 * For curl.c. Must not set the machine's clock.
 */
#ifndef KBOOT_FETCH_TLS_H
#define KBOOT_FETCH_TLS_H

#include <curl/curl.h>

/* Before each transfer. */
void kb_tls_prepare(CURL *easy);

#endif
