/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection to a server's SFTP, by dbclient as a child without a terminal: its input and output
 * are the stream, its standard error tells why there is none.
 * For sftp.c. Must never accept a key that is not known, nor show a password in an argument.
 */
#ifndef KBOOT_FETCH_SSH_H
#define KBOOT_FETCH_SSH_H

#include "ssh_words.h"
#include "transfer.h"

struct kb_ssh {
	const struct kb_transfer *transfer;
	struct kb_arena arena;
	const char *name; /* of the host, or its address */
	const char *user;
	bool has_password;
	bool has_known_hosts;
	struct kb_known_hosts hosts;
	pid_t pid; /* 0: none */
	int hosts_fd;
	int in_fd;  /* what the server is told; never blocks, like the others */
	int out_fd; /* what it answers */
	int err_fd; /* what dbclient says */
	char says[KB_SSH_SAYS_BYTES];
	size_t says_len;
};

KB_MUST_CHECK int kb_ssh_open(struct kb_ssh *ssh, const struct kb_transfer *transfer,
			      struct kb_error *err);
KB_MUST_CHECK int kb_ssh_reopen(struct kb_ssh *ssh, struct kb_error *err);
/* Takes what it says. True: it asks something, and nobody will answer it. */
bool kb_ssh_listen(struct kb_ssh *ssh);
/* Why there is no connection, or no longer; is_in: there was one. REDIRECT: another of the keys
 * that are known has to be told, by kb_ssh_reopen. */
enum kb_outcome kb_ssh_explain(struct kb_ssh *ssh, bool is_in, struct kb_error *err);
void kb_ssh_close(struct kb_ssh *ssh);

#endif
