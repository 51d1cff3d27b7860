/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of an interface in more than one place.
 * For network's own files.
 * Must not look longer than a read takes.
 */
#ifndef KBOOT_NETWORK_SHOW_H
#define KBOOT_NETWORK_SHOW_H

#include "kboot/base/str.h"

/* " (DHCP from 10.0.2.2)", " (by hand)", or nothing. */
void kb_show_how(const char *interface, struct kb_buf *to);

#endif
