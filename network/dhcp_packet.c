/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp_packet.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "kboot/base/endian.h"

/* Where the fields are (RFC 2131, section 2), and the codes that are no options. */
enum {
	AT_OP = 0,
	AT_HTYPE = 1,
	AT_HLEN = 2,
	AT_XID = 4,
	AT_FLAGS = 10,
	AT_CIADDR = 12,
	AT_YIADDR = 16,
	AT_SIADDR = 20,
	AT_CHADDR = 28,
	AT_SNAME = 44,
	AT_FILE = 108,
	AT_COOKIE = 236,
	AT_OPTIONS = 240,
	LEAST_BYTES = 300, /* of BOOTP; old relays want them */
	QUESTION = 1,
	ANSWER = 2,
	ETHERNET = 1,
	BROADCAST = 0x80,
	PAD = 0,
	END = 255,
	OPTION_MAX = 255,
	ARCH_BIOS = 0,
	IP_BYTES = 4,
};

static const char cookie[] = "\x63\x82\x53\x63";

static const uint8_t *bytes_of(struct kb_str s)
{
	return (const uint8_t *)s.data;
}

/* --- a question */

struct packet {
	char *to;
	size_t len;
};

static void put(struct packet *p, unsigned code, const void *data, size_t len)
{
	len = len < OPTION_MAX ? len : OPTION_MAX;
	p->to[p->len++] = (char)code;
	p->to[p->len++] = (char)len;
	memcpy(p->to + p->len, data, len);
	p->len += len;
}

static void put_header(struct packet *p, const struct kb_dhcp_question *q)
{
	memset(p->to, 0, KB_DHCP_QUESTION_BYTES);
	p->to[AT_OP] = QUESTION;
	p->to[AT_HTYPE] = ETHERNET;
	p->to[AT_HLEN] = KB_MAC_BYTES;
	for (int i = 0; i < 4; i++) {
		p->to[AT_XID + i] = (char)(q->xid >> (24 - 8 * i));
	}
	if (q->server.family == 0) {
		/* An offer to an address that the machine does not have would not arrive. */
		p->to[AT_FLAGS] = (char)BROADCAST;
	} else {
		memcpy(p->to + AT_CIADDR, q->client.bytes, IP_BYTES);
	}
	memcpy(p->to + AT_CHADDR, q->mac, KB_MAC_BYTES);
	memcpy(p->to + AT_COOKIE, cookie, AT_OPTIONS - AT_COOKIE);
	p->len = AT_OPTIONS;
}

static void put_identity(struct packet *p, const struct kb_dhcp_question *q)
{
	bool is_bios = q->arch == ARCH_BIOS;
	char arch[] = {(char)(q->arch >> 8), (char)q->arch};
	char uuid[1 + KB_DHCP_UUID_BYTES] = {0};
	char class[64];

	(void)snprintf(class, sizeof(class), "PXEClient:Arch:%05u:UNDI:%s", q->arch & 0xffff,
		       is_bios ? "002001" : "003010");
	put(p, KB_DHCP_CLASS, q->vendor_class ? q->vendor_class : class,
	    strlen(q->vendor_class ? q->vendor_class : class));
	put(p, KB_DHCP_ARCH, arch, sizeof(arch));
	put(p, KB_DHCP_INTERFACE, is_bios ? "\1\2\1" : "\1\3\x0a", 3);
	if (q->has_uuid) {
		memcpy(uuid + 1, q->uuid, KB_DHCP_UUID_BYTES);
		put(p, KB_DHCP_UUID, uuid, sizeof(uuid));
	}
	if (q->user_class[0]) {
		put(p, KB_DHCP_USER_CLASS, q->user_class, strlen(q->user_class));
	}
}

/* What iPXE says that it can (its features.h): http https tftp ftp dns bzimage menu nfs, efi. */
static void put_features(struct packet *p, const struct kb_dhcp_question *q)
{
	static const char features[] = {13, 14, 15, 16, 17, 18, 27, 29, 24};
	char text[3 * sizeof(features)];
	size_t n = sizeof(features) - (q->arch == ARCH_BIOS ? 1 : 0);

	for (size_t i = 0; i < n; i++) {
		text[3 * i] = features[i];
		text[3 * i + 1] = 1;
		text[3 * i + 2] = 1;
	}
	put(p, KB_DHCP_IPXE, text, 3 * n);
}

