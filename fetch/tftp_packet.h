/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets of TFTP (RFC 1350) with options (RFC 2347, 2348, 2349, 7440): bytes to a struct and
 * back. For tftp.c. Must not do I/O.
 */
#ifndef KBOOT_FETCH_TFTP_PACKET_H
#define KBOOT_FETCH_TFTP_PACKET_H

#include "rules.h"

enum kb_tftp_opcode {
	KB_TFTP_READ = 1,
	KB_TFTP_DATA = 3,
	KB_TFTP_ACK = 4,
	KB_TFTP_ERROR = 5,
	KB_TFTP_OPTIONS = 6,
};

enum {
	KB_TFTP_BLOCK = 1428,        /* with its headers it fits 1500 bytes and a tunnel or two */
	KB_TFTP_BLOCK_DEFAULT = 512, /* where the server takes no options */
	KB_TFTP_WINDOW = 16,         /* blocks for one acknowledgement */
	KB_TFTP_MAX_FILE = 1024,
	KB_TFTP_REQUEST_BYTES = KB_TFTP_MAX_FILE + 128,
	KB_TFTP_PACKET_BYTES = KB_TFTP_BLOCK + 4,
};

struct kb_tftp_packet {
	enum kb_tftp_opcode opcode;
	uint16_t number;    /* of a block, or of an error */
	struct kb_str data; /* of a block; an error's words. Borrowed from the packet */
	/* What the server agrees to. */
	unsigned block_bytes;
	unsigned window;
	uint64_t total; /* KB_SIZE_UNKNOWN */
};

/* -EINVAL: no packet that a server sends, or options that were not asked for. */
KB_MUST_CHECK int kb_tftp_parse(struct kb_str bytes, struct kb_tftp_packet *ret_packet);
/* The request for a file; its length. file is no longer than KB_TFTP_MAX_FILE. */
size_t kb_tftp_request(char to[static KB_TFTP_REQUEST_BYTES], const char *file, bool options);

#endif
