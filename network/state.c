/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include "sysfs.h"

enum { SCOPE_LINK = 0x20, SCOPE_HOST = 0x10, TENTATIVE = 0x40, FAILED = 0x08, GATEWAY = 0x2 };

/* How many bits of a mask are set. */
static unsigned count_bits(const void *mask, size_t len)
{
	unsigned bits = 0;

	for (size_t i = 0; i < len; i++) {
		bits += (unsigned)__builtin_popcount(((const unsigned char *)mask)[i]);
	}
	return bits;
}

static bool read_one(const struct ifaddrs *a, struct kb_ip *ret)
{
	const struct sockaddr_in *four = (const void *)a->ifa_addr;
	const struct sockaddr_in6 *six = (const void *)a->ifa_addr;
	struct kb_ip ip = {.family = a->ifa_addr ? a->ifa_addr->sa_family : 0};

	if (ip.family == AF_INET) {
		memcpy(ip.bytes, &four->sin_addr, 4);
		four = (const void *)a->ifa_netmask;
		ip.prefix = four ? count_bits(&four->sin_addr, 4) : 32;
	} else if (ip.family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr)) {
		memcpy(ip.bytes, &six->sin6_addr, 16);
		six = (const void *)a->ifa_netmask;
		ip.prefix = six ? count_bits(&six->sin6_addr, 16) : 128;
	} else {
		return false;
	}
	*ret = ip;
	return true;
}

unsigned kb_addresses(const char *interface, struct kb_buf *to)
{
	struct ifaddrs *all = NULL;
	char buf[KB_IP_TEXT];
	unsigned n = 0;

	if (getifaddrs(&all) < 0) {
		return 0;
	}
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		struct kb_ip ip;

		if (strcmp(a->ifa_name, interface) == 0 && read_one(a, &ip)) {
			kb_buf_printf(to, "%s%s", n > 0 ? " " : "", kb_ip_print_prefix(&ip, buf));
			n++;
		}
	}
	freeifaddrs(all);
	return n;
}

bool kb_has_address(const char *interface)
{
	KB_BUF struct kb_buf text = {0};

	return kb_addresses(interface, &text) > 0;
}

/* A line of a table of the kernel; false where it has fewer words. */
static bool split(const char *line, struct kb_str *words, size_t n)
{
	struct kb_str rest = kb_str_from(line);

	for (size_t i = 0; i < n; i++) {
		if (!kb_str_next_word(&rest, &words[i])) {
			return false;
		}
	}
	return true;
}

/* ADDRESS INDEX PREFIX SCOPE FLAGS NAME. */
bool kb_has_ipv6(const char *interface, bool of_link)
{
	KB_FCLOSE FILE *f = fopen("/proc/self/net/if_inet6", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		struct kb_str words[6];
		unsigned scope;
		unsigned flags;

		if (split(line, words, KB_ARRAY_LEN(words)) &&
		    kb_sysfs_hex(words[3], &scope) == 0 && kb_sysfs_hex(words[4], &flags) == 0 &&
		    kb_str_eq(words[5], kb_str_from(interface)) &&
		    !(flags & (TENTATIVE | FAILED)) &&
		    (of_link ? scope == SCOPE_LINK : scope != SCOPE_LINK && scope != SCOPE_HOST)) {
			return true;
		}
	}
	return false;
}

/* NAME DESTINATION GATEWAY FLAGS …; the addresses are in the order of the machine. */
void kb_gateways(struct kb_buf *to)
{
	KB_FCLOSE FILE *f = fopen("/proc/self/net/route", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		struct kb_str words[4];
		char text[INET_ADDRSTRLEN];
		unsigned target;
		unsigned flags;
		struct in_addr gateway;

		if (split(line, words, KB_ARRAY_LEN(words)) &&
		    kb_sysfs_hex(words[1], &target) == 0 && target == 0 &&
		    kb_sysfs_hex(words[2], &gateway.s_addr) == 0 &&
		    kb_sysfs_hex(words[3], &flags) == 0 && (flags & GATEWAY)) {
			kb_buf_printf(to, "gateway %s (%.*s)\n",
				      inet_ntop(AF_INET, &gateway, text, sizeof(text)),
				      KB_STR_ARG(words[0]));
		}
	}
}
