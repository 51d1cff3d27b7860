/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What dbclient means by what it says on its standard error. Some of it is the server's words.
 * For ssh.c. Must not do I/O.
 */
#ifndef KBOOT_FETCH_SSH_WORDS_H
#define KBOOT_FETCH_SSH_WORDS_H

#include "known_hosts.h"

enum {
	KB_SSH_SAYS_BYTES = 4096, /* that are listened to */
	KB_SSH_KEY_TYPE = 64,
	KB_SSH_KEY_TEXT = 2048, /* of a key in base64: RSA with 8192 bits has 1400 */
	KB_SSH_WORDS = 160,
};

enum kb_ssh_reason {
	KB_SSH_SILENT,      /* it has said nothing that is known */
	KB_SSH_KEY_UNKNOWN, /* it asks whether the key is right */
	KB_SSH_KEY_CHANGED, /* another one than is known */
	KB_SSH_PASSWORD,    /* it asks for one */
	KB_SSH_NO_WAY_IN,   /* the server wants what we have not */
	KB_SSH_TURNED_AWAY, /* the server has ended it, as one does after wrong passwords */
	KB_SSH_NOT_RESOLVED,
	KB_SSH_NOT_CONNECTED,
	KB_SSH_BROKEN, /* anything else, in its words */
};

struct kb_ssh_words {
	enum kb_ssh_reason reason;
	char type[KB_SSH_KEY_TYPE];           /* of the key */
	char fingerprint[KB_SSH_FINGERPRINT]; /* of one that has changed, at least its beginning */
	char key[KB_SSH_KEY_TEXT];            /* in base64; "": it has not told */
	char words[KB_SSH_WORDS];             /* of its last sentence, without controls */
};

void kb_ssh_words(struct kb_str says, struct kb_ssh_words *ret_words);
/* "ED25519", as people call it. */
const char *kb_ssh_type_name(const char *type);

#endif
