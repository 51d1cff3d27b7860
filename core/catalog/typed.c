/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "typed.h"

#include <errno.h>

#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/words.h"
#include "kboot/model/name.h"

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

static int fail_line(struct kb_str line, int r, struct kb_error *err)
{
	return kb_error_set(err, r, "«%.*s» cannot be understood: %s", KB_STR_ARG(line),
			    strerror(-r));
}

/* What the line says, onto the entry. kernel: the file that it begins with; NULL where it names
 * none of its own. */
static int take_line(const struct kb_name_home *home, struct kb_arena *arena,
		     const struct kb_conf *variables, struct kb_str line, const char **kernel,
		     struct kb_entry *entry, struct kb_error *err)
{
	const struct kb_diag_sink quiet = {0};
	struct kb_conf_target target = {0};
	int r = kb_conf_expand(arena, variables, line, (struct kb_position){0}, &quiet, &target,
			       err);

	if (r < 0) {
		return r;
	}
	if (kernel) {
		if (!home->context->from && !strpbrk(target.kernel, "/:")) {
			return kb_error_set(err, -ENOENT,
					    "«%.*s» is no entry, and no file is named by it",
					    KB_STR_ARG(line));
		}
		*kernel = target.kernel;
	}
	r = take_target(arena, &target, entry, err);
	if (r == 0) {
		r = kb_entry_make_canonical(arena, home, entry);
	}
	return r < 0 ? fail_line(line, r, err) : 0;
}

/* base with words behind it, as on the line of a kboot.conf: initrd=, root= and dtb= wherever they
 * stand, the rest are more arguments. It keeps the base's names for itself. */
static int entry_with_words(const struct kb_name_home *home, struct kb_arena *arena,
			    const struct kb_entry *base, struct kb_str words,
			    struct kb_entry *ret_entry, struct kb_error *err)
{
	/* What the base says, it says: no variable fills in what it leaves out. */
	const struct kb_conf none = {.file = "the command line"};
	struct kb_entry entry = *base;
	const char *line = kb_arena_printf(arena, "- %.*s", KB_STR_ARG(words));
	int r = line ? 0 : fail_line(words, -ENOMEM, err);

	if (r == 0 && words.len > 0) {
		r = take_line(home, arena, &none, kb_str_from(line), NULL, &entry, err);
	}
	if (r == 0) {
		*ret_entry = entry;
	}
	return r;
}

/* A kernel named by its file, with what is to be filled in. */
static int from_file(const struct kb_name_home *home, struct kb_arena *arena, const char *line,
		     struct kb_entry *ret_entry, struct kb_error *err)
{
	struct kb_conf_item items[3];
	const struct kb_conf variables = {
		.file = "the command line",
		.variables = items,
		.n_variables = variables_in_force(home->context, items),
	};

	*ret_entry = (struct kb_entry){.tries_left = -1, .device = home->device};
	return take_line(home, arena, &variables, kb_str_from(line), &ret_entry->kernel, ret_entry,
			 err);
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
		return fail_line(kb_str_from(line), -ENOMEM, err);
	}
	*ret_entry = entry;
	return 0;
}

/* The device that the line's first word names. *ret_device NULL: it is none. The
 * word; NULL: no memory. */
static const char *first_word(const struct kb_places *places, struct kb_arena *arena,
			      struct kb_str line, const struct kb_device **ret_device,
			      struct kb_str *ret_rest)
{
	struct kb_str rest = line;
	struct kb_str word = KB_STR("");
	const char *name;

	(void)kb_words_next(&rest, &word);
	name = kb_word_unquote(arena, word);

	*ret_device = name ? kb_places_device(places, kb_str_from(name)) : NULL;
	*ret_rest = kb_str_trim(rest);
	return name;
}

int kb_catalog_entry_from_line(const struct kb_catalog *c, const struct kb_resolve_context *context,
			       struct kb_arena *arena, const char *line, const struct kb_device *on,
			       struct kb_entry *ret_entry, struct kb_error *err)
{
	const struct kb_name_home home = {.context = context, .device = on};
	struct kb_str rest;
	const struct kb_entry *base = kb_catalog_labelled(c, kb_str_from(line), &rest);
	const struct kb_device *device = NULL;
	struct kb_entry entry;
	int r;

