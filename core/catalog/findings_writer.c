/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was found, on its way from a worker. */
#include <errno.h>

#include "findings.h"
#include "findings_line.h"
#include "kboot/base/replace.h"

enum { FLUSH_BYTES = 64 << 10 };

static const char *const kinds[N_KINDS] = {"entry",   "device",   "system",   "mount",
					   "setting", "loader",   "variable", "other",
					   "diag",    "greeting", "error",    "end"};

#define AT(member) offsetof(struct findings_line, member)
#define OF(member) offsetof(struct kb_system, member)

const struct kb_field kb_findings_fields[KB_FINDINGS_N_FIELDS] = {
	{LINE, KB_FIELD_ENUM, "kind", AT(kind), N_KINDS, kinds},
	{LINE, KB_FIELD_UINT, "number", AT(number), 0, NULL},
	{LINE, KB_FIELD_BOOL, "loader", AT(of_loader), 0, NULL},
	{LINE, KB_FIELD_TEXT, "text", AT(text), 0, NULL},
	{LINE, KB_FIELD_TEXT, "dir", AT(dir), 0, NULL},
	{LINE, KB_FIELD_TEXT, "subvolume", AT(subvolume), 0, NULL},
	{LINE, KB_FIELD_BOOL, "bind", AT(is_bind), 0, NULL},
	{LINE, KB_FIELD_TEXT, "file", AT(at.file), 0, NULL},
	{LINE, KB_FIELD_UINT, "line", AT(at.line), 0, NULL},
	{LINE, KB_FIELD_UINT, "column", AT(at.column), 0, NULL},
	{OF_SYSTEM, KB_FIELD_TEXT, "below", OF(subvolume), 0, NULL},
	{OF_SYSTEM, KB_FIELD_TEXT, "name", OF(says.name), 0, NULL},
	{OF_SYSTEM, KB_FIELD_TEXT, "args", OF(says.args), 0, NULL},
	{OF_SYSTEM, KB_FIELD_TEXT, "root", OF(says.root), 0, NULL},
	{OF_SYSTEM, KB_FIELD_TEXT, "crypttab", OF(says.crypttab), 0, NULL},
};

void kb_findings_writer_done(struct kb_findings_writer *w)
{
	kb_buf_done(&w->buf);
	kb_arena_done(&w->arena);
}

static void begin(struct kb_findings_writer *w, const struct findings_line *line)
{
	kb_json_open(&w->buf, NULL, '{');
	/* What was read here fits its fields. */
	(void)!kb_record_encode(kb_findings_fields, KB_FINDINGS_N_FIELDS, LINE, line, &w->buf);
}

static int end(struct kb_findings_writer *w, size_t max_kept)
{
	int r;

	kb_buf_puts(&w->buf, "}\n");
	r = kb_buf_error(&w->buf);
	if (r < 0 || w->buf.len < max_kept) {
		return r;
	}
	r = kb_write_all(w->fd, kb_buf_view(&w->buf));
	kb_buf_reset(&w->buf);
	return r;
}

static int write_line(struct kb_findings_writer *w, const struct findings_line *line)
{
	begin(w, line);
	return end(w, line->kind == END ? 0 : FLUSH_BYTES);
}

int kb_findings_write_device(struct kb_findings_writer *w, const struct kb_device *device)
{
	begin(w, &(struct findings_line){.kind = DEVICE});
	kb_device_to_json(device, "device", &w->buf);
	return end(w, FLUSH_BYTES);
}

/* What decides where a name leads; the rest is read again when it is mounted. */
int kb_findings_write_system(struct kb_findings_writer *w, const struct kb_system *system)
{
	int r;

	begin(w, &(struct findings_line){.kind = SYSTEM});
	(void)!kb_record_encode(kb_findings_fields, KB_FINDINGS_N_FIELDS, OF_SYSTEM, system,
				&w->buf);
	r = end(w, FLUSH_BYTES);
	w->n_systems++;
	for (size_t i = 0; r == 0 && i < system->fstab.n_lines; i++) {
		const struct kb_fstab_line *line = &system->fstab.lines[i];

		r = write_line(w, &(struct findings_line){.kind = MOUNT,
							  .text = line->source,
							  .dir = line->dir,
							  .subvolume = line->subvolume,
							  .is_bind = line->is_bind,
							  .at.line = line->at.line});
	}
	return r;
}

int kb_findings_write_greeting(struct kb_findings_writer *w, const char *text)
{
	return write_line(w, &(struct findings_line){.kind = GREETING, .text = text});
}

int kb_findings_write_other(struct kb_findings_writer *w, const char *name)
{
	return write_line(w, &(struct findings_line){.kind = OTHER, .text = name});
}

int kb_findings_write_error(struct kb_findings_writer *w, const struct kb_error *error)
{
	char text[KB_ERROR_TEXT + KB_ERROR_FILE + 32];

	kb_error_format(error, text, sizeof(text));
	return write_line(w, &(struct findings_line){.kind = ERROR,
						     .number = (unsigned)-error->code,
						     .text = text});
}

int kb_findings_write_end(struct kb_findings_writer *w)
{
	return write_line(w, &(struct findings_line){.kind = END});
}

static int write_entry(void *ctx, const struct kb_entry *entry)
{
	struct kb_findings_writer *w = ctx;
	struct kb_entry told = *entry;

	if (++w->n_entries > KB_FINDINGS_MAX_ENTRIES) {
		return -E2BIG;
	}
	told.subvolume = w->subvolume;
	begin(w, &(struct findings_line){.kind = ENTRY});
	kb_entry_to_json(&told, "entry", &w->buf);
	return end(w, FLUSH_BYTES);
}

static int write_setting(void *ctx, const struct kb_setting *setting)
{
	struct kb_findings_writer *w = ctx;
	int r = setting->variable == KB_VAR_MESSAGE
			? kb_setting_copy(&w->arena, setting, &w->message)
			: 0;

	return r < 0 ? r
		     : write_line(w, &(struct findings_line){.kind = SETTING,
							     .number = setting->variable,
							     .of_loader = setting->rank ==
									  KB_RANK_LOADER,
							     .text = setting->value,
							     .at = setting->at});
}

static int write_loader(void *ctx, const struct kb_loader_conf *conf)
{
	return write_line(ctx, &(struct findings_line){.kind = LOADER,
						       .text = conf->wanted ? conf->wanted : "",
						       .dir = conf->preferred,
						       .at.file = conf->file});
}

int kb_findings_write_vars(struct kb_findings_writer *w, const struct kb_loader_vars *vars)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < KB_N_LOADER_VARS; i++) {
		r = vars->values[i]
			    ? write_line(w, &(struct findings_line){.kind = VARIABLE,
								    .number = i,
								    .text = vars->values[i]})
			    : 0;
	}
	return r;
}

static void write_diag(void *ctx, const struct kb_diag *diag)
{
	/* Out of memory shows at the next line. */
	(void)!write_line(ctx, &(struct findings_line){DIAG, diag->severity, diag->text,
						       .at = diag->at});
}

struct kb_reader_out kb_findings_writer_out(struct kb_findings_writer *w)
{
	return (struct kb_reader_out){
		.ctx = w,
		.entry = write_entry,
		.setting = write_setting,
		.loader = write_loader,
		.diags = {.report = write_diag, .ctx = w},
	};
}
