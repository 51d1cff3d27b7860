/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What dropbear says on its standard error, as lines of kboot's log.
 * For the worker that runs it.
 * Must not be trusted: whoever connects has a part in it.
 */
#ifndef KBOOT_SSH_SERVER_LINE_H
#define KBOOT_SSH_SERVER_LINE_H

#include "kboot/base/error.h"
#include "kboot/base/str.h"

struct kb_ssh_line {
	struct kb_str text; /* without the process and the date before it */
	bool is_warning;    /* somebody was refused, or it does not work */
	bool is_said;       /* worth a line: not that somebody connected, only what came of it */
};

struct kb_ssh_line kb_ssh_server_line(struct kb_str line);

#endif
