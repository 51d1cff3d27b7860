/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "assignment.h"
#include "builtin.h"
#include "kboot/model/setting.h"
#include "tables.h"

struct completion {
	struct kb_shell *shell;
	struct kb_arena arena;
	struct kb_candidates *to;
	struct kb_str part;  /* of the word, without quotes, its end: what is completed */
	struct kb_str fixed; /* the word before it, `initrd=` and the like */
	const char *command; /* the line's first word; NULL: it is the one being completed */
	bool failed;         /* out of memory, or a key was pressed: no more is looked for */
};

/* The engine is asked only while nobody types. */
static const struct kb_message *ask(struct completion *c, const struct kb_intent *intent)
{
	const struct kb_message *reply = NULL;
	struct kb_error err;

	if (c->failed ||
	    kb_shell_engine_ask(&c->shell->engine, intent, STDIN_FILENO, &reply, &err) < 0) {
		c->failed = true;
		return NULL;
	}
	return reply->ok ? reply : NULL;
}

/* text NULL: there was no memory for it. */
static void offer(struct completion *c, const char *text, const char *show, const char *note,
		  bool goes_on)
{
	struct kb_candidate candidate = {.show = show, .note = note, .goes_on = goes_on};

	if (text && !kb_str_starts(kb_str_from(text), c->part)) {
		return;
	}
	candidate.text =
		text ? kb_arena_printf(&c->arena, "%.*s%s", KB_STR_ARG(c->fixed), text) : NULL;
	if (!candidate.text || kb_candidates_add(c->to, &candidate) < 0) {
		c->failed = true;
	}
}

static void offer_builtins(struct completion *c)
{
	for (const struct kb_builtin *b = c->shell->builtins; b->name; b++) {
		offer(c, b->name, NULL, NULL, false);
	}
}

static void offer_variables(struct completion *c, const char *behind)
{
	for (size_t i = 0; i < KB_N_VARIABLES; i++) {
		offer(c, kb_arena_printf(&c->arena, "%s%s", kb_variables[i].name, behind), NULL,
		      NULL, behind[0] != '\0');
	}
}

static void offer_labels(struct completion *c)
{
	const struct kb_intent intent = {.type = KB_DO_LABELS, .want = "now"};
	const struct kb_message *reply = ask(c, &intent);

	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		const char *label = reply->rows[i].cells[KB_LABELS_LABEL];

		if (label) {
			offer(c, label, NULL, NULL, false);
		}
	}
}

/* By what else it can be named: once that is begun. */
static void offer_tags(struct completion *c, const struct kb_table_row *device, const char *behind)
{
	static const struct {
		const char *name;
		int cell;
	} tags[] = {{"UUID", KB_DEVICES_UUID},
		    {"LABEL", KB_DEVICES_LABEL},
		    {"PARTUUID", KB_DEVICES_PARTUUID},
		    {"PARTLABEL", KB_DEVICES_PARTLABEL}};

	for (size_t i = 0; i < KB_ARRAY_LEN(tags) && c->part.len > 0; i++) {
		const char *value = device->cells[tags[i].cell];

		if (value && value[0]) {
			offer(c, kb_arena_printf(&c->arena, "%s=%s%s", tags[i].name, value, behind),
			      NULL, device->cells[KB_DEVICES_NAME], behind[0] != '\0');
		}
	}
}

static void offer_device(struct completion *c, const struct kb_table_row *device,
			 const char *behind)
{
	const char *const *cells = device->cells;
	const char *label = cells[KB_DEVICES_LABEL];
	char size[KB_SIZE_BYTES];

	offer(c, kb_arena_printf(&c->arena, "%s%s", cells[KB_DEVICES_NAME], behind), NULL,
	      kb_arena_printf(&c->arena, "%-8s %9s  %s",
			      cells[KB_DEVICES_FSTYPE] ? cells[KB_DEVICES_FSTYPE] : "-",
			      kb_shell_device_size(device, size), label ? label : ""),
	      behind[0] != '\0');
}

/* `/dev/sda2:` as well as `sda2:`. */
static void offer_devices(struct completion *c, const char *behind)
{
	const struct kb_intent intent = {.type = KB_DO_DEVICES, .want = "now"};
	const struct kb_message *reply = ask(c, &intent);
	size_t skipped = kb_str_starts(c->part, KB_STR("/dev/")) ? strlen("/dev/") : 0;

	if (skipped > 0) {
		c->fixed = kb_str_of(c->fixed.data ? c->fixed.data : c->part.data,
				     c->fixed.len + skipped);
		c->part = kb_str_skip(c->part, skipped);
	}
	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		if (reply->rows[i].cells[KB_DEVICES_NAME]) {
			offer_device(c, &reply->rows[i], behind);
			if (skipped == 0) {
				offer_tags(c, &reply->rows[i], behind);
			}
		}
	}
}

