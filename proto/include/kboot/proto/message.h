/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the engine tells its clients: JSON lines on a Unix socket, see docs/PROTOCOL.md.
 * For core (encodes) and ui, app (decode).
 * Must not do I/O; decoding never trusts the peer and bounds everything by the line.
 */
#ifndef KBOOT_PROTO_MESSAGE_H
#define KBOOT_PROTO_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/log.h"
#include "kboot/base/str.h"
#include "kboot/base/table.h"
#include "kboot/model/entry.h"

enum { KB_PROTO_VERSION = 1, KB_PROTO_MAX_LINE = 256 << 10 };

enum kb_phase {
	KB_PHASE_STARTING,  /* devices are being looked at and no default is known yet */
	KB_PHASE_DELAY,     /* the short first wait: nothing is shown, any key opens the menu */
	KB_PHASE_COUNTDOWN, /* the menu is shown and the default boots at its end */
	KB_PHASE_WAITING,   /* for a person */
	KB_PHASE_BOOTING, /* somebody chose, or the countdown ended: as soon as it is armed we jump
			   */
	KB_PHASE_LEAVING, /* teardown; the next thing on this console is another kernel (or the
			     firmware) */
	KB_N_PHASES
};

enum kb_stage {
	KB_STAGE_NONE,
	KB_STAGE_FETCHING,  /* files that are named by URL */
	KB_STAGE_RESOLVING, /* mounting, opening */
	KB_STAGE_CHECKING,
	KB_STAGE_LOADING,
	KB_STAGE_ARMED,
	KB_STAGE_FAILED,
	KB_STAGE_UNLOCKING, /* a volume, by what a person said */
	KB_N_STAGES
};

const char *kb_phase_name(enum kb_phase phase); /* "starting", "delay", … */
const char *kb_stage_name(enum kb_stage stage);

enum kb_notice_level { KB_NOTICE_NONE, KB_NOTICE_INFO, KB_NOTICE_WARNING, KB_NOTICE_ERROR };

/* The whole live state but for the entries. Strings are borrowed; NULL where there is nothing. */
struct kb_state {
	enum kb_phase phase;
	int64_t remaining_ms; /* in DELAY and COUNTDOWN */
	int64_t total_ms;
	bool has_timeout; /* the setting; without one the menu waits for ever */
	int64_t timeout_ms;
	const char *default_id;
	const char *default_why; /* one clause: "named by default= in sda2:/etc/kboot.conf:3" */
	const char *selected_id; /* one selection for all consoles */
	enum kb_stage stage;
	const char *stage_id;    /* the entry being loaded or armed */
	const char *stage_title; /* what a person calls it, "(edited)" with it where it was */
	uint64_t done_bytes;
	uint64_t total_bytes; /* 0: not known */
	uint64_t bytes_per_s; /* FETCHING: so far; 0: not known */
	unsigned scanning;    /* devices still being looked at */
	enum kb_notice_level notice_level;
	uint64_t notice_seq;  /* grows with every notice */
	const char *notice;   /* one sentence */
	const char *disks;    /* all were read and nothing boots: why, a line each */
	const char *network;  /* something wants it: address and lease, or why there is none */
	const char *ssh;      /* how the SSH server is; NULL: it is off */
	const char *sessions; /* who is logged in; NULL: nobody */
	const char *clock;    /* it is unset, or was set by a time server */
	bool restricted;
	bool simulated;
};

/* What a person is asked, so that a boot can go on. */
enum kb_inquiry_kind {
	KB_INQUIRY_NONE,       /* nothing any more */
	KB_INQUIRY_LOGIN,      /* a name and password of a server */
	KB_INQUIRY_HOST_KEY,   /* whether its key is believed */
	KB_INQUIRY_PASSPHRASE, /* of a locked volume */
	KB_N_INQUIRIES
};

struct kb_inquiry {
	uint64_t number; /* never used twice */
	enum kb_inquiry_kind kind;
	const char *text; /* a sentence or two */
	const char *user; /* LOGIN: the name, if it is known; NULL */
};

