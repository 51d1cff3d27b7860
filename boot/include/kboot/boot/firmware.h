/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What EFI firmware can be restarted into: its setup, and the programs that it knows (UEFI
 * specification, chapter 3 "Boot Manager", section 8.5.4 "OS Indications").
 * For core, inside a worker: firmware may take its time.
 * Must not write any variable but OsIndications, BootNext, systemd-boot's of a boot and kboot's
 * own, and must trust none.
 */
#ifndef KBOOT_BOOT_FIRMWARE_H
#define KBOOT_BOOT_FIRMWARE_H

#include <stddef.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/model/loader.h"

/* Below the root of /sys: where efivarfs belongs. There only where firmware has such variables. */
#define KB_EFI_VARIABLES_PATH "firmware/efi/efivars"
#define KB_FIRMWARE_SETUP     "setup" /* the id of the firmware's setup */

enum { KB_FIRMWARE_MAX_TARGETS = 64, KB_FIRMWARE_TITLE_BYTES = 128 };

struct kb_firmware_target {
	char id[8];                          /* KB_FIRMWARE_SETUP, or the digits of Boot#### */
	char title[KB_FIRMWARE_TITLE_BYTES]; /* UTF-8 without controls, never empty */
};

struct kb_firmware {
	struct kb_firmware_target targets[KB_FIRMWARE_MAX_TARGETS];
	size_t n_targets;
};

/*
 * Reads the variables in the directory efivars_fd: the setup first, where the firmware has one,
 * then what is active and not hidden in its own order, but for the program that was started last,
 * which is kboot. A variable that is broken is left out. -errno where none can be read at all.
 */
KB_MUST_CHECK int kb_firmware_read(int efivars_fd, struct kb_firmware *ret_firmware);
/* The target that a person means: its id (0003, or 3), or its title. -ENOENT, -ENOTUNIQ, with a
 * sentence. */
KB_MUST_CHECK int kb_firmware_find(const struct kb_firmware *firmware, const char *word,
				   const struct kb_firmware_target **ret_target,
				   struct kb_error *err);
/* The next restart, and that one only, leads there. Nothing is written that stands there already.
 */
KB_MUST_CHECK int kb_firmware_choose(int efivars_fd, const struct kb_firmware_target *target,
				     struct kb_error *err);

/*
 * What systemd-boot is told; of a variable that is broken or says nothing the value is NULL.
 * Texts live in the arena. -ENOMEM.
 */
KB_MUST_CHECK int kb_firmware_read_loader(int efivars_fd, struct kb_arena *arena,
					  struct kb_loader_vars *ret_vars);
/* For when an entry is booted: takes LoaderEntryOneShot, LoaderConfigTimeoutOneShot or
 * LoaderBootCountPath back (value NULL), or sets LoaderEntryLastBooted or the last of these. -EPERM
 * for any other variable, -EINVAL for what is not ASCII. */
KB_MUST_CHECK int kb_firmware_write_loader(int efivars_fd, const char *variable, const char *value);

/* What kboot itself keeps with the firmware, from boot to boot: its SSH host key. The data is
 * appended. -ENOENT, -EFBIG, … */
KB_MUST_CHECK int kb_firmware_read_host_key(int efivars_fd, struct kb_buf *key);
KB_MUST_CHECK int kb_firmware_write_host_key(int efivars_fd, struct kb_str key);
/* The same of its list of entries. It is written where it changes, and removed where it is empty.
 */
KB_MUST_CHECK int kb_firmware_read_scan(int efivars_fd, struct kb_buf *text);
KB_MUST_CHECK int kb_firmware_write_scan(int efivars_fd, struct kb_str text);

/* The title of a Boot#### variable's data. -EINVAL: broken; -ENOENT: inactive or hidden. */
KB_MUST_CHECK int kb_firmware_decode(struct kb_str data, char title[KB_FIRMWARE_TITLE_BYTES]);

#endif
