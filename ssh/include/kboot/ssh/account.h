/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one account that may log in, and where its files are while kboot runs.
 * For whoever starts the server, and the session.
 * Must not name an account that is anybody's by default.
 */
#ifndef KBOOT_SSH_ACCOUNT_H
#define KBOOT_SSH_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "kboot/base/str.h"

#define KB_SSH_USER      "kboot"
#define KB_SSH_DIR       "/run/kboot/ssh"
#define KB_SSH_HOME      KB_SSH_DIR "/home" /* as /etc/passwd has it */
#define KB_SSH_TABLE     KB_SSH_DIR "/keys" /* of kb_ssh_keys_print_table() */
#define KB_SSH_OWN_KEYS  "/etc/kboot/authorized_keys"
#define KB_SSH_HOST_KEYS "/etc/kboot/host_keys"
#define KB_SSH_SERVER    "/usr/sbin/dropbear"
#define KB_SSH_FILES     "/usr/lib/sftp-server"
#define KB_SSH_SCP       "/usr/bin/scp"

/* Groups beside its own that a session's programs have, so that the engine knows them by their
 * socket (SO_PEERGROUPS), whatever they say themselves. */
enum { KB_SSH_GROUP = 7022, KB_SSH_GROUP_RESTRICTED = 7023, KB_SSH_MAX_GROUPS = 64 };

enum kb_ssh_session {
	KB_SSH_NO_SESSION, /* who stands at the machine */
	KB_SSH_SESSION,
	KB_SSH_RESTRICTED, /* for labels alone */
};

/* Whose process that is, by its groups. */
enum kb_ssh_session kb_ssh_session_of(const gid_t *groups, size_t n);
/* Of this process. One that has more groups than can be looked at is restricted. */
enum kb_ssh_session kb_ssh_session_here(void);

/* Does /etc/passwd let the account in by a password that this C library can check (crypt(3): $6$,
 * $2a$, $2b$, $2y$)? Nobody is let in without one. */
bool kb_ssh_has_password(struct kb_str passwd);
/* The same of the file that this system has. */
bool kb_ssh_is_password_set(void);

#endif
