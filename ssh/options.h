/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options in front of a key.
 * For authorized.c.
 * Must not skip what would have kept somebody out.
 */
#ifndef KBOOT_SSH_OPTIONS_H
#define KBOOT_SSH_OPTIONS_H

#include "kboot/ssh/authorized.h"

/* Takes the options off *rest, up to the blank behind them. -EINVAL with a sentence; -ENOMEM. */
KB_MUST_CHECK int kb_ssh_options_take(struct kb_arena *arena, struct kb_str *rest,
				      struct kb_ssh_key *key, struct kb_error *err);

#endif
