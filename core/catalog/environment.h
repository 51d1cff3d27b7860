/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which device is the booted environment, whose kboot.conf counts.
 * For the engine and its policy.
 * Must not keep state: the same places and settings always give the same answer.
 */
#ifndef KBOOT_CORE_ENVIRONMENT_H
#define KBOOT_CORE_ENVIRONMENT_H

#include "place.h"
#include "settings.h"

enum { KB_WHY_BYTES = 320, KB_UUID_BYTES = 64 };

enum kb_environment_state {
	KB_ENV_UNKNOWN, /* a device that could be it has not been read, or may still turn up */
	KB_ENV_FOUND,
	KB_ENV_NONE,
};

/* What tells a device from every other one, also when it is gone. Zeroed: none. */
struct kb_environment_id {
	uint64_t place;
	char uuid[KB_UUID_BYTES];
	const char *bus;
	bool removable;
};

struct kb_environment {
	const struct kb_place *place; /* NULL unless FOUND */
	enum kb_environment_state state;
	struct kb_environment_id id;
	bool of_loader; /* no kboot.conf is there: its own boot loader's default and timeout count
			 */
	char why[KB_WHY_BYTES];
	char warning[KB_WHY_BYTES]; /* of a second device that might be meant; "": none */
};

/*
 * root= of this session, of kboot's kernel command line or of its own configuration names it; else
 * it has the label that default= of the last two names; else it is the first with a kboot.conf;
 * else the first with the configuration of another boot loader that says what it would start.
 * Internal disks come before removable ones, which do not count at all where anything but the
 * environment itself restricts this kboot and trust_removable is not set. A device whose reader
 * passed its deadline counts as absent. settled: the machine has no more devices to come.
 */
void kb_environment_choose(const struct kb_places *places, const struct kb_settings *settings,
			   bool settled, struct kb_environment *env);
bool kb_environment_is(const struct kb_environment_id *id, const struct kb_place *place);

#endif
