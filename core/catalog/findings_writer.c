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

/* The end of a line that was begun with kb_json_open. */
static int end_line(struct kb_findings_writer *w)
{
	kb_buf_puts(&w->buf, "}\n");
	return kb_buf_error(&w->buf) < 0 || w->buf.len < FLUSH_BYTES ? kb_buf_error(&w->buf)
								     : flush(w);
}

int kb_findings_write_device(struct kb_findings_writer *w, const struct kb_device *device)
{
	kb_json_open(&w->buf, NULL, '{');
	kb_device_to_json(device, "device", &w->buf);
	return end_line(w);
}

/* What decides where a name leads; the rest is read again when it is mounted. */
int kb_findings_write_fstab(struct kb_findings_writer *w, const struct kb_fstab *fstab)
{
	kb_json_open(&w->buf, NULL, '{');
	kb_json_open(&w->buf, "fstab", '[');
	for (size_t i = 0; i < fstab->n_lines; i++) {
		const struct kb_fstab_line *line = &fstab->lines[i];

		kb_json_open(&w->buf, NULL, '{');
		kb_json_put_text(&w->buf, "source", line->source);
		kb_json_put_text(&w->buf, "dir", line->dir);
		kb_json_put_bool(&w->buf, "bind", line->is_bind);
		kb_json_put_int(&w->buf, "line", line->at.line);
		kb_json_close(&w->buf, '}');
	}
	kb_json_close(&w->buf, ']');
	return end_line(w);
}

int kb_findings_write_greeting(struct kb_findings_writer *w, const char *text)
{
	kb_json_open(&w->buf, NULL, '{');
	kb_json_put_text(&w->buf, "greeting", text);
	return end_line(w);
}

int kb_findings_write_error(struct kb_findings_writer *w, const struct kb_error *error)
{
	char text[KB_ERROR_TEXT + KB_ERROR_FILE + 32];

	kb_error_format(error, text, sizeof(text));
	kb_json_open(&w->buf, NULL, '{');
	kb_json_open(&w->buf, "error", '{');
	kb_json_put_int(&w->buf, "code", -error->code);
	kb_json_put_text(&w->buf, "text", text);
	kb_json_close(&w->buf, '}');
	return end_line(w);
}

int kb_findings_write_end(struct kb_findings_writer *w)
{
	int r;

	kb_json_open(&w->buf, NULL, '{');
	kb_json_put_bool(&w->buf, "end", true);
	r = end_line(w);
	return r < 0 ? r : flush(w);
}

static int write_entry(void *ctx, const struct kb_entry *entry)
{
	struct kb_findings_writer *w = ctx;

	if (++w->n_entries > KB_FINDINGS_MAX_ENTRIES) {
		return -E2BIG;
	}
	kb_json_open(&w->buf, NULL, '{');
	kb_entry_to_json(entry, "entry", &w->buf);
	return end_line(w);
}

static void put_position(struct kb_findings_writer *w, const struct kb_position *at)
{
	kb_json_put_text(&w->buf, "file", at->file);
	kb_json_put_int(&w->buf, "line", at->line);
	kb_json_put_int(&w->buf, "column", at->column);
	kb_json_close(&w->buf, '}');
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
	kb_json_open(&w->buf, NULL, '{');
	kb_json_open(&w->buf, "setting", '{');
	kb_json_put_text(&w->buf, "name", kb_variables[setting->variable].name);
	kb_json_put_text(&w->buf, "value", setting->value);
	put_position(w, &setting->at);
	return end_line(w);
}

static void write_diag(void *ctx, const struct kb_diag *diag)
{
	struct kb_findings_writer *w = ctx;

	kb_json_open(&w->buf, NULL, '{');
	kb_json_open(&w->buf, "diag", '{');
	kb_json_put_bool(&w->buf, "error", diag->severity >= KB_SEVERITY_ERROR);
	kb_json_put_bool(&w->buf, "loss", diag->severity == KB_SEVERITY_LOSS);
	kb_json_put_text(&w->buf, "text", diag->text);
	put_position(w, &diag->at);
	/* Out of memory shows at the next line. */
	(void)!end_line(w);
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
