/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of a kernel as its parameters, quoted as that kernel quotes.
 * For core, network and app, which read kboot's own.
 * Must not know more quotes than the kernel: an apostrophe is an ordinary character.
 */
#ifndef KBOOT_BASE_CMDLINE_H
#define KBOOT_BASE_CMDLINE_H

#include <stdbool.h>

#include "kboot/base/str.h"

struct kb_cmdline_param {
	struct kb_str name;
	struct kb_str value; /* without its quotes; "" where there is no "=" */
	bool has_value;
};

/* Takes the next parameter off *rest. False when there is none. Those behind "--" are init's for
 * the kernel, and ours all the same. */
bool kb_cmdline_next(struct kb_str *rest, struct kb_cmdline_param *ret_param);

#endif
