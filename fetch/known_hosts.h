/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of known host keys as OpenSSH writes them, sshd(8), made into what dbclient reads of one
 * server: plain lines "host keytype base64". For ssh.c. Must not do I/O.
 */
#ifndef KBOOT_FETCH_KNOWN_HOSTS_H
#define KBOOT_FETCH_KNOWN_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/fetch/ssh_key.h"

enum {
	KB_KNOWN_HOSTS_BYTES = 1 << 20, /* of a file */
	KB_KNOWN_HOSTS_LINE = 4096,     /* dbclient reads no longer one */
	KB_SSH_HOST = 272,              /* "[host]:port" */
};

struct kb_known_hosts {
	char host[KB_SSH_HOST]; /* as such a file calls it: "host", or "[host]:port" */
	const char *name;       /* as dbclient is told it */
	struct kb_buf keys;     /* lines for dbclient */
	struct kb_buf revoked;  /* fingerprints, a line each */
	struct kb_error remark; /* on the first line that is not understood */
};

void kb_known_hosts_init(struct kb_known_hosts *hosts, const char *host, uint16_t port,
			 const char *name);
void kb_known_hosts_done(struct kb_known_hosts *hosts);
/* Takes what a file says of the host. -ENOMEM. */
KB_MUST_CHECK int kb_known_hosts_read(struct kb_known_hosts *hosts, const char *file,
				      struct kb_str text);
bool kb_known_hosts_revokes(const struct kb_known_hosts *hosts, const char *fingerprint);
/* The key of this type that the server shows, as far as its fingerprint is told, goes first:
 * dbclient looks at no other of the type. False: it is first, or not there. */
bool kb_known_hosts_prefer(struct kb_known_hosts *hosts, const char *type, const char *fingerprint);
/* Of the first key of this type; "". */
void kb_known_hosts_first(const struct kb_known_hosts *hosts, const char *type,
			  char ret_fingerprint[static KB_SSH_FINGERPRINT]);
/* The key types that are known of the host, "ssh-rsa, ssh-ed25519"; "". */
void kb_known_hosts_types(const struct kb_known_hosts *hosts, struct kb_buf *to);

#endif
