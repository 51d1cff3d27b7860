/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keywords with which kboot does nothing, as they are about a screen, a keyboard or a serial line.
 * For config.c.
 * Must not know what any of them means.
 */
#ifndef KBOOT_FORMATS_SYSLINUX_KEYWORDS_H
#define KBOOT_FORMATS_SYSLINUX_KEYWORDS_H

#include "kboot/base/str.h"

bool syslinux_knows(bool is_uboot, struct kb_str word);

#endif