enum kb_message_type {
	KB_MSG_HELLO,
	KB_MSG_CATALOG, /* count entries follow, then CATALOG_END: the new whole list, in order */
	KB_MSG_ENTRY,
	KB_MSG_CATALOG_END,
	KB_MSG_STATE,
	KB_MSG_GREETING, /* text: the message file, may have several lines */
	KB_MSG_LOG,
	KB_MSG_REPLY, /* to an intent: ok, text (a sentence on failure; the answer of explain, plan,
			 …) */
	KB_MSG_QUESTION, /* for who asked for the boot: what has to be known for it */
	KB_MSG_BYE, /* the engine leaves: restore the terminal at once; text: why, for a person */
	KB_N_MESSAGES
};

struct kb_message {
	enum kb_message_type type;
	unsigned version; /* HELLO */
	bool restarted;   /* HELLO: the engine had died and was started again */
	size_t count;     /* CATALOG */
	struct kb_entry entry;
	struct kb_state state;
	struct kb_log_line log;
	struct kb_inquiry inquiry; /* QUESTION */
	const char *text;          /* GREETING, REPLY, BYE, HELLO (program and version) */
	const char *to;            /* REPLY: the intent's name */
	uint64_t request;          /* REPLY: the intent's number; 0: it had none */
	bool ok;                   /* REPLY */
	/* REPLY, where docs/PROTOCOL.md says so; NULL elsewhere. */
	const char *place;               /* as a person reads it: "/boot", "sda2:/sub" */
	const char *path;                /* the same in the machine's own filesystem */
	const char *how;                 /* to RUN: "boot" or "command" */
	const char *pid_text;            /* to CHROOT: the worker, in digits; "pid" on the wire */
	const struct kb_table_row *rows; /* to DEVICES, SYSTEMS, MOUNTS, … */
	size_t n_rows;
};

/* The cells of a row of each table; one that is not known is NULL. */
enum {
	KB_DEVICES_NAME,
	KB_DEVICES_FSTYPE,
	KB_DEVICES_SIZE,    /* bytes, in digits */
	KB_DEVICES_STATE,   /* of what it is a member of: "locked", "waiting: 2 of 3 …" */
	KB_DEVICES_ALIAS,   /* what people call it: "vg/lv"; below /dev/mapper: "mapper/x" */
	KB_DEVICES_MEMBERS, /* what it is made of, by kernel names, blanks between */
	KB_DEVICES_LABEL,
	KB_DEVICES_UUID,
	KB_DEVICES_PARTUUID,
	KB_DEVICES_PARTLABEL,
};
enum {
	KB_SYSTEMS_NAME,  /* of the device; "/" for the folder of a simulation */
	KB_SYSTEMS_TITLE, /* os-release's */
	KB_SYSTEMS_FSTYPE,
	KB_SYSTEMS_SIZE, /* bytes, in digits */
	KB_SYSTEMS_LABEL,
	KB_SYSTEMS_UUID,
	KB_SYSTEMS_PARTUUID,
	KB_SYSTEMS_PARTLABEL,
};
enum {
	KB_MOUNTS_NAME, /* as the prompt calls it */
	KB_MOUNTS_SOURCE,
	KB_MOUNTS_FSTYPE,
	KB_MOUNTS_ACCESS, /* "ro", "rw" */
};
enum {
	KB_VARIABLES_NAME,
	KB_VARIABLES_VALUE, /* NULL: it is not set */
	KB_VARIABLES_SOURCE,
};
enum {
	KB_LABELS_LABEL,
	KB_LABELS_FORMAT, /* of where it was found; KB_FORMAT_FILE: a kernel without a label */
};
enum {
	KB_FIRMWARE_ID, /* "setup", or the digits of Boot#### */
	KB_FIRMWARE_TITLE,
};

enum {
	KB_SESSIONS_ID,
	KB_SESSIONS_WHO,
	KB_SESSIONS_FROM,
	KB_SESSIONS_KIND,    /* "menu", "shell", "files", a command */
	KB_SESSIONS_MINUTES, /* since then, in digits */
	KB_SESSIONS_LIMITS,  /* "labels only"; NULL: none */
};

/* Appends one line to buf. -ENOMEM, -EMSGSIZE above KB_PROTO_MAX_LINE (buf is untouched). */
KB_MUST_CHECK int kb_message_encode(const struct kb_message *message, struct kb_buf *buf);
/* Strings live in the arena. -EINVAL for what is no message; unknown types are -ENOTSUP (skip
 * them). */
KB_MUST_CHECK int kb_message_decode(struct kb_arena *arena, struct kb_str line,
				    struct kb_message *ret_message);

#endif
