/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that are made of devices: arrays, volume groups, filesystems on several devices,
 * partition tables inside any of them. For core, inside a worker: it starts programs, and may hang
 * with a disk. Must not write to a member, nor make one writable; must not decide when a set is
 * incomplete for good (may_degrade is the caller's word); must not ask anybody anything.
 */
#ifndef KBOOT_STORAGE_ASSEMBLE_H
#define KBOOT_STORAGE_ASSEMBLE_H

#include "kboot/storage/assembly.h"

/*
 * Makes of the members what can be made, read-only. A set that is assembled already is told of and
 * left alone (one that is degraded while its missing member has come is left as it is). What cannot
 * be assembled is a set with its state and a reason, and no error; a program that is missing from
 * the image is a reason too
 * ("this image has no lvm"). Errors: the machine's (-ENOMEM, -EPIPE, no /dev/mapper), with a
 * sentence.
 */
KB_MUST_CHECK int kb_assemble(const struct kb_assembly *assembly, const struct kb_set_sink *sink,
			      struct kb_error *err);
/*
 * Takes apart what stands on no more: the device of that kernel name ("dm-3", "md127"), and only
 * that; -EBUSY while it is mounted or something stands on it. Lazily where force: what has it open
 * gets errors.
 */
KB_MUST_CHECK int kb_disassemble(const struct kb_sys *sys, const char *dev_dir, const char *name,
				 bool force, struct kb_error *err);
/*
 * Everything that was assembled (dm but kboot's own snapshots, md, loop), in reverse order: passes
 * over sysfs until nothing is left. *ret_left: how many are still there.
 */
KB_MUST_CHECK int kb_disassemble_all(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
				     unsigned *ret_left, struct kb_error *err);
/*
 * The hidden devices that volumes were made of (images of a RAID, a pool and its parts), where none
 * is any more. Not while something is being assembled: its parts have no holder yet.
 */
KB_MUST_CHECK int kb_disassemble_parts(const struct kb_sys *sys, int sysfs_fd, const char *dev_dir,
				       struct kb_error *err);

#endif
