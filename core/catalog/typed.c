/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "typed.h"

#include <errno.h>

#include "canonical.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/words.h"

/* The label that the line's first word is, which stands in quotes. */
static const struct kb_entry *labelled_in_quotes(const struct kb_catalog *c, struct kb_str line,
						 struct kb_str *ret_rest)
{
	KB_ARENA struct kb_arena scratch = {0};
	struct kb_str rest = line;
	struct kb_str word;
	const char *label = NULL;

	if (kb_words_next(&rest, &word) &&
	    kb_str_find(word, '"') + kb_str_find(word, '\'') < 2 * word.len) {
		label = kb_word_unquote(&scratch, word);
	}
	*ret_rest = kb_str_trim(rest);
	return label ? kb_catalog_find_in(c, label, NULL) : NULL;
}

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
	return best ? best : labelled_in_quotes(c, line, ret_rest);
}

static int join_args(struct kb_arena *arena, struct kb_entry *entry, const char *more)
{
	KB_BUF struct kb_buf args = {0};

	if (!more || !more[0]) {
		return 0;
	}
	kb_words_join(kb_str_from(entry->args), kb_str_from(more), &args);
	entry->args = kb_buf_error(&args) ? NULL : kb_arena_str(arena, kb_buf_view(&args));
	return entry->args ? 0 : -ENOMEM;
}

static int take_target(struct kb_arena *arena, const struct kb_conf_target *target,
		       struct kb_entry *entry, struct kb_error *err)
{
	if (target->n_initrd > KB_ENTRY_MAX_INITRDS) {
		return kb_error_set(err, -E2BIG, "more than %d initrds", KB_ENTRY_MAX_INITRDS);
	}
	if (target->n_initrd > 0 || target->has_initrd) {
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
static size_t variables_in_force(const struct kb_resolve_context *context,
				 struct kb_conf_item items[static 3])
{
	static const enum kb_variable wanted[] = {KB_VAR_INITRD, KB_VAR_ROOT, KB_VAR_DTB};
	size_t n = 0;

	for (size_t i = 0; context->settings && i < KB_ARRAY_LEN(wanted); i++) {
		const struct kb_setting *s = kb_settings_get(context->settings, wanted[i]);

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

static int fail_line(const char *line, int r, struct kb_error *err)
{
	return kb_error_set(err, r, "«%s» cannot be understood: %s", line, strerror(-r));
}

int kb_catalog_entry_with_words(const struct kb_name_home *home, struct kb_arena *arena,
				const struct kb_entry *base, struct kb_str words,
				struct kb_entry *ret_entry, struct kb_error *err)
{
	/* What the base says, it says: no variable fills in what it leaves out. */
	const struct kb_conf none = {.file = "the command line"};
	const struct kb_diag_sink quiet = {0};
	KB_BUF struct kb_buf line = {0};
	struct kb_conf_target target = {0};
	struct kb_entry entry = *base;
	int r;

	if (words.len == 0) {
		*ret_entry = entry;
		return 0;
	}
	kb_buf_printf(&line, "- %.*s", KB_STR_ARG(words));
	r = kb_buf_error(&line);
	if (r < 0) {
		return fail_line("...", r, err);
	}
	r = kb_conf_expand(arena, &none, kb_buf_view(&line), (struct kb_position){0}, &quiet,
			   &target, err);
	if (r < 0) {
		return r;
	}
	r = take_target(arena, &target, &entry, err);
	if (r == 0) {
		r = kb_entry_make_canonical(arena, home, &entry);
	}
	if (r < 0) {
		return fail_line(line.data + 2, r, err);
	}
	*ret_entry = entry;
	return 0;
}

/* A kernel named by its file, with what is to be filled in. */
static int from_file(const struct kb_name_home *home, struct kb_arena *arena, const char *line,
		     struct kb_entry *ret_entry, struct kb_error *err)
{
	const struct kb_resolve_context *context = home->context;
	struct kb_conf_item items[3];
	struct kb_conf typed = {.file = "the command line", .variables = items};
	const struct kb_diag_sink quiet = {0};
	struct kb_entry entry = {.tries_left = -1, .device = home->device};
	struct kb_conf_target target = {0};
	int r;

	typed.n_variables = variables_in_force(context, items);
	r = kb_conf_expand(arena, &typed, kb_str_from(line), (struct kb_position){0}, &quiet,
			   &target, err);
	if (r < 0) {
		return r;
	}
	if (!context->from && !strpbrk(target.kernel, "/:")) {
		return kb_error_set(err, -ENOENT, "«%s» is no entry, and no file is named by it",
				    line);
	}
	entry.kernel = target.kernel;
	r = take_target(arena, &target, &entry, err);
	if (r == 0) {
		r = kb_entry_make_canonical(arena, home, &entry);
	}
	if (r < 0) {
		return fail_line(line, r, err);
	}
	*ret_entry = entry;
	return 0;
}

/* Under the title and the id of a line that was typed. */
static int name_typed(struct kb_arena *arena, const char *line, const struct kb_entry *from,
		      struct kb_entry *ret_entry, struct kb_error *err)
{
	struct kb_entry entry = *from;

	entry.format = KB_FORMAT_SESSION;
	entry.title = kb_arena_strdup(arena, line);
	entry.id = kb_arena_printf(arena, "session/%s", line);
	if (!entry.title || !entry.id) {
		return fail_line(line, -ENOMEM, err);
	}
	*ret_entry = entry;
	return 0;
}

/* The system on the device that is the line's first word. -ENOENT with a sentence, or without: the
 * word is no device. */
static int find_system(const struct kb_catalog *c, const struct kb_resolve_context *context,
		       struct kb_str line, const struct kb_entry **ret_base,
		       struct kb_str *ret_rest, struct kb_error *err)
{
	KB_ARENA struct kb_arena scratch = {0};
	const struct kb_device *device;
	struct kb_str rest = line;
	struct kb_str word;
	const char *name;

	if (!kb_words_next(&rest, &word)) {
		return -ENOENT;
	}
	name = kb_word_unquote(&scratch, word);
	if (!name) {
		return kb_error_set(err, -ENOMEM, "out of memory");
	}
	device = kb_places_device(context->places, kb_str_from(name));
	if (!device) {
		return -ENOENT;
	}
	*ret_base = kb_catalog_installed(c, context->places, device);
	*ret_rest = kb_str_trim(rest);
	return *ret_base ? 0
			 : kb_error_set(err, -ENOENT,
					"nothing that boots was found on %s (cd %s: goes there)",
					device->name, device->name);
}

int kb_catalog_entry_from_line(const struct kb_catalog *c, const struct kb_resolve_context *context,
			       struct kb_arena *arena, const char *line, const struct kb_device *on,
			       struct kb_entry *ret_entry, struct kb_error *err)
{
	const struct kb_name_home home = {.context = context, .device = on, .from = context->from};
	struct kb_str rest;
	const struct kb_entry *base = kb_catalog_labelled(c, kb_str_from(line), &rest);
	struct kb_entry entry;
	int r = base ? 0 : find_system(c, context, kb_str_from(line), &base, &rest, err);

	if (r < 0 && (r != -ENOENT || err->text[0])) {
		return r;
	}
	if (base && rest.len == 0) {
		*ret_entry = *base;
		return 0;
	}
	r = base ? kb_catalog_entry_with_words(&home, arena, base, rest, &entry, err)
		 : from_file(&home, arena, line, &entry, err);
	return r < 0 ? r : name_typed(arena, line, &entry, ret_entry, err);
}
