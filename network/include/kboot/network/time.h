/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time of day from time servers (NTP), where the clock of this machine cannot be right.
 * For core and app, in a process that may wait, set the clock and start programs.
 * Must not move a clock that may be right, nor believe a time that cannot be; the machine's own
 * clock, which has a battery, is not written.
 */
#ifndef KBOOT_NETWORK_TIME_H
#define KBOOT_NETWORK_TIME_H

#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/network/config.h"

/* Where the setting ntp= is kept, and what ip= says of time servers. */
#define KB_TIME_SETTING_DIR "/run/kboot"
#define KB_TIME_SETTING     "ntp.setting"
#define KB_TIME_CONFIGURED  "ntp"

enum {
	KB_TIME_MAX_SERVERS = 6,
	KB_TIME_MS = 8000,        /* for an answer: BusyBox takes two for one */
	KB_TIME_AGAIN_MS = 30000, /* nobody is asked again sooner */
};

/* Addresses or names. */
struct kb_time_servers {
	char at[KB_TIME_MAX_SERVERS][KB_NET_HOST];
	unsigned n;
};

/* Those of a setting, with blanks or commas between; what is no name of a host is left out, and
 * what is there already. Pure. */
void kb_time_servers_add(struct kb_time_servers *s, struct kb_str words);
/* All that is known: of leases, of the configuration of an interface, of ntp=. */
void kb_time_servers_gather(struct kb_time_servers *s);

/*
 * Asks all of them at once, for KB_TIME_MS at most, and takes the first time that can be. -ENOENT:
 * no server is known; -ETIMEDOUT: none answers; -ERANGE: with times that cannot be. err: a clause.
 */
KB_MUST_CHECK int kb_time_repair(const struct kb_sys *sys, const struct kb_time_servers *servers,
				 int64_t built, struct kb_error *err);

/* What came of it, for others to read: a clause, or what kb_time_repair says in err. */
void kb_time_note(const struct kb_sys *sys, const char *clause);
/* "": nothing yet. *ret_ms: when, on the table's clock. */
void kb_time_note_read(char *buf, size_t size, int64_t *ret_ms);
/* Waits until the clock is set, or somebody has noted since not_before_ms why it cannot be, for a
 * little longer than KB_TIME_MS; not at all where the clock may be right. */
void kb_time_wait(const struct kb_sys *sys, int64_t not_before_ms);

#endif
