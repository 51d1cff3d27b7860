/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/error.h"

#include <stdarg.h>

#include "oneline.h"

/* The text is made aside first: an argument may be the old text of the same error. */
static void set_text(struct kb_error *err, int code, struct kb_position at, const char *fmt,
		     va_list args) KB_PRINTF(4, 0);

static void set_text(struct kb_error *err, int code, struct kb_position at, const char *fmt,
		     va_list args)
{
	char text[KB_ERROR_TEXT];
	char file[KB_ERROR_FILE];

	kb_oneline_vformat(text, sizeof(text), fmt, args);
	kb_oneline_copy(file, sizeof(file), kb_str_from(at.file));
	memcpy(err->text, text, sizeof(text));
	memcpy(err->file, file, sizeof(file));
	err->code = code;
	err->line = at.line;
	err->column = at.column;
}

void kb_error_fill(struct kb_error *err, int code, const char *fmt, ...)
{
	va_list args;

	if (err) {
		va_start(args, fmt);
		set_text(err, code, (struct kb_position){0}, fmt, args);
		va_end(args);
	}
}

int kb_error_set_at(struct kb_error *err, int code, struct kb_position at, const char *fmt, ...)
{
	va_list args;

	if (err) {
		va_start(args, fmt);
		set_text(err, code, at, fmt, args);
		va_end(args);
	}
	return code;
}

int kb_error_prefix(struct kb_error *err, int code, const char *fmt, ...)
{
	char old[KB_ERROR_TEXT];
	char context[KB_ERROR_TEXT];
	va_list args;

	if (!err) {
		return code;
	}
	va_start(args, fmt);
	kb_oneline_vformat(context, sizeof(context), fmt, args);
	va_end(args);
	memcpy(old, err->text, sizeof(old));
	return kb_error_set_at(err, err->code,
			       (struct kb_position){err->file, err->line, err->column}, "%s: %s",
			       context, old);
}

void kb_error_clear(struct kb_error *err)
{
	if (err) {
		*err = (struct kb_error){0};
	}
}

void kb_error_format(const struct kb_error *err, char *buf, size_t size)
{
	if (size == 0) {
		return;
	}
	if (err->file[0] == '\0') {
		(void)snprintf(buf, size, "%s", err->text);
	} else if (err->line == 0) {
		(void)snprintf(buf, size, "%s: %s", err->file, err->text);
	} else if (err->column == 0) {
		(void)snprintf(buf, size, "%s:%u: %s", err->file, err->line, err->text);
	} else {
		(void)snprintf(buf, size, "%s:%u:%u: %s", err->file, err->line, err->column,
			       err->text);
	}
}

void kb_diag_report(const struct kb_diag_sink *sink, enum kb_severity severity,
		    struct kb_position at, const char *fmt, ...)
{
	char text[KB_ERROR_TEXT];
	va_list args;

	if (!sink || !sink->report) {
		return;
	}
	va_start(args, fmt);
	kb_oneline_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	sink->report(sink->ctx, &(struct kb_diag){.severity = severity, .at = at, .text = text});
}
