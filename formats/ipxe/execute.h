/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the lines of a script, and scripts in each other.
 * For the commands and the run. Must not know what a command does.
 */
#ifndef KBOOT_FORMATS_IPXE_EXECUTE_H
#define KBOOT_FORMATS_IPXE_EXECUTE_H

#include "script.h"
#include "state.h"

/* The status of its last command; what happened to the run is in x. */
int ipxe_execute_script(struct ipxe *x, const struct ipxe_script *script);
/* One command with its words. */
int ipxe_execute_words(struct ipxe *x, const struct ipxe_words *args);

#endif
