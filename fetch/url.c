/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/fetch/url.h"

#include <arpa/inet.h>
#include <errno.h>

enum { MAX_HOST = 253, MAX_LABEL = 63 };

static const struct {
	struct kb_str name;
	uint16_t port;
} schemes[] = {
	[KB_URL_HTTP] = {KB_STR("http"), 80}, [KB_URL_HTTPS] = {KB_STR("https"), 443},
	[KB_URL_FTP] = {KB_STR("ftp"), 21},   [KB_URL_FTPS] = {KB_STR("ftps"), 990},
	[KB_URL_TFTP] = {KB_STR("tftp"), 69}, [KB_URL_SFTP] = {KB_STR("sftp"), 22},
	[KB_URL_SCP] = {KB_STR("scp"), 22},
};

/* The five parts of RFC 3986, 3; data NULL: the part is not there. */
struct parts {
	struct kb_str scheme;
	struct kb_str authority;
	struct kb_str path;
	struct kb_str query;
	struct kb_str fragment;
};

/* What is being taken apart: columns count from the start of the whole text. */
struct parser {
	struct kb_arena *arena;
	const char *start;
	struct kb_error *err;
};

#define REFUSE(p, at, ...) refuse((p), (size_t)((at) - (p)->start) + 1, __VA_ARGS__)
static int refuse(struct parser *p, size_t column, const char *fmt, ...) KB_PRINTF(3, 4);

static int refuse(struct parser *p, size_t column, const char *fmt, ...)
{
	KB_BUF struct kb_buf text = {0};
	va_list args;

	va_start(args, fmt);
	kb_buf_vprintf(&text, fmt, args);
	va_end(args);
	return kb_error_set_at(p->err, -EINVAL, (struct kb_position){.column = (unsigned)column},
			       "not a URL: column %zu: %s", column, text.data ? text.data : "");
}

const char *kb_url_scheme_name(enum kb_url_scheme scheme)
{
	return schemes[scheme].name.data;
}

uint16_t kb_url_port(const struct kb_url *url)
{
	return url->port ? url->port : schemes[url->scheme].port;
}

bool kb_url_same_origin(const struct kb_url *a, const struct kb_url *b)
{
	return a->scheme == b->scheme && strcmp(a->host, b->host) == 0 &&
	       kb_url_port(a) == kb_url_port(b);
}

char *kb_url_decode(struct kb_arena *arena, struct kb_str part)
{
	char *text = kb_arena_alloc(arena, part.len + 1);

	for (size_t n = 0; text && part.len > 0; n++) {
		int byte = kb_percent_byte(part);

		text[n] = (char)(byte < 0 ? part.data[0] : byte);
		part = kb_str_skip(part, byte < 0 ? 1 : 3);
	}
	return text;
}

static bool is_control(int byte)
{
	return byte >= 0 && (byte < 0x20 || byte == 0x7f);
}

/* Characters that every part may have, and the others. A name and password are not repeated. */
static int check_characters(struct parser *p, struct kb_str part, const char *others, bool secret)
{
	for (; part.len > 0; part = kb_str_skip(part, 1)) {
		char c = part.data[0];

		if (is_control((unsigned char)c) || is_control(kb_percent_byte(part))) {
			return REFUSE(p, part.data, "a control character has no place there");
		}
		if (c == '%' && kb_percent_byte(part) < 0) {
			return REFUSE(p, part.data, "%% is followed by two hexadecimal digits");
		}
		if (kb_is_letter(c) || kb_is_digit(c) || strchr("%-._~!$&'()*+,;=", c) ||
		    strchr(others, c)) {
			continue;
		}
		return secret ? REFUSE(p, part.data,
				       "this character of the name or password is written as %% "
				       "and two hexadecimal digits")
			      : REFUSE(p, part.data, "%s is written %%%02X",
				       c == ' '                 ? "a blank"
				       : (unsigned char)c > 127 ? "this byte"
								: ((char[]){'`', c, '`', '\0'}),
				       (unsigned char)c);
	}
	return 0;
}

/* --- the parts */

