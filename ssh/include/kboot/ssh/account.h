/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one account that may log in, and where its files are while kboot runs.
 * For whoever starts the server, and the session.
 * Must not name an account that is anybody's by default.
 */
#ifndef KBOOT_SSH_ACCOUNT_H
#define KBOOT_SSH_ACCOUNT_H

#include <stdbool.h>

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
enum { KB_SSH_GROUP = 7022, KB_SSH_GROUP_RESTRICTED = 7023 };

/* Does /etc/passwd let the account in by a password that this C library can check (crypt(3): $6$,
 * $2a$, $2b$, $2y$)? Nobody is let in without one. */
bool kb_ssh_has_password(struct kb_str passwd);

#endif
