/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* One search for a server. */
struct search {
	const struct kb_sys *sys;
	const struct kb_mount_server_query *query;
	const char *host;
	int connect_ms; /* what there was for it */
	bool network_asked;
	struct kb_error *err;
};

static void addresses_done(struct addrinfo **addresses)
{
	if (*addresses) {
		freeaddrinfo(*addresses);
	}
}

static int ask_for_network(struct search *s)
{
	const struct kb_mount_server_hooks *hooks = s->query->hooks;
	int r = 0;

	if (!s->network_asked && hooks->network_up) {
		s->network_asked = true;
		r = hooks->network_up(hooks->ctx, s->query->deadline_ms, s->err);
	}
	return r < 0 ? kb_error_prefix(s->err, r, "%s cannot be reached", s->host) : 0;
}

static int resolve(const char *host, uint16_t port, int flags, struct addrinfo **ret_addresses)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
				       .ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_NUMERICSERV | flags};
	char service[8];

	(void)snprintf(service, sizeof(service), "%u", port);
	return getaddrinfo(host, service, &hints, ret_addresses);
}

/* What getaddrinfo's own words leave open. */
static const char *why_no_address(int code)
{
	switch (code) {
	case EAI_AGAIN:
		return "no name server has an answer";
	case EAI_NONAME:
		return "there is no such name";
	default:
		return gai_strerror(code);
	}
}

/* Literals and names that somebody here knows cost no packet; all else needs a network first. */
static int look_up(struct search *s, struct addrinfo **ret_addresses)
{
	char known[INET6_ADDRSTRLEN] = "";
	const struct kb_mount_server_hooks *hooks = s->query->hooks;
	const char *host = s->host;
	int code;
	int r;

	if (hooks->address && hooks->address(hooks->ctx, host, known)) {
		known[sizeof(known) - 1] = '\0';
		host = known;
	}
	code = resolve(host, s->query->port, AI_NUMERICHOST, ret_addresses);
	if (code == 0) {
		return 0;
	}
	r = ask_for_network(s);
	if (r < 0) {
		return r;
	}
	code = resolve(host, s->query->port, 0, ret_addresses);
	if (code == EAI_MEMORY) {
		return kb_error_no_memory(s->err);
	}
	if (code != 0) {
		return kb_error_set(s->err, -ENXIO, "no address is known for %s: %s", s->host,
				    why_no_address(code));
	}
	return 0;
}

/* 0, or -errno of the connection; the socket goes at once. */
static int try_connect(struct search *s, const struct addrinfo *address, int64_t until_ms)
{
	KB_CLOSE int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	socklen_t size = sizeof(int);
	int error = 0;
	int n;

	if (fd < 0) {
		return -errno;
	}
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
		return 0;
	}
	if (errno != EINPROGRESS) {
		return -errno;
	}
	do {
		int64_t left_ms = until_ms - s->sys->now_ms(s->sys->ctx);

		n = poll(&wait, 1, left_ms > 0 ? (int)left_ms : 0);
	} while (n < 0 && errno == EINTR);
	if (n == 0) {
		return -ETIMEDOUT;
	}
	if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) {
		return -errno;
	}
	return -error;
}

static bool is_without_network(int code)
{
	return code == -ENETUNREACH || code == -EADDRNOTAVAIL || code == -ENETDOWN;
}

/* Each address has its share of what is left, so that a dead one does not use up the time of the
 * next. The last failure counts, and any counts more than an address family without a network. */
static int try_all(struct search *s, const struct addrinfo *addresses,
		   const struct addrinfo **ret_address)
{
	int64_t until_ms;
	unsigned count = 0;
	int result = -ENETUNREACH;

	s->connect_ms = kb_left_ms(s->sys, s->query->deadline_ms, KB_MOUNT_SERVER_CONNECT_MS);
	if (s->connect_ms == 0) {
		return -ETIME;
	}
	until_ms = s->sys->now_ms(s->sys->ctx) + s->connect_ms;

	for (const struct addrinfo *a = addresses; a && count < KB_MOUNT_SERVER_MAX_ADDRESSES;
	     a = a->ai_next) {
		count++;
	}
	for (const struct addrinfo *a = addresses; count > 0; a = a->ai_next, count--) {
		int64_t now_ms = s->sys->now_ms(s->sys->ctx);
		int r = try_connect(s, a, now_ms + (until_ms - now_ms) / count);

		if (r == 0) {
			*ret_address = a;
			return 0;
		}
		result = is_without_network(r) ? result : r;
	}
	return result;
}

