/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * md arrays, by the kernel's own calls: it reads the superblocks, and starts an array of read-only
 * members read-only.
 * For assemble.c and disassemble.c.
 * Must not be started in another way: mdadm writes where it thinks that it should.
 */
#ifndef KBOOT_STORAGE_MD_ARRAY_H
#define KBOOT_STORAGE_MD_ARRAY_H

#include "kboot/storage/assembly.h"

KB_MUST_CHECK int kb_md_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
				 struct kb_error *err);
/* fd is open on it. */
KB_MUST_CHECK int kb_md_stop(const struct kb_sys *sys, int fd);

#endif
