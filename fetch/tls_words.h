/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with a certificate, in words, from what OpenSSL or wolfSSL say to libcurl.
 * For this module. Must not look at the clock itself.
 */
#ifndef KBOOT_FETCH_TLS_WORDS_H
#define KBOOT_FETCH_TLS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* text is libcurl's error buffer, now what the clock shows. False: it is about no certificate. */
bool kb_tls_words(const char *text, const char *host, time_t now, char *buf, size_t size);

/* Is it about something that the server has said? It will say so again. */
bool kb_tls_has_answered(const char *text);

#endif
