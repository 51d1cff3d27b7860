/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prompt on this terminal, connected to the engine of this machine or of a simulation.
 * For `kboot shell`, and for the menu where it opens one or cannot be shown.
 * Must not outlive a menu that opened it: the menu's terminal is its own again.
 */
#ifndef KBOOT_APP_PROMPT_H
#define KBOOT_APP_PROMPT_H

#include "options.h"

/*
 * from_menu: `menu` leaves it. command: this line only; NULL: until the person leaves.
 * *ret_leaving: another kernel is about to start. Returns the exit status.
 */
int kb_prompt_run(const struct kb_options *options, bool from_menu, const char *command,
		  bool *ret_leaving);
/* In the foreground of the menu's terminal, as a process of its own; /bin/sh where no engine
 * answers. Returns its exit status, or -errno. */
int kb_prompt_open(const struct kb_options *options);

#endif
