/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small file of a server, here and now: what a worker reads to know more.
 * For the workers of core. Must not tell anybody a password, as a server may have named the URL,
 * run in the engine itself, and in a simulation asks nobody.
 */
#ifndef KBOOT_CORE_REMOTE_H
#define KBOOT_CORE_REMOTE_H

#include "catalog/place.h"
#include "kboot/base/sys.h"
#include "kboot/fetch/fetch.h"

/*
 * urls: URL[|URL…]. *ret_name: the one that was opened, in the arena. In a simulation the file that
 * stands for it. -ENOENT, -EFBIG and whatever else kb_fetch says, with a sentence.
 */
KB_MUST_CHECK int kb_remote_open_mapped(const struct kb_places *places, struct kb_arena *arena,
					struct kb_str urls, int *ret_fd, const char **ret_name,
					struct kb_error *err);
/* post: a form to send, NULL: none; a simulation sends none. session: of all files of one worker.
 */
KB_MUST_CHECK int kb_remote_open(const struct kb_sys *sys, const struct kb_places *places,
				 struct kb_fetch_session *session, const char *url,
				 const char *post, uint64_t max_bytes, int *ret_fd,
				 struct kb_error *err);

#endif
