/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a worker gives away before it works: capabilities, system calls, limits.
 * For sys_linux.c.
 * Must not fail because the process had not what it gives away, or the kernel knows no filters.
 */
#ifndef KBOOT_BASE_CONFINE_H
#define KBOOT_BASE_CONFINE_H

#include "kboot/base/sys.h"

/* As confine of struct kb_sys. */
KB_MUST_CHECK int kb_confine(enum kb_confinement kind, uint64_t memory_bytes);

#endif