static void put_item(struct packet *p, unsigned item)
{
	const char text[] = {KB_PXE_ITEM, 4, (char)(item >> 8), (char)item, 0, 0, (char)END};

	put(p, KB_DHCP_VENDOR, text, sizeof(text));
}

size_t kb_dhcp_ask(char to[static KB_DHCP_QUESTION_BYTES], const struct kb_dhcp_question *q)
{
	/* iPXE's list, and pxelinux's three. */
	static const unsigned char asked[] = {1,   3,   6,   7,   12,  15,  17,  26,  42,  43,
					      60,  66,  67,  119, 121, 128, 129, 130, 131, 132,
					      133, 134, 135, 175, 203, 209, 210, 211};
	struct packet p = {.to = to};
	bool is_discover = q->server.family == 0;

	put_header(&p, q);
	put(&p, KB_DHCP_TYPE, is_discover ? "\1" : "\3", 1);
	if (!is_discover) {
		put(&p, KB_DHCP_SERVER, q->server.bytes, IP_BYTES);
	}
	put(&p, KB_DHCP_LARGEST, "\x05\xc0", 2); /* 1472: what fits into an Ethernet frame */
	put_identity(&p, q);
	put_features(&p, q);
	put(&p, KB_DHCP_ASKED, asked, sizeof(asked));
	if (q->item > 0) {
		put_item(&p, q->item);
	}
	to[p.len++] = (char)END;
	return p.len > LEAST_BYTES ? p.len : LEAST_BYTES;
}

int kb_dhcp_uuid(struct kb_str text, unsigned char ret_uuid[KB_DHCP_UUID_BYTES])
{
	/* The first three numbers have their least byte first. */
	static const unsigned char to[KB_DHCP_UUID_BYTES] = {3, 2, 1,  0,  5,  4,  7,  6,
							     8, 9, 10, 11, 12, 13, 14, 15};
	unsigned char uuid[KB_DHCP_UUID_BYTES] = {0};
	unsigned equal = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = kb_hex_value(text.data[i]);

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text.data[i] != '-') {
				return -EINVAL;
			}
		} else if (digit > 15 || n == 2 * sizeof(uuid)) {
			return -EINVAL;
		} else {
			uuid[to[n / 2]] |= (unsigned char)(n % 2 ? digit : digit << 4);
			n++;
		}
	}
	for (size_t i = 0; i < sizeof(uuid); i++) {
		equal += uuid[i] == uuid[0];
	}
	if (n != 2 * sizeof(uuid) || equal == sizeof(uuid)) {
		return -EINVAL;
	}
	memcpy(ret_uuid, uuid, sizeof(uuid));
	return 0;
}

/* --- an answer */

/* Takes the next option off *rest; false at the end of them, and where one is cut. */
static bool next_option(struct kb_str *rest, unsigned *ret_code, struct kb_str *ret_value)
{
	size_t len;

	while (rest->len > 0 && rest->data[0] == PAD) {
		*rest = kb_str_skip(*rest, 1);
	}
	if (rest->len < 2 || bytes_of(*rest)[0] == END) {
		return false;
	}
	len = bytes_of(*rest)[1];
	if (len > rest->len - 2) {
		return false;
	}
	*ret_code = bytes_of(*rest)[0];
	*ret_value = kb_str_head(kb_str_skip(*rest, 2), len);
	*rest = kb_str_skip(*rest, 2 + len);
	return true;
}

struct kb_str kb_dhcp_suboption(struct kb_str option, unsigned code)
{
	struct kb_str value;
	unsigned seen;

	while (next_option(&option, &seen, &value)) {
		if (seen == code) {
			return value;
		}
	}
	return (struct kb_str){0};
}

/* An option that comes more than once is one whose parts are put together (RFC 3396): first how
 * long each is, then its bytes. */
