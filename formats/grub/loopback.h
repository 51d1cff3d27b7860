/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images as GRUB's devices: those that `loopback` is told, and the one that a loopback.cfg is in.
 * For devices, scripts and the table of commands.
 * Must not mount.
 */
#ifndef KBOOT_FORMATS_GRUB_LOOPBACK_H
#define KBOOT_FORMATS_GRUB_LOOPBACK_H

#include "net.h"

/* Where "(device)/path" is. */
struct grub_place {
	bool is_here;                /* on the tree */
	bool is_net;                 /* on a server */
	bool is_loop;                /* in an image that `loopback` was told */
	const char *path;            /* borrowed of the name; below the tree where is_here */
	const char *file;            /* the same on the tree of grub_place_tree */
	const struct kb_tree *image; /* that the file is in; NULL: it is not to be had, or none */
	char device[GRUB_DEVICE_BYTES];
};

/* The device name is the image at place from now on; NULL: it is none any more. GRUB's status. */
int grub_loop_add(struct grub *g, const char *name, const struct grub_place *place);
/* Where device is a name that `loopback` was given, device and path become those of the image. */
void grub_loop_follow(struct grub *g, struct grub_place *place);
/* The tree of that image, where it is to be had. */
void grub_loop_open(struct grub *g, struct grub_place *place);
/* What the image is on that the script is in; false: nobody knows. */
bool grub_loop_outer(const struct grub *g, char *device);
/* The variables that a loopback.cfg may expect. */
void grub_loop_preset(struct grub *g);

#endif
