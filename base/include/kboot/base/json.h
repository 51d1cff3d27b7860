/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON as jansson's values: cleanup, typed access that never trusts a peer, text in, one line out.
 * For model, proto, core and app.
 * Must not be left for jansson's own parser, which does not survive the end of memory; nor parse
 * without a size limit (lines are capped by kb_lines).
 */
#ifndef KBOOT_BASE_JSON_H
#define KBOOT_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum { KB_JSON_MAX_DEPTH = 64 }; /* arrays and objects in each other */

static inline void kb_cleanup_json(json_t **j)
{
	json_decref(*j);
}
#define KB_JSON KB_CLEANUP(kb_cleanup_json)

/*
 * Text of any bytes; NULL is null. In memory a value holds the bytes themselves, which jansson's
 * own ways in and out do not take: kb_json_write() writes them as base/bytes.h says,
 * kb_json_parse() makes bytes of that again.
 */
json_t *kb_json_text(const char *text);
/* Missing or of another type: the default. Strings are borrowed from the object. */
const char *kb_json_get_str(const json_t *object, const char *key, const char *otherwise);
/* A copy in the arena; *ret_text is left alone where there is no such text. -ENOMEM. */
KB_MUST_CHECK int kb_json_copy_str(struct kb_arena *arena, const json_t *object, const char *key,
				   const char **ret_text);
int64_t kb_json_get_int(const json_t *object, const char *key, int64_t otherwise);
bool kb_json_get_bool(const json_t *object, const char *key, bool otherwise);
/* With jansson's flags for dumping. -ENOMEM (nothing is appended). */
KB_MUST_CHECK int kb_json_write(const json_t *value, size_t flags, struct kb_buf *buf);
/* Compact, one line, LF at the end. -ENOMEM. */
KB_MUST_CHECK int kb_json_line(const json_t *value, struct kb_buf *buf);
/*
 * A worker's word to its engine: the object, which is taken, as one line to a pipe. An engine that
 * no longer listens has ended the worker or is about to, so that nothing can fail.
 */
void kb_json_tell(int fd, json_t *object);
/* Any UTF-8 JSON value without a NUL in its text. -EINVAL (also above KB_JSON_MAX_DEPTH), -ENOMEM.
 */
KB_MUST_CHECK int kb_json_parse(struct kb_str text, json_t **ret_value);
/* json_object_set_new that reports -ENOMEM, also for a NULL value; takes the value in every case.
 */
KB_MUST_CHECK int kb_json_set(json_t *object, const char *key, json_t *value);

#endif
