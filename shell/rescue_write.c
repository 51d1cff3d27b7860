/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before a system is mounted for writing: what should be known, and a clear yes. And how its
 * filesystem is checked, which kboot leaves to those who made it. */
#include <fcntl.h>
#include <stdio.h>

#include "choose.h"
#include "ext_state.h"
#include "kboot/base/escape.h"
#include "rescue.h"

static bool is_ext(const struct kb_rescue *r)
{
	return r->device.fstype && strncmp(r->device.fstype, "ext", 3) == 0;
}

/* Of the disk itself, not of what is mounted. */
static unsigned state_on_disk(const struct kb_rescue *r)
{
	char path[KB_ERROR_FILE];
	char superblock[KB_EXT_BYTES];
	KB_CLOSE int fd = -1;

	if (!is_ext(r) || kb_shell_is_simulated(r->shell)) {
		return 0;
	}
	(void)snprintf(path, sizeof(path), "/dev/%s", r->device.name);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || kb_read_at(fd, KB_EXT_AT, superblock, sizeof(superblock)) < 0) {
		return 0;
	}
	return kb_ext_state(kb_str_of(superblock, sizeof(superblock)));
}

static void warn(const struct kb_rescue *r)
{
	unsigned state = state_on_disk(r);

	if (state & KB_EXT_ERRORS) {
		kb_print_escaped(stdout,
				 "Careful: %s is marked as having errors. Check it first: "
				 "writing may make it worse.",
				 r->device.name);
	}
	if (state & KB_EXT_JOURNAL) {
		kb_print_escaped(stdout,
				 "%s was not unmounted: its journal is replayed on the disk.",
				 r->device.name);
	}
}

bool kb_rescue_may_write(struct kb_rescue *r)
{
	char answer[KB_CHOICE_BYTES];

	if (r->is_writable) {
		return true;
	}
	if (r->asleep) {
		(void)kb_shell_fail("%s", r->asleep);
		return false;
	}
	warn(r);
	kb_print_escaped(stdout,
			 "This writes: %s, with all that its /etc/fstab mounts, is mounted "
			 "for writing. Nothing was written so far.",
			 r->device.name);
	if (!kb_choose_line(r->shell, "Type yes to do so: ", answer) ||
	    strcmp(answer, "yes") != 0) {
		printf("Nothing is written.\n");
		return false;
	}
	if (kb_rescue_hold(r, true) == 0) {
		kb_print_escaped(stdout, "%s%s is mounted for writing.",
				 kb_shell_is_simulated(r->shell) ? "Simulation: as if " : "",
				 r->device.name);
		return true;
	}
	if (kb_rescue_goes_on(r)) {
		(void)kb_rescue_hold(r, false);
	}
	return false;
}

void kb_rescue_check(struct kb_rescue *r)
{
	static const struct {
		const char *fstype;
		const char *command;
	} checks[] = {
		{"ext2", "e2fsck -f"},
		{"ext3", "e2fsck -f"},
		{"ext4", "e2fsck -f"},
		{"xfs", "xfs_repair"},
		{"btrfs", "btrfs check --readonly"},
		{"vfat", "fsck.fat"},
		{"f2fs", "fsck.f2fs -f"},
		{"jfs", "fsck.jfs -f"},
		{"bcachefs", "bcachefs fsck"},
	};
	const char *fstype = r->device.fstype ? r->device.fstype : "";

	warn(r);
	printf("A filesystem is checked while it is not mounted, by its own program. kboot has "
	       "none of these.\nA system with systemd does it when it starts with the argument "
	       "fsck.mode=force (key e in the menu).\n");
	for (size_t i = 0; i < KB_ARRAY_LEN(checks); i++) {
		if (strcmp(checks[i].fstype, fstype) == 0) {
			kb_print_escaped(stdout, "From another system: %s /dev/%s",
					 checks[i].command, r->device.name);
		}
	}
}
