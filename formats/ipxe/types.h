/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of settings: text becomes bytes, and bytes become text.
 * For settings and what expands them. Must not know where a setting comes from.
 */
#ifndef KBOOT_FORMATS_IPXE_TYPES_H
#define KBOOT_FORMATS_IPXE_TYPES_H

#include "kboot/base/str.h"

struct ipxe_type {
	const char *name;
	/* Text to bytes: -EINVAL, -ENOTSUP. */
	int (*parse)(const struct ipxe_type *type, struct kb_str text, struct kb_buf *bytes);
	/* Bytes to text: -EINVAL, -ERANGE. */
	int (*format)(const struct ipxe_type *type, struct kb_str bytes, struct kb_buf *text);
	unsigned size; /* of a number; 0: it is none */
	bool is_signed;
	char separator; /* of hexadecimal bytes; 0: none */
};

extern const struct ipxe_type ipxe_type_string;

/* NULL: there is none of that name. */
const struct ipxe_type *ipxe_type_find(struct kb_str name);
/* A number of iPXE: an optional sign, 0x… and 0… are not decimal. -EINVAL. */
KB_MUST_CHECK int ipxe_number(struct kb_str text, int64_t *ret_value);
/* What bytes are as a number; of more than eight -ERANGE. */
KB_MUST_CHECK int ipxe_bytes_number(struct kb_str bytes, bool is_signed, int64_t *ret_value);
/* The bytes of a number of that type. */
void ipxe_number_bytes(const struct ipxe_type *type, int64_t value, struct kb_buf *bytes);
/* What is no letter of a URL as %XX. */
void ipxe_uri_encode(struct kb_str text, struct kb_buf *to);

#endif
