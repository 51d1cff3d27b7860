/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "known_hosts.h"

#include <errno.h>

#include "kboot/base/base64.h"
#include "kboot/base/endian.h"
#include "sha256.h"

/* MIN_FINGERPRINT: dbclient may cut it, no two keys share so much. */
enum { SSH_PORT = 22, MAX_TYPE = 64, MIN_FINGERPRINT = 20 };

/* One line. */
struct line {
	struct kb_str marker; /* "@revoked"; "" */
	struct kb_str hosts;
	struct kb_str type;
	struct kb_str key; /* in base64 */
};

void kb_known_hosts_init(struct kb_known_hosts *h, const char *host, uint16_t port,
			 const char *name)
{
	*h = (struct kb_known_hosts){.name = name};
	if (port == SSH_PORT) {
		(void)snprintf(h->host, sizeof(h->host), "%s", host);
	} else {
		(void)snprintf(h->host, sizeof(h->host), "[%s]:%u", host, port);
	}
}

void kb_known_hosts_done(struct kb_known_hosts *h)
{
	kb_buf_done(&h->keys);
	kb_buf_done(&h->revoked);
}

/* --- names */

/* With * and ?, in any case. */
static bool matches_pattern(struct kb_str text, struct kb_str pattern)
{
	size_t star = SIZE_MAX; /* of the pattern: what stands behind the last one … */
	size_t at = 0;          /* … and where that began in the text */
	size_t t = 0;
	size_t p = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.data[p] == '*') {
			star = ++p;
			at = t;
		} else if (p < pattern.len &&
			   (pattern.data[p] == '?' ||
			    kb_lower(pattern.data[p]) == kb_lower(text.data[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star;
			t = ++at;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.data[p] == '*') {
		p++;
	}
	return p == pattern.len;
}

/* "|1|SALT|HASH": HMAC-SHA1 of the name. */
static bool matches_hash(struct kb_str text, struct kb_str hashed)
{
	KB_BUF struct kb_buf salt = {0};
	KB_BUF struct kb_buf hash = {0};
	unsigned char ours[KB_SHA1_BYTES];
	size_t bar;

	hashed = kb_str_skip(hashed, 3);
	bar = kb_str_find(hashed, '|');
	return kb_base64_decode(kb_str_head(hashed, bar), &salt) == 0 &&
	       kb_base64_decode(kb_str_skip(hashed, bar + 1), &hash) == 0 &&
	       hash.len == sizeof(ours) && kb_hmac_sha1(kb_buf_view(&salt), text, ours) == 0 &&
	       memcmp(hash.data, ours, sizeof(ours)) == 0;
}

static bool matches(struct kb_str host, struct kb_str names)
{
	bool found = false;

	if (kb_str_starts(names, KB_STR("|1|"))) {
		return matches_hash(host, names);
	}
	while (names.len > 0) {
		size_t comma = kb_str_find(names, ',');
		struct kb_str name = kb_str_head(names, comma);
		bool is_not = name.len > 0 && name.data[0] == '!';

		if (matches_pattern(host, kb_str_skip(name, is_not ? 1 : 0))) {
			if (is_not) {
				return false;
			}
			found = true;
		}
		names = kb_str_skip(names, comma + 1);
	}
	return found;
}

/* --- keys */

/* A key names its type itself, first. */
static bool is_of_type(struct kb_str bytes, struct kb_str type)
{
	uint32_t len = bytes.len >= 4 ? kb_be32((const uint8_t *)bytes.data) : 0;

	return type.len > 0 && len == type.len &&
	       kb_str_eq(kb_str_head(kb_str_skip(bytes, 4), len), type) && bytes.len > 4 + type.len;
}

int kb_ssh_fingerprint(struct kb_str type, struct kb_str key,
		       char ret_text[static KB_SSH_FINGERPRINT])
{
	KB_BUF struct kb_buf bytes = {0};
	KB_BUF struct kb_buf text = {0};
	unsigned char digest[KB_FETCH_SHA256_BYTES];

	if (kb_base64_decode(key, &bytes) < 0 || !is_of_type(kb_buf_view(&bytes), type) ||
	    kb_sha256_of_text(kb_buf_view(&bytes), digest) < 0) {
		return -EINVAL;
	}
	kb_base64_encode(kb_str_of((const char *)digest, sizeof(digest)), &text);
	(void)snprintf(ret_text, KB_SSH_FINGERPRINT, "SHA256:%.*s", (int)strcspn(text.data, "="),
		       text.data);
	return kb_buf_error(&text);
}

/* --- lines */

static void remark(struct kb_known_hosts *h, const char *file, unsigned number, const char *what)
{
	if (!h->remark.text[0]) {
		kb_error_set_at(&h->remark, -EINVAL, (struct kb_position){file, number, 0}, "%s",
				what);
	}
}

static bool split(struct kb_str text, struct line *ret_line)
{
	struct line line = {0};

	if (text.len > 0 && text.data[0] == '@' && !kb_str_next_word(&text, &line.marker)) {
		return false;
	}
	*ret_line = line;
	return kb_str_next_word(&text, &ret_line->hosts) &&
	       kb_str_next_word(&text, &ret_line->type) && kb_str_next_word(&text, &ret_line->key);
}

/* What is revoked is read first, whatever order the lines have: see kb_known_hosts_read. */
static void take(struct kb_known_hosts *h, const char *file, unsigned number, struct kb_str text)
{
	char fingerprint[KB_SSH_FINGERPRINT];
	struct line line;

	if (text.len > KB_KNOWN_HOSTS_LINE || !split(text, &line) || line.type.len > MAX_TYPE) {
		remark(h, file, number, "this is no line of a known host");
		return;
	}
	if (!matches(kb_str_from(h->host), line.hosts)) {
		return;
	}
	if (kb_str_eq(line.marker, KB_STR("@cert-authority"))) {
		remark(h, file, number, "certificates of hosts are not understood");
		return;
	}
	if (kb_ssh_fingerprint(line.type, line.key, fingerprint) < 0) {
		remark(h, file, number, "this is no key of the type that is named");
		return;
	}
	if (kb_str_eq(line.marker, KB_STR("@revoked"))) {
		kb_buf_printf(&h->revoked, "%s\n", fingerprint);
	} else if (line.marker.len > 0) {
		remark(h, file, number, "this marker is not understood");
	} else {
		kb_buf_printf(&h->keys, "%s %.*s %.*s\n", h->name, KB_STR_ARG(line.type),
			      KB_STR_ARG(line.key));
	}
}

/* Keys that another line revokes. */
static int leave_revoked_out(struct kb_known_hosts *h)
{
	KB_BUF struct kb_buf all = h->keys;
	struct kb_str rest = kb_buf_view(&all);
	char fingerprint[KB_SSH_FINGERPRINT];
	struct kb_str text;
	struct line line;

	h->keys = (struct kb_buf){0};
	while (kb_str_next_line(&rest, &text)) {
		if (split(text, &line) &&
		    kb_ssh_fingerprint(line.type, line.key, fingerprint) == 0 &&
		    !kb_known_hosts_revokes(h, fingerprint)) {
			kb_buf_printf(&h->keys, "%.*s\n", KB_STR_ARG(text));
		}
	}
	return kb_buf_error(&all) < 0 ? kb_buf_error(&all) : kb_buf_error(&h->keys);
}

int kb_known_hosts_read(struct kb_known_hosts *h, const char *file, struct kb_str text)
{
	struct kb_str line;

	for (unsigned number = 1; kb_str_next_line(&text, &line); number++) {
		line = kb_str_trim(line);
		if (line.len > 0 && line.data[0] != '#') {
			take(h, file, number, line);
		}
	}
	return kb_buf_error(&h->revoked) < 0 ? kb_buf_error(&h->revoked) : leave_revoked_out(h);
}

bool kb_known_hosts_revokes(const struct kb_known_hosts *h, const char *fingerprint)
{
	struct kb_str rest = kb_buf_view(&h->revoked);
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		if (kb_str_eq(line, kb_str_from(fingerprint))) {
			return true;
		}
	}
	return false;
}

/* The next line of keys of this type, with its fingerprint. */
static bool next_of_type(struct kb_str *rest, const char *type, struct kb_str *ret_text,
			 char ret_fingerprint[static KB_SSH_FINGERPRINT])
{
	struct line line;

	while (kb_str_next_line(rest, ret_text)) {
		if (split(*ret_text, &line) && kb_str_eq(line.type, kb_str_from(type)) &&
		    kb_ssh_fingerprint(line.type, line.key, ret_fingerprint) == 0) {
			return true;
		}
	}
	return false;
}

bool kb_known_hosts_prefer(struct kb_known_hosts *h, const char *type, const char *fingerprint)
{
	struct kb_str rest = kb_buf_view(&h->keys);
	KB_BUF struct kb_buf keys = {0};
	char known[KB_SSH_FINGERPRINT];
	struct kb_str text;

	if (strlen(fingerprint) < MIN_FINGERPRINT) {
		return false;
	}
	for (bool is_first = true; next_of_type(&rest, type, &text, known); is_first = false) {
		if (strncmp(known, fingerprint, strlen(fingerprint)) != 0) {
			continue;
		}
		if (is_first) {
			return false;
		}
		kb_buf_printf(&keys, "%.*s\n", KB_STR_ARG(text));
		kb_buf_str(&keys, kb_buf_view(&h->keys));
		if (kb_buf_error(&keys) == 0) {
			struct kb_buf old = h->keys;

			h->keys = keys;
			keys = old;
			return true;
		}
	}
	return false;
}

void kb_known_hosts_first(const struct kb_known_hosts *h, const char *type,
			  char ret_fingerprint[static KB_SSH_FINGERPRINT])
{
	struct kb_str rest = kb_buf_view(&h->keys);
	struct kb_str text;

	if (!next_of_type(&rest, type, &text, ret_fingerprint)) {
		ret_fingerprint[0] = '\0';
	}
}

void kb_known_hosts_types(const struct kb_known_hosts *h, struct kb_buf *to)
{
	struct kb_str rest = kb_buf_view(&h->keys);
	struct kb_str text;
	struct line line;

	while (kb_str_next_line(&rest, &text)) {
		if (split(text, &line)) {
			kb_buf_printf(to, "%s%.*s", to->len > 0 ? ", " : "", KB_STR_ARG(line.type));
		}
	}
}
