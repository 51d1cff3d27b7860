/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "findings.h"

#include <errno.h>
#include <stdlib.h>

#include "findings_line.h"

/* Of an account, what entries leave for all that is not an entry: its eighth part. */
enum { RESERVE_PART = 8 };

enum { MAX_ERRNO = 4096 };

/* --- what was found */

void kb_findings_done(struct kb_findings *f)
{
	if (!f) {
		return;
	}
	free(f->entries);
	kb_account_give_back(f->arena.account, f->cap_entries * sizeof(*f->entries));
	kb_arena_done(&f->arena);
	memset(f, 0, sizeof(*f));
}

static bool is_nearly_full(const struct kb_account *account)
{
	return account && account->max_bytes > 0 &&
	       account->used_bytes > account->max_bytes - account->max_bytes / RESERVE_PART;
}

static int grow(struct kb_findings *f)
{
	size_t more = f->cap_entries ? f->cap_entries / 2 : 16;
	size_t cap = f->cap_entries + more;
	struct kb_entry *entries;

	if (f->n_entries >= KB_FINDINGS_MAX_ENTRIES) {
		return -E2BIG;
	}
	if (is_nearly_full(f->arena.account)) {
		return -ENOMEM;
	}
	if (f->n_entries < f->cap_entries) {
		return 0;
	}
	if (kb_account_take(f->arena.account, more * sizeof(*entries)) < 0) {
		return -ENOMEM;
	}
	entries = reallocarray(f->entries, cap, sizeof(*entries));
	if (!entries) {
		kb_account_give_back(f->arena.account, more * sizeof(*entries));
		return -ENOMEM;
	}
	f->entries = entries;
	f->cap_entries = cap;
	return 0;
}

static int add_entry(void *ctx, const struct kb_entry *entry)
{
	struct kb_findings *f = ctx;
	int r = grow(f);

	if (r == 0) {
		r = kb_entry_copy(&f->arena, entry, &f->entries[f->n_entries]);
	}
	f->n_entries += r == 0;
	return r;
}

int kb_findings_add_setting(struct kb_findings *f, const struct kb_setting *setting)
{
	int r = f->n_settings == KB_FINDINGS_MAX_SETTINGS
			? -E2BIG
			: kb_setting_copy(&f->arena, setting, &f->settings[f->n_settings]);

	f->n_settings += r == 0;
	return r;
}

static int set_greeting(struct kb_findings *f, const char *text)
{
	f->greeting =
		kb_arena_str(&f->arena, kb_str_head(kb_str_from(text), KB_GREETING_MAX_BYTES));
	return f->greeting ? 0 : -ENOMEM;
}

const struct kb_system *kb_findings_system(const struct kb_findings *f, const char *subvolume)
{
	for (size_t i = 0; i < f->n_systems; i++) {
		const char *own = f->systems[i].subvolume;

		if (!subvolume || strcmp(own ? own : "", subvolume) == 0) {
			return &f->systems[i];
		}
	}
	return NULL;
}

/* A line of the system that was told last. */
static int add_fstab_line(struct kb_findings *f, const struct kb_fstab_line *line)
{
	struct kb_fstab *fstab = f->n_systems > 0 ? &f->systems[f->n_systems - 1].fstab : NULL;
	struct kb_fstab_line *copy;

	if (!fstab || fstab->n_lines == KB_FINDINGS_MAX_FSTAB) {
		return fstab ? -E2BIG : -EINVAL;
	}
	if (!fstab->lines) {
		fstab->lines = kb_arena_array(&f->arena, KB_FINDINGS_MAX_FSTAB, sizeof(*copy));
	}
	if (!fstab->lines) {
		return -ENOMEM;
	}
	copy = &fstab->lines[fstab->n_lines];
	*copy = (struct kb_fstab_line){.is_bind = line->is_bind,
				       .at.line = line->at.line,
				       .source = kb_arena_strdup(&f->arena, line->source),
				       .dir = kb_arena_strdup(&f->arena, line->dir),
				       .subvolume = kb_arena_strdup(&f->arena, line->subvolume)};
	if (!copy->source || !copy->dir || (line->subvolume && !copy->subvolume)) {
		return -ENOMEM;
	}
	fstab->n_lines++;
	return 0;
}

