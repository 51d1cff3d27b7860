/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe_child.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "boot_info.h"
#include "kboot/base/replace.h"

enum {
	RESEND_MS = 1000,
	QUIET_MS = KB_PROBE_MS / 2, /* others may answer until then */
	PACKETS_AT_ONCE = 64,
	MEMORY_BYTES = 16 << 20,
};

struct probe {
	const struct kb_sys *sys;
	const struct kb_probe_question *asks;
	struct kb_offers offers;
	int64_t begin_ms;
	int64_t resend_ms;
};

static int send_to(const struct probe *p, const struct kb_dhcp_question *q, const void *address,
		   int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	char packet[KB_DHCP_QUESTION_BYTES];
	size_t len = kb_dhcp_ask(packet, q);

	memcpy(&to.sin_addr, address, sizeof(to.sin_addr));
	return sendto(p->asks->fd, packet, len, MSG_NOSIGNAL, (const struct sockaddr *)&to,
		      sizeof(to)) < 0
		       ? -errno
		       : 0;
}

/* Which question an answer is to, its number tells. */
static void ask_again(const struct probe *p, struct kb_offer *offer)
{
	struct kb_dhcp_question q = p->asks->dhcp;

	q.xid += (uint32_t)(offer - p->offers.at) + 1;
	q.server = offer->ask;
	q.item = offer->item;
	/* Without an address of its own this machine gets no answer there. */
	if (q.client.family == 0 || send_to(p, &q, q.server.bytes, KB_DHCP_PORT_PROXY) < 0) {
		offer->ask.family = 0;
	}
}

static void ask_servers(struct probe *p, unsigned first)
{
	for (unsigned i = first; i < p->offers.n; i++) {
		if (p->offers.at[i].ask.family != 0) {
			ask_again(p, &p->offers.at[i]);
		}
	}
}

static int ask_all(struct probe *p)
{
	const uint32_t everybody = INADDR_BROADCAST;
	int r = send_to(p, &p->asks->dhcp, &everybody, KB_DHCP_PORT_SERVER);

	ask_servers(p, 0);
	p->resend_ms += RESEND_MS;
	return r;
}

static bool take_packet(struct probe *p)
{
	char bytes[KB_DHCP_PACKET_BYTES + 1];
	struct sockaddr_in from = {0};
	socklen_t from_len = sizeof(from);
	struct kb_dhcp_packet packet;
	struct kb_ip ip = {.family = AF_INET, .prefix = 32};
	ssize_t n =
		recvfrom(p->asks->fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &from_len);

	if (n < 0) {
		return false;
	}
	if (kb_dhcp_parse(kb_str_of(bytes, (size_t)n), &packet) == 0 &&
	    memcmp(packet.mac, p->asks->dhcp.mac, KB_MAC_BYTES) == 0) {
		memcpy(ip.bytes, &from.sin_addr, sizeof(from.sin_addr));
		kb_offers_take(&p->offers, &packet, packet.xid - p->asks->dhcp.xid, &ip);
	}
	return true;
}

static void take_packets(struct probe *p)
{
	unsigned known = p->offers.n;

	for (int i = 0; i < PACKETS_AT_ONCE && take_packet(p); i++) {
	}
	ask_servers(p, known);
}

static bool is_over(const struct probe *p)
{
	int64_t ms = p->sys->now_ms(p->sys->ctx) - p->begin_ms;

	return ms >= KB_PROBE_MS || kb_offers_are_final(&p->offers) ||
	       (ms >= QUIET_MS && kb_offers_are_settled(&p->offers));
}

static int exchange(struct probe *p)
{
	while (!is_over(p)) {
		struct pollfd fd = {.fd = p->asks->fd, .events = POLLIN};
		int r = 0;

		if (p->sys->now_ms(p->sys->ctx) >= p->resend_ms) {
			r = ask_all(p);
		}
		if (r < 0) {
			return r;
		}
		if (poll(&fd, 1, kb_left_ms(p->sys, p->resend_ms, RESEND_MS)) > 0) {
			take_packets(p);
		}
	}
	return 0;
}

static int run(struct probe *p, struct kb_arena *arena, struct kb_boot_infos *ret_infos,
	       struct kb_error *err)
{
	const struct kb_offer *best;
	const char *why;
	int r = exchange(p);

	if (r < 0) {
		return kb_error_set(err, r, "servers cannot be asked what to boot: %s",
				    strerror(-r));
	}
	best = kb_offers_choose(&p->offers, &p->asks->lease, &why);
	if (!best) {
		return kb_error_set(err, -ETIMEDOUT,
				    "no server says what to boot: nobody answers DHCP (within "
				    "%d s)",
				    KB_PROBE_MS / 1000);
	}
	r = kb_offers_infos(&p->offers, best, why, arena, ret_infos);
	return r < 0 ? kb_error_no_memory(err) : 0;
}

int kb_probe_child(const struct kb_sys *sys, const struct kb_probe_question *asks, int out_fd)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_boot_infos infos = {0};
	struct kb_error err = {0};
	struct probe *p = calloc(1, sizeof(*p));
	int r = p ? sys->confine(sys->ctx, KB_CONFINE_ASK, MEMORY_BYTES) : -ENOMEM;

	if (r == 0) {
		p->sys = sys;
		p->asks = asks;
		p->begin_ms = sys->now_ms(sys->ctx);
		p->resend_ms = p->begin_ms;
		(void)run(p, &arena, &infos, &err); /* err goes with it */
		kb_boot_infos_put(&infos, &err, &text);
		r = kb_buf_error(&text);
	}
	free(p);
	return r < 0 ? r : kb_write_all(out_fd, kb_buf_view(&text));
}
