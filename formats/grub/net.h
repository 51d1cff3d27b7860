/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's devices of the network: (tftp,HOST), (http,HOST:PORT), (pxe).
 * For devices and scripts.
 * Must not fetch.
 */
#ifndef KBOOT_FORMATS_GRUB_NET_H
#define KBOOT_FORMATS_GRUB_NET_H

#include "kboot/formats/grub.h"
#include "state.h"

enum { GRUB_DEVICE_BYTES = 288, GRUB_ORIGIN_BYTES = GRUB_DEVICE_BYTES + 16 };

/* Whether a device is of the network: its server may still be none. */
bool grub_is_net(const char *device);
/* The URL of the server without a path, "http://h:8080"; a device without one is of
 * $net_default_server. -ENODEV: there is none; -EINVAL: it is no such device. */
KB_MUST_CHECK int grub_net_origin(struct grub *g, const char *device, char *ret_origin);
/* A file there, whose path is absolute. NULL: out of memory. */
char *grub_net_url(struct kb_arena *arena, const char *origin, const char *path);
/* What a tree of a server is called when a script starts: "http,h:8080". */
void grub_net_own_device(const struct kb_tree *tree, char *device);
/* The variables of a GRUB that has started from the network. net: NULL: only the server is known.
 */
void grub_net_preset(struct grub *g, const struct kb_grub_net *net, const char *platform);

#endif
