/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine for the automounter: devices, an fstab, an NFS server that takes connections, all below
 * a folder. For the tests of the automounter.
 * Must not mount anything in truth, unless told to: a mount puts names into its target.
 */
#ifndef KBOOT_TESTS_AUTOMOUNT_MACHINE_H
#define KBOOT_TESTS_AUTOMOUNT_MACHINE_H

#include "fake_sys.h"
#include "kboot/mount/automount.h"
#include "temp_dir.h"

enum { MACHINE_LINES = 8, MACHINE_LOG = 8192, MACHINE_MOUNTS = 64 };

struct machine {
	struct fake_sys *fake;
	struct temp_dir dir; /* dev/ and run/ */
	/* A device is a tmpfs, a bind a bind: only in a mount namespace of one's own. */
	bool is_real;
	int listener;
	uint16_t port; /* of the server on 127.0.0.1 */
	struct kb_fstab_line lines[MACHINE_LINES];
	size_t n_lines;
	struct kb_automount_options options; /* root is sda2; to be changed before machine_start */
	struct kb_automount automount;
	char dev_dir[96];
	char run_dir[96];
	/* One call a line; run_dir is RUN, dev_dir DEV, the port PORT, "HOST.abcdef" HOST/TEMP. */
	char log[MACHINE_LOG];
	char notes[MACHINE_LOG]; /* one a line */
	char text[MACHINE_LOG];
	char mounted[MACHINE_MOUNTS][256]; /* targets */
	size_t n_mounted;
};

struct machine *machine_create(void);
void machine_destroy(struct machine *m);
/* A line of the environment's /etc/fstab, the numbers from 1 on. */
struct kb_fstab_line *machine_line(struct machine *m, const char *dir, const char *source);
void machine_start(struct machine *m);
void machine_stop(struct machine *m);
/* text as in the log; borrowed until the next call. */
const char *machine_short(struct machine *m, const char *text);
/* Is nothing left mounted but what is inside a mount that went? */
bool machine_is_unmounted(const struct machine *m);

#endif