static void offer_programs(struct completion *c)
{
	struct kb_str rest = kb_str_from(kb_shell_search_path());
	struct kb_str folder;

	while (kb_str_next_until(&rest, ':', &folder)) {
		char *name = kb_arena_str(&c->arena, folder);
		KB_CLOSEDIR DIR *dir = name && name[0] == '/' ? opendir(name) : NULL;
		const struct dirent *entry;

		while (dir && (entry = readdir(dir))) {
			if (entry->d_name[0] != '.') {
				offer(c, entry->d_name, NULL, NULL, false);
			}
		}
	}
}

static bool is_folder(int dir_fd, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN) {
		return entry->d_type == DT_DIR;
	}
	return fstatat(dir_fd, entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* Everything in a folder; behind the name that is typed for it. */
static void offer_folder(struct completion *c, const char *path, struct kb_str typed)
{
	KB_CLOSEDIR DIR *dir = opendir(path);
	struct kb_str prefix = kb_str_skip(c->part, typed.len);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) && !c->failed) {
		const char *name = entry->d_name;
		bool hidden = name[0] == '.' && !(prefix.len > 0 && prefix.data[0] == '.');
		bool folder;

		if (hidden || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		    !kb_str_starts(kb_str_from(name), prefix)) {
			continue;
		}
		folder = is_folder(dirfd(dir), entry);
		offer(c,
		      kb_arena_printf(&c->arena, "%.*s%s%s", KB_STR_ARG(typed), name,
				      folder ? "/" : ""),
		      kb_arena_printf(&c->arena, "%s%s", name, folder ? "/" : ""), NULL, folder);
	}
}

/* The folder that the word names so far: up to its last slash, or the colon of a device. */
static struct kb_str folder_of(struct kb_str part)
{
	size_t end = 0;

	for (size_t i = 0; i < part.len; i++) {
		bool ends_device = part.data[i] == ':' && end == 0 && i > 0;

		if (part.data[i] == '/' || ends_device) {
			end = i + 1;
		}
	}
	return kb_str_head(part, end);
}

static void offer_files(struct completion *c)
{
	struct kb_str typed = folder_of(c->part);
	const char *folder = typed.len > 0 ? kb_arena_str(&c->arena, typed) : ".";
	const struct kb_intent intent = {.type = KB_DO_VISIT,
					 .name = folder,
					 .from = c->shell->place,
					 .want = "look"};
	const struct kb_message *reply = folder ? ask(c, &intent) : NULL;

	if (reply && reply->path) {
		offer_folder(c, reply->path, typed);
	} else if (folder && !kb_shell_engine_is_there(&c->shell->engine) &&
		   strncmp(folder, "//", 2) == 0) {
		offer_folder(c, folder + 1, typed);
	}
}

static bool names_place(struct kb_str part)
{
	return kb_str_find(part, '/') < part.len || kb_str_find(part, ':') < part.len;
}

/* Does the word go on inside a device, or another place, that it names already? */
static bool is_inside(struct kb_str part)
{
	bool has_tag = kb_shell_is_tag(kb_str_head(part, kb_str_find(part, '=')));

	/* A label may have slashes in it. */
	return has_tag ? kb_str_find(part, ':') < part.len
		       : names_place(part) && !kb_str_starts(part, KB_STR("/dev/"));
}

static void offer_names(struct completion *c)
{
	if (!is_inside(c->part)) {
		offer_devices(c, ":");
	}
	offer_files(c);
}

/* A device itself, not what is on it. */
static void offer_whole_devices(struct completion *c)
{
	if (is_inside(c->part)) {
		offer_files(c);
	} else {
		offer_devices(c, "");
	}
}

/* The setup is typed by its id, a program by its title. */
static void offer_firmware(struct completion *c)
{
	const struct kb_message *reply = ask(c, &(struct kb_intent){.type = KB_DO_FIRMWARE});

	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		const char *const *cells = reply->rows[i].cells;
		bool is_setup =
			cells[KB_FIRMWARE_ID] && strcmp(cells[KB_FIRMWARE_ID], "setup") == 0;
		const char *text = cells[is_setup ? KB_FIRMWARE_ID : KB_FIRMWARE_TITLE];

		if (text) {
			offer(c, text, NULL, cells[is_setup ? KB_FIRMWARE_TITLE : KB_FIRMWARE_ID],
			      false);
		}
	}
}

