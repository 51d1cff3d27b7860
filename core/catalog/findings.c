/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "findings.h"

#include <errno.h>
#include <stdlib.h>

#include "kboot/base/checked.h"
#include "kboot/base/json.h"

/* Of an account, what entries leave for all that is not an entry: its eighth part. */
enum { RESERVE_PART = 8 };

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

int kb_findings_add_entry(struct kb_findings *f, const struct kb_entry *entry)
{
	int r = grow(f);

	if (r < 0) {
		return r;
	}
	r = kb_entry_copy(&f->arena, entry, &f->entries[f->n_entries]);
	if (r < 0) {
		return r;
	}
	f->n_entries++;
	return 0;
}

int kb_findings_add_setting(struct kb_findings *f, const struct kb_setting *setting)
{
	struct kb_setting copy = *setting;

	if (f->n_settings == KB_FINDINGS_MAX_SETTINGS) {
		return -E2BIG;
	}
	copy.value = kb_arena_strdup(&f->arena, setting->value);
	copy.at.file = kb_arena_strdup(&f->arena, setting->at.file);
	if (!copy.value || (setting->at.file && !copy.at.file)) {
		return -ENOMEM;
	}
	f->settings[f->n_settings++] = copy;
	return 0;
}

int kb_findings_set_device(struct kb_findings *f, const struct kb_device *device)
{
	int r = kb_device_copy(&f->arena, device, &f->device);

	f->has_device = r == 0;
	return r;
}

int kb_findings_set_greeting(struct kb_findings *f, const char *text)
{
	f->greeting =
		kb_arena_str(&f->arena, kb_str_head(kb_str_from(text), KB_GREETING_MAX_BYTES));
	return f->greeting ? 0 : -ENOMEM;
}

int kb_findings_add_fstab_line(struct kb_findings *f, const struct kb_fstab_line *line)
{
	struct kb_fstab_line *copy;

	if (!f->fstab.lines) {
		f->fstab.lines = kb_arena_array(&f->arena, KB_FINDINGS_MAX_FSTAB, sizeof(*copy));
	}
	if (!f->fstab.lines) {
		return -ENOMEM;
	}
	if (f->fstab.n_lines == KB_FINDINGS_MAX_FSTAB) {
		return -E2BIG;
	}
	copy = &f->fstab.lines[f->fstab.n_lines];
	*copy = (struct kb_fstab_line){.is_bind = line->is_bind,
				       .at.line = line->at.line,
				       .source = kb_arena_strdup(&f->arena, line->source),
				       .dir = kb_arena_strdup(&f->arena, line->dir)};
	if (!copy->source || !copy->dir) {
		return -ENOMEM;
	}
	f->fstab.n_lines++;
	return 0;
}

static int fstab_from_json(struct kb_findings *f, const struct kb_json *array)
{
	if (array->type != KB_JSON_ARRAY) {
		return -EINVAL;
	}
	for (const struct kb_json *object = array->parts; object; object = object->next) {
		const struct kb_fstab_line line = {
			.source = kb_json_get_str(object, "source", NULL),
			.dir = kb_json_get_str(object, "dir", NULL),
			.is_bind = kb_json_get_bool(object, "bind", false),
			.at.line = (unsigned)kb_json_get_int(object, "line", 0),
		};
		int r = line.source && line.dir && line.dir[0] == '/'
				? kb_findings_add_fstab_line(f, &line)
				: -EINVAL;

		if (r < 0) {
			return r;
		}
	}
	f->has_fstab = true;
	return 0;
}

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	return kb_findings_add_entry(ctx, entry);
}

static int take_setting(void *ctx, const struct kb_setting *setting)
{
	return kb_findings_add_setting(ctx, setting);
}

struct kb_reader_out kb_findings_reader_out(struct kb_findings *f, const struct kb_diag_sink *diags)
{
	return (struct kb_reader_out){.ctx = f,
				      .entry = take_entry,
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

static void diag_from_json(struct kb_findings *f, const struct kb_json *object,
			   const struct kb_diag_sink *sink)
{
	const struct kb_diag diag = {
		.severity = kb_json_get_bool(object, "loss", false)    ? KB_SEVERITY_LOSS
			    : kb_json_get_bool(object, "error", false) ? KB_SEVERITY_ERROR
								       : KB_SEVERITY_WARNING,
		.at = {.file = kb_json_get_str(object, "file", NULL),
		       .line = (unsigned)kb_json_get_int(object, "line", 0),
		       .column = (unsigned)kb_json_get_int(object, "column", 0)},
		.text = kb_json_get_str(object, "text", ""),
	};

	kb_findings_take_diag(f, &diag, sink);
}

static int setting_from_json(struct kb_findings *f, const struct kb_json *object)
{
	struct kb_setting setting = {
		.value = kb_json_get_str(object, "value", NULL),
		.rank = KB_RANK_ENVIRONMENT,
		.at.file = kb_json_get_str(object, "file", NULL),
		.at.line = (unsigned)kb_json_get_int(object, "line", 0),
		.at.column = (unsigned)kb_json_get_int(object, "column", 0),
	};
	const char *name = kb_json_get_str(object, "name", "");

	if (!setting.value || kb_variable_find(kb_str_from(name), &setting.variable) < 0) {
		return -EINVAL;
	}
	return kb_findings_add_setting(f, &setting);
}

static int entry_from_json(struct kb_findings *f, struct kb_arena *arena,
			   const struct kb_json *object)
{
	struct kb_entry entry;
	int r = f->n_dropped > 0 ? -ENOMEM : kb_entry_from_json(arena, object, &entry);

	if (r == 0) {
		r = kb_findings_add_entry(f, &entry);
	}
	if (r == -ENOMEM) {
		/* Those before it stay; none of those after it shall take its turn. */
		f->n_dropped++;
		return 0;
	}
	return r;
}

static int device_from_json(struct kb_findings *f, const struct kb_json *object)
{
	struct kb_device device;
	int r = kb_device_from_json(object, &device);

	return r < 0 ? r : kb_findings_set_device(f, &device);
}

int kb_findings_read_line(struct kb_findings *f, struct kb_str line,
			  const struct kb_diag_sink *sink)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *object;
	const struct kb_json *part;
	int r = kb_json_parse(&arena, line, &object);

	if (r < 0) {
		return r;
	}
	if ((part = kb_json_get(object, "entry"))) {
		return entry_from_json(f, &arena, part);
	}
	if ((part = kb_json_get(object, "setting"))) {
		return setting_from_json(f, part);
	}
	if ((part = kb_json_get(object, "device"))) {
		return device_from_json(f, part);
	}
	if ((part = kb_json_get(object, "fstab"))) {
		return fstab_from_json(f, part);
	}
	if ((part = kb_json_get(object, "diag"))) {
		diag_from_json(f, part, sink);
		return 0;
	}
	if ((part = kb_json_get(object, "greeting"))) {
		return part->type == KB_JSON_TEXT ? kb_findings_set_greeting(f, part->text)
						  : -EINVAL;
	}
	if ((part = kb_json_get(object, "error"))) {
		kb_error_set(&f->error, (int)-kb_json_get_int(part, "code", EIO), "%s",
			     kb_json_get_str(part, "text", "it failed without a word"));
		return 0;
	}
	f->complete = f->complete || kb_json_get_bool(object, "end", false);
	return kb_json_get_bool(object, "end", false) ? 0 : -EINVAL;
}
