/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "findings.h"

#include <errno.h>
#include <stdlib.h>

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