static void offer_first_words(struct completion *c)
{
	if (is_inside(c->part) || names_place(c->part)) {
		offer_names(c);
		return;
	}
	offer_labels(c);
	offer_builtins(c);
	offer_variables(c, "=");
	offer_devices(c, ":");
	/* By the thousand: they would bury everything else. */
	if (c->part.len > 0) {
		offer_programs(c);
	}
	offer_files(c);
}

/* Behind NAME=. What is no variable is a label, whose value is a line, or a kernel's argument: it
 * may begin with a file as well. */
static void offer_values(struct completion *c)
{
	enum kb_variable variable = KB_N_VARIABLES;
	struct kb_str name = kb_str_head(c->fixed, kb_str_find(c->fixed, '='));
	bool is_variable = kb_variable_find(name, &variable) == 0;

	if (!is_variable || kb_variables[variable].type == KB_TYPE_FILE ||
	    (variable == KB_VAR_DEFAULT && names_place(c->part))) {
		offer_names(c);
	} else if (variable == KB_VAR_ROOT) {
		offer_whole_devices(c);
	} else if (variable == KB_VAR_DEFAULT) {
		offer_labels(c);
	} else if (kb_variables[variable].type == KB_TYPE_BOOL) {
		offer(c, "true", NULL, NULL, false);
		offer(c, "false", NULL, NULL, false);
	}
}

/* Behind NAME= and, of several files, behind the comma, a name begins; UUID=…:/x is one. */
static void split_value(struct completion *c)
{
	size_t equals = kb_str_find(c->part, '=');
	struct kb_str name = kb_str_head(c->part, equals);
	size_t start = equals + 1;

	if (equals == c->part.len || names_place(name) || kb_shell_is_tag(name)) {
		return;
	}
	for (size_t i = start; i < c->part.len; i++) {
		if (c->part.data[i] == ',') {
			start = i + 1;
		}
	}
	c->fixed = kb_str_head(c->part, start);
	c->part = kb_str_skip(c->part, start);
}

static void offer_words(struct completion *c)
{
	const struct kb_builtin *builtin =
		c->command ? kb_builtin_find(c->shell, c->command) : NULL;

	split_value(c);
	if (c->fixed.len > 0) {
		offer_values(c);
		return;
	}
	switch (builtin ? builtin->takes : c->command ? KB_TAKES_NAMES : KB_TAKES_LINE) {
	case KB_TAKES_LINE:
		offer_first_words(c);
		break;
	case KB_TAKES_BUILTINS:
		offer_builtins(c);
		break;
	case KB_TAKES_VARIABLES:
		offer_variables(c, "");
		break;
	case KB_TAKES_VALUES:
		offer_variables(c, "=");
		break;
	case KB_TAKES_DEVICES:
		offer_whole_devices(c);
		break;
	case KB_TAKES_FIRMWARE:
		offer_firmware(c);
		break;
	default:
		offer_names(c);
	}
}

/* The word before the cursor: the last one, or none yet behind a blank. */
static bool take_word(struct completion *c, struct kb_str line)
{
	struct kb_shell_words words = {0};
	struct kb_error err;
	struct kb_shell_word *last;

	if (kb_shell_split(&c->arena, line, true, &words, &err) < 0) {
		return false;
	}
	last = words.n > 0 ? &words.items[words.n - 1] : NULL;
	c->to->word_start = line.len;
	if (last && last->end == line.len) {
		c->part = kb_str_from(last->text);
		c->to->word_start = last->start;
		/* Only a quote around the whole word is kept; others become backslashes. */
		if (words.open != '\\' && line.data[last->start] == words.open) {
			c->to->open = words.open;
		}
		words.n--;
	}
	c->command = words.n > 0 && words.items ? words.items[0].text : NULL;
	return true;
}

void kb_shell_complete(void *owner, struct kb_str line, struct kb_candidates *candidates)
{
	struct completion c = {.shell = owner, .to = candidates, .part = KB_STR("")};
	const struct kb_shell_engine *engine = &c.shell->engine;

	if (take_word(&c, line)) {
		if (!engine->has_state || !engine->state.restricted) {
			offer_words(&c);
		} else if (!c.command) {
			offer_labels(&c);
		}
	}
	kb_candidates_sort(candidates);
	kb_arena_done(&c.arena);
}
