/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smb://[[DOMAIN;]USER@]HOST[:PORT]/SHARE/PATH: files that Windows and Samba share.
 * For name.c.
 * Must not judge host, port or user: what mounts the share does.
 */
#ifndef KBOOT_MODEL_SMB_NAME_H
#define KBOOT_MODEL_SMB_NAME_H

#include "kboot/model/name.h"

/* after is what follows "smb://". -EINVAL (no host, no share, a slash or NUL written as %2F or
 * %00), -ENOMEM, with a sentence. */
KB_MUST_CHECK int smb_name_parse(struct kb_arena *arena, struct kb_str after,
				 struct kb_name *ret_name, struct kb_error *err);
/* NULL when out of memory. */
char *smb_name_format(struct kb_arena *arena, const struct kb_name *name);

#endif
