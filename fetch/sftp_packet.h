/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets of SFTP, version 3 (draft-ietf-secsh-filexfer-02), as far as a file is read: bytes to
 * a struct and back. For sftp.c. Must not do I/O.
 */
#ifndef KBOOT_FETCH_SFTP_PACKET_H
#define KBOOT_FETCH_SFTP_PACKET_H

#include <sys/types.h>

#include "rules.h"

enum kb_sftp_type {
	KB_SFTP_INIT = 1,
	KB_SFTP_VERSION = 2,
	KB_SFTP_OPEN = 3,
	KB_SFTP_READ = 5,
	KB_SFTP_FSTAT = 8,
	KB_SFTP_STATUS = 101,
	KB_SFTP_HANDLE = 102,
	KB_SFTP_DATA = 103,
	KB_SFTP_ATTRS = 105,
};

enum kb_sftp_status {
	KB_SFTP_OK = 0,
	KB_SFTP_EOF = 1,
	KB_SFTP_NO_SUCH_FILE = 2,
	KB_SFTP_PERMISSION_DENIED = 3,
	KB_SFTP_FAILURE = 4,
	KB_SFTP_NO_CONNECTION = 6,
	KB_SFTP_CONNECTION_LOST = 7,
};

enum {
	KB_SFTP_OUR_VERSION = 3,
	KB_SFTP_READ_BYTES = 32 << 10,                    /* every server gives so much at once */
	KB_SFTP_PACKET_BYTES = KB_SFTP_READ_BYTES + 2048, /* the largest that is taken */
	KB_SFTP_MAX_HANDLE = 256,
};

struct kb_sftp_packet {
	enum kb_sftp_type type;
	uint32_t id;        /* of the request that it answers; not of a version */
	uint32_t number;    /* a version, or a status */
	struct kb_str text; /* a handle, the data, or a status in words. Borrowed from the packet */
	/* The attributes of a file. */
	uint64_t size;    /* KB_SIZE_UNKNOWN */
	uint32_t mode;    /* 0: not known */
	uint32_t mtime_s; /* since 1970; 0: not known */
};

/*
 * Takes the first packet, without its length, off *rest. -EAGAIN: it is not all there; -EMSGSIZE:
 * none is so long.
 */
KB_MUST_CHECK int kb_sftp_take(struct kb_str *rest, struct kb_str *ret_packet);
/* -EINVAL: no packet that a server sends us. */
KB_MUST_CHECK int kb_sftp_parse(struct kb_str bytes, struct kb_sftp_packet *ret_packet);

void kb_sftp_put_init(struct kb_buf *to);
void kb_sftp_put_open(struct kb_buf *to, uint32_t id, struct kb_str path);
void kb_sftp_put_fstat(struct kb_buf *to, uint32_t id, struct kb_str handle);
void kb_sftp_put_read(struct kb_buf *to, uint32_t id, struct kb_str handle, uint64_t offset,
		      uint32_t len);

/* Would the same request get the same answer again? */
bool kb_sftp_is_final(uint32_t status);
/* "no such file", "" for a status that says nothing. */
const char *kb_sftp_words(uint32_t status);

#endif
