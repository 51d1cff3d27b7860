/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/address.h"

#include <arpa/inet.h>
#include <errno.h>

unsigned kb_ip_bits(const struct kb_ip *ip)
{
	return ip->family == AF_INET6 ? 128 : 32;
}

static int parse_prefix(struct kb_str text, unsigned most, unsigned *ret_prefix)
{
	uint64_t number;

	if (kb_str_to_u64(text, &number) < 0 || number > most) {
		return -EINVAL;
	}
	*ret_prefix = (unsigned)number;
	return 0;
}

int kb_ip_parse(struct kb_str text, struct kb_ip *ret_ip)
{
	size_t slash = kb_str_find(text, '/');
	char host[INET6_ADDRSTRLEN];
	struct kb_ip ip = {.family = kb_str_find(text, ':') < text.len ? AF_INET6 : AF_INET};
	int r = 0;

	if (slash >= sizeof(host) || memchr(text.data ? text.data : "", '\0', slash)) {
		return -EINVAL;
	}
	memcpy(host, text.data ? text.data : "", slash);
	host[slash] = '\0';
	if (inet_pton(ip.family, host, ip.bytes) != 1) {
		return -EINVAL;
	}
	ip.prefix = kb_ip_bits(&ip);
	if (slash < text.len) {
		r = parse_prefix(kb_str_skip(text, slash + 1), ip.prefix, &ip.prefix);
	}
	if (r == 0) {
		*ret_ip = ip;
	}
	return r;
}

int kb_ip_parse_mask(struct kb_str text, int family, unsigned *ret_prefix)
{
	struct kb_ip mask;
	uint32_t bits;

	if (kb_str_find(text, '.') == text.len) {
		return parse_prefix(text, family == AF_INET6 ? 128 : 32, ret_prefix);
	}
	if (family != AF_INET || kb_ip_parse(text, &mask) < 0 || mask.family != AF_INET ||
	    mask.prefix != 32) {
		return -EINVAL;
	}
	bits = ~((uint32_t)mask.bytes[0] << 24 | (uint32_t)mask.bytes[1] << 16 |
		 (uint32_t)mask.bytes[2] << 8 | mask.bytes[3]);
	if (bits & (bits + 1)) {
		return -EINVAL;
	}
	*ret_prefix = 32U - (unsigned)__builtin_popcount(bits);
	return 0;
}

bool kb_ip_contains(const struct kb_ip *network, const struct kb_ip *address)
{
	unsigned whole = network->prefix / 8;
	unsigned rest = network->prefix % 8;
	unsigned char mask = (unsigned char)(0xff00 >> rest);

	return network->family == address->family &&
	       memcmp(network->bytes, address->bytes, whole) == 0 &&
	       (rest == 0 || ((network->bytes[whole] ^ address->bytes[whole]) & mask) == 0);
}

bool kb_ip_is_any(const struct kb_ip *ip)
{
	static const unsigned char zeros[16];

	return memcmp(ip->bytes, zeros, kb_ip_bits(ip) / 8) == 0;
}

const char *kb_ip_print(const struct kb_ip *ip, char *buf)
{
	return inet_ntop(ip->family, ip->bytes, buf, KB_IP_TEXT) ? buf : "";
}

const char *kb_ip_print_prefix(const struct kb_ip *ip, char *buf)
{
	size_t n = strlen(kb_ip_print(ip, buf));

	(void)snprintf(buf + n, KB_IP_TEXT - n, "/%u", ip->prefix);
	return buf;
}

int kb_mac_parse(struct kb_str text, struct kb_mac *ret_mac)
{
	struct kb_mac mac = {.is_set = true};

	if (text.len != KB_MAC_TEXT - 1) {
		return -EINVAL;
	}
	for (size_t i = 0; i < KB_MAC_BYTES; i++) {
		const char *at = text.data + 3 * i;
		unsigned high = kb_hex_value(at[0]);
		unsigned low = kb_hex_value(at[1]);

		if (high > 15 || low > 15 || (i > 0 && at[-1] != ':' && at[-1] != '-')) {
			return -EINVAL;
		}
		mac.bytes[i] = (unsigned char)(high << 4 | low);
	}
	*ret_mac = mac;
	return 0;
}

bool kb_mac_eq(const struct kb_mac *a, const struct kb_mac *b)
{
	return a->is_set && b->is_set && memcmp(a->bytes, b->bytes, KB_MAC_BYTES) == 0;
}

const char *kb_mac_print(const struct kb_mac *mac, char *buf)
{
	const unsigned char *b = mac->bytes;

	(void)snprintf(buf, KB_MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3],
		       b[4], b[5]);
	return buf;
}

bool kb_interface_name_ok(struct kb_str name)
{
	if (name.len == 0 || name.len >= KB_INTERFACE_NAME || name.data[0] == '-' ||
	    kb_str_eq(name, KB_STR(".")) || kb_str_eq(name, KB_STR(".."))) {
		return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] <= ' ' || name.data[i] > '~' || name.data[i] == '/' ||
		    name.data[i] == ':') {
			return false;
		}
	}
	return true;
}
