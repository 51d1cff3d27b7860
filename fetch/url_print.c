/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/fetch/url.h"

static void put_origin(const struct kb_url *url, struct kb_buf *text)
{
	bool is_ipv6 = strchr(url->host, ':');
	size_t zone = strcspn(url->host, "%");

	kb_buf_printf(text, "%s://%s%.*s", kb_url_scheme_name(url->scheme), is_ipv6 ? "[" : "",
		      (int)zone, url->host);
	if (url->host[zone]) {
		kb_buf_printf(text, "%%25%s", url->host + zone + 1);
	}
	kb_buf_puts(text, is_ipv6 ? "]" : "");
	if (url->port) {
		kb_buf_printf(text, ":%u", url->port);
	}
}

char *kb_url_origin(struct kb_arena *arena, const struct kb_url *url)
{
	KB_BUF struct kb_buf text = {0};

	put_origin(url, &text);
	return kb_buf_error(&text) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&text));
}

char *kb_url_print(struct kb_arena *arena, const struct kb_url *url)
{
	KB_BUF struct kb_buf text = {0};

	put_origin(url, &text);
	kb_buf_puts(&text, url->path);
	if (url->query) {
		kb_buf_printf(&text, "?%s", url->query);
	}
	if (url->fragment) {
		kb_buf_printf(&text, "#%s", url->fragment);
	}
	return kb_buf_error(&text) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&text));
}