static void take_options(struct kb_dhcp_packet *p, const struct kb_str *areas, size_t n)
{
	struct kb_str value;
	unsigned code;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		for (struct kb_str rest = areas[i]; next_option(&rest, &code, &value);) {
			p->options[code].is_set = true;
			p->options[code].len += (uint16_t)value.len;
		}
	}
	for (code = 0; code < KB_DHCP_CODES; code++) {
		p->options[code].at = (uint16_t)at;
		at += p->options[code].len;
		p->options[code].len = 0;
	}
	for (size_t i = 0; i < n; i++) {
		for (struct kb_str rest = areas[i]; next_option(&rest, &code, &value);) {
			memcpy(p->bytes + p->options[code].at + p->options[code].len, value.data,
			       value.len);
			p->options[code].len += (uint16_t)value.len;
		}
	}
}

static struct kb_ip take_ip(struct kb_str bytes)
{
	struct kb_ip ip = {.family = AF_INET, .prefix = 32};

	if (bytes.len != IP_BYTES) {
		return (struct kb_ip){0};
	}
	memcpy(ip.bytes, bytes.data, IP_BYTES);
	return kb_ip_is_any(&ip) ? (struct kb_ip){0} : ip;
}

static struct kb_str field(struct kb_str bytes, size_t at, size_t len)
{
	return kb_str_head(kb_str_skip(bytes, at), len);
}

/* The options, and of the fields those that have options too: file first (RFC 3396, section 5). */
static void take_areas(struct kb_dhcp_packet *p, struct kb_str bytes)
{
	struct kb_str areas[3] = {kb_str_skip(bytes, AT_OPTIONS)};
	struct kb_str overload = kb_dhcp_suboption(areas[0], KB_DHCP_OVERLOAD);
	struct kb_str file = field(bytes, AT_FILE, KB_DHCP_FILE_FIELD);
	struct kb_str sname = field(bytes, AT_SNAME, KB_DHCP_SNAME);
	unsigned which =
		overload.len == 1 && bytes_of(overload)[0] <= 3 ? bytes_of(overload)[0] : 0;
	size_t n = 1;

	if (which & 1) {
		areas[n++] = file;
	} else {
		memcpy(p->file, file.data, kb_str_find(file, '\0'));
	}
	if (which & 2) {
		areas[n++] = sname;
	} else {
		memcpy(p->sname, sname.data, kb_str_find(sname, '\0'));
	}
	take_options(p, areas, n);
}

int kb_dhcp_parse(struct kb_str bytes, struct kb_dhcp_packet *ret_packet)
{
	struct kb_dhcp_packet p = {0};
	struct kb_str type;

	if (bytes.len < AT_OPTIONS || bytes.len > KB_DHCP_PACKET_BYTES ||
	    bytes.data[AT_OP] != ANSWER || bytes.data[AT_HTYPE] != ETHERNET ||
	    bytes.data[AT_HLEN] != KB_MAC_BYTES ||
	    memcmp(bytes.data + AT_COOKIE, cookie, AT_OPTIONS - AT_COOKIE) != 0) {
		return -EINVAL;
	}
	take_areas(&p, bytes);
	type = kb_dhcp_option(&p, KB_DHCP_TYPE);
	if (type.len != 1) {
		return -EINVAL;
	}
	p.type = bytes_of(type)[0];
	p.xid = kb_be32(bytes_of(bytes) + AT_XID);
	memcpy(p.mac, bytes.data + AT_CHADDR, KB_MAC_BYTES);
	p.yiaddr = take_ip(field(bytes, AT_YIADDR, IP_BYTES));
	p.siaddr = take_ip(field(bytes, AT_SIADDR, IP_BYTES));
	p.server = take_ip(kb_dhcp_option(&p, KB_DHCP_SERVER));
	*ret_packet = p;
	return 0;
}

struct kb_str kb_dhcp_option(const struct kb_dhcp_packet *p, unsigned code)
{
	return code < KB_DHCP_CODES && p->options[code].is_set
		       ? kb_str_of(p->bytes + p->options[code].at, p->options[code].len)
		       : (struct kb_str){0};
}

struct kb_str kb_dhcp_text(const struct kb_dhcp_packet *p, unsigned code)
{
	struct kb_str value = kb_dhcp_option(p, code);

	return kb_str_head(value, kb_str_find(value, '\0'));
}