static int take_setting(void *ctx, const struct kb_setting *setting)
{
	return kb_findings_add_setting(ctx, setting);
}

struct kb_reader_out kb_findings_reader_out(struct kb_findings *f, const struct kb_diag_sink *diags)
{
	return (struct kb_reader_out){.ctx = f,
				      .entry = add_entry,
				      .setting = take_setting,
				      .diags = *diags};
}

static void keep_loss(struct kb_findings *f, const struct kb_diag *diag)
{
	struct kb_error loss = {0};
	char text[KB_ERROR_TEXT + KB_ERROR_FILE];
	const char *copy;

	f->n_lost++;
	if (f->n_losses == KB_FINDINGS_MAX_LOSSES) {
		return;
	}
	(void)kb_error_set_at(&loss, -EIO, diag->at, "%s", diag->text);
	/* Whoever reads it looks for the line; a file as a whole has none. */
	loss.column = 0;
	kb_error_format(&loss, text, sizeof(text));
	copy = kb_arena_strdup(&f->arena, text);
	if (copy) {
		f->losses[f->n_losses++] = copy;
	}
}

void kb_findings_take_diag(struct kb_findings *f, const struct kb_diag *diag,
			   const struct kb_diag_sink *sink)
{
	f->n_diags++;
	if (diag->severity == KB_SEVERITY_LOSS) {
		keep_loss(f, diag);
	}
	if (f->n_diags <= KB_FINDINGS_MAX_DIAGS) {
		kb_diag_report(sink, diag->severity, diag->at, "%s", diag->text);
	}
}

void kb_findings_end(struct kb_findings *f, const struct kb_diag_sink *sink)
{
	const struct kb_position nowhere = {0};
	char text[80];
	const struct kb_diag diag = {KB_SEVERITY_LOSS, nowhere, text};

	if (f->n_diags > KB_FINDINGS_MAX_DIAGS) {
		kb_diag_report(sink, KB_SEVERITY_WARNING, nowhere, "%u more remarks are left out",
			       f->n_diags - KB_FINDINGS_MAX_DIAGS);
	}
	if (f->n_dropped > 0) {
		(void)snprintf(text, sizeof(text), "%zu %s more than there is memory for",
			       f->n_dropped, f->n_dropped == 1 ? "entry" : "entries");
		keep_loss(f, &diag);
		kb_diag_report(sink, diag.severity, diag.at, "%s", text);
	}
}

/* --- in the engine */

static int read_entry(struct kb_findings *f, struct kb_arena *arena, const struct kb_json *object)
{
	struct kb_entry entry;
	int r = f->n_dropped > 0 ? -ENOMEM : kb_entry_from_json(arena, object, &entry);

	if (r == 0) {
		r = add_entry(f, &entry);
	}
	if (r == -ENOMEM) {
		/* Those before it stay; none of those after it shall take its turn. */
		f->n_dropped++;
		return 0;
	}
	return r;
}

static int read_device(struct kb_findings *f, const struct kb_json *object)
{
	struct kb_device device;
	int r = kb_device_from_json(object, &device);

	if (r == 0) {
		r = kb_device_copy(&f->arena, &device, &f->device);
		f->has_device = r == 0;
	}
	return r;
}

static int read_system(struct kb_findings *f, const struct kb_json *object)
{
	struct kb_system *system = &f->systems[f->n_systems];
	int r = f->n_systems == KB_FINDINGS_MAX_SYSTEMS ? -E2BIG : 0;

	if (r == 0) {
		*system = (struct kb_system){0};
		r = kb_record_decode(kb_findings_fields, KB_FINDINGS_N_FIELDS, OF_SYSTEM, object,
				     system);
	}
	if (r == 0) {
		r = kb_record_copy_texts(kb_findings_fields, KB_FINDINGS_N_FIELDS, OF_SYSTEM,
					 &f->arena, system);
	}
	f->n_systems += r == 0;
	return r;
}

