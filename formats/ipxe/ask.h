/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings by name, and those that a person types.
 * For the commands. Must not wait: a question without an answer ends the run.
 */
#ifndef KBOOT_FORMATS_IPXE_ASK_H
#define KBOOT_FORMATS_IPXE_ASK_H

#include "state.h"

int ipxe_store(struct ipxe *x, const char *name, const char *value);
/* What somebody types becomes the setting. */
int ipxe_ask(struct ipxe *x, const char *name, const char *text, enum kb_ipxe_ask kind);

#endif
