/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets of DHCP (RFC 2131, 2132, 3396) as network boot uses them (RFC 4578, PXE 2.1): a
 * question to bytes, and an answer's bytes to a struct.
 * For probe.c and offers.c. Must not do I/O.
 */
#ifndef KBOOT_NETWORK_DHCP_PACKET_H
#define KBOOT_NETWORK_DHCP_PACKET_H

#include "kboot/network/address.h"

enum kb_dhcp_type {
	KB_DHCP_DISCOVER = 1,
	KB_DHCP_OFFER = 2,
	KB_DHCP_REQUEST = 3,
	KB_DHCP_ACK = 5,
};

enum kb_dhcp_code {
	KB_DHCP_ROOT_PATH = 17,
	KB_DHCP_VENDOR = 43,
	KB_DHCP_OVERLOAD = 52,
	KB_DHCP_TYPE = 53,
	KB_DHCP_SERVER = 54,
	KB_DHCP_ASKED = 55,
	KB_DHCP_LARGEST = 57,
	KB_DHCP_CLASS = 60,
	KB_DHCP_TFTP = 66,
	KB_DHCP_FILE = 67,
	KB_DHCP_USER_CLASS = 77,
	KB_DHCP_ARCH = 93,
	KB_DHCP_INTERFACE = 94,
	KB_DHCP_UUID = 97,
	KB_DHCP_IPXE = 175,
	KB_DHCP_CONFIG_FILE = 209,
	KB_DHCP_PATH_PREFIX = 210,
	KB_DHCP_REBOOT_TIME = 211,
	KB_DHCP_CODES = 256,
};

/* Inside KB_DHCP_VENDOR, and inside KB_DHCP_IPXE. */
enum {
	KB_PXE_SERVERS = 8,
	KB_PXE_MENU = 9,
	KB_PXE_PROMPT = 10,
	KB_PXE_ITEM = 71,
	KB_IPXE_NO_PROXY = 0xb0,
};

enum {
	KB_DHCP_PORT_SERVER = 67,
	KB_DHCP_PORT_CLIENT = 68,
	KB_DHCP_PORT_PROXY = 4011,
	KB_DHCP_PACKET_BYTES = 2048,   /* a longer answer is none */
	KB_DHCP_QUESTION_BYTES = 1024, /* more than all options of a question can be */
	KB_DHCP_SNAME = 64,
	KB_DHCP_FILE_FIELD = 128,
	KB_DHCP_UUID_BYTES = 16,
};

struct kb_dhcp_question {
	uint32_t xid;
	unsigned char mac[KB_MAC_BYTES];
	unsigned arch; /* IANA's number of the processor and its firmware */
	bool has_uuid;
	unsigned char uuid[KB_DHCP_UUID_BYTES]; /* as SMBIOS has it */
	const char *user_class;                 /* "": none. 255 bytes of it count */
	const char *vendor_class;               /* NULL: PXE's for that arch */
	struct kb_ip server;                    /* family 0: whoever hears a DHCPDISCOVER … */
	struct kb_ip client; /* … else from this address, a DHCPREQUEST to it */
	unsigned item;       /* of that server's menu; 0: none */
};

struct kb_dhcp_packet {
	unsigned type; /* enum kb_dhcp_type, or another */
	uint32_t xid;
	unsigned char mac[KB_MAC_BYTES];
	/* family 0: not said. */
	struct kb_ip yiaddr;
	struct kb_ip siaddr;
	struct kb_ip server; /* option 54 */
	/* "": not said, or the field has options. */
	char sname[KB_DHCP_SNAME + 1];
	char file[KB_DHCP_FILE_FIELD + 1];
	struct {
		bool is_set;
		uint16_t at;
		uint16_t len;
	} options[KB_DHCP_CODES];
	char bytes[KB_DHCP_PACKET_BYTES];
};

/* Its length. */
size_t kb_dhcp_ask(char to[static KB_DHCP_QUESTION_BYTES], const struct kb_dhcp_question *q);
/* "8f3c…-…" as the kernel prints it, to the bytes that SMBIOS has. -EINVAL: it is none, or of
 * equal bytes, as of a board that was given none. */
KB_MUST_CHECK int kb_dhcp_uuid(struct kb_str text, unsigned char ret_uuid[KB_DHCP_UUID_BYTES]);

/* -EINVAL: no answer of DHCP. What is cut off in it is not there. */
KB_MUST_CHECK int kb_dhcp_parse(struct kb_str bytes, struct kb_dhcp_packet *ret_packet);
/* The option's bytes, borrowed from the packet; data NULL: it is not there. */
struct kb_str kb_dhcp_option(const struct kb_dhcp_packet *p, unsigned code);
/* Those up to the first NUL. */
struct kb_str kb_dhcp_text(const struct kb_dhcp_packet *p, unsigned code);
/* The first of that code inside an option; data NULL: it is not there. */
struct kb_str kb_dhcp_suboption(struct kb_str option, unsigned code);

#endif
