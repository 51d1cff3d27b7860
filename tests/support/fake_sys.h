/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A system table that touches nothing: it writes down every call, answers 0, and fails on demand.
 * For unit and fault tests.
 * Must not allocate while called: fault tests make allocations fail.
 */
#ifndef KBOOT_TESTS_FAKE_SYS_H
#define KBOOT_TESTS_FAKE_SYS_H

#include "kboot/base/sys.h"

enum fake_kind {
	FAKE_ANY,
	FAKE_MOUNT,
	FAKE_UMOUNT,
	FAKE_UNSHARE_MOUNTS,
	FAKE_SET_BLOCK_READ_ONLY,
	FAKE_CONFINE,
	FAKE_MEMORY_DISK,
	FAKE_FILE_DISK,
	FAKE_DM_IOCTL,
	FAKE_DEVICE_IOCTL,
	FAKE_MD_DEVICE,
	FAKE_KEXEC_LOAD,
	FAKE_KEXEC_FILE_LOAD,
	FAKE_INTERFACES_DOWN,
	FAKE_REBOOT,
	FAKE_SPAWN,
	FAKE_FORK,
	FAKE_KILL,
};

enum { FAKE_CALLS_MAX = 8192, FAKE_TEXT_BYTES = 480, FAKE_NUMBERS = 4, FAKE_PID = 1 << 30 };

/*
 * text is the call as one line, with "-" for NULL or an empty string:
 *   mount SOURCE TARGET FSTYPE FLAGS-IN-HEX OPTIONS   numbers: flags, most_ms of mount_within
 *   umount TARGET FLAGS-IN-HEX
 *   unshare_mounts
 *   set_block_read_only 0|1                        numbers: fd, value
 *   confine KIND                                   numbers: kind, memory
 *   memory_disk SIZE-IN-BYTES                      opens /dev/null
 *   file_disk                                      opens the file itself; numbers: fd
 *   dm_ioctl create|load|resume|status|remove NAME FLAGS-IN-HEX
 *     load is followed by LENGTH TYPE PARAMETERS
 *   device_ioctl REQUEST-IN-HEX                    numbers: fd
 *   md_device NUMBER                               opens /dev/null
 *   kexec_load SEGMENTS FLAGS-IN-HEX               numbers: entry, segments, flags
 *   kexec_file_load with|without-initrd FLAGS-IN-HEX CMDLINE   numbers: kernel fd, initrd fd, flags
 *   interfaces_down
 *   reboot restart|poweroff|kexec                  numbers: how
 *   spawn ARGV...                                  numbers: stdin, stdout, stderr, passed
 *   fork
 *   kill PID SIGNO                                 numbers: pid, signo
 */
struct fake_call {
	enum fake_kind kind;
	bool failed; /* by fake_sys_fail */
	pid_t by;    /* the process that called */
	long long numbers[FAKE_NUMBERS];
	char text[FAKE_TEXT_BYTES];
};

struct fake_sys {
	struct kb_sys table; /* what is handed to the code under test */
	/*
	 * Members set here are called, with real.ctx, after the call was written down; so a test
	 * can let some calls through, or look at segments and descriptors while they live. The
	 * clock is not written down. mount_within is asked of real.mount.
	 */
	struct kb_sys real;
	int64_t now_ms; /* what the clock says unless real.now_ms is set */
	enum fake_kind fail_kind;
	size_t fail_nth; /* 0: none */
	int fail_errno;
	size_t seen; /* calls of fail_kind since fake_sys_fail */
	size_t count;
	struct fake_call calls[FAKE_CALLS_MAX]; /* later ones are only counted */
};

/* In memory that forked workers share, so that their calls are seen too. NULL: out of memory. */
struct fake_sys *fake_sys_create(void);
void fake_sys_destroy(struct fake_sys *fake);
/* fork, spawn and kill are the machine's own. Without this they answer FAKE_PID, which no process
 * has. */
void fake_sys_let_processes_through(struct fake_sys *fake);
/* The nth call (from 1, counted from now) of a kind, or of FAKE_ANY, fails. nth 0: none does. */
void fake_sys_fail(struct fake_sys *fake, enum fake_kind kind, size_t nth, int error);
/* Whether the failure asked for has happened. */
bool fake_sys_has_failed(const struct fake_sys *fake);
/* Forgets the calls so far. */
void fake_sys_forget(struct fake_sys *fake);
/* The text of call i, or "" where there is none. */
const char *fake_sys_text(const struct fake_sys *fake, size_t i);
/* How many calls of a kind, or of FAKE_ANY. */
size_t fake_sys_count(const struct fake_sys *fake, enum fake_kind kind);

#endif
