/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include "findings.h"
#include "kboot/base/json.h"

enum { FLUSH_BYTES = 64 << 10 };

void kb_findings_writer_done(struct kb_findings_writer *w)
{
	kb_buf_done(&w->buf);
	kb_arena_done(&w->arena);
}

static int flush(struct kb_findings_writer *w)
{
	size_t done = 0;

	while (done < w->buf.len) {
		ssize_t n = write(w->fd, w->buf.data + done, w->buf.len - done);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		done += (size_t)n;
	}
	kb_buf_reset(&w->buf);
	return 0;
}

/* Takes part. {"key": part} as one line. */
static int put(struct kb_findings_writer *w, const char *key, json_t *part)
{
	KB_JSON json_t *line = json_object();
	int r = line ? kb_json_set(line, key, part) : -ENOMEM;

	if (!line) {
		json_decref(part);
	}
	if (r == 0) {
		r = kb_json_line(line, &w->buf);
	}
	return r < 0 || w->buf.len < FLUSH_BYTES ? r : flush(w);
}

int kb_findings_write_device(struct kb_findings_writer *w, const struct kb_device *device)
{
	json_t *object;
	int r = kb_device_to_json(device, &object);

	return r < 0 ? r : put(w, "device", object);
}

/* What decides where a name leads; the rest is read again when it is mounted. */
static json_t *fstab_line(const struct kb_fstab_line *line)
{
	return json_pack("{s:o, s:o, s:b, s:i}", "source", kb_json_text(line->source), "dir",
			 kb_json_text(line->dir), "bind", line->is_bind, "line",
			 (int)line->at.line);
}

int kb_findings_write_fstab(struct kb_findings_writer *w, const struct kb_fstab *fstab)
{
	json_t *lines = json_array();

	for (size_t i = 0; lines && i < fstab->n_lines; i++) {
		if (json_array_append_new(lines, fstab_line(&fstab->lines[i])) < 0) {
			json_decref(lines);
			return -ENOMEM;
		}
	}
	return lines ? put(w, "fstab", lines) : -ENOMEM;
}

int kb_findings_write_greeting(struct kb_findings_writer *w, const char *text)
{
	return put(w, "greeting", kb_json_text(text));
}

int kb_findings_write_error(struct kb_findings_writer *w, const struct kb_error *error)
{
	char text[KB_ERROR_TEXT + KB_ERROR_FILE + 32];
	json_t *object;

	kb_error_format(error, text, sizeof(text));
	object = json_pack("{s:i, s:o}", "code", -error->code, "text", kb_json_text(text));
	return put(w, "error", object);
}

int kb_findings_write_end(struct kb_findings_writer *w)
{
	int r = put(w, "end", json_true());

	return r < 0 ? r : flush(w);
}

static int write_entry(void *ctx, const struct kb_entry *entry)
{
	struct kb_findings_writer *w = ctx;
	json_t *object;
	int r;

	if (++w->n_entries > KB_FINDINGS_MAX_ENTRIES) {
		return -E2BIG;
	}
	r = kb_entry_to_json(entry, &object);
	return r < 0 ? r : put(w, "entry", object);
}

static json_t *with_position(json_t *object, const struct kb_position *at)
{
	if (!object || kb_json_set(object, "file", kb_json_text(at->file)) < 0 ||
	    kb_json_set(object, "line", json_integer(at->line)) < 0 ||
	    kb_json_set(object, "column", json_integer(at->column)) < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static int remember_message(struct kb_findings_writer *w, const struct kb_setting *setting)
{
	struct kb_setting *copy = kb_arena_alloc(&w->arena, sizeof(*copy));

	if (!copy) {
		return -ENOMEM;
	}
	*copy = *setting;
	copy->value = kb_arena_strdup(&w->arena, setting->value);
	copy->at.file = kb_arena_strdup(&w->arena, setting->at.file);
	w->message = copy;
	return copy->value ? 0 : -ENOMEM;
}

static int write_setting(void *ctx, const struct kb_setting *setting)
{
	struct kb_findings_writer *w = ctx;
	int r = 0;

	if (setting->variable == KB_VAR_MESSAGE) {
		r = remember_message(w, setting);
	}
	if (r < 0) {
		return r;
	}
	return put(w, "setting",
		   with_position(json_pack("{s:s, s:o}", "name",
					   kb_variables[setting->variable].name, "value",
					   kb_json_text(setting->value)),
				 &setting->at));
}

static void write_diag(void *ctx, const struct kb_diag *diag)
{
	struct kb_findings_writer *w = ctx;
	int r = put(w, "diag",
		    with_position(json_pack("{s:b, s:b, s:o}", "error",
					    diag->severity >= KB_SEVERITY_ERROR, "loss",
					    diag->severity == KB_SEVERITY_LOSS, "text",
					    kb_json_text(diag->text)),
				  &diag->at));

	/* A diagnostic that cannot be told is the one thing that may be lost. */
	(void)r;
}

struct kb_reader_out kb_findings_writer_out(struct kb_findings_writer *w)
{
	return (struct kb_reader_out){
		.ctx = w,
		.entry = write_entry,
		.setting = write_setting,
		.diags = {.report = write_diag, .ctx = w},
	};
}