/* Takes what is before the first of the stops off *rest. */
static struct kb_str take_until(struct kb_str *rest, const char *stops)
{
	struct kb_str taken = *rest;

	taken.len = 0;
	while (taken.len < rest->len &&
	       (rest->data[taken.len] == '\0' || !strchr(stops, rest->data[taken.len]))) {
		taken.len++;
	}
	*rest = kb_str_skip(*rest, taken.len);
	return taken;
}

static bool is_scheme(struct kb_str s)
{
	return s.len > 0 && kb_is_letter(s.data[0]) && kb_str_is_word(s, "+-.");
}

static struct parts split(struct kb_str text)
{
	struct parts parts = {0};
	struct kb_str head = kb_str_head(text, kb_str_find(text, ':'));

	if (head.len < text.len && is_scheme(head)) {
		parts.scheme = head;
		text = kb_str_skip(text, head.len + 1);
	}
	if (kb_str_starts(text, KB_STR("//"))) {
		text = kb_str_skip(text, 2);
		parts.authority = take_until(&text, "/?#");
	}
	parts.path = take_until(&text, "?#");
	if (text.len > 0 && text.data[0] == '?') {
		text = kb_str_skip(text, 1);
		parts.query = take_until(&text, "#");
	}
	if (text.len > 0) {
		parts.fragment = kb_str_skip(text, 1);
	}
	return parts;
}

static int parse_scheme(struct parser *p, struct kb_str name, struct kb_url *url)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(schemes); i++) {
		if (kb_str_eq_nocase(name, schemes[i].name)) {
			url->scheme = (enum kb_url_scheme)i;
			return 0;
		}
	}
	if (kb_str_eq_nocase(name, KB_STR("smb"))) {
		return kb_error_set(p->err, -EPROTONOSUPPORT,
				    "column 1: files of a share are mounted, not fetched");
	}
	return kb_error_set(p->err, -EPROTONOSUPPORT,
			    "column 1: files are fetched by http, https, ftp, ftps, tftp, sftp and "
			    "scp, not by `%.*s`",
			    KB_STR_ARG(kb_str_head(name, 32)));
}

static int parse_user(struct parser *p, struct kb_str info, struct kb_url *url)
{
	size_t colon = kb_str_find(info, ':');
	int r = check_characters(p, info, ":", true);

	if (r < 0) {
		return r;
	}
	if (url->scheme == KB_URL_TFTP) {
		return REFUSE(p, info.data, "tftp knows no names and passwords");
	}
	url->user = kb_url_decode(p->arena, kb_str_head(info, colon));
	url->password =
		colon < info.len ? kb_url_decode(p->arena, kb_str_skip(info, colon + 1)) : NULL;
	return !url->user || (colon < info.len && !url->password) ? kb_error_no_memory(p->err) : 0;
}

static int parse_port(struct parser *p, struct kb_str text, struct kb_url *url)
{
	uint64_t port = 0;

	if (text.len > 0 && (kb_str_to_u64(text, &port) < 0 || port == 0 || port > UINT16_MAX)) {
		return REFUSE(p, text.data, "a port is a number from 1 to 65535");
	}
	url->port = port == schemes[url->scheme].port ? 0 : (uint16_t)port;
	return 0;
}

/* "::1" or "fe80::1%25eth0" (RFC 6874), without its brackets. */
static int parse_ipv6(struct parser *p, struct kb_str text, struct kb_url *url)
{
	size_t percent = kb_str_find(text, '%');
	struct kb_str zone = kb_str_skip(text, percent);
	char address[INET6_ADDRSTRLEN] = {0};
	struct in6_addr in6;

	memcpy(address, text.data, percent < sizeof(address) ? percent : 0);
	if (inet_pton(AF_INET6, address, &in6) != 1) {
		return REFUSE(p, text.data, "no IPv6 address stands between the brackets");
	}
	if (zone.len > 0 && (!kb_str_starts(zone, KB_STR("%25")) || zone.len == 3 ||
			     !kb_str_is_word(kb_str_skip(zone, 3), "-._~"))) {
		return REFUSE(p, zone.data, "an interface is written %%25 and its name");
	}
	/* One way of writing, so that a host can be compared. */
	(void)inet_ntop(AF_INET6, &in6, address, sizeof(address));
	url->host = kb_arena_printf(p->arena, "%s%s%.*s", address, zone.len > 0 ? "%" : "",
				    KB_STR_ARG(kb_str_skip(zone, 3)));
	return url->host ? 0 : kb_error_no_memory(p->err);
}

