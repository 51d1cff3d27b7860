/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tftp_packet.h"

#include <errno.h>
#include <stdio.h>

static uint16_t be16(const char *at)
{
	return (uint16_t)((unsigned char)at[0] << 8 | (unsigned char)at[1]);
}

/* One string with its NUL off *rest. */
static bool next_string(struct kb_str *rest, struct kb_str *ret_string)
{
	size_t end = kb_str_find(*rest, '\0');

	if (end == rest->len) {
		return false;
	}
	*ret_string = kb_str_head(*rest, end);
	*rest = kb_str_skip(*rest, end + 1);
	return true;
}

static int take_option(struct kb_str name, uint64_t value, struct kb_tftp_packet *p)
{
	if (kb_str_eq_nocase(name, KB_STR("blksize")) && value >= 8 && value <= KB_TFTP_BLOCK) {
		p->block_bytes = (unsigned)value;
	} else if (kb_str_eq_nocase(name, KB_STR("windowsize")) && value >= 1 &&
		   value <= KB_TFTP_WINDOW) {
		p->window = (unsigned)value;
	} else if (kb_str_eq_nocase(name, KB_STR("tsize"))) {
		p->total = value;
	} else if (!kb_str_eq_nocase(name, KB_STR("timeout"))) {
		return -EINVAL;
	}
	return 0;
}

static int parse_options(struct kb_str rest, struct kb_tftp_packet *p)
{
	struct kb_str name;
	struct kb_str text;
	uint64_t value;

	while (rest.len > 0) {
		if (!next_string(&rest, &name) || !next_string(&rest, &text) ||
		    kb_str_to_u64(text, &value) < 0 || take_option(name, value, p) < 0) {
			return -EINVAL;
		}
	}
	return 0;
}

int kb_tftp_parse(struct kb_str bytes, struct kb_tftp_packet *ret_packet)
{
	struct kb_tftp_packet p = {.block_bytes = KB_TFTP_BLOCK_DEFAULT,
				   .window = 1,
				   .total = KB_SIZE_UNKNOWN};
	struct kb_str words;
	int r = 0;

	if (bytes.len < 4) {
		return -EINVAL;
	}
	p.opcode = be16(bytes.data);
	p.number = be16(bytes.data + 2);
	p.data = kb_str_skip(bytes, 4);
	if (p.opcode == KB_TFTP_OPTIONS) {
		r = parse_options(kb_str_skip(bytes, 2), &p);
	} else if (p.opcode == KB_TFTP_ERROR) {
		p.data = next_string(&p.data, &words) ? words : p.data;
	} else if (p.opcode != KB_TFTP_DATA) {
		r = -EINVAL;
	}
	if (r == 0) {
		*ret_packet = p;
	}
	return r;
}

size_t kb_tftp_request(char to[static KB_TFTP_REQUEST_BYTES], const char *file, bool options)
{
	/* A server that knows "timeout" sends a lost block again after that many seconds. */
	static const char asked[] = "tsize\0"
				    "0\0"
				    "timeout\0"
				    "1\0";
	int n = snprintf(to, KB_TFTP_REQUEST_BYTES, "%c%c%.*s%coctet%c", 0, KB_TFTP_READ,
			 KB_TFTP_MAX_FILE, file, 0, 0);
	size_t len = n > 0 ? (size_t)n : 0;

	if (options) {
		memcpy(to + len, asked, sizeof(asked) - 1);
		len += sizeof(asked) - 1;
		n = snprintf(to + len, KB_TFTP_REQUEST_BYTES - len, "blksize%c%d%cwindowsize%c%d",
			     0, KB_TFTP_BLOCK, 0, 0, KB_TFTP_WINDOW);
		len += n > 0 ? (size_t)n + 1 : 0;
	}
	return len;
}
