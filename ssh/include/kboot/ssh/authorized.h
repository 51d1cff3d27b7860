/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may log in: lines of OpenSSH's authorized_keys (sshd(8)), and what dropbear and a session get
 * of them.
 * For the worker that starts the server, the session, and who builds an image.
 * Must not let anybody in whom a line keeps out: what is not understood costs the line.
 */
#ifndef KBOOT_SSH_AUTHORIZED_H
#define KBOOT_SSH_AUTHORIZED_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

enum {
	KB_SSH_MAX_KEYS = 256,
	KB_SSH_FILE_BYTES = 1 << 20,
	KB_SSH_KEY_CHARS = 4000, /* of base64: dropbear takes lines up to 4200 */
};

struct kb_ssh_key {
	const char *type;    /* "ssh-ed25519" */
	const char *base64;  /* of the public key */
	const char *name;    /* its comment; "" */
	const char *command; /* the one that it may run; NULL: any */
	bool restricted;     /* labels, as they are, and nothing else */
	bool no_terminal;
	bool verify_required; /* of a security key: with its PIN, */
	bool no_touch;        /* without a touch */
};

struct kb_ssh_keys {
	struct kb_arena arena;
	size_t n;
	struct kb_ssh_key keys[KB_SSH_MAX_KEYS];
};

void kb_ssh_keys_done(struct kb_ssh_keys *keys);
/* Adds the keys of a file, by that name in what is said of lines that are left out. -ENOMEM. */
KB_MUST_CHECK int kb_ssh_keys_read(struct kb_ssh_keys *keys, struct kb_str text, const char *file,
				   const struct kb_diag_sink *diags);
/* dropbear's file. The comment of a key is its number, which its session gets as SSH_PUBKEYINFO. */
void kb_ssh_keys_print(const struct kb_ssh_keys *keys, struct kb_buf *text);
/* Lines of JSON, for kb_ssh_key_find(). */
void kb_ssh_keys_print_table(const struct kb_ssh_keys *keys, struct kb_buf *text);
/* The key that a session was opened with. -ENOENT; -EINVAL for what is no such table. */
KB_MUST_CHECK int kb_ssh_key_find(struct kb_arena *arena, struct kb_str table, const char *number,
				  struct kb_ssh_key *ret_key);

#endif
