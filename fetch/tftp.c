/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tftp.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>

#include "name_servers.h"
#include "tftp_packet.h"

enum {
	RESEND_FIRST_MS = 500, /* what was not answered is sent again after so long … */
	RESEND_MS = 1000,      /* … and then after so long each */
	SLICE_MS = 100,
	ADDRESS_MS = 3000, /* without any answer, where the host has another address */
	PACKETS_KEPT = 64, /* that the kernel keeps for us: more than a window */
};

struct tftp {
	int fd;
	struct kb_transfer *t;
	struct kb_error *err;
	const struct addrinfo *to;
	struct sockaddr_storage peer; /* who answers, at the port that serves this transfer alone */
	bool options;
	bool is_answered;
	bool has_begun;
	uint16_t block; /* the last that is there */
	unsigned block_bytes;
	unsigned window;
	unsigned unacknowledged;
	int64_t resend_ms;
	bool is_resent;
	bool is_gap_told;
	char request[KB_TFTP_REQUEST_BYTES];
	size_t request_len;
	char packet[KB_TFTP_PACKET_BYTES + 1];
};

static int64_t now(const struct tftp *x)
{
	return x->t->request->sys->now_ms(x->t->request->sys->ctx);
}

/* The request, or what acknowledges the last block. A packet that does not go is lost like another.
 */
static void send_last(struct tftp *x)
{
	const char ack[] = {0, KB_TFTP_ACK, (char)(x->block >> 8), (char)x->block};

	if (x->is_answered) {
		(void)send(x->fd, ack, sizeof(ack), MSG_NOSIGNAL);
	} else {
		(void)sendto(x->fd, x->request, x->request_len, MSG_NOSIGNAL, x->to->ai_addr,
			     x->to->ai_addrlen);
	}
	x->unacknowledged = 0;
	x->resend_ms = now(x) + (x->is_resent ? RESEND_MS : RESEND_FIRST_MS);
}

/* So that the server stops, too. */
static void send_stop(struct tftp *x)
{
	static const char stop[] = "\0\5\0\0stopped";

	if (x->is_answered) {
		(void)send(x->fd, stop, sizeof(stop), MSG_NOSIGNAL);
	}
}

/* port: and the same port, which is at the same place in both families. */
static bool is_same(const struct tftp *x, const struct sockaddr_storage *from, const void *of,
		    bool port)
{
	bool is_6 = x->to->ai_family == AF_INET6;
	size_t at = is_6 ? offsetof(struct sockaddr_in6, sin6_addr)
			 : offsetof(struct sockaddr_in, sin_addr);
	size_t len = is_6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
	const char *a = (const char *)from;
	const char *b = of;

	return from->ss_family == x->to->ai_family && memcmp(a + at, b + at, len) == 0 &&
	       (!port || memcmp(a + offsetof(struct sockaddr_in, sin_port),
				b + offsetof(struct sockaddr_in, sin_port), 2) == 0);
}

/* A packet that is there; 0: none of this transfer; -EAGAIN, -ECONNREFUSED. The first binds us to
 * the port that it is from.
 */
static ssize_t receive(struct tftp *x)
{
	struct sockaddr_storage from = {0};
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(x->fd, x->packet, sizeof(x->packet), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &len);

	if (n < 0) {
		return errno == ECONNREFUSED ? -ECONNREFUSED : -EAGAIN;
	}
	if (!x->is_answered && is_same(x, &from, x->to->ai_addr, false) &&
	    connect(x->fd, (struct sockaddr *)&from, len) == 0) {
		x->peer = from;
		x->is_answered = true;
	}
	/* Others' packets may have been there before we were connected. */
	if (!x->is_answered || !is_same(x, &from, &x->peer, true)) {
		return 0;
	}
	return n;
}

static enum kb_outcome tell_error(struct tftp *x, const struct kb_tftp_packet *p)
{
	int code = p->number == 1 ? -ENOENT : p->number == 2 ? -EACCES : -EPROTO;