static int unreachable(const struct search *s, int code)
{
	const char *host = s->host;

	switch (code) {
	case -ENETUNREACH:
		return kb_error_set(s->err, code, "%s cannot be reached: there is no network to it",
				    host);
	case -EHOSTUNREACH:
		return kb_error_set(s->err, code, "%s cannot be reached: nobody has its address",
				    host);
	case -ECONNREFUSED:
		return kb_error_set(s->err, code, "%s refuses connections to port %u: no %s there",
				    host, s->query->port, s->query->protocol);
	case -ETIMEDOUT:
		return kb_error_set(s->err, code, "%s does not answer (port %u, within %d s)", host,
				    s->query->port, (s->connect_ms + 999) / 1000);
	case -ETIME:
		return kb_mount_server_no_time(host, s->err);
	default:
		return kb_error_set(s->err, code, "%s cannot be reached: %s", host,
				    strerror(-code));
	}
}

static int as_text(const struct search *s, const struct addrinfo *address,
		   struct kb_mount_server *ret_server)
{
	int code = getnameinfo(address->ai_addr, address->ai_addrlen, ret_server->address,
			       sizeof(ret_server->address), NULL, 0, NI_NUMERICHOST);

	ret_server->is_ipv6 = address->ai_family == AF_INET6;
	if (code != 0) {
		return kb_error_set(s->err, code == EAI_MEMORY ? -ENOMEM : -EINVAL,
				    "%s has an address that cannot be written: %s", s->host,
				    gai_strerror(code));
	}
	return 0;
}

int kb_mount_server_no_time(const char *host, struct kb_error *err)
{
	return kb_error_set(err, -ETIMEDOUT,
			    "%s was not asked: what came before it took all the time", host);
}

int kb_mount_server_find(const struct kb_sys *sys, const struct kb_mount_server_query *query,
			 struct kb_mount_server *ret_server, struct kb_error *err)
{
	KB_CLEANUP(addresses_done) struct addrinfo *addresses = NULL;
	const struct addrinfo *address = NULL;
	struct search s = {.sys = sys, .query = query, .host = query->host, .err = err};
	int r = look_up(&s, &addresses);

	if (r < 0) {
		return r;
	}
	r = try_all(&s, addresses, &address);
	if (r == -ENETUNREACH) {
		r = ask_for_network(&s);
		if (r < 0) {
			return r;
		}
		r = try_all(&s, addresses, &address);
	}
	return address ? as_text(&s, address, ret_server) : unreachable(&s, r);
}

/* --- how it is written */

int kb_mount_server_parse_port(struct kb_str text, uint16_t *ret_port)
{
	uint64_t value;
	int r = kb_str_to_u64(text, &value);

	if (r < 0 || value == 0 || value > UINT16_MAX) {
		return -EINVAL;
	}
	*ret_port = (uint16_t)value;
	return 0;
}

/* What a resolver, a mount source and a message can carry; a zone follows a % in an address. */
static bool is_host(struct kb_str host, bool is_literal)
{
	return host.len > 0 && host.data[0] != '-' &&
	       kb_str_is_word(host, is_literal ? ".-_:%" : ".-_");
}

/* Splits "host:port" and "[address]:port". -EINVAL. */
static int split_port(struct kb_str text, struct kb_str *ret_host, bool *ret_literal,
		      uint16_t *port)
{
	size_t end = kb_str_find(text, ':');
	bool is_literal = kb_str_starts(text, KB_STR("["));
	struct kb_str rest;

	if (is_literal) {
		text = kb_str_skip(text, 1);
		end = kb_str_find(text, ']');
		if (end == text.len) {
			return -EINVAL;
		}
	}
	rest = kb_str_skip(text, is_literal ? end + 1 : end);
	*ret_host = kb_str_head(text, end);
	*ret_literal = is_literal;
	if (rest.len == 0) {
		return 0;
	}
	return rest.data[0] == ':' ? kb_mount_server_parse_port(kb_str_skip(rest, 1), port)
				   : -EINVAL;
}

int kb_mount_server_parse(struct kb_str text, struct kb_str *ret_host, uint16_t *port,
			  struct kb_error *err)
{
	struct kb_str host;
	bool is_literal;
	int r = split_port(text, &host, &is_literal, port);

	if (r < 0 || !is_host(host, is_literal)) {
		return kb_error_set(err, -EINVAL, "`%.*s` is not the name of a host",
				    KB_STR_ARG(kb_str_head(text, 64)));
	}
	if (host.len > KB_MOUNT_SERVER_MAX_HOST) {
		return kb_error_set(err, -ENAMETOOLONG, "a host's name above %d bytes",
				    KB_MOUNT_SERVER_MAX_HOST);
	}
	*ret_host = host;
	return 0;
}
