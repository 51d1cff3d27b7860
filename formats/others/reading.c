/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "others/reading.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

enum { MAX_BYTES = 8 << 20, MAX_LINE = 4096, MAX_DIAGS = 8 };

static int read_text(struct reading *r, int (*read)(struct reading *r))
{
	KB_BUF struct kb_buf text = {0};
	int code = loader_read_head(r->tree, r->path, MAX_BYTES, &text);

	if (code == -ENOENT || code == -ENOTDIR || code == -ENOMEM) {
		return code == -ENOMEM ? code : 0;
	}
	r->folder = loader_folder(&r->arena, r->path);
	r->shown = tree_canonical(&r->arena, r->tree, r->path);
	if (!r->folder || !r->shown) {
		return -ENOMEM;
	}
	if (code < 0) {
		conf_diags_loss(&r->diags, (struct kb_position){.file = r->shown},
				"the file cannot be read: %s", strerror(-code));
		return 0;
	}
	r->lines = (struct text_lines){.file = r->shown,
				       .diags = &r->diags,
				       .max_line = MAX_LINE,
				       .max_bytes = MAX_BYTES,
				       .comments = "#",
				       .severity = KB_SEVERITY_LOSS};
	text_lines_start(&r->lines, kb_buf_view(&text));
	code = read(r);
	conf_diags_end(&r->diags, r->shown);
	return code;
}

int reading_run(const struct kb_tree *tree, const struct kb_reader_out *out,
		const struct reading_place *places, size_t n_places, int (*read)(struct reading *r),
		struct kb_error *err)
{
	struct reading *r = calloc(1, sizeof(*r));
	unsigned done = 0;
	int code = 0;

	if (!r) {
		return kb_error_no_memory(err);
	}
	r->tree = tree;
	r->out = out;
	r->lookups = (struct tree_lookups){.tree = tree, .out = out};
	for (size_t i = 0; code == 0 && i < n_places; i++) {
		if (places[i].group == done) {
			continue;
		}
		r->n_entries = 0;
		r->path = places[i].path;
		r->diags = (struct conf_diags){.sink = &out->diags,
					       .max = out->wants_all ? UINT_MAX : MAX_DIAGS};
		code = read_text(r, read);
		done = r->n_entries > 0 ? places[i].group : done;
		kb_arena_done(&r->arena);
	}
	free(r);
	return code < 0 ? kb_error_set(err, code, "the entries cannot be listed: %s",
				       strerror(-code))
			: 0;
}

int reading_check(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		  int (*read)(struct reading *r), struct kb_error *err)
{
	const struct reading_place place = {1, path};

	return reading_run(tree, out, &place, 1, read, err);
}

int reading_file(struct reading *r, const char *what, struct kb_str name, struct kb_entry *entry,
		 const char **ret_name)
{
	const char *path = loader_join(&r->arena, "", name);

	path = path ? loader_find(&r->arena, &r->lookups, r->folder, path) : NULL;
	*ret_name = path;
	return path ? tree_name_check(&r->arena, &r->lookups, what, path, entry) : -ENOMEM;
}

int reading_initrd(struct reading *r, const char *what, struct kb_str name, struct kb_entry *entry)
{
	int code;

	if (entry->n_initrd == KB_ENTRY_MAX_INITRDS) {
		return kb_entry_add_problem(&r->arena, entry, "more than %d %ss",
					    KB_ENTRY_MAX_INITRDS, what);
	}
	code = reading_file(r, what, name, entry, &entry->initrd[entry->n_initrd]);
	entry->n_initrd += code == 0;
	return code;
}

int reading_emit(struct reading *r, struct kb_entry *entry, bool is_default)
{
	if (r->n_entries >= READING_MAX_ENTRIES) {
		if (r->n_entries++ == READING_MAX_ENTRIES) {
			conf_diags_loss(&r->diags, (struct kb_position){r->shown, entry->line, 1},
					"there are too many entries: those from here on are left "
					"out");
		}
		return 0;
	}
	r->n_entries++;
	entry->file = r->path;
	entry->tries_left = -1;
	if (is_default && !r->has_default && (entry->kernel || entry->command)) {
		entry->is_default = r->has_default = true;
	}
	return r->out->entry ? r->out->entry(r->out->ctx, entry) : 0;
}

int reading_timeout(struct reading *r, unsigned seconds, unsigned line)
{
	struct kb_setting setting = {.variable = KB_VAR_TIMEOUT,
				     .rank = KB_RANK_LOADER,
				     .at = {r->shown, line > 0 ? line : 1, 1}};

	setting.value = kb_arena_printf(&r->arena, "%u",
					seconds < KB_SECONDS_MAX ? seconds : KB_SECONDS_MAX);
	if (!setting.value) {
		return -ENOMEM;
	}
	return r->out->setting ? r->out->setting(r->out->ctx, &setting) : 0;
}

bool reading_seconds(struct kb_str text, unsigned parts, unsigned *ret_seconds)
{
	uint64_t n;

	if (kb_str_to_u64(text, &n) < 0) {
		return false;
	}
	n = n < UINT32_MAX ? (n + parts - 1) / parts : UINT32_MAX;
	*ret_seconds = (unsigned)n;
	return true;
}