	x->is_answered = false; /* it has stopped already */
	kb_error_fill(x->err, code, "the server answers error %u%s%.*s%s", p->number,
		      p->data.len > 0 ? " (" : "", KB_STR_ARG(kb_str_head(p->data, 128)),
		      p->data.len > 0 ? ")" : "");
	return kb_tftp_is_final(p->number) ? KB_OUTCOME_FINAL : KB_OUTCOME_AGAIN;
}

static enum kb_outcome begin(struct tftp *x, uint64_t total)
{
	x->has_begun = true;
	return kb_body_begin(x->t->body, 0, total, (struct kb_str){0}, x->err) < 0
		       ? KB_OUTCOME_FINAL
		       : KB_OUTCOME_DONE;
}

/* *ret_last: it was the last. */
static enum kb_outcome take_block(struct tftp *x, const struct kb_tftp_packet *p, bool *ret_last)
{
	int r;

	if (p->number != (uint16_t)(x->block + 1)) {
		/* One is missing before it: the server goes back to there. What is there already is
		 * passed over: if all that comes twice were answered, all would come twice. */
		if (!x->is_gap_told && (uint16_t)(p->number - x->block) <= x->window) {
			send_last(x);
			x->is_gap_told = true;
		}
		return KB_OUTCOME_DONE;
	}
	if (!x->has_begun && begin(x, KB_SIZE_UNKNOWN) != KB_OUTCOME_DONE) {
		return KB_OUTCOME_FINAL;
	}
	r = kb_body_write(x->t->body, p->data.data, p->data.len, x->err);
	if (r < 0) {
		return r == -ENOMEM ? KB_OUTCOME_STOP : KB_OUTCOME_FINAL;
	}
	x->block++;
	x->is_resent = false;
	x->resend_ms = now(x) + RESEND_FIRST_MS;
	x->is_gap_told = false;
	x->unacknowledged++;
	*ret_last = p->data.len < x->block_bytes;
	if (*ret_last || x->unacknowledged >= x->window) {
		send_last(x);
	}
	return KB_OUTCOME_DONE;
}

static enum kb_outcome take(struct tftp *x, size_t len, bool *ret_last)
{
	struct kb_tftp_packet p;
	enum kb_outcome outcome = KB_OUTCOME_DONE;

	if (kb_tftp_parse(kb_str_of(x->packet, len), &p) < 0) {
		kb_error_fill(x->err, -EPROTO,
			      "the server's answer is no TFTP, or not to what was asked");
		return x->options && !x->has_begun ? KB_OUTCOME_REDIRECT : KB_OUTCOME_FINAL;
	}
	if (p.opcode == KB_TFTP_ERROR) {
		outcome = tell_error(x, &p);
		/* Old servers do not pass over options. */
		return x->options && !x->has_begun && p.number != 1 && p.number != 2
			       ? KB_OUTCOME_REDIRECT
			       : outcome;
	}
	if (p.opcode == KB_TFTP_OPTIONS) {
		if (!x->has_begun && x->options) {
			x->block_bytes = p.block_bytes;
			x->window = p.window;
			outcome = begin(x, p.total);
		}
		if (outcome == KB_OUTCOME_DONE && x->block == 0) {
			send_last(x);
		}
		return outcome;
	}
	return take_block(x, &p, ret_last);
}

/* All packets that are there. */
static enum kb_outcome take_all(struct tftp *x, bool *ret_last)
{
	for (int i = 0; i < PACKETS_KEPT && !*ret_last; i++) {
		ssize_t n = receive(x);
		enum kb_outcome outcome;

		if (n == -ECONNREFUSED) {
			kb_error_fill(x->err, -ECONNREFUSED, "%s",
				      x->is_answered ? "the server has stopped"
						     : "no TFTP server listens there");
			return KB_OUTCOME_AGAIN;
		}
		if (n == -EAGAIN) {
			break;
		}
		if (n == 0) {
			continue;
		}
		outcome = take(x, (size_t)n, ret_last);
		if (outcome != KB_OUTCOME_DONE) {
			return outcome;
		}
	}
	return KB_OUTCOME_DONE;
}

static enum kb_outcome exchange(struct tftp *x, int patience_ms)
{
	int64_t give_up_ms = now(x) + patience_ms;
	bool is_last = false;

