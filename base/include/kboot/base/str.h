/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings: borrowed slices (pointer and length) and a builder that owns its bytes and checks every
 * size. For every module. Must not know locales; bytes that are not UTF-8 pass through untouched.
 */
#ifndef KBOOT_BASE_STR_H
#define KBOOT_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kboot/base/cleanup.h"

/* A borrowed run of bytes, not NUL-terminated, possibly with NULs inside. data may be NULL when len
 * is 0. */
struct kb_str {
	const char *data;
	size_t len;
};

#define KB_STR(literal) ((struct kb_str){(literal), sizeof(literal) - 1})

static inline struct kb_str kb_str_from(const char *s)
{
	return (struct kb_str){s, s ? strlen(s) : 0};
}

static inline struct kb_str kb_str_of(const char *data, size_t len)
{
	return (struct kb_str){data, len};
}

/* Of ASCII, whatever the locale; blanks are space, tab, CR, LF, VT, FF. */
static inline bool kb_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool kb_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char kb_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static inline bool kb_is_letter(char c)
{
	return kb_lower(c) >= 'a' && kb_lower(c) <= 'z';
}

/* What a hexadecimal digit stands for; 16: it is none. */
static inline unsigned kb_hex_value(char c)
{
	return kb_is_digit(c)                             ? (unsigned)(c - '0')
	       : kb_lower(c) >= 'a' && kb_lower(c) <= 'f' ? (unsigned)(kb_lower(c) - 'a' + 10)
							  : 16;
}

/* The byte that "%41" at the head stands for in a URL; -1: it stands for none. */
int kb_percent_byte(struct kb_str s);

/* printf("%.*s", KB_STR_ARG(s)); callers keep len below INT_MAX (every input has a cap). */
#define KB_STR_ARG(s) (int)(s).len, (s).data ? (s).data : ""

/* What is left of path below folder, "" or "/x", borrowed; NULL: it is elsewhere. folder is "" for
 * the root. */
const char *kb_path_below(const char *path, const char *folder);

bool kb_str_eq(struct kb_str a, struct kb_str b);
bool kb_str_eq_nocase(struct kb_str a, struct kb_str b); /* ASCII case folding only */
bool kb_str_starts(struct kb_str s, struct kb_str prefix);
/* What both begin with: never the half of a character. */
struct kb_str kb_str_common(struct kb_str a, struct kb_str b);
bool kb_str_ends(struct kb_str s, struct kb_str suffix);
struct kb_str kb_str_skip(struct kb_str s, size_t n); /* n is clamped to the length */
struct kb_str kb_str_head(struct kb_str s, size_t n); /* the first n bytes, clamped */
struct kb_str kb_str_trim(struct kb_str s);           /* blanks at both ends */
/* As strcmp(3). */
int kb_str_compare(struct kb_str a, struct kb_str b);
/* Is one the other but for a slip of a key (a byte more, less or other, two swapped), in any case?
 */
bool kb_str_is_slip(struct kb_str a, struct kb_str b);
/* Is there nothing in it but ASCII letters, digits and the bytes of others? */
bool kb_str_is_word(struct kb_str s, const char *others);
/* Adds text to a fingerprint, which begins as 0. Never answers 0; fits a number of JSON. Texts that
 * were made for it may share one. */
uint64_t kb_str_fingerprint(uint64_t of, struct kb_str text);
/* Takes the next run of bytes that are no blanks off *rest. False at the end. */
bool kb_str_next_word(struct kb_str *rest, struct kb_str *ret_word);
/* Offset of the first c, or s.len. */
size_t kb_str_find(struct kb_str s, char c);
/* Takes the next line (without its LF; a CR before the LF stays) off *rest. False at the end. */
bool kb_str_next_line(struct kb_str *rest, struct kb_str *ret_line);
/* The same for lines that end with stop. */
bool kb_str_next_until(struct kb_str *rest, char stop, struct kb_str *ret_line);
/* Decimal, no sign, no blanks, all of s. -EINVAL, -ERANGE. */
KB_MUST_CHECK int kb_str_to_u64(struct kb_str s, uint64_t *ret_value);
/* true/yes/on/1, false/no/off/0, any case. -EINVAL. */
KB_MUST_CHECK int kb_str_to_bool(struct kb_str s, bool *ret_value);
/* Length of the UTF-8 sequence at the head of s, or 0 where it is not valid UTF-8 (overlong,
 * surrogate, cut). */
size_t kb_str_utf8_len(struct kb_str s);

/*
 * A builder. Appends fail quietly after the first failure (out of memory, or above max_bytes);
 * kb_buf_error() tells. data is always NUL-terminated once anything was appended.
 */
struct kb_buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max_bytes; /* 0: KB_BUF_MAX_DEFAULT */
	int error;        /* 0 or -errno, sticky */
};

enum { KB_BUF_MAX_DEFAULT = 64 << 20 };

void kb_buf_done(struct kb_buf *b);
void kb_buf_reset(struct kb_buf *b); /* length and error to zero, memory stays */
void kb_buf_append(struct kb_buf *b, const void *data, size_t len);
void kb_buf_str(struct kb_buf *b, struct kb_str s);
void kb_buf_puts(struct kb_buf *b, const char *s);
void kb_buf_putc(struct kb_buf *b, char c);
void kb_buf_printf(struct kb_buf *b, const char *fmt, ...) KB_PRINTF(2, 3);
void kb_buf_vprintf(struct kb_buf *b, const char *fmt, va_list args) KB_PRINTF(2, 0);
static inline int kb_buf_error(const struct kb_buf *b)
{
	return b->error;
}
static inline struct kb_str kb_buf_view(const struct kb_buf *b)
{
	return kb_str_of(b->data, b->len);
}
/* Hands the bytes over (NUL-terminated, never NULL on success) and empties the builder. */
KB_MUST_CHECK int kb_buf_steal(struct kb_buf *b, char **ret_data);

#define KB_BUF KB_CLEANUP(kb_buf_done)

#endif
