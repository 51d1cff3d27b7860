/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The readers, one a format.
 * For the table in readers.c, and for what defines them.
 * Must hold declarations only.
 */
#ifndef KBOOT_FORMATS_READERS_H
#define KBOOT_FORMATS_READERS_H

#include "kboot/formats/reader.h"

extern const struct kb_reader kb_reader_kboot_conf;
extern const struct kb_reader kb_reader_bls;
extern const struct kb_reader kb_reader_syslinux;
extern const struct kb_reader kb_reader_grub;
extern const struct kb_reader kb_reader_grub_legacy;
extern const struct kb_reader kb_reader_lilo;
extern const struct kb_reader kb_reader_petitboot;
extern const struct kb_reader kb_reader_refind;
extern const struct kb_reader kb_reader_bare;
/* Their check() alone: the files are found by another reader. */
extern const struct kb_reader kb_reader_yaboot;

#endif
