/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A booted environment: its root, and what its fstab mounts in it when somebody goes there.
 * For automount.c.
 * Must not decide which environment is the booted one.
 */
#ifndef KBOOT_MOUNT_ENVIRONMENT_H
#define KBOOT_MOUNT_ENVIRONMENT_H

#include "namespace.h"

/* On a device, a server ("host:/path" as root), or in the folder of a simulation. */
extern const struct kb_namespace_kind kb_environment_kind;

/* Mounts all lines but noauto; what fails is a note. */
void kb_environment_mount_all(struct kb_automount_namespace *ns);

#endif
