/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "router.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "kboot/base/cleanup.h"
#include "kboot/network/lease.h"

enum {
	MESSAGE_BYTES = 16384,
	OPTION_UNIT = 8,
	OPTION_DNS = 25,
	OPTION_SEARCH = 31,
	OPTION_HEAD = 8,   /* type, length, two reserved, lifetime */
	ANSWER_MS = 500,   /* for the kernel's answer */
	RA_MANAGED = 0x40, /* as include/net/if_inet6.h of the kernel has them */
	RA_OTHERCONF = 0x80,
	RA_RCVD = 0x20,
	MAX_LABEL = 63,
};

/* --- options */

static struct kb_router *get(struct kb_routers *r, unsigned index)
{
	for (unsigned i = 0; i < r->n; i++) {
		if (r->at[i].index == index) {
			return &r->at[i];
		}
	}
	if (r->n == KB_ROUTERS_MAX) {
		return NULL;
	}
	r->at[r->n] = (struct kb_router){.index = index};
	return &r->at[r->n++];
}

static void add_dns(struct kb_router *router, const unsigned char *bytes)
{
	struct kb_ip ip = {.family = AF_INET6, .prefix = 128};

	memcpy(ip.bytes, bytes, sizeof(ip.bytes));
	for (unsigned i = 0; i < router->n_dns; i++) {
		if (memcmp(router->dns[i].bytes, ip.bytes, sizeof(ip.bytes)) == 0) {
			return;
		}
	}
	/* Nobody's address, and a group's. */
	if (!kb_ip_is_any(&ip) && bytes[0] != 0xff && router->n_dns < KB_NET_MAX_DNS) {
		router->dns[router->n_dns++] = ip;
	}
}

static bool has_word(const char *list, struct kb_str word)
{
	struct kb_str rest = kb_str_from(list);
	struct kb_str one;

	while (kb_str_next_word(&rest, &one)) {
		if (kb_str_eq(one, word)) {
			return true;
		}
	}
	return false;
}

static void add_domain(struct kb_router *router, struct kb_str name)
{
	size_t len = strlen(router->search);

	if (kb_domain_ok(name) && !has_word(router->search, name) &&
	    len + 1 + name.len < sizeof(router->search)) {
		(void)snprintf(router->search + len, sizeof(router->search) - len, "%s%.*s",
			       len > 0 ? " " : "", KB_STR_ARG(name));
	}
}

/* Labels with their lengths, each name ended by an empty one; then zeros. */
static void add_domains(struct kb_router *router, const unsigned char *at, size_t len)
{
	char name[KB_ROUTER_SEARCH];
	size_t used = 0;

	while (len > 0) {
		size_t label = at[0];

		if (label == 0) {
			add_domain(router, kb_str_of(name, used));
			used = 0;
		} else if (label > MAX_LABEL || label >= len || used + label + 1 >= sizeof(name)) {
			return;
		} else {
			used += (size_t)snprintf(name + used, sizeof(name) - used, "%s",
						 used > 0 ? "." : "");
			memcpy(name + used, at + 1, label);
			used += label;
		}
		at += label + 1;
		len -= label + 1;
	}
}

/* One that is taken back has a lifetime of 0. */
static bool is_for_now(const unsigned char *option)
{
	return (option[4] | option[5] | option[6] | option[7]) != 0;
}

static void take_options(struct kb_router *router, const unsigned char *at, size_t len)
{
	while (len >= OPTION_HEAD) {
		size_t bytes = (size_t)at[1] * OPTION_UNIT;

		if (bytes == 0 || bytes > len) {
			return;
		}
		for (size_t i = OPTION_HEAD;
		     at[0] == OPTION_DNS && is_for_now(at) && i + 16 <= bytes; i += 16) {
			add_dns(router, at + i);
		}
		if (at[0] == OPTION_SEARCH && is_for_now(at)) {
			add_domains(router, at + OPTION_HEAD, bytes - OPTION_HEAD);
		}
		at += bytes;
		len -= bytes;
	}
}

