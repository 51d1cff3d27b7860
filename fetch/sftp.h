/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One transfer by SFTP, over the connection that ssh.c makes.
 * For this module. Must not try again: that is decided in fetch.c.
 */
#ifndef KBOOT_FETCH_SFTP_H
#define KBOOT_FETCH_SFTP_H

#include "transfer.h"

enum kb_outcome kb_sftp_run(struct kb_transfer *transfer, struct kb_error *err);

#endif
