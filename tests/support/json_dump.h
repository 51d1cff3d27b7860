/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON values written again, and JSON laid out for a reader of expected files.
 * For tests. Must not be needed by the product, which never writes what it has read.
 */
#ifndef KBOOT_TESTS_SUPPORT_JSON_DUMP_H
#define KBOOT_TESTS_SUPPORT_JSON_DUMP_H

#include "kboot/base/json.h"

void json_dump(const struct kb_json *value, struct kb_buf *json);
/* What `compact` holds, with a member or item a line and two blanks a level. */
void json_indent(struct kb_str compact, struct kb_buf *text);

#endif
