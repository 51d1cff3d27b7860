/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pins.h"

#include <errno.h>

#define HASH "sha256//"

enum { BASE64_OF_SHA256 = 44 };

static bool is_base64(struct kb_str s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		char c = s.data[i];

		if (!kb_is_letter(c) && !kb_is_digit(c) && c != '+' && c != '/') {
			return false;
		}
	}
	return s.len > 0 && s.data[s.len - 1] == '=';
}

static bool is_pin(struct kb_str word)
{
	struct kb_str hash = kb_str_skip(word, strlen(HASH));

	return kb_str_starts(word, KB_STR(HASH)) && hash.len == BASE64_OF_SHA256 && is_base64(hash);
}

/* host, host:port, [address]:port */
static bool is_of(struct kb_str word, const struct kb_url *url)
{
	struct kb_str host = kb_str_from(url->host);
	bool is_bracketed = word.len > 0 && word.data[0] == '[';
	uint64_t port = kb_url_port(url);

	word = kb_str_skip(word, is_bracketed);
	if (word.len < host.len || !kb_str_eq_nocase(kb_str_head(word, host.len), host)) {
		return false;
	}
	word = kb_str_skip(word, host.len);
	if (is_bracketed) {
		if (!kb_str_starts(word, KB_STR("]"))) {
			return false;
		}
		word = kb_str_skip(word, 1);
	}
	if (word.len == 0) {
		return true;
	}
	return word.data[0] == ':' && kb_str_to_u64(kb_str_skip(word, 1), &port) == 0 &&
	       port == kb_url_port(url);
}

/* Adds the line's pins where it is the server's. */
static int take_line(struct kb_str line, const struct kb_url *url, struct kb_buf *pins,
		     struct kb_error *err)
{
	struct kb_str rest = kb_str_head(line, kb_str_find(line, '#'));
	struct kb_str server;
	struct kb_str word;
	bool is_ours;

	if (!kb_str_next_word(&rest, &server)) {
		return 0;
	}
	if (kb_str_trim(rest).len == 0) {
		return kb_error_set(err, -EINVAL, "no key behind %.*s", KB_STR_ARG(server));
	}
	is_ours = is_of(server, url);
	while (kb_str_next_word(&rest, &word)) {
		if (!is_pin(word)) {
			return kb_error_set(err, -EINVAL, "%.*s is no " HASH " and base64",
					    KB_STR_ARG(word));
		}
		if (is_ours) {
			kb_buf_printf(pins, "%s%.*s", pins->len > 0 ? ";" : "", KB_STR_ARG(word));
		}
	}
	return 0;
}

int kb_pins_find(struct kb_arena *arena, struct kb_str text, const struct kb_url *url,
		 const char **ret_pins, struct kb_error *err)
{
	KB_BUF struct kb_buf pins = {0};
	unsigned number = 0;
	int r = 0;

	*ret_pins = NULL;
	while (text.len > 0 && r == 0) {
		size_t end = kb_str_find(text, '\n');

		number++;
		r = take_line(kb_str_head(text, end), url, &pins, err);
		r = r < 0 ? kb_error_prefix(err, r, "%u", number) : 0;
		text = kb_str_skip(text, end < text.len ? end + 1 : end);
	}
	if (r < 0 || pins.len == 0) {
		return r;
	}
	*ret_pins = kb_buf_error(&pins) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&pins));
	return *ret_pins ? 0 : kb_error_no_memory(err);
}
