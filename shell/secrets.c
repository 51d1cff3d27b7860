/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "secrets.h"

#include "secrets_words.h"

/* What has been seen of the text; a bit for each byte of the line says that it is hidden. */
struct hider {
	struct kb_buf *to;
	enum kb_secrets_kind kind;
	struct kb_buf mask; /* a byte for each of the line: 1 is hidden */
	bool in_key;        /* between BEGIN and END of a private key */
	bool in_value;      /* the last line's secret goes on in this one */
};

static void mark(struct hider *h, size_t from, size_t to)
{
	if (kb_buf_error(&h->mask) == 0 && to > from && to <= h->mask.len) {
		memset(h->mask.data + from, 1, to - from);
	}
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* --- NAME=VALUE, NAME: VALUE, "NAME": "VALUE" */

static size_t skip_blanks(struct kb_str line, size_t at)
{
	while (at < line.len && kb_is_blank(line.data[at])) {
		at++;
	}
	return at;
}

/* Behind a value: the blank after it that is in no quotes. */
static size_t value_end(struct kb_str line, size_t at)
{
	char quote = '\0';

	for (; at < line.len; at++) {
		char c = line.data[at];

		if (c == '\\') {
			at++;
		} else if (quote) {
			quote = (char)(c == quote ? '\0' : quote);
		} else if (is_quote(c)) {
			quote = c;
		} else if (kb_is_blank(c)) {
			break;
		}
	}
	return at < line.len ? at : line.len;
}

static bool is_sign(char c)
{
	return c == '=' || c == ':' || c == '>';
}

/* Where the value of `"NAME":"VALUE"` ends, and other members go on. */
static size_t text_end(struct kb_str line, size_t at)
{
	char quote = line.data[at];

	for (at++; at < line.len && line.data[at] != quote; at++) {
		at += line.data[at] == '\\' ? 1 : 0;
	}
	return at < line.len ? at + 1 : line.len;
}

/* sign: the first of `=`, `:`, `:=`, `=>`, … */
static void hide_value(struct hider *h, struct kb_str line, struct kb_str name, size_t sign)
{
	bool is_colon = line.data[sign] == ':';
	size_t from = sign;
	size_t to;

	while (from < line.len && (is_sign(line.data[from]) || kb_is_blank(line.data[from]))) {
		from++;
	}
	if (from == line.len) {
		h->in_value = h->in_value || is_colon;
		return;
	}
	if (line.data[from] == '/' && kb_secrets_may_be_path(name)) {
		return;
	}
	/* `Authorization: Basic x`, YAML: all that follows. */
	to = !is_colon                          ? value_end(line, from)
	     : is_quote(line.data[from])        ? text_end(line, from)
	     : kb_is_blank(line.data[from - 1]) ? line.len
						: value_end(line, from);
	mark(h, from, to);
	h->in_value =
		h->in_value || (to == line.len && kb_str_ends(kb_str_trim(line), KB_STR("\\")));
}

static void hide_named(struct hider *h, struct kb_str line)
{
	size_t at = 0;

	while (at < line.len) {
		size_t from = at;
		size_t sign;

		while (at < line.len && kb_secrets_in_name(line.data[at])) {
			at++;
		}
		if (at == from) {
			at++;
			continue;
		}
		sign = at;
		sign += sign < line.len && is_quote(line.data[sign]) ? 1 : 0;
		sign = skip_blanks(line, sign);
		if (sign < line.len && is_sign(line.data[sign]) &&
		    kb_secrets_is_name(kb_str_of(line.data + from, at - from))) {
			hide_value(h, line, kb_str_of(line.data + from, at - from), sign);
		}
	}
}

/* --- `password eve VALUE`: GRUB's, Syslinux's, iPXE's and netrc's words */

static void hide_behind_word(struct hider *h, struct kb_str line)
{
	struct kb_str rest = line;
	struct kb_str word;

	while (kb_str_next_word(&rest, &word)) {
		bool is_plain = true;

		for (size_t i = 0; i < word.len; i++) {
			is_plain = is_plain && kb_secrets_in_name(word.data[i]);
		}
		if (is_plain && kb_secrets_is_name(word)) {
			size_t from = skip_blanks(line, (size_t)(word.data - line.data) + word.len);

			mark(h, from, line.len);
			h->in_value = h->in_value || (from < line.len &&
						      kb_str_ends(kb_str_trim(line), KB_STR("\\")));
			return;
		}
	}
}

/* --- URLs, and what else has a user before its host */

static size_t word_end(struct kb_str line, size_t at)
{
	while (at < line.len && !kb_is_blank(line.data[at]) && !is_quote(line.data[at]) &&
	       line.data[at] != '<' && line.data[at] != '>') {
		at++;
	}
	return at;
}

static size_t last_at_sign(struct kb_str line, size_t from, size_t to)
{
	while (to > from && line.data[to - 1] != '@') {
		to--;
	}
	return to > from ? to - 1 : line.len;
}

/* authority: behind "//". A password with a slash in it belongs to no URL, yet people write it. */
static void hide_user(struct hider *h, struct kb_str line, size_t authority, size_t end)
{
	struct kb_str all = kb_str_of(line.data + authority, end - authority);
	size_t slash = authority + kb_str_find(all, '/');
	size_t sign = last_at_sign(line, authority, slash);
	size_t colon = authority + kb_str_find(kb_str_head(all, slash - authority), ':');

	if (sign == line.len && colon + 1 < slash && line.data[authority] != '[' &&
	    !kb_is_digit(line.data[colon + 1])) {
		sign = last_at_sign(line, authority, end);
	}
	if (sign < line.len) {
		mark(h, authority, sign);
	}
}

/* The values behind '?' and '#', whatever they are called; digests of kboot's own stay. */
static void hide_query(struct hider *h, struct kb_str line, size_t from, size_t end)
{
	static const struct kb_str own[] = {KB_STR("#sha256="), KB_STR("#file=")};

	for (size_t at = from; at < end; at++) {
		struct kb_str rest = kb_str_of(line.data + at, end - at);
		bool is_own = kb_str_starts(rest, own[0]) || kb_str_starts(rest, own[1]);

		if (line.data[at] == '?') {
			size_t hash = at + kb_str_find(rest, '#');

			mark(h, at + 1, hash);
			at = hash - 1;
		} else if (line.data[at] == '#' && !is_own) {
			mark(h, at + 1, end);
			return;
		}
	}
}

static void hide_in_urls(struct hider *h, struct kb_str line)
{
	size_t end = 0;

	for (size_t at = 0; at + 3 <= line.len; at++) {
		if (kb_str_starts(kb_str_skip(line, at), KB_STR("://"))) {
			end = at < end ? end : word_end(line, at + 3);
			hide_user(h, line, at + 3, end);
			hide_query(h, line, at + 3, end);
		}
	}
}

static bool ends_user(char c)
{
	return kb_is_blank(c) || is_quote(c) || (c && strchr("=/,()<>", c));
}

/* "iscsi:eve:secret@host", "eve:secret@host:/path": all before the host. */
static void hide_users(struct hider *h, struct kb_str line)
{
	size_t from = 0;

	while (from < line.len) {
		size_t end = from;
		size_t sign;
		size_t colon;

		while (end < line.len && !ends_user(line.data[end])) {
			end++;
		}
		sign = last_at_sign(line, from, end);
		colon = from + kb_str_find(kb_str_of(line.data + from, end - from), ':');
		if (sign < line.len && colon < sign) {
			mark(h, from, sign);
		}
		from = end + 1;
	}
}

/* --- by its looks */

static void hide_tokens(struct hider *h, struct kb_str line)
{
	for (size_t at = 0; at < line.len; at++) {
		bool begins = at == 0 || !kb_secrets_in_name(line.data[at - 1]);
		size_t len = begins ? kb_secrets_token(kb_str_skip(line, at)) : 0;

		mark(h, at, at + len);
		at += len > 0 ? len - 1 : 0;
	}
}

static bool contains(struct kb_str text, struct kb_str what)
{
	for (; text.len >= what.len; text = kb_str_skip(text, 1)) {
		if (kb_str_starts(text, what)) {
			return true;
		}
	}
	return false;
}

/* --- lines */

static void put(const struct hider *h, struct kb_str line)
{
	bool was_hidden = false;

	for (size_t i = 0; i < line.len; i++) {
		bool is_hidden = h->mask.data[i] != 0;

		if (!is_hidden) {
			kb_buf_putc(h->to, line.data[i]);
		} else if (!was_hidden) {
			kb_buf_puts(h->to, KB_SECRETS_HIDDEN);
		}
		was_hidden = is_hidden;
	}
}

static void hide_in_line(struct hider *h, struct kb_str line)
{
	bool was_in_value = h->in_value;

	h->in_value = false;
	if (was_in_value) {
		mark(h, skip_blanks(line, 0), line.len);
		h->in_value = kb_str_ends(kb_str_trim(line), KB_STR("\\"));
	}
	if (contains(line, KB_STR("-----BEGIN ")) && contains(line, KB_STR("PRIVATE"))) {
		h->in_key = true;
	}
	if (h->in_key) {
		mark(h, 0, line.len);
		h->in_key = !contains(line, KB_STR("-----END "));
		return;
	}
	hide_named(h, line);
	if (h->kind == KB_SECRETS_CONFIG) {
		hide_behind_word(h, line);
	}
	hide_in_urls(h, line);
	hide_users(h, line);
	hide_tokens(h, line);
}

void kb_secrets_hide(struct kb_buf *to, struct kb_str text, enum kb_secrets_kind kind)
{
	struct hider h = {.to = to, .kind = kind};
	struct kb_str line;

	while (kb_str_next_line(&text, &line)) {
		struct kb_str whole = line;

		line = kb_str_head(line, KB_SECRETS_LINE);
		kb_buf_reset(&h.mask);
		for (size_t i = 0; i < line.len; i++) {
			kb_buf_putc(&h.mask, '\0');
		}
		if (kb_buf_error(&h.mask) < 0) {
			/* What cannot be looked at is not shown. */
			kb_buf_puts(to, KB_SECRETS_HIDDEN "\n");
			continue;
		}
		hide_in_line(&h, line);
		put(&h, line);
		kb_buf_puts(to, whole.len > line.len ? " (cut)\n" : "\n");
	}
	kb_buf_done(&h.mask);
}

/* --- public keys */

/* Behind options, which may have blanks in quotes. */
static bool find_key(struct kb_str line, struct kb_str *ret_type, struct kb_str *ret_key,
		     struct kb_str *ret_comment)
{
	static const struct kb_str heads[] = {KB_STR("ssh-"), KB_STR("ecdsa-"), KB_STR("sk-")};
	char quote = '\0';

	for (size_t at = 0; at < line.len; at++) {
		struct kb_str rest = kb_str_skip(line, at);
		bool begins = !quote && (at == 0 || kb_is_blank(line.data[at - 1]));

		for (size_t i = 0; begins && i < KB_ARRAY_LEN(heads); i++) {
			if (kb_str_starts(rest, heads[i]) && kb_str_next_word(&rest, ret_type) &&
			    kb_str_next_word(&rest, ret_key)) {
				*ret_comment = kb_str_trim(rest);
				return true;
			}
		}
		if (line.data[at] == '\\') {
			at++;
		} else if (line.data[at] == '"') {
			quote = quote ? '\0' : '"';
		}
	}
	return false;
}

void kb_secrets_hide_keys(struct kb_buf *to, struct kb_str text, kb_fingerprint_fn *fingerprint)
{
	struct kb_str line;
	struct kb_str type;
	struct kb_str key;
	struct kb_str comment;
	char print[128];

	while (kb_str_next_line(&text, &line)) {
		line = kb_str_trim(line);
		if (line.len == 0 || line.data[0] == '#') {
			continue;
		}
		if (!find_key(line, &type, &key, &comment)) {
			kb_buf_puts(to, "(a line that is no key)\n");
			continue;
		}
		if (!fingerprint || fingerprint(type, key, print, sizeof(print)) < 0) {
			kb_buf_puts(to, "(a key whose fingerprint cannot be made)\n");
			continue;
		}
		kb_buf_str(to, type);
		kb_buf_printf(to, " %s ", print);
		kb_secrets_hide(to, comment.len > 0 ? comment : KB_STR("-"), KB_SECRETS_PROSE);
	}
}