	send_last(x);
	while (!is_last) {
		struct pollfd fd = {.fd = x->fd, .events = POLLIN};
		enum kb_outcome outcome = kb_transfer_watch(x->t, x->err);

		if (outcome == KB_OUTCOME_DONE && !x->is_answered && now(x) >= give_up_ms) {
			kb_error_fill(x->err, -ETIMEDOUT, "the server does not answer");
			outcome = KB_OUTCOME_AGAIN;
		}
		if (outcome == KB_OUTCOME_DONE && now(x) >= x->resend_ms) {
			x->is_resent = true;
			send_last(x);
		}
		if (outcome == KB_OUTCOME_DONE &&
		    poll(&fd, 1, kb_left_ms(x->t->request->sys, x->resend_ms, SLICE_MS)) > 0) {
			outcome = take_all(x, &is_last);
		}
		if (outcome != KB_OUTCOME_DONE) {
			return outcome;
		}
	}
	return kb_body_end(x->t->body, x->err) < 0 ? KB_OUTCOME_AGAIN : KB_OUTCOME_DONE;
}

/* A port nobody listens at is told by ICMP, which an unconnected socket has to ask for. */
static int open_socket(const struct addrinfo *to)
{
	const int on = 1;
	int fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && to->ai_family == AF_INET) {
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	} else if (fd >= 0) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	}
	return fd;
}

/* REDIRECT: to the same place, without options. */
static enum kb_outcome ask(struct kb_transfer *t, const char *file, const struct addrinfo *to,
			   bool options, struct kb_error *err)
{
	struct tftp x = {.fd = open_socket(to), .t = t, .err = err, .to = to, .options = options};
	enum kb_outcome outcome;

	if (x.fd < 0) {
		kb_error_fill(err, -errno, "no socket: %s", strerror(errno));
		return KB_OUTCOME_AGAIN;
	}
	x.block_bytes = KB_TFTP_BLOCK_DEFAULT;
	x.window = 1;
	x.request_len = kb_tftp_request(x.request, file, options);
	outcome = exchange(&x, to->ai_next ? ADDRESS_MS : INT32_MAX);
	if (outcome != KB_OUTCOME_DONE) {
		send_stop(&x);
	}
	x.fd = kb_close(x.fd);
	return outcome;
}

static enum kb_outcome ask_each(struct kb_transfer *t, const char *file, const struct addrinfo *to,
				struct kb_error *err)
{
	enum kb_outcome outcome = KB_OUTCOME_AGAIN;

	for (; to; to = to->ai_next) {
		outcome = ask(t, file, to, true, err);
		if (outcome == KB_OUTCOME_REDIRECT) {
			outcome = ask(t, file, to, false, err);
		}
		/* Another address of the host, unless this one had something to say. */
		if (outcome != KB_OUTCOME_AGAIN || t->body->bytes > 0) {
			break;
		}
	}
	return outcome;
}

enum kb_outcome kb_tftp_run(struct kb_transfer *t, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	/* A URL has no other way to begin a name (RFC 3617). */
	const char *file = kb_url_decode(&arena, kb_str_skip(kb_str_from(t->url->path), 1));
	const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
	struct addrinfo *to = NULL;
	char address[INET6_ADDRSTRLEN];
	bool is_known = kb_transfer_address(t, address);
	char port[8];
	enum kb_outcome outcome;
	int r;

	if (!file || strlen(file) > KB_TFTP_MAX_FILE || file[0] == '\0') {
		kb_error_fill(err, -ENAMETOOLONG, "a name of 1 to %d bytes is wanted",
			      KB_TFTP_MAX_FILE);
		return KB_OUTCOME_FINAL;
	}
	(void)snprintf(port, sizeof(port), "%u", kb_url_port(t->url));
	r = getaddrinfo(is_known ? address : t->url->host, port, &hints, &to);
	if (r != 0) {
		kb_name_servers_fail(t->url->host, err);
		return KB_OUTCOME_AGAIN;
	}
	outcome = ask_each(t, file, to, err);
	freeaddrinfo(to);
	return outcome;
}
