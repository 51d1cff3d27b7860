/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One error for a person: what happened, and where in which file; and diagnostics, of which there
 * may be many. For every module; library floors fill them, only app and ui show them. Must not
 * allocate: an error must be reportable when memory is gone.
 */
#ifndef KBOOT_BASE_ERROR_H
#define KBOOT_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "kboot/base/cleanup.h"

/* file is NULL or "" when the text has no place; line and column count from 1, 0 is unknown.
 * Columns are bytes. */
struct kb_position {
	const char *file;
	unsigned line;
	unsigned column;
};

enum { KB_ERROR_TEXT = 512, KB_ERROR_FILE = 256 };

/* Owned by the caller, reusable. code is 0 or -errno. text is one sentence, no newline. */
struct kb_error {
	int code;
	unsigned line;
	unsigned column;
	char file[KB_ERROR_FILE];
	char text[KB_ERROR_TEXT];
};

/*
 * kb_error_set(err, code, fmt, …) fills *err (which may be NULL) and answers code, so that
 * `return kb_error_set(err, -ENOENT, …)` reads well. A macro, so that a static analyser sees which
 * code comes back.
 */
#define kb_error_set(err, code, ...)                                                               \
	({                                                                                         \
		int kb_code_ = (code);                                                             \
		kb_error_fill((err), kb_code_, __VA_ARGS__);                                       \
		kb_code_;                                                                          \
	})
#define kb_error_no_memory(err) kb_error_set((err), -ENOMEM, "out of memory")
void kb_error_fill(struct kb_error *err, int code, const char *fmt, ...) KB_PRINTF(3, 4);
int kb_error_set_at(struct kb_error *err, int code, struct kb_position at, const char *fmt, ...)
	KB_PRINTF(4, 5);
/* Puts "context: " before the text that is there. Returns err->code, or code where err is NULL. */
int kb_error_prefix(struct kb_error *err, int code, const char *fmt, ...) KB_PRINTF(3, 4);
void kb_error_clear(struct kb_error *err);
/* "FILE:LINE:COL: text", leaving out what is not known. buf is always terminated. */
void kb_error_format(const struct kb_error *err, char *buf, size_t size);

/* LOSS: an error, for which a part of a file or all of it was not read. */
enum kb_severity { KB_SEVERITY_WARNING, KB_SEVERITY_ERROR, KB_SEVERITY_LOSS };

struct kb_diag {
	enum kb_severity severity;
	struct kb_position at;
	const char *text; /* one sentence; borrowed for the call */
};

/* Where diagnostics go. report may be NULL. */
struct kb_diag_sink {
	void (*report)(void *ctx, const struct kb_diag *diag);
	void *ctx;
};

void kb_diag_report(const struct kb_diag_sink *sink, enum kb_severity severity,
		    struct kb_position at, const char *fmt, ...) KB_PRINTF(4, 5);

#endif
