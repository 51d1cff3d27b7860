/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys by which the SSH server is known: the site's, the system's own, or one that is made at
 * the first start and kept with the firmware.
 * For ssh_job.c.
 * Must not take another one while there is one: clients would be told that it has changed.
 */
#ifndef KBOOT_CORE_SSH_HOST_KEYS_H
#define KBOOT_CORE_SSH_HOST_KEYS_H

#include "resolver.h"

enum { KB_SSH_MAX_HOST_KEYS = 8, KB_SSH_HOST_KEY_PATH = 96 };

struct kb_ssh_host_keys {
	const struct kb_sys *sys;
	struct kb_resolver *resolver; /* finds the system's */
	const char *folder;           /* host_keys=; NULL or "": the system's are not taken */
	int dir_fd;                   /* KB_SSH_DIR */
	void *ctx;
	void (*warn)(void *ctx, const char *sentence, uint64_t of);
};

/* Puts them into KB_SSH_DIR/host. fingerprints: "ssh-ed25519 SHA256:…", a comma between. */
KB_MUST_CHECK int kb_ssh_host_keys_make(const struct kb_ssh_host_keys *h,
					struct kb_buf *fingerprints, struct kb_error *err);
/* What is there; how many. */
size_t kb_ssh_host_keys_list(char paths[static KB_SSH_MAX_HOST_KEYS][KB_SSH_HOST_KEY_PATH]);

#endif
