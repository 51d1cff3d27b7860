/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a site wants of every connection: the keys of servers, a proxy. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>

#include "curl_site.h"
#include "kboot/base/tree.h"
#include "pins.h"

static bool is_tls(const struct kb_url *url)
{
	return url->scheme == KB_URL_HTTPS || url->scheme == KB_URL_FTPS;
}

static int find_pins(struct kb_arena *arena, const struct kb_transfer *t, const char **ret_pins,
		     struct kb_error *err)
{
	const char *file = t->request->pins;
	KB_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC);
	KB_BUF struct kb_buf text = {0};
	struct kb_error wrong = {0};
	int r = fd < 0 ? -errno : kb_read_all(fd, KB_PINS_MAX_BYTES, &text);

	if (r < 0) {
		return kb_error_set(err, r, "%s: %s", file, strerror(-r));
	}
	r = kb_pins_find(arena, kb_buf_view(&text), t->url, ret_pins, &wrong);
	return r < 0 ? kb_error_set(err, r, "no connection by TLS: %s:%s", file, wrong.text) : 0;
}

int kb_curl_at_site(void *easy, struct kb_arena *arena, const struct kb_transfer *t,
		    struct kb_error *err)
{
	const struct kb_fetch_request *request = t->request;
	const char *pins = NULL;
	int r = request->pins && is_tls(t->url) ? find_pins(arena, t, &pins, err) : 0;

	if (r == 0 && pins) {
		curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, pins);
	}
	if (r == 0 && request->proxy) {
		curl_easy_setopt(easy, CURLOPT_PROXY, request->proxy);
		curl_easy_setopt(easy, CURLOPT_NOPROXY, request->no_proxy ? request->no_proxy : "");
	}
	return r;
}
