/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who kboot is to the servers that it asks for files.
 * For the workers of core.
 * Must not let a password into a sentence, a name or the log.
 */
#ifndef KBOOT_CORE_CREDENTIALS_H
#define KBOOT_CORE_CREDENTIALS_H

#include "kboot/base/arena.h"
#include "kboot/base/str.h"
#include "kboot/mount/smb.h"

/* What config/netrc becomes in the image. */
#define KB_NETRC "/etc/kboot/netrc"

/*
 * The first entry of a netrc that is for the place's host and, where the place names one, for its
 * user (DOMAIN\USER as login); of ret_user what none says stays. "default" is passed over: whoever
 * names a server would get an answer to it. -ENOMEM.
 */
KB_MUST_CHECK int kb_credentials_choose(struct kb_arena *arena, struct kb_str netrc,
					const struct kb_smb_place *place,
					struct kb_smb_user *ret_user);
/* The same of KB_NETRC; one that is not there has nobody. */
KB_MUST_CHECK int kb_credentials_find(struct kb_arena *arena, const struct kb_smb_place *place,
				      struct kb_smb_user *ret_user);

#endif