static void take_one(struct kb_routers *r, const unsigned char *data, size_t len)
{
	struct nduseroptmsg head;
	struct kb_router *router;

	if (len < sizeof(head)) {
		return;
	}
	memcpy(&head, data, sizeof(head));
	if (head.nduseropt_family != AF_INET6 || head.nduseropt_ifindex <= 0 ||
	    head.nduseropt_opts_len > len - sizeof(head)) {
		return;
	}
	router = get(r, (unsigned)head.nduseropt_ifindex);
	if (router) {
		take_options(router, data + sizeof(head), head.nduseropt_opts_len);
	}
}

void kb_routers_take(struct kb_routers *r, const void *messages, size_t len)
{
	const unsigned char *at = messages;

	while (len >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr head;
		size_t step;

		memcpy(&head, at, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > len) {
			return;
		}
		if (head.nlmsg_type == RTM_NEWNDUSEROPT) {
			take_one(r, at + sizeof(head), head.nlmsg_len - sizeof(head));
		}
		step = NLMSG_ALIGN(head.nlmsg_len);
		step = step < len ? step : len;
		at += step;
		len -= step;
	}
}

/* --- from the kernel */

void kb_routers_open(struct kb_routers *r)
{
	const struct sockaddr_nl groups = {.nl_family = AF_NETLINK,
					   .nl_groups = 1U << (RTNLGRP_ND_USEROPT - 1)};

	*r = (struct kb_routers){
		.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
	if (r->fd >= 0 && bind(r->fd, (const void *)&groups, sizeof(groups)) < 0) {
		r->fd = kb_close(r->fd);
	}
}

void kb_routers_done(struct kb_routers *r)
{
	r->fd = kb_close(r->fd);
}

void kb_routers_read(struct kb_routers *r)
{
	char buf[MESSAGE_BYTES];
	ssize_t n;

	while (r->fd >= 0 && (n = recv(r->fd, buf, sizeof(buf), 0)) > 0) {
		kb_routers_take(r, buf, (size_t)n);
	}
}

const struct kb_router *kb_routers_of(const struct kb_routers *r, const char *interface)
{
	unsigned index = if_nametoindex(interface);

	for (unsigned i = 0; i < r->n; i++) {
		if (index > 0 && r->at[i].index == index) {
			return &r->at[i];
		}
	}
	return NULL;
}

/* --- flags */

/* The attribute of that type in a list of them; data NULL: it is not there. */
static struct kb_str find(struct kb_str list, unsigned type)
{
	while (list.len >= sizeof(struct nlattr)) {
		struct nlattr head;
		size_t step;

		memcpy(&head, list.data, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > list.len) {
			break;
		}
		if ((head.nla_type & NLA_TYPE_MASK) == type) {
			return kb_str_of(list.data + sizeof(head), head.nla_len - sizeof(head));
		}
		step = NLA_ALIGN(head.nla_len);
		list = kb_str_skip(list, step < list.len ? step : list.len);
	}
	return (struct kb_str){0};
}

static unsigned flags_of(struct kb_str message)
{
	const size_t head = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	struct kb_str value;
	uint32_t flags;

	if (message.len < head) {
		return 0;
	}
	value = find(find(find(kb_str_skip(message, head), IFLA_AF_SPEC), AF_INET6),
		     IFLA_INET6_FLAGS);
	if (value.len != sizeof(flags)) {
		return 0;
	}
	memcpy(&flags, value.data, sizeof(flags));
	return !(flags & RA_RCVD)
		       ? 0
		       : KB_ROUTER_SEEN | (flags & RA_MANAGED ? KB_ROUTER_ADDRESSES : 0) |
				 (flags & RA_OTHERCONF ? KB_ROUTER_OTHER : 0);
}

unsigned kb_router_flags(const char *interface)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
	} question = {
		.head = {.nlmsg_len = sizeof(question),
			 .nlmsg_type = RTM_GETLINK,
			 .nlmsg_flags = NLM_F_REQUEST},
		.info = {.ifi_family = AF_UNSPEC, .ifi_index = (int)if_nametoindex(interface)},
	};
	const struct timeval patience = {.tv_usec = ANSWER_MS * 1000L};
	KB_CLOSE int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	char buf[MESSAGE_BYTES];
	ssize_t n;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    send(fd, &question, sizeof(question), 0) < 0) {
		return 0;
	}
	n = recv(fd, buf, sizeof(buf), 0);
	return n > 0 ? flags_of(kb_str_of(buf, (size_t)n)) : 0;
}
