/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

#include <arpa/inet.h>
#include <errno.h>

#include "kboot/base/base64.h"

static int parse_string(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	(void)type;
	kb_buf_str(bytes, text);
	return 0;
}

static int format_string(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	(void)type;
	kb_buf_str(text, kb_str_head(bytes, kb_str_find(bytes, '\0')));
	return 0;
}

/* The byte of two hexadecimal digits at the head; -1: there are none. */
static int hex_byte(struct kb_str text)
{
	unsigned high = text.len >= 2 ? kb_hex_value(text.data[0]) : 16;
	unsigned low = text.len >= 2 ? kb_hex_value(text.data[1]) : 16;

	return high < 16 && low < 16 ? (int)(high << 4 | low) : -1;
}

static int parse_uri(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	(void)type;
	while (text.len > 0) {
		int byte = text.data[0] == '%' ? hex_byte(kb_str_skip(text, 1)) : -1;

		kb_buf_putc(bytes, (char)(byte < 0 ? text.data[0] : byte));
		text = kb_str_skip(text, byte < 0 ? 1 : 3);
	}
	return 0;
}

void ipxe_uri_encode(struct kb_str text, struct kb_buf *to)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c <= ' ' || c >= 0x7f || strchr("#%&/:=?@", c)) {
			kb_buf_printf(to, "%%%02X", c);
		} else {
			kb_buf_putc(to, (char)c);
		}
	}
}

static int format_uri(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	(void)type;
	ipxe_uri_encode(bytes, text);
	return 0;
}

int ipxe_number(struct kb_str text, int64_t *ret_value)
{
	bool is_negative = text.len > 0 && text.data[0] == '-';
	unsigned base = 10;
	uint64_t value = 0;

	text = kb_str_skip(text, is_negative || (text.len > 0 && text.data[0] == '+'));
	if (text.len > 1 && text.data[0] == '0') {
		base = kb_lower(text.data[1]) == 'x' ? 16 : 8;
		text = kb_str_skip(text, base == 16 ? 2 : 1);
		if (text.len == 0) {
			return -EINVAL;
		}
	}
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = kb_hex_value(text.data[i]);

		if (digit >= base) {
			return -EINVAL;
		}
		value = value * base + digit;
	}
	*ret_value = (int64_t)(is_negative ? -value : value);
	return 0;
}

int ipxe_bytes_number(struct kb_str bytes, bool is_signed, int64_t *ret_value)
{
	uint64_t value = is_signed && bytes.len > 0 && (bytes.data[0] & 0x80) ? UINT64_MAX : 0;

	if (bytes.len > sizeof(value)) {
		return -ERANGE;
	}
	for (size_t i = 0; i < bytes.len; i++) {
		value = value << 8 | (unsigned char)bytes.data[i];
	}
	*ret_value = (int64_t)value;
	return 0;
}

void ipxe_number_bytes(const struct ipxe_type *type, int64_t value, struct kb_buf *bytes)
{
	for (unsigned i = type->size; i > 0; i--) {
		kb_buf_putc(bytes, (char)((uint64_t)value >> (8 * (i - 1))));
	}
}

static int parse_number(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	int64_t value;
	int r = ipxe_number(text, &value);

	if (r == 0) {
		ipxe_number_bytes(type, value, bytes);
	}
	return r;
}

static int format_number(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	int64_t value;
	int r = ipxe_bytes_number(bytes, type->is_signed, &value);

	if (r == 0) {
		kb_buf_printf(text, type->is_signed ? "%lld" : "0x%llx", (long long)value);
	}
	return r;
}

static int format_busdevfn(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	int64_t value;
	int r = ipxe_bytes_number(bytes, type->is_signed, &value);
	unsigned v = r == 0 ? (unsigned)value : 0;

	if (r == 0) {
		kb_buf_printf(text, "%04x:%02x:%02x.%x", v >> 16, v >> 8 & 0xff, v >> 3 & 0x1f,
			      v & 7);
	}
	return r;
}

static int parse_hex(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	for (size_t n = 0; text.len > 0; n++) {
		int byte;

		if (n > 0 && type->separator) {
			if (text.data[0] != type->separator) {
				return -EINVAL;
			}
			text = kb_str_skip(text, 1);
		}
		byte = hex_byte(text);
		if (byte < 0) {
			return -EINVAL;
		}
		kb_buf_putc(bytes, (char)byte);
		text = kb_str_skip(text, 2);
	}
	return 0;
}

