/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every "may this?" of kboot: one state, one table.
 * For the engine and what serves its clients; app asks kboot/core/policy.h.
 * Must not read or change anything but what it is given.
 */
#ifndef KBOOT_CORE_ENGINE_POLICY_H
#define KBOOT_CORE_ENGINE_POLICY_H

#include "catalog/environment.h"
#include "catalog/settings.h"

enum kb_restriction { KB_UNRESTRICTED, KB_RESTRICTION_UNKNOWN, KB_RESTRICTED };

/* Zeroed: nothing is known yet but for the state, which is to be KB_RESTRICTION_UNKNOWN. */
struct kb_policy {
	enum kb_restriction restricted;
	char by[KB_WHY_BYTES]; /* which setting said so first; "" */
	bool environment_known;
	struct kb_environment_id environment;
	bool trust_removable;
};

enum kb_action {
	KB_MAY_TELL,     /* what there is, and why: state, list, log; stop a boot, look again */
	KB_MAY_POWER,    /* restart, switch off */
	KB_MAY_FIRMWARE, /* restart into its setup, or into another program of its own */
	KB_MAY_BOOT,     /* an entry as it is: boot, plan, run where it is a command */
	KB_MAY_ARM,      /* read its files, load it, connect to where they are */
	/* The same of what booted by itself the last time, where remember= says that it is kept. */
	KB_MAY_LOAD_EARLY,
	KB_MAY_UNLOCK,   /* say the passphrase of a volume; close it again */
	KB_MAY_EDIT,     /* an entry with other arguments */
	KB_MAY_TYPE,     /* a line of one's own, a name of a file */
	KB_MAY_SHELL,    /* a program, chroot */
	KB_MAY_LOOK,     /* folders, mounts, devices, variables */
	KB_MAY_WRITE,    /* to a disk */
	KB_MAY_SET,      /* a variable, a label, the booted environment */
	KB_MAY_RESTRICT, /* restricted=true in this session */
	KB_N_ACTIONS
};

/* Where an entry comes from. */
enum kb_origin {
	KB_ORIGIN_OWN, /* kboot's own configuration, this session; also: no entry is meant */
	KB_ORIGIN_ENVIRONMENT,
	KB_ORIGIN_INTERNAL,  /* another device */
	KB_ORIGIN_REMOVABLE, /* another one that anybody may have plugged in */
	KB_ORIGIN_REMOTE,    /* a network boot service's, whoever answers as one */
	KB_ORIGIN_PROTECTED, /* wherever: an entry that its own loader asks a password for */
	KB_N_ORIGINS
};

enum kb_answer {
	KB_ANSWER_YES,
	KB_ANSWER_NOT_YET, /* ask again when the environment is known */
	KB_ANSWER_NO,
};

/* Who asks. Zeroed: who stands at the machine. */
struct kb_actor {
	bool is_remote;  /* logged in by SSH */
	bool restricted; /* by the key: labels, as they are, whatever others may */
};

/* For whoever is told no. */
#define KB_RESTRICTED_TEXT "this kboot is restricted: only its labels may be used, as they are"

/*
 * Takes what is known by now: settings with those of the environment in them. Only ever stricter:
 * once restricted it stays so, with who said it first; the environment that was known then stays
 * too, also when its device goes. True when anything changed.
 */
bool kb_policy_update(struct kb_policy *policy, const struct kb_settings *settings,
		      const struct kb_environment *environment);
/* Of an entry, which may be NULL, that was found on place; NULL: on none. */
enum kb_origin kb_policy_origin(const struct kb_policy *policy, const struct kb_entry *entry,
				const struct kb_place *place);
enum kb_answer kb_policy_ask(const struct kb_policy *policy, enum kb_action action,
			     enum kb_origin origin);
/* The same for somebody in particular. */
enum kb_answer kb_policy_ask_for(const struct kb_policy *policy, const struct kb_actor *actor,
				 enum kb_action action, enum kb_origin origin);

#endif
