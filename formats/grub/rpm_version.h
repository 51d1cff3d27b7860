/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpm's order of versions, by which Fedora's GRUB lists the files of loader/entries.
 * For blscfg.
 * Must not be used for anything else: kboot's own order is that of kb_version_compare.
 */
#ifndef KBOOT_FORMATS_GRUB_RPM_VERSION_H
#define KBOOT_FORMATS_GRUB_RPM_VERSION_H

#include "kboot/base/str.h"

/* Negative, 0 or positive. */
int rpm_version_compare(struct kb_str a, struct kb_str b);
/* Of names "NAME-VERSION-RELEASE": the parts one after the other. */
int rpm_file_compare(const char *a, const char *b);

#endif