static int take_loader(struct kb_findings *f, const struct findings_line *line)
{
	struct kb_loader_conf *conf = &f->loader;

	/* The one at the filesystem's root comes first. */
	if (conf->file || !line->at.file) {
		return line->at.file ? 0 : -EINVAL;
	}
	conf->file = kb_arena_strdup(&f->arena, line->at.file);
	conf->wanted = line->text[0] ? kb_arena_strdup(&f->arena, line->text) : NULL;
	conf->preferred = kb_arena_strdup(&f->arena, line->dir);
	return !conf->file || (line->text[0] && !conf->wanted) || (line->dir && !conf->preferred)
		       ? -ENOMEM
		       : 0;
}

static int take_variable(struct kb_findings *f, const struct findings_line *line)
{
	if (line->number >= KB_N_LOADER_VARS) {
		return -EINVAL;
	}
	f->vars.values[line->number] = kb_arena_strdup(&f->arena, line->text);
	return f->vars.values[line->number] ? 0 : -ENOMEM;
}

static int add_other(struct kb_findings *f, const char *name)
{
	if (f->n_others == KB_FINDINGS_MAX_OTHERS) {
		return -E2BIG;
	}
	f->others[f->n_others] = kb_arena_strdup(&f->arena, name);
	return f->others[f->n_others++] ? 0 : -ENOMEM;
}

/* A line of which no part can be missing. */
static int take(struct kb_findings *f, const struct findings_line *line,
		const struct kb_diag_sink *sink)
{
	const struct kb_fstab_line mount = {.source = line->text,
					    .dir = line->dir,
					    .subvolume = line->subvolume,
					    .is_bind = line->is_bind,
					    .at = line->at};
	const struct kb_setting setting = {.variable = line->number,
					   .value = line->text,
					   .rank = line->of_loader ? KB_RANK_LOADER
								   : KB_RANK_ENVIRONMENT,
					   .at = line->at};
	const struct kb_diag diag = {line->number, line->at, line->text};

	switch (line->kind) {
	case MOUNT:
		return line->dir && line->dir[0] == '/' ? add_fstab_line(f, &mount) : -EINVAL;
	case SETTING:
		return line->number < KB_N_VARIABLES ? kb_findings_add_setting(f, &setting)
						     : -EINVAL;
	case LOADER:
		return take_loader(f, line);
	case VARIABLE:
		return take_variable(f, line);
	case OTHER:
		return add_other(f, line->text);
	case DIAG:
		kb_findings_take_diag(f, &diag, sink);
		return 0;
	case GREETING:
		return set_greeting(f, line->text);
	case ERROR:
		kb_error_set(&f->error, -(int)(line->number % MAX_ERRNO), "%s", line->text);
		return 0;
	default:
		return -EINVAL;
	}
}

int kb_findings_read_line(struct kb_findings *f, struct kb_str text,
			  const struct kb_diag_sink *sink)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *object;
	struct findings_line line = {.kind = N_KINDS};
	int r = kb_json_parse(&arena, text, &object);

	if (r == 0) {
		r = kb_record_decode(kb_findings_fields, KB_FINDINGS_N_FIELDS, LINE, object, &line);
	}
	if (r < 0) {
		return r;
	}
	switch (line.kind) {
	case ENTRY:
		return read_entry(f, &arena, kb_json_get(object, "entry"));
	case DEVICE:
		return read_device(f, kb_json_get(object, "device"));
	case SYSTEM:
		return read_system(f, object);
	case END:
		f->complete = true;
		return 0;
	default:
		return line.text ? take(f, &line, sink) : -EINVAL;
	}
}
