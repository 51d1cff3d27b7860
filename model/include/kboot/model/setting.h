/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A variable with its value and where it came from; later sources win.
 * For every module above base.
 * Must not interpret values beyond the table of names.
 */
#ifndef KBOOT_MODEL_SETTING_H
#define KBOOT_MODEL_SETTING_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

/* In order of precedence: a later one overrides an earlier one. */
enum kb_source_rank {
	KB_RANK_BUILTIN,
	KB_RANK_LOADER,      /* the booted environment's own boot loader, where no kboot.conf is */
	KB_RANK_IMAGE,       /* config/ at build time, or --config */
	KB_RANK_ENVIRONMENT, /* the booted environment's kboot.conf */
	KB_RANK_CMDLINE,     /* kboot.NAME=VALUE on kboot's own kernel command line */
	KB_RANK_SAVED,
	KB_RANK_SESSION,
	KB_N_RANKS
};

enum kb_variable {
	KB_VAR_AUTHORIZED_KEYS,
	KB_VAR_DEFAULT,
	KB_VAR_DELAY,
	KB_VAR_DTB,
	KB_VAR_HANDOVER,
	KB_VAR_HOST_KEYS,
	KB_VAR_INITRD,
	KB_VAR_KEYFILE,
	KB_VAR_MESSAGE,
	KB_VAR_MOUNT_RW,
	KB_VAR_NETBOOT,
	KB_VAR_NETWORK,
	KB_VAR_NTP,
	KB_VAR_PROXY,
	KB_VAR_REMEMBER,
	KB_VAR_RESTRICTED,
	KB_VAR_ROOT,
	KB_VAR_SSH,
	KB_VAR_SSH_HOLD,
	KB_VAR_TIMEOUT,
	KB_VAR_TRUST_REMOVABLE,
	KB_VAR_UNLOCK_ALL,
	KB_VAR_VIDEO,
	KB_N_VARIABLES
};

enum kb_variable_type {
	KB_TYPE_TEXT,
	KB_TYPE_FILE,
	KB_TYPE_SECONDS,
	KB_TYPE_BOOL,
	KB_TYPE_LISTEN, /* true, false, PORT or ADDRESS:PORT */
};

/* Which source counts. */
enum kb_variable_trust {
	KB_TRUST_LATER,    /* the later one */
	KB_TRUST_STRICTER, /* BOOL: any that says true; nothing turns it off again */
	KB_TRUST_OWN,      /* the later one of kboot's own configuration and kernel command line */
};

struct kb_variable_info {
	const char *name;
	const char *summary;  /* one line for kboot.conf(5), help and the settings screen */
	const char *built_in; /* what holds when nothing sets it; NULL: nothing does */
	enum kb_variable_type type;
	/* BOOL: what a value counts as that is neither true nor false. A policy fails closed. */
	bool if_unreadable;
	enum kb_variable_trust trust;
};

/* The one table of variables; the index is enum kb_variable. */
extern const struct kb_variable_info kb_variables[KB_N_VARIABLES];

/* Case-insensitive. -ENOENT: it is a label. */
KB_MUST_CHECK int kb_variable_find(struct kb_str name, enum kb_variable *ret_variable);
/* Does value fit the type? -EINVAL with a sentence ("timeout: `ten` is not a number of seconds (0
 * to 86400)"). */
KB_MUST_CHECK int kb_variable_check(enum kb_variable variable, struct kb_str value,
				    struct kb_error *err);
/* May a source of that rank set it? -EPERM with a sentence. */
KB_MUST_CHECK int kb_variable_permit(enum kb_variable variable, enum kb_source_rank rank,
				     struct kb_error *err);
/* A value of type BOOL as it counts, whatever it is. */
bool kb_variable_bool(enum kb_variable variable, struct kb_str value);

enum { KB_SECONDS_MAX = 86400 };

struct kb_setting {
	enum kb_variable variable;
	const char *value;
	enum kb_source_rank rank;
	struct kb_position
		at; /* file is canonical ("sda2:/boot/kboot.conf"), or "kernel command line", … */
};

KB_MUST_CHECK int kb_setting_copy(struct kb_arena *arena, const struct kb_setting *from,
				  struct kb_setting *ret_setting);

#endif
