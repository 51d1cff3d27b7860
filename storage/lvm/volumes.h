/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Volume groups: told of by lvm, which writes nothing, and mapped by us.
 * For assemble.c.
 * Must not look at a device that is no member.
 */
#ifndef KBOOT_STORAGE_LVM_VOLUMES_H
#define KBOOT_STORAGE_LVM_VOLUMES_H

#include "kboot/storage/assembly.h"

KB_MUST_CHECK int kb_lvm_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
				  struct kb_error *err);

#endif
