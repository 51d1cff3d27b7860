/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "offers.h"
#include "sysfs.h"

enum {
	RESEND_MS = 1000,
	QUIET_MS = KB_PROBE_MS / 2, /* others may answer until then */
	PACKETS_AT_ONCE = 64,
};

struct probe {
	const struct kb_sys *sys;
	int fd;
	struct kb_dhcp_question question;
	struct kb_offers offers;
	int64_t begin_ms;
	int64_t resend_ms;
};

/* --- who asks */

unsigned kb_probe_arch(int sysfs_fd)
{
	static const struct {
		const char *machine;
		unsigned with_efi;
		unsigned without;
	} machines[] = {
		{"x86_64", 7, 0},    {"i686", 6, 0},          {"i586", 6, 0},
		{"aarch64", 11, 11}, {"armv7l", 10, 10},      {"riscv64", 27, 27},
		{"riscv32", 25, 25}, {"loongarch64", 39, 39}, {"ppc64le", 14, 14},
		{"ppc64", 14, 14},
	};
	struct utsname name = {.machine = ""};
	unsigned long bits = 0;
	bool is_efi = kb_sysfs_number(sysfs_fd, "firmware/efi/fw_platform_size", &bits) == 0;

	(void)uname(&name);
	for (size_t i = 0; i < KB_ARRAY_LEN(machines); i++) {
		if (strcmp(name.machine, machines[i].machine) == 0) {
			unsigned arch = is_efi ? machines[i].with_efi : machines[i].without;

			/* A 64-bit kernel may have been started by 32-bit firmware. */
			return arch == 7 && bits == 32 ? 6 : arch;
		}
	}
	return 0;
}

static void read_uuid(struct probe *p, int sysfs_fd)
{
	char text[64];

	p->question.has_uuid =
		kb_sysfs_text(sysfs_fd, "class/dmi/id/product_uuid", text, sizeof(text)) == 0 &&
		kb_dhcp_uuid(kb_str_from(text), p->question.uuid) == 0;
}

/* The interface's address of the card, and its own where it has one. */
static int read_addresses(struct probe *p, const char *interface)
{
	struct ifreq request = {0};

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	if (ioctl(p->fd, SIOCGIFHWADDR, &request) < 0) {
		return -errno;
	}
	if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
		return -EPFNOSUPPORT;
	}
	memcpy(p->question.mac, request.ifr_hwaddr.sa_data, KB_MAC_BYTES);
	if (ioctl(p->fd, SIOCGIFADDR, &request) == 0) {
		struct sockaddr_in address;

		memcpy(&address, &request.ifr_addr, sizeof(address));
		memcpy(p->question.client.bytes, &address.sin_addr, sizeof(address.sin_addr));
		p->question.client.family = AF_INET;
	}
	return 0;
}

/* A client that renews its lease may have the port too: what is broadcast reaches both. */
static int open_socket(struct probe *p, const char *interface)
{
	const struct sockaddr_in any = {.sin_family = AF_INET,
					.sin_port = htons(KB_DHCP_PORT_CLIENT)};
	const int on = 1;
	KB_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) <
		    0 ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0) {
		return -errno;
	}
	p->fd = kb_steal_fd(&fd);
	return 0;
}

static int prepare(struct probe *p, const struct kb_probe *probe, int sysfs_fd)
{
	struct kb_dhcp_question *q = &p->question;
	int r = open_socket(p, probe->interface);

	if (r == 0) {
		r = read_addresses(p, probe->interface);
	}
	if (r == 0 && getrandom(&q->xid, sizeof(q->xid), 0) < 0) {
		r = -errno;
	}
	if (r < 0) {
		return r;
	}
	q->arch = probe->arch;
	q->user_class = probe->user_class ? probe->user_class : "iPXE";
	q->vendor_class = probe->vendor_class;
	read_uuid(p, sysfs_fd);
	p->begin_ms = p->sys->now_ms(p->sys->ctx);
	p->resend_ms = p->begin_ms;
	return 0;
}

/* --- the exchange */

static int send_to(const struct probe *p, const struct kb_dhcp_question *q, const void *address,
		   int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	char packet[KB_DHCP_QUESTION_BYTES];
	size_t len = kb_dhcp_ask(packet, q);

	memcpy(&to.sin_addr, address, sizeof(to.sin_addr));
	return sendto(p->fd, packet, len, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof(to)) <
			       0
		       ? -errno
		       : 0;
}

static void ask_proxy(const struct probe *p, struct kb_offer *offer)
{
	struct kb_dhcp_question q = p->question;

	q.server = offer->ask;
	q.item = offer->item;
	/* Without an address of its own this machine gets no answer there. */
	if (q.client.family == 0 || send_to(p, &q, q.server.bytes, KB_DHCP_PORT_PROXY) < 0) {
		offer->ask.family = 0;
	}
}

static void ask_proxies(struct probe *p, unsigned first)
{
	for (unsigned i = first; i < p->offers.n; i++) {
		if (p->offers.at[i].ask.family != 0) {
			ask_proxy(p, &p->offers.at[i]);
		}
	}
}

static int ask_all(struct probe *p)
{
	const uint32_t everybody = INADDR_BROADCAST;
	int r = send_to(p, &p->question, &everybody, KB_DHCP_PORT_SERVER);

	ask_proxies(p, 0);
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
	ssize_t n = recvfrom(p->fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &from_len);

	if (n < 0) {
		return false;
	}
	if (kb_dhcp_parse(kb_str_of(bytes, (size_t)n), &packet) == 0 &&
	    packet.xid == p->question.xid &&
	    memcmp(packet.mac, p->question.mac, KB_MAC_BYTES) == 0) {
		memcpy(ip.bytes, &from.sin_addr, sizeof(from.sin_addr));
		kb_offers_take(&p->offers, &packet, &ip);
	}
	return true;
}

static void take_packets(struct probe *p)
{
	unsigned known = p->offers.n;

	for (int i = 0; i < PACKETS_AT_ONCE && take_packet(p); i++) {
	}
	ask_proxies(p, known);
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
		struct pollfd fd = {.fd = p->fd, .events = POLLIN};
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

static int run(struct probe *p, const struct kb_probe *probe, int sysfs_fd, struct kb_arena *arena,
	       struct kb_boot_info *ret_info, struct kb_error *err)
{
	const struct kb_offer *best;
	const char *why;
	int r = prepare(p, probe, sysfs_fd);

	if (r == 0) {
		r = exchange(p);
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s: servers cannot be asked what to boot: %s",
				    probe->interface,
				    r == -EPFNOSUPPORT ? "it is no Ethernet" : strerror(-r));
	}
	best = kb_offers_choose(&p->offers, &probe->lease, &why);
	if (!best) {
		return kb_error_set(err, -ETIMEDOUT,
				    "%s: no server says what to boot: nobody answers DHCP (within "
				    "%d s)",
				    probe->interface, KB_PROBE_MS / 1000);
	}
	r = kb_offer_info(best, why, arena, ret_info);
	return r < 0 ? kb_error_no_memory(err) : 0;
}

int kb_probe_run(const struct kb_probe *probe, const struct kb_sys *sys, int sysfs_fd,
		 struct kb_arena *arena, struct kb_boot_info *ret_info, struct kb_error *err)
{
	struct probe *p = calloc(1, sizeof(*p));
	int r;

	if (!p) {
		return kb_error_no_memory(err);
	}
	p->sys = sys;
	p->fd = -1;
	r = run(p, probe, sysfs_fd, arena, ret_info, err);
	p->fd = kb_close(p->fd);
	free(p);
	return r;
}
