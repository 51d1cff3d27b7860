/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the statements of a GRUB script do.
 * For the commands that run scripts, and for what opens entries.
 * Must not know commands, which it finds through the state.
 */
#ifndef KBOOT_FORMATS_GRUB_EVALUATOR_H
#define KBOOT_FORMATS_GRUB_EVALUATOR_H

#include "state.h"

/* Runs a text line by line; the status of the last statement. */
int grub_run(struct grub *g, const struct grub_source *source);
/* A file of the tree, read once and kept: *ret_source. -errno. */
KB_MUST_CHECK int grub_load(struct grub *g, const struct kb_tree *tree, const char *path,
			    struct grub_source *ret_source);
/* A command with its arguments, as if it stood in the script. */
int grub_call(struct grub *g, struct grub_arguments *args, const struct grub_node *node);

#endif
