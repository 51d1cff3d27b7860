/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One transfer by TFTP. libcurl's own client waits 72 s for a lost packet.
 * For this module. Must not try again: that is decided in fetch.c.
 */
#ifndef KBOOT_FETCH_TFTP_H
#define KBOOT_FETCH_TFTP_H

#include "transfer.h"

enum kb_outcome kb_tftp_run(struct kb_transfer *transfer, struct kb_error *err);

#endif
