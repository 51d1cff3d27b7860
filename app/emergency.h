/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plain shell for when there is no engine to talk to.
 * For the menu and the prompt.
 * Must not open where kboot is, or may be, restricted.
 */
#ifndef KBOOT_APP_EMERGENCY_H
#define KBOOT_APP_EMERGENCY_H

#include <stdbool.h>

#include "options.h"

/*
 * Without an engine: what the last one left written (KB_ENGINE_RESTRICTED), kboot's own
 * configuration and its kernel command line say whether a shell may open. What only a disk's
 * kboot.conf says is not known before an engine has read it.
 */
bool kb_emergency_allowed(const struct kb_options *options);
/* Says so and becomes /bin/sh, which takes Ctrl-C also where we do not. Comes back, with an exit
 * status, only when it may not or cannot. */
int kb_emergency_shell(const struct kb_options *options);

#endif