static int check_host(struct parser *p, struct kb_str host)
{
	struct kb_str rest = host;
	struct kb_str label;
	struct in_addr in;
	uint64_t number;

	if (host.len == 0) {
		return REFUSE(p, host.data, "a host is missing");
	}
	for (size_t i = 0; i < host.len; i++) {
		if (!kb_str_is_word(kb_str_of(host.data + i, 1), "-._")) {
			return REFUSE(p, host.data + i,
				      host.data[i] == '@'
					      ? "a @ in a name or password is written %%40"
					      : "a host has letters, digits, - and .");
		}
	}
	while (kb_str_next_until(&rest, '.', &label)) {
		if (label.len == 0 || label.len > MAX_LABEL || host.len > MAX_HOST ||
		    label.data[0] == '-') { /* to a program it would be an option */
			return REFUSE(p, label.data, "no host has such a name");
		}
	}
	/* The last label of an address is a number; 127.1 and 0177.0.0.1 mean other things to
	 * others. */
	if (kb_str_to_u64(label, &number) != -EINVAL) {
		char address[INET_ADDRSTRLEN] = {0};

		memcpy(address, host.data, host.len < sizeof(address) ? host.len : 0);
		if (inet_pton(AF_INET, address, &in) != 1) {
			return REFUSE(p, host.data, "an address is four numbers from 0 to 255");
		}
	}
	return 0;
}

static int parse_name(struct parser *p, struct kb_str host, struct kb_url *url)
{
	int r = check_host(p, host);
	char *name = r == 0 ? kb_arena_str(p->arena, host) : NULL;

	for (char *c = name; c && *c; c++) {
		*c = kb_lower(*c);
	}
	url->host = name;
	return r == 0 && !name ? kb_error_no_memory(p->err) : r;
}

static int parse_authority(struct parser *p, struct kb_str text, struct kb_url *url)
{
	size_t at = kb_str_find(text, '@');
	size_t end;
	int r = at < text.len ? parse_user(p, kb_str_head(text, at), url) : 0;

	text = kb_str_skip(text, at < text.len ? at + 1 : 0);
	if (r < 0) {
		return r;
	}
	if (text.len > 0 && text.data[0] == '[') {
		end = kb_str_find(text, ']');
		if (end == text.len) {
			return REFUSE(p, text.data, "the bracket is not closed");
		}
		r = parse_ipv6(p, kb_str_of(text.data + 1, end - 1), url);
		end++;
	} else {
		end = kb_str_find(text, ':');
		r = parse_name(p, kb_str_head(text, end), url);
	}
	if (r == 0 && end < text.len && text.data[end] != ':') {
		return REFUSE(p, text.data + end, "a colon with a port, or a slash, is wanted");
	}
	return r < 0 ? r : parse_port(p, kb_str_skip(text, end + 1), url);
}

/* --- paths: RFC 3986, 5.2.4 and 5.2.3 */

/* path is empty or begins with a slash. */
static char *without_dots(struct kb_arena *arena, struct kb_str path)
{
	char *out = kb_arena_alloc(arena, path.len + 1);
	size_t n = 0;

	while (out && path.len > 0) {
		struct kb_str rest = kb_str_skip(path, 1);
		struct kb_str segment = kb_str_head(rest, kb_str_find(rest, '/'));
		bool is_up = kb_str_eq(segment, KB_STR(".."));

		path = kb_str_skip(rest, segment.len);
		while (is_up && n > 0 && out[--n] != '/') {
		}
		if (!is_up && !kb_str_eq(segment, KB_STR("."))) {
			out[n++] = '/';
			memcpy(out + n, segment.data, segment.len);
			n += segment.len;
		} else if (path.len == 0) {
			out[n++] = '/';
		}
	}
	if (out) {
		out[n] = '\0';
	}
	return out;
}

