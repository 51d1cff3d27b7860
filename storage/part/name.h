/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /dev/mapper: a name beside each mapped device, for people and programs.
 * For every assembler that maps, and for disassemble.c.
 * Must not matter: where the link cannot be made, the device is there all the same.
 */
#ifndef KBOOT_STORAGE_PART_NAME_H
#define KBOOT_STORAGE_PART_NAME_H

#include <sys/types.h>

#include "kboot/base/dm.h"

void kb_name_link(const char *dev_dir, const char *name, dev_t dev);
void kb_name_unlink(const char *dev_dir, const char *name);
/* The device-mapper device that exists under this uuid already: 1; 0: none. */
KB_MUST_CHECK int kb_name_find(const struct kb_dm *dm, const char *uuid, dev_t *ret_dev);

#endif
