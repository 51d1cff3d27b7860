/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON: written piece by piece to a buffer, read into values in an arena; access that never trusts
 * a peer. A text is bytes on either side of it: base/bytes.h says how they travel.
 * For model, proto, core and app.
 * Must not be given text without a size limit (lines are capped by kb_lines).
 */
#ifndef KBOOT_BASE_JSON_H
#define KBOOT_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum { KB_JSON_MAX_DEPTH = 64 }; /* arrays and objects in each other */

/* --- writing: compact, behind whole lines; kb_buf_error() tells what went wrong. key is that of a
 * member, NULL in an array and of a whole value. */

void kb_json_open(struct kb_buf *b, const char *key, char bracket);         /* '{' or '[' */
void kb_json_close(struct kb_buf *b, char bracket);                         /* '}' or ']' */
void kb_json_put_text(struct kb_buf *b, const char *key, const char *text); /* NULL: null */
void kb_json_put_str(struct kb_buf *b, const char *key, struct kb_str text);
void kb_json_put_int(struct kb_buf *b, const char *key, int64_t value);
void kb_json_put_bool(struct kb_buf *b, const char *key, bool value);
void kb_json_put_null(struct kb_buf *b, const char *key);
/* The end of the object that was opened at start, and of its line. With r < 0, above max bytes or
 * in a buffer with an error the line is taken back. r, -EMSGSIZE, -ENOMEM, -EFBIG. */
KB_MUST_CHECK int kb_json_end_line(struct kb_buf *b, size_t start, size_t max, int r);
/*
 * A worker's word to its engine: the object that is open in b, as one line to a pipe. An engine
 * that no longer listens has ended the worker or is about to, so that nothing can fail.
 */
void kb_json_tell(int fd, struct kb_buf *b);

/* --- reading */

enum kb_json_type {
	KB_JSON_NULL,
	KB_JSON_BOOL,
	KB_JSON_INT,
	KB_JSON_REAL,
	KB_JSON_TEXT,
	KB_JSON_ARRAY,
	KB_JSON_OBJECT,
};

struct kb_json {
	enum kb_json_type type;
	bool is_true;
	int64_t integer;
	const char *text; /* of a text: without a NUL inside; of a real: as it stood there */
	const char *key;  /* of a member */
	const struct kb_json *parts; /* of an array or object: the first */
	const struct kb_json *next;
};

/* Any UTF-8 JSON value (RFC 8259) without a NUL in its texts; it lives in the arena. -EINVAL (also
 * above KB_JSON_MAX_DEPTH and for numbers that do not fit), -ENOMEM. */
KB_MUST_CHECK int kb_json_parse(struct kb_arena *arena, struct kb_str text,
				const struct kb_json **ret_value);
/* The member; of several with this key the last. NULL: none, it is null, or that is no object. */
const struct kb_json *kb_json_get(const struct kb_json *object, const char *key);
/* A missing value (NULL) is of no type. */
static inline bool kb_json_is(const struct kb_json *value, enum kb_json_type type)
{
	return value && value->type == type;
}
/* Missing or of another type: the default. Strings are borrowed. */
const char *kb_json_get_str(const struct kb_json *object, const char *key, const char *otherwise);
int64_t kb_json_get_int(const struct kb_json *object, const char *key, int64_t otherwise);
bool kb_json_get_bool(const struct kb_json *object, const char *key, bool otherwise);
/* A copy in the arena; *ret_text is left alone where there is no such text. -ENOMEM. */
KB_MUST_CHECK int kb_json_copy_str(struct kb_arena *arena, const struct kb_json *object,
				   const char *key, const char **ret_text);

#endif
