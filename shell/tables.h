/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the engine answers, as lines for people: texts and tables.
 * For ask and complete.
 * Must not print: page.h does.
 */
#ifndef KBOOT_SHELL_TABLES_H
#define KBOOT_SHELL_TABLES_H

#include "kboot/proto/intent.h"
#include "kboot/proto/message.h"

enum { KB_SIZE_BYTES = 32 };

/* The lines of it. */
void kb_shell_put_reply(struct kb_buf *to, enum kb_intent_type type,
			const struct kb_message *reply);
/* "446 GiB", or "-"; answers size. */
const char *kb_shell_device_size(const struct kb_table_row *device, char size[KB_SIZE_BYTES]);

#endif
