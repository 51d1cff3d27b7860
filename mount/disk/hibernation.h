/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is there a sleeping Windows on this filesystem?
 * For device.c, before it mounts read-write.
 * Must not write.
 */
#ifndef KBOOT_MOUNT_HIBERNATION_H
#define KBOOT_MOUNT_HIBERNATION_H

#include <stdbool.h>

#include "kboot/base/tree.h"

/*
 * hiberfil.sys of a hibernated Windows (also after "fast startup") begins with "hibr"; one that was
 * woken up and shut down begins with something else. Writing to the disk of a sleeping system
 * destroys files when it wakes up.
 */
bool kb_mount_is_hibernated(const struct kb_tree *tree);

#endif
