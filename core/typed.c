/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries from typed lines. */
#include <errno.h>

#include "canonical.h"
#include "catalog.h"
#include "kboot/formats/kboot_conf.h"

/* The longest label that ends at a blank, or the line. */
const struct kb_entry *kb_catalog_labelled(const struct kb_catalog *c, struct kb_str line,
					   struct kb_str *ret_rest)
{
	const struct kb_entry *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < c->n_entries; i++) {
		struct kb_str label = kb_str_from(c->entries[i].label);

		if (label.len > best_len && label.len <= line.len &&
		    (label.len == line.len || line.data[label.len] == ' ') &&
		    kb_str_eq_nocase(kb_str_head(line, label.len), label)) {
			best = &c->entries[i];
			best_len = label.len;
		}
	}
	*ret_rest = kb_str_trim(kb_str_skip(line, best_len));
	return best;
}

static int join_args(struct kb_arena *arena, struct kb_entry *entry, const char *more)
{
	if (!more || !more[0]) {
		return 0;
	}
	entry->args = entry->args ? kb_arena_printf(arena, "%s %s", entry->args, more)
				  : kb_arena_strdup(arena, more);
	return entry->args ? 0 : -ENOMEM;
}

static int take_target(struct kb_arena *arena, const struct kb_conf_target *target,
		       struct kb_entry *entry, struct kb_error *err)
{
	if (target->n_initrd > KB_ENTRY_MAX_INITRDS) {
		return kb_error_set(err, -E2BIG, "more than %d initrds", KB_ENTRY_MAX_INITRDS);
	}
	if (target->n_initrd > 0) {
		entry->n_initrd = target->n_initrd;
		for (size_t i = 0; i < target->n_initrd; i++) {
			entry->initrd[i] = target->initrd[i];
		}
	}
	if (target->dtb) {
		entry->dtb = target->dtb;
	}
	if (target->root) {
		const char *root = kb_arena_printf(arena, "root=%s", target->root);

		entry->root = target->root;
		if (!root || join_args(arena, entry, root) < 0) {
			return -ENOMEM;
		}
	}
	return join_args(arena, entry, target->args);
}

/* What fills in what the line leaves out. */
static size_t variables_in_force(const struct kb_naming *naming,
				 struct kb_conf_item items[static 3])
{
	static const enum kb_variable wanted[] = {KB_VAR_INITRD, KB_VAR_ROOT, KB_VAR_DTB};
	size_t n = 0;

	for (size_t i = 0; naming->settings && i < KB_ARRAY_LEN(wanted); i++) {
		const struct kb_setting *s = kb_settings_get(naming->settings, wanted[i]);

		if (s) {
			items[n++] = (struct kb_conf_item){.name = kb_str_from(
								   kb_variables[wanted[i]].name),
							   .value = kb_str_from(s->value),
							   .at = s->at,
							   .value_at = s->at};
		}
	}
	return n;
}

int kb_catalog_entry_from_line(const struct kb_catalog *c, const struct kb_naming *naming,
			       struct kb_arena *arena, const char *line, const struct kb_device *on,
			       struct kb_entry *ret_entry, struct kb_error *err)
{
	struct kb_conf_item items[3];
	struct kb_conf typed = {.file = "the command line", .variables = items};
	const struct kb_diag_sink quiet = {0};
	const struct kb_name_home home = {.naming = naming, .device = on, .from = naming->from};
	struct kb_entry entry = {.format = KB_FORMAT_SESSION, .tries_left = -1, .device = on};
	struct kb_conf_target target = {0};
	struct kb_str rest;
	const struct kb_entry *base = kb_catalog_labelled(c, kb_str_from(line), &rest);
	const char *text = base ? kb_arena_printf(arena, "- %.*s", KB_STR_ARG(rest)) : line;
	int r;

	if (!text) {
		return kb_error_set(err, -ENOMEM, "out of memory");
	}
	/* A label's own words say all that is to be filled in. */
	typed.n_variables = base ? 0 : variables_in_force(naming, items);
	r = kb_conf_expand(arena, &typed, kb_str_from(text), (struct kb_position){0}, &quiet,
			   &target, err);
	if (r < 0) {
		return r;
	}
	if (base) {
		entry = *base;
		entry.format = KB_FORMAT_SESSION;
	} else if (!naming->from && !strpbrk(target.kernel, "/:")) {
		return kb_error_set(err, -ENOENT, "«%s» is no entry, and no file is named by it",
				    line);
	} else {
		entry.kernel = target.kernel;
	}
	r = take_target(arena, &target, &entry, err);
	entry.title = kb_arena_strdup(arena, line);
	entry.id = kb_arena_printf(arena, "session/%s", line);
	if (r == 0) {
		r = kb_entry_make_canonical(arena, &home, &entry);
	}
	if (r < 0 || !entry.title || !entry.id) {
		return kb_error_set(err, r < 0 ? r : -ENOMEM, "«%s» cannot be understood: %s", line,
				    strerror(r < 0 ? -r : ENOMEM));
	}
	*ret_entry = entry;
	return 0;
}