/* What stands up to the last slash of base, and path behind it. */
static struct kb_str merged(struct kb_arena *arena, const char *base, struct kb_str path)
{
	const char *slash = strrchr(base, '/');

	return kb_str_from(kb_arena_printf(arena, "%.*s/%.*s", slash ? (int)(slash - base) : 0,
					   base, KB_STR_ARG(path)));
}

static int parse_path(struct parser *p, const struct parts *parts, const struct kb_url *base,
		      struct kb_url *url)
{
	struct kb_str path = parts->path;
	bool same = base && path.len == 0; /* the base's own, with another query at most */

	if (base && path.len > 0 && path.data[0] != '/') {
		path = merged(p->arena, base->path, path);
	}
	url->path = same                                   ? base->path
		    : parts->path.len == 0 || path.len > 0 ? without_dots(p->arena, path)
							   : NULL;
	url->query = same ? base->query : NULL;
	url->fragment = NULL;
	if (parts->query.data) {
		url->query = kb_arena_str(p->arena, parts->query);
	}
	if (parts->fragment.data) {
		url->fragment = kb_arena_str(p->arena, parts->fragment);
	}
	return !url->path || (parts->query.data && !url->query) ||
			       (parts->fragment.data && !url->fragment)
		       ? kb_error_no_memory(p->err)
		       : 0;
}

static int parse(struct parser *p, struct kb_str text, const struct kb_url *base,
		 struct kb_url *ret_url)
{
	struct parts parts = split(text);
	struct kb_url url = base ? *base : (struct kb_url){0};
	int r = 0;

	if (text.len > KB_URL_MAX_BYTES) {
		return kb_error_set(p->err, -ENAMETOOLONG, "not a URL: longer than %d bytes",
				    KB_URL_MAX_BYTES);
	}
	if (parts.scheme.data || parts.authority.data) {
		url = (struct kb_url){.scheme = url.scheme};
	}
	if (parts.scheme.data) {
		r = parse_scheme(p, parts.scheme, &url);
	} else if (!base) {
		return REFUSE(p, text.data, "a scheme is missing, as http://");
	}
	if (r == 0 && !parts.authority.data && (parts.scheme.data || !base)) {
		return REFUSE(p, parts.path.data, "// and a host are missing");
	}
	if (r == 0 && parts.authority.data) {
		r = parse_authority(p, parts.authority, &url);
	}
	r = r < 0 ? r : check_characters(p, parts.path, ":@/", false);
	r = r < 0 ? r : check_characters(p, parts.query, ":@/?", false);
	r = r < 0 ? r : check_characters(p, parts.fragment, ":@/?", false);
	r = r < 0 ? r
		  : parse_path(p, &parts, parts.scheme.data || parts.authority.data ? NULL : base,
			       &url);
	if (r == 0) {
		*ret_url = url;
	}
	return r;
}

int kb_url_parse(struct kb_arena *arena, struct kb_str text, const struct kb_url *base,
		 struct kb_url *ret_url, struct kb_error *err)
{
	struct parser p = {arena, text.data, err};

	return parse(&p, text, base, ret_url);
}

int kb_url_parse_mirrors(struct kb_arena *arena, struct kb_str text,
			 struct kb_url ret_urls[static KB_URL_MAX_MIRRORS], size_t *ret_n,
			 struct kb_error *err)
{
	struct parser p = {arena, text.data, err};
	size_t n = 0;

	while (true) {
		size_t bar = kb_str_find(text, '|');
		int r;

		if (n == KB_URL_MAX_MIRRORS) {
			return kb_error_set(err, -E2BIG, "more than %d URLs of one file",
					    KB_URL_MAX_MIRRORS);
		}
		r = parse(&p, kb_str_head(text, bar), NULL, &ret_urls[n]);
		if (r < 0) {
			return r;
		}
		n++;
		if (bar == text.len) {
			*ret_n = n;
			return 0;
		}
		text = kb_str_skip(text, bar + 1);
	}
}
