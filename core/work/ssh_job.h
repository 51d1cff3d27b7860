/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The workers of the SSH server: what it needs is made ready, the network comes up, it runs.
 * For the engine, through kb_child_start.
 * Must not let anybody in whom no key and no password of the site names.
 */
#ifndef KBOOT_CORE_SSH_JOB_H
#define KBOOT_CORE_SSH_JOB_H

#include "catalog/place.h"
#include "kboot/base/sys.h"

enum { KB_SSH_PREPARE_MS = 60000, KB_SSH_ADDRESS_BYTES = 64 };

/* What a report says of how it is ready: with keys alone, or with a password, too. */
#define KB_SSH_READY          "keys"
#define KB_SSH_READY_PASSWORD "keys and password"
#define KB_SSH_WARNING        "warning" /* how: its note is a warning */

/* Borrowed for the worker's life. */
struct kb_ssh_job {
	const struct kb_sys *sys;
	const struct kb_places *places;
	const char *root;                   /* the booted environment's device; "" or NULL: none */
	const char *authorized;             /* authorized_keys=; NULL or "": none */
	const char *host_keys;              /* host_keys=: a folder; NULL or "": none */
	char address[KB_SSH_ADDRESS_BYTES]; /* where it listens: "22", "2222", "10.0.0.1:22" */
	bool with_passwords;
};

/* Run functions of children: data is a struct kb_ssh_job. */
/* Writes the files below KB_SSH_DIR. Tells notes; at the end how (KB_SSH_READY…), and place: the
 * fingerprints of the host keys. */
int kb_ssh_prepare_run(void *data, int out_fd);
/* Becomes dropbear. Lines of its log, as they are. */
int kb_ssh_server_run(void *data, int out_fd);
/* Ends when the network is up. Tells why not, each time that is another sentence. */
int kb_ssh_network_run(void *data, int out_fd);

#endif