static int format_hex(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (i > 0 && type->separator) {
			kb_buf_putc(text, type->separator);
		}
		kb_buf_printf(text, "%02x", (unsigned char)bytes.data[i]);
	}
	return 0;
}

static int parse_base64(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	(void)type;
	return kb_base64_decode(text, bytes);
}

static int format_base64(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	(void)type;
	kb_base64_encode(bytes, text);
	return 0;
}

static int parse_address(int family, struct kb_str text, size_t size, struct kb_buf *bytes)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN];

	if (text.len >= sizeof(copy) || kb_str_find(text, '\0') < text.len) {
		return -EINVAL;
	}
	memcpy(copy, text.data ? text.data : "", text.len);
	copy[text.len] = '\0';
	if (inet_pton(family, copy, address) != 1) {
		return -EINVAL;
	}
	kb_buf_append(bytes, address, size);
	return 0;
}

static int format_address(int family, struct kb_str bytes, size_t size, struct kb_buf *text)
{
	char copy[INET6_ADDRSTRLEN];

	if (bytes.len < size || !inet_ntop(family, bytes.data, copy, sizeof(copy))) {
		return -EINVAL;
	}
	kb_buf_puts(text, copy);
	return 0;
}

static int parse_ipv4(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	(void)type;
	return parse_address(AF_INET, text, sizeof(struct in_addr), bytes);
}

static int format_ipv4(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	(void)type;
	return format_address(AF_INET, bytes, sizeof(struct in_addr), text);
}

static int parse_ipv6(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	(void)type;
	return parse_address(AF_INET6, text, sizeof(struct in6_addr), bytes);
}

static int format_ipv6(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	(void)type;
	return format_address(AF_INET6, bytes, sizeof(struct in6_addr), text);
}

enum { UUID_BYTES = 16 };

/* Where a byte of the text stands: a GUID has its first three fields the other way round. */
static size_t uuid_byte(const struct ipxe_type *type, size_t i)
{
	static const unsigned char guid[] = {3, 2, 1, 0, 5, 4, 7, 6};

	return type->is_signed && i < sizeof(guid) ? guid[i] : i;
}

/* iPXE itself cannot: this is how a caller says its machine's. */
static int parse_uuid(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes)
{
	char uuid[UUID_BYTES] = {0};
	size_t n = 0;

	while (text.len > 0 && n < UUID_BYTES) {
		int byte = hex_byte(text);

		if (byte < 0) {
			return -EINVAL;
		}
		uuid[uuid_byte(type, n++)] = (char)byte;
		text = kb_str_skip(text, 2);
		text = kb_str_skip(text, text.len > 0 && text.data[0] == '-');
	}
	kb_buf_append(bytes, uuid, n);
	return text.len > 0 || n < UUID_BYTES ? -EINVAL : 0;
}

static int format_uuid(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text)
{
	if (bytes.len != UUID_BYTES) {
		return -EINVAL;
	}
	for (size_t i = 0; i < UUID_BYTES; i++) {
		kb_buf_printf(text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			      (unsigned char)bytes.data[uuid_byte(type, i)]);
	}
	return 0;
}

const struct ipxe_type ipxe_type_string = {"string", parse_string, format_string, 0, false, 0};

static const struct ipxe_type types[] = {
	{"uristring", parse_uri, format_uri, 0, false, 0},
	{"int8", parse_number, format_number, 1, true, 0},
	{"int16", parse_number, format_number, 2, true, 0},
	{"int32", parse_number, format_number, 4, true, 0},
	{"uint8", parse_number, format_number, 1, false, 0},
	{"uint16", parse_number, format_number, 2, false, 0},
	{"uint32", parse_number, format_number, 4, false, 0},
	{"busdevfn", NULL, format_busdevfn, 0, false, 0},
	{"hex", parse_hex, format_hex, 0, false, ':'},
	{"hexhyp", parse_hex, format_hex, 0, false, '-'},
	{"hexraw", parse_hex, format_hex, 0, false, 0},
	{"base64", parse_base64, format_base64, 0, false, 0},
	{"ipv4", parse_ipv4, format_ipv4, 0, false, 0},
	{"ipv6", parse_ipv6, format_ipv6, 0, false, 0},
	{"uuid", parse_uuid, format_uuid, 0, false, 0},
	{"guid", parse_uuid, format_uuid, 0, true, 0},
};

const struct ipxe_type *ipxe_type_find(struct kb_str name)
{
	if (kb_str_eq(name, KB_STR("string"))) {
		return &ipxe_type_string;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (kb_str_eq(name, kb_str_from(types[i].name))) {
			return &types[i];
		}
	}
	return NULL;
}
