/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-boot's loader.conf, as far as it says what boots by itself, and when.
 * For the reader bls.c.
 * Must not open anything.
 */
#ifndef KBOOT_FORMATS_BLS_LOADER_CONF_H
#define KBOOT_FORMATS_BLS_LOADER_CONF_H

#include "bls/entry_file.h"

struct loader_conf {
	struct kb_loader_conf says;
	const char *timeout; /* seconds; NULL: it waits for ever */
	unsigned timeout_line;
};

/* Starts with what holds when nothing is said: boots at once. -ENOMEM. */
KB_MUST_CHECK int loader_conf_parse(struct kb_arena *arena, const char *file, struct kb_str text,
				    struct conf_diags *diags, struct loader_conf *ret_conf);

#endif
