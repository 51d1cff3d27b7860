/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A GRUB script by itself: for people who debug one, and one that a server has.
 * For app, core and the tests; a disk's scripts are read by the reader of GRUB.
 * Must not do what the script says: nothing is written, started or waited for.
 */
#ifndef KBOOT_FORMATS_GRUB_H
#define KBOOT_FORMATS_GRUB_H

#include "kboot/formats/reader.h"

struct kb_grub_eval {
	const struct kb_reader_out *out; /* every mistake is a diagnostic */
	const char *platform;            /* what grub_platform says; NULL: "efi" */
	/* What is printed, and what the variables are at the end; ctx of out. May be NULL. */
	void (*print)(void *ctx, struct kb_str text);
	int (*variable)(void *ctx, const char *name, const char *value);
};

/* path: of the script, on the tree. */
KB_MUST_CHECK int kb_grub_eval(const struct kb_tree *tree, const char *path,
			       const struct kb_grub_eval *eval, struct kb_error *err);

/* What a GRUB knows that has started from the network. Any may be NULL. */
struct kb_grub_net {
	const char *ip;
	const char *mac;    /* 52:54:00:12:34:56 */
	const char *server; /* of (tftp), (http) and (pxe); NULL: the tree's, with its port */
	const char *hostname;
	const char *domain;
	const char *boot_file;
	const char *root_path;
	const char *uuid; /* of the machine */
};

/*
 * The script at path of a server: a tree with a source, whose name is the URL of the server without
 * a path ("tftp://10.0.0.1"). Kernels and initrds are URLs. Files that it includes, or tests for,
 * are asked of the source by their path as GRUB would ask, each as often as it is named; those of
 * another server of out->other by such a URL. out->wants_all: all that is wrong in it is said.
 */
KB_MUST_CHECK int kb_grub_read_net(const struct kb_tree *tree, const char *path,
				   const struct kb_grub_net *net, const struct kb_reader_out *out,
				   struct kb_error *err);

/*
 * The script at path (loopback.cfg) of an ISO image: a tree that is one, with out->outer. It finds
 * itself on (loop), with the image's path in iso_path. 0 also where there is no such file.
 */
KB_MUST_CHECK int kb_grub_read_image(const struct kb_tree *tree, const char *path,
				     const struct kb_reader_out *out, struct kb_error *err);

#endif
