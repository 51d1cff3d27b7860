/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One configuration from its file to entries and settings.
 * For the reader and kboot eval.
 * Must not look for configurations.
 */
#ifndef KBOOT_FORMATS_GRUB_SCRIPT_H
#define KBOOT_FORMATS_GRUB_SCRIPT_H

#include "kboot/formats/grub.h"

struct grub_script {
	const struct kb_tree *tree;
	const char *path;
	const char *platform;
	const struct kb_grub_eval *eval; /* out, and what only it wants */
	const struct kb_grub_net *net;   /* of a tree of a server; NULL: nobody knows */
	bool says_all;                   /* not only the first trouble of a kind */
	bool (*may_run)(void *ctx, int fd);
	void *ctx;

	size_t n_entries; /* what came of it */
	bool knows_platform;
};

/* -errno of the file, what out answers below 0, -ENOMEM. */
KB_MUST_CHECK int grub_script_read(struct grub_script *script);

#endif
