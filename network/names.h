/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that systemd's udev would give an interface (systemd.net-naming-scheme(7), v252).
 * For interfaces.c.
 * Must not be taken for the kernel's: nothing is renamed.
 */
#ifndef KBOOT_NETWORK_NAMES_H
#define KBOOT_NETWORK_NAMES_H

#include "kboot/network/interfaces.h"

/* path: where the interface's folder is, as its link in class/net says: "../../devices/…/net/eth0".
 * Sets names and bus. */
void kb_interface_names(int sysfs_fd, const char *path, struct kb_interface *interface);

#endif
