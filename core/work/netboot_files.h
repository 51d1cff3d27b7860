/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small files of servers that a netboot worker reads to know more: each is asked for once, and
 * all of them together have a cap.
 * For the netboot worker. Must not keep what is no longer wanted for longer than the worker lives.
 */
#ifndef KBOOT_CORE_NETBOOT_FILES_H
#define KBOOT_CORE_NETBOOT_FILES_H

#include "remote.h"

enum {
	KB_NETBOOT_MAX_FILE = 4 << 20,
	KB_NETBOOT_MAX_ALL = 32 << 20, /* of all of it */
	KB_NETBOOT_MAX_ASKED = 128,    /* files */
};

/* What came of asking for a file. */
struct kb_netboot_asked {
	const char *url;
	const char *post; /* the form that was sent; NULL: none */
	const char *why;  /* a sentence, where it did not come */
	int fd;           /* -1: code says why */
	int code;
	struct kb_str script; /* of iPXE; data NULL: it is none, or not looked at */
};

/* Zeroed below places it is empty. */
struct kb_netboot_files {
	struct kb_arena *arena;
	const struct kb_sys *sys;
	const struct kb_places *places;
	struct kb_netboot_asked asked[KB_NETBOOT_MAX_ASKED];
	size_t n_asked;
	uint64_t kept_bytes;
	struct kb_fetch_session session;
};

void kb_netboot_files_done(struct kb_netboot_files *f);
/* At its start. What kb_remote_open says, -E2BIG. */
KB_MUST_CHECK int kb_netboot_ask(struct kb_netboot_files *f, const char *url, int *ret_fd,
				 struct kb_error *err);
/* The text of a script of iPXE; -ENOEXEC: it is none. post: a form to send; NULL: none. */
KB_MUST_CHECK int kb_netboot_script(struct kb_netboot_files *f, const char *url, const char *post,
				    struct kb_str *ret_text, struct kb_error *err);

#endif