	if (!base && !first_word(context->places, arena, kb_str_from(line), &device, &rest)) {
		return kb_error_no_memory(err);
	}
	if (device) {
		base = kb_catalog_installed(c, context->places, device);
		if (!base) {
			return kb_error_set(
				err, -ENOENT,
				"nothing that boots was found on %s (cd %s: goes there)",
				device->name, device->name);
		}
	}
	if (base && rest.len == 0) {
		*ret_entry = *base;
		return 0;
	}
	r = base ? entry_with_words(&home, arena, base, rest, &entry, err)
		 : from_file(&home, arena, line, &entry, err);
	return r < 0 ? r : name_typed(arena, line, &entry, ret_entry, err);
}

int kb_catalog_edit(const struct kb_resolve_context *context, struct kb_arena *arena,
		    const char *line, struct kb_entry *entry, struct kb_error *err)
{
	const struct kb_name_home home = kb_name_home_of(context, entry);
	const struct kb_conf none = {.file = "the edited line"};
	struct kb_entry edited = *entry;
	int r;

	edited.kernel = edited.dtb = edited.args = edited.root = edited.command = NULL;
	edited.n_initrd = 0;
	edited.n_problems = 0;
	edited.is_waiting = false;
	r = take_line(&home, arena, &none, kb_str_from(line), &edited.kernel, &edited, err);
	if (r == 0) {
		*entry = edited;
	}
	return r;
}

/* --- systems */

static void take_system(struct kb_entry *entry, const struct kb_entry *system)
{
	entry->command = NULL;
	entry->kernel = system->kernel;
	memcpy(entry->initrd, system->initrd, sizeof(entry->initrd));
	entry->n_initrd = system->n_initrd;
	entry->dtb = system->dtb;
	entry->args = system->args;
	entry->root = system->root;
	entry->is_waiting = system->is_waiting;
	memcpy(entry->problems, system->problems, sizeof(entry->problems));
	entry->n_problems = system->n_problems;
}

/* The device is not there, or nothing boots from it. */
static int tell_why(struct kb_arena *arena, struct kb_entry *entry, const char *word,
		    const struct kb_device *device)
{
	if (device) {
		return kb_entry_add_problem(arena, entry, "nothing that boots was found on %s",
					    device->name);
	}
	if (!kb_name_has_tag(kb_str_from(word)) && strncmp(word, "/dev/", 5) != 0) {
		return 0;
	}
	entry->is_waiting = true;
	return kb_entry_add_problem(arena, entry, "waiting for %s", word);
}

/* The last one that was asked for: a hostile file may ask twenty thousand times. */
struct memory {
	const struct kb_device *device;
	const struct kb_entry *system;
};

static const struct kb_entry *remember(struct memory *m, const struct kb_catalog *c,
				       const struct kb_places *places,
				       const struct kb_device *device)
{
	if (device && device != m->device) {
		*m = (struct memory){device, kb_catalog_installed(c, places, device)};
	}
	return device ? m->system : NULL;
}

static int fill(struct kb_catalog *c, const struct kb_resolve_context *context,
		struct memory *memory, struct kb_entry *entry)
{
	const struct kb_name_home home = {.context = context,
					  .device = entry->device,
					  .subvolume = entry->subvolume ? entry->subvolume : ""};
	const struct kb_entry *installed;
	const struct kb_device *device;
	struct kb_entry system;
	struct kb_error err = {0};
	struct kb_str rest;
	const char *name =
		first_word(context->places, &c->arena, kb_str_from(entry->command), &device, &rest);
	int r;

	if (!name) {
		return -ENOMEM;
	}
	installed = remember(memory, c, context->places, device);
	if (!installed) {
		return tell_why(&c->arena, entry, name, device);
	}
	r = entry_with_words(&home, &c->arena, installed, rest, &system, &err);
	if (r == 0) {
		take_system(entry, &system);
	}
	return r == 0 || r == -ENOMEM ? r : kb_entry_add_problem(&c->arena, entry, "%s", err.text);
}

int kb_catalog_fill_installed(struct kb_catalog *c, const struct kb_resolve_context *context)
{
	struct memory memory = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->n_entries; i++) {
		struct kb_entry *entry = &c->entries[i];

		if (!entry->kernel && entry->command) {
			r = fill(c, context, &memory, entry);
		}
	}
	return r;
}
