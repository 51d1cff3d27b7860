/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shares of Windows and Samba, by the kernel's own client: text options for mount(2), no helper
 * programs. For core, inside a worker, and for the automounter.
 * Must not run in a process that may not wait, must not write unless told to, and must not let a
 * password into a sentence.
 */
#ifndef KBOOT_MOUNT_SMB_H
#define KBOOT_MOUNT_SMB_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/base/sys.h"
#include "kboot/mount/server.h"

enum {
	KB_SMB_PORT = 445,
	/* A server that is there and says nothing is given up after this long. The kernel's client
	 * may have a dozen modules to load in that time. */
	KB_SMB_ANSWER_MS = 20000,
	/* Seconds between two questions whether the server is still there; when three have passed
	 * without a word of it, what is being read fails. */
	KB_SMB_ECHO_S = 4,
	KB_SMB_MAX_SHARE = 80,
	KB_SMB_MAX_WORD = 256, /* bytes of a user, domain or password */
};

/* A share, as the place of a name says it. */
struct kb_smb_place {
	const char *host; /* a name, or an address without brackets */
	uint16_t port;    /* 0: KB_SMB_PORT */
	const char *share;
	const char *user;   /* NULL: whoever the netrc has for the host, else nobody */
	const char *domain; /* of the user; NULL: none is named */
};

/* Who asks. user NULL: nobody in particular. */
struct kb_smb_user {
	const char *user;
	const char *domain;
	const char *password; /* NULL: none is known */
};

/* "host/share", "WORKGROUP;user@[2001:db8::1]:4450/my%20share", as kb_name_parse leaves it.
 * -EINVAL, -ENAMETOOLONG, -ENOMEM, with a sentence. */
KB_MUST_CHECK int kb_smb_place_parse(struct kb_arena *arena, struct kb_str text,
				     struct kb_smb_place *ret_place, struct kb_error *err);
/* "//host/share", as the kernel wants it. -ENAMETOOLONG: the buffer is too small. */
KB_MUST_CHECK int kb_smb_source(const struct kb_smb_place *place, char *ret_text, size_t size);
/* The options of mount(2); a comma in a value is written twice, as the kernel's client reads it.
 * -EINVAL (a control character), -ENAMETOOLONG, -ENOMEM, with a sentence. */
KB_MUST_CHECK int kb_smb_options(struct kb_buf *out, const struct kb_smb_place *place,
				 const struct kb_smb_user *user, const char *address,
				 struct kb_error *err);

/* Zeroed but for what is needed. Everything is borrowed for the call. */
struct kb_smb_mount_request {
	const struct kb_smb_place *place;
	const char *target; /* a directory that exists */
	/* The password for the place's user, or for whoever is meant where it names none; what it
	 * gives is borrowed. NULL: nobody knows one. */
	int (*find_user)(void *ctx, const struct kb_smb_place *place, struct kb_smb_user *ret_user);
	void *ctx;
	bool read_write;
	int64_t deadline_ms; /* on the table's clock: no wait is longer, each says so; 0: none */
	struct kb_mount_server_hooks hooks;
};

/*
 * Mounts the share: nosuid, nodev, noexec, and read-only unless asked. It stays mounted. Errors,
 * one sentence each, beginning with the host: those of finding a server (-ENXIO, -ENETUNREACH,
 * -EHOSTUNREACH, -ECONNREFUSED, -ETIMEDOUT), -EACCES, -ENOENT (no such share), -EPROTONOSUPPORT,
 * -ENODEV, -ETIMEDOUT, others.
 */
KB_MUST_CHECK int kb_mount_smb(const struct kb_sys *sys, const struct kb_smb_mount_request *request,
			       struct kb_error *err);

#endif
