/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's environment block: a small file of name=value that the running system and GRUB both write.
 * For load_env.
 * Must not write.
 */
#ifndef KBOOT_FORMATS_GRUB_ENVIRONMENT_BLOCK_H
#define KBOOT_FORMATS_GRUB_ENVIRONMENT_BLOCK_H

#include "kboot/base/str.h"

enum { GRUB_BLOCK_MAX_BYTES = 64 << 10 };

/* Takes the next variable off *rest, the value unescaped in the buffer. False at the end; a buffer
 * with an error had no room. */
bool grub_block_next(struct kb_str *rest, struct kb_str *ret_name, struct kb_buf *value);
/* The text behind the signature; false: it is no such block. */
bool grub_block_start(struct kb_str text, struct kb_str *ret_rest);

#endif
