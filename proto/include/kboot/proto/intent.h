/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client wants of the engine: JSON lines on a Unix socket, see docs/PROTOCOL.md.
 * For ui and app (encode) and core (decodes, and decides whether the peer may).
 * Must not do I/O; decoding never trusts the peer.
 */
#ifndef KBOOT_PROTO_INTENT_H
#define KBOOT_PROTO_INTENT_H

#include "kboot/base/arena.h"
#include "kboot/base/str.h"

enum kb_intent_type {
	KB_DO_WATCH,    /* from now on: hello, greeting, catalog and state, and every change */
	KB_DO_ACTIVITY, /* a key was pressed: the countdown stops */
	KB_DO_SELECT,   /* id: moves the one selection */
	/* id, and for this boot only: args, its command line, or name, all of its line; after
	 * loading jump */
	KB_DO_BOOT,
	KB_DO_CANCEL, /* not boot after all */
	KB_DO_ANSWER, /* question, user, secret: what a question of the engine asked for */
	KB_DO_RESCAN,
	KB_DO_LOG,   /* the log so far and every further line */
	KB_DO_SHELL, /* may a command line be opened? */
	KB_DO_REBOOT,
	KB_DO_POWEROFF,
	KB_DO_FIRMWARE, /* name: restarts into that; NULL: what there is; rows */
	KB_DO_LIST,     /* a catalog once, after devices have settled */
	KB_DO_EXPLAIN,  /* id or NULL: a text */
	KB_DO_PLAN, /* id, args, or name, from: what booting would do; after devices have settled */
	KB_DO_STATUS, /* a state once */
	/* The prompt's, see docs/PROTOCOL.md. */
	KB_DO_VISIT,     /* name, from, want: mounts what is on the way; place and path */
	KB_DO_RUN,       /* name (a line), from: boots it, or says how it is run */
	KB_DO_SET,       /* name, value, from: a variable of this session */
	KB_DO_UNSET,     /* name */
	KB_DO_VARIABLES, /* name or NULL: all of them; rows */
	KB_DO_SAVE,      /* keeps this session's variables */
	KB_DO_ROOT,      /* name or NULL: says, or makes it, the booted environment */
	KB_DO_MOUNTS,    /* rows */
	KB_DO_UMOUNT,    /* name */
	KB_DO_REMOUNT,   /* name, from, want: "rw" or "ro"; place and path */
	KB_DO_DEVICES,   /* rows */
	KB_DO_LABELS,    /* rows */
	KB_DO_UNLOCK,    /* name or NULL: a locked volume, whose passphrase is asked for */
	KB_DO_LOCK,      /* name: closes it, and what stands on it */
	/* name or NULL, want or NULL: a worker that holds the environment's, a system's or a
	 * filesystem's namespace; pid and path */
	KB_DO_CHROOT,
	KB_DO_CHROOT_END, /* name: the pid of that; NULL: all of this client */
	KB_DO_SYSTEMS,    /* rows */
	/* SSH's. */
	KB_DO_SESSION,  /* user, from, want: somebody has logged in, and stays while this is open */
	KB_DO_FILES,    /* may files be carried in and out? */
	KB_DO_SESSIONS, /* who is logged in; rows */
	KB_DO_END,      /* name: ends that session */
	KB_N_INTENTS
};

struct kb_intent {
	enum kb_intent_type type;
	uint64_t request; /* the reply carries the same; 0: without a number */
	const char *id;   /* an entry: id, label or title */
	const char *args; /* NULL: not given */
	const char *tty;  /* WATCH: where the menu runs, for the log */
	const char *name; /* what was typed: a file's name, a line, a variable */
	const char *value;
	const char *from;  /* the place one is in, as a reply gave it; NULL: the first one */
	uint64_t question; /* ANSWER: its number */
	const char *user;
	const char *secret; /* never logged, and overwritten after its use */
	/* VISIT: "dir", "look" or "any"; REMOUNT, CHROOT: "rw" or "ro" */
	const char *want;
};

const char *kb_intent_name(enum kb_intent_type type); /* "watch", "activity", … */
/* Appends one line to buf. -ENOMEM, -EMSGSIZE above KB_PROTO_MAX_LINE (buf is untouched). */
KB_MUST_CHECK int kb_intent_encode(const struct kb_intent *intent, struct kb_buf *buf);
/* -EINVAL for what is no intent, -ENOTSUP for an unknown one. */
KB_MUST_CHECK int kb_intent_decode(struct kb_arena *arena, struct kb_str line,
				   struct kb_intent *ret_intent);

#endif
