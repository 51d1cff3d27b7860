/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file written: replaced whole or not at all, also when the power goes.
 * For core, where a person has asked for it, and the history of the prompt.
 * Must not follow links.
 */
#ifndef KBOOT_BASE_REPLACE_H
#define KBOOT_BASE_REPLACE_H

#include "kboot/base/str.h"

/* name: in that directory, without a slash. Owner and mode stay as they were; a new file gets 0644.
 * -EROFS, -ENOSPC, …; then the old file is there as before. */
KB_MUST_CHECK int kb_replace_file(int dir_fd, const char *name, struct kb_str bytes);
/* -errno. */
KB_MUST_CHECK int kb_write_all(int fd, struct kb_str bytes);

#endif
