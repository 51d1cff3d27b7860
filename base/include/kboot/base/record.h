/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A struct as a JSON object and back, by a table of its fields, so that both directions agree.
 * For proto and core, which write and read them.
 * Must not accept a field of another type or out of range: that is -EINVAL; nor change a text,
 * which may hold any bytes.
 */
#ifndef KBOOT_BASE_RECORD_H
#define KBOOT_BASE_RECORD_H

#include "kboot/base/arena.h"
#include "kboot/base/json.h"

enum kb_field_type {
	KB_FIELD_TEXT,  /* const char *; NULL is left out */
	KB_FIELD_ARRAY, /* char[size]; longer text is cut at a UTF-8 boundary */
	KB_FIELD_BOOL,  /* left out where false */
	KB_FIELD_UINT,  /* unsigned */
	KB_FIELD_INT64, /* int64_t, not negative */
	KB_FIELD_UINT64,
	KB_FIELD_SIZE,    /* size_t */
	KB_FIELD_NONZERO, /* uint64_t; 0 is left out, and never read */
	KB_FIELD_ENUM,    /* an enum counting from 0, written as names[value] */
};

struct kb_field {
	int record; /* which of the structs in a table this field belongs to */
	enum kb_field_type type;
	const char *name;
	size_t offset;
	size_t size;              /* of a KB_FIELD_ARRAY; the number of names of a KB_FIELD_ENUM */
	const char *const *names; /* of a KB_FIELD_ENUM */
};

/* Only the fields of the record are read or written; a missing one leaves 0, NULL or false. Texts
 * are borrowed from the object. */
KB_MUST_CHECK int kb_record_encode(const struct kb_field *fields, size_t n_fields, int record,
				   const void *from, struct kb_buf *json);
KB_MUST_CHECK int kb_record_decode(const struct kb_field *fields, size_t n_fields, int record,
				   const struct kb_json *object, void *to);
/* A line that is one such object, texts in the arena. -EINVAL for anything else. */
KB_MUST_CHECK int kb_record_read(const struct kb_field *fields, size_t n_fields, int record,
				 struct kb_arena *arena, struct kb_str line, void *to);
/* What was decoded or assigned outlives its object: TEXT fields become copies in the arena.
 * -ENOMEM. */
KB_MUST_CHECK int kb_record_copy_texts(const struct kb_field *fields, size_t n_fields, int record,
				       struct kb_arena *arena, void *at);
/* Index of name, or -1. */
int kb_record_name(const char *const *names, size_t n_names, const char *name);

#endif
