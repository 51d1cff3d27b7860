/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What GRUB calls devices, and what kboot calls the files on them.
 * For the commands, wildcards and the reader.
 * Must not believe the number of a disk: the firmware of one morning gave it.
 *
 * `search` makes "UUID=X" and "LABEL=X" of what it is asked for. Where nobody knows what the tree
 * is on, such a device is this tree where the file is there; the first UUID of which that is so is
 * the tree's own, any other is not. The tree of an image is "loop", as loopback.cfg expects.
 */
#ifndef KBOOT_FORMATS_GRUB_DEVICES_H
#define KBOOT_FORMATS_GRUB_DEVICES_H

#include "loopback.h"

/* What the tree is called when a script starts: "hd0,gpt2", "lvm/vg-lv", "mduuid/…",
 * "tftp,10.0.0.1", "host". known: the device that it is on; NULL. */
void grub_own_device(const struct kb_tree *tree, const struct kb_device *known, char *device);
/* Whether it is the number of another partition of the disk that the tree is on. */
bool grub_is_sibling(const struct kb_tree *tree, unsigned part);
/* kboot's name for that partition; 0: for the disk. NULL: out of memory. */
const char *grub_sibling(const struct kb_tree *tree, struct kb_arena *arena, unsigned part);
/* Where on the tree the subvolume is that btrfs_subvol names; NULL: there is none. */
const char *grub_subvolume_of(struct grub *g);
/* Where "(device)/path" or, on root, "/path" is. */
void grub_place_of(struct grub *g, const char *root, const char *name, struct grub_place *place);
/* The tree that place is on, which is asked for where it is another; NULL: it is not to be had. */
const struct kb_tree *grub_place_tree(struct grub *g, const struct grub_place *place);
/* Opens a file; -ENODEV where it is on a tree that is not to be had. */
KB_MUST_CHECK int grub_open(struct grub *g, const char *name, int *ret_fd);
/* Sectors of the tree's device, as a block list names them: "(hd0,gpt2)512+1". -EINVAL: it is no
 * such name; -ENODEV: of another device, or there is none. */
KB_MUST_CHECK int grub_read_sectors(struct grub *g, const char *name, struct kb_buf *text);
/* kboot's name for a file: "/path", "UUID=X:/path", "sda3:/path", a URL. NULL: there is none, and
 * the entry is told why, or memory is out (g->error). */
const char *grub_file_name(struct grub *g, struct kb_arena *arena, const char *root,
			   const char *name, const char **ret_problem);

#endif
