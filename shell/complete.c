/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "assignment.h"
#include "builtin.h"
#include "kboot/model/setting.h"

struct completion {
	struct kb_shell *shell;
	struct kb_arena arena;
	struct kb_candidates *to;
	const char *word;    /* without quotes */
	struct kb_str part;  /* of the word, its end: what is completed */
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

static void offer(struct completion *c, const char *text, const char *show, const char *note,
		  bool goes_on)
{
	struct kb_candidate candidate = {.show = show, .note = note, .goes_on = goes_on};

	if (!kb_str_starts(kb_str_from(text), c->part)) {
		return;
	}
	candidate.text = kb_arena_printf(&c->arena, "%.*s%s", KB_STR_ARG(c->fixed), text);
	if (!candidate.text || kb_candidates_add(c->to, &candidate) < 0) {
		c->failed = true;
	}
}

static void offer_builtins(struct completion *c)
{
	const struct kb_builtin *b;

	for (size_t i = 0; (b = kb_builtin_at(i)); i++) {
		offer(c, b->name, NULL, NULL, false);
	}
}

static void offer_variables(struct completion *c, const char *behind)
{
	for (size_t i = 0; i < KB_N_VARIABLES; i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "%s%s", kb_variables[i].name, behind);
		offer(c, text, NULL, NULL, behind[0] != '\0');
	}
}

static void offer_labels(struct completion *c)
{
	const struct kb_intent intent = {.type = KB_DO_LABELS, .want = "now"};
	const struct kb_message *reply = ask(c, &intent);
	struct kb_str rest = kb_str_from(reply ? reply->text : "");
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		char *label = kb_arena_str(&c->arena, line);

		if (label && label[0]) {
			offer(c, label, NULL, NULL, false);
		}
	}
}

/* "sda2  ext4  446 GiB  debian-root": the name, two blanks, what is told beside it. */
static void offer_device(struct completion *c, struct kb_str line, const char *behind)
{
	size_t end = 0;
	const char *name;
	const char *note;

	while (end < line.len && line.data[end] != ' ') {
		end++;
	}
	name = kb_arena_printf(&c->arena, "%.*s%s", (int)end, line.data, behind);
	note = kb_arena_str(&c->arena, kb_str_trim(kb_str_skip(line, end)));
	if (name && end > 0) {
		offer(c, name, NULL, note, behind[0] != '\0');
	}
}

static void offer_devices(struct completion *c, const char *behind)
{
	const struct kb_intent intent = {.type = KB_DO_DEVICES, .want = "now"};
	const struct kb_message *reply;
	struct kb_str rest;
	struct kb_str line;

	/* `/dev/sda2:` as well as `sda2:`. */
	if (kb_str_starts(c->part, KB_STR("/dev/"))) {
		c->fixed = kb_str_of(c->fixed.data ? c->fixed.data : c->part.data,
				     c->fixed.len + strlen("/dev/"));
		c->part = kb_str_skip(c->part, strlen("/dev/"));
	}
	reply = ask(c, &intent);
	rest = kb_str_from(reply ? reply->text : "");
	while (kb_str_next_line(&rest, &line)) {
		offer_device(c, line, behind);
	}
}

/* "sda2 LABEL=debian root": LABEL=… and its like, once one of them is begun. */
static void offer_tags(struct completion *c, const char *behind)
{
	const struct kb_intent intent = {.type = KB_DO_DEVICES, .want = "tags"};
	const struct kb_message *reply = c->part.len > 0 ? ask(c, &intent) : NULL;
	struct kb_str rest = kb_str_from(reply ? reply->text : "");
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		struct kb_str name = kb_str_head(line, kb_str_find(line, ' '));
		struct kb_str tag = kb_str_skip(line, name.len + 1);
		const char *note = kb_arena_str(&c->arena, name);
		const char *text = kb_arena_printf(&c->arena, "%.*s%s", KB_STR_ARG(tag), behind);

		if (text && note && tag.len > 0) {
			offer(c, text, NULL, note, behind[0] != '\0');
		}
	}
}

static void offer_programs(struct completion *c)
{
	const char *path = getenv("PATH");
	struct kb_str rest = kb_str_from(path && path[0] ? path : "/sbin:/bin:/usr/sbin:/usr/bin");

	for (; rest.len > 0; rest = kb_str_skip(rest, kb_str_find(rest, ':') + 1)) {
		struct kb_str folder = kb_str_head(rest, kb_str_find(rest, ':'));
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
		char *text;
		char *show;

		if (hidden || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		    !kb_str_starts(kb_str_from(name), prefix)) {
			continue;
		}
		folder = is_folder(dirfd(dir), entry);
		text = kb_arena_printf(&c->arena, "%.*s%s%s", KB_STR_ARG(typed), name,
				       folder ? "/" : "");
		show = kb_arena_printf(&c->arena, "%s%s", name, folder ? "/" : "");
		if (text && show) {
			offer(c, text, show, NULL, folder);
		}
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

/* A URL names single files: nothing lists what is beside them. */
static bool is_url(struct kb_str part)
{
	static const char *const schemes[] = {"http:", "https:", "ftp:", "tftp:",
					      "sftp:", "scp:",   "file:"};

	for (size_t i = 0; i < KB_ARRAY_LEN(schemes); i++) {
		if (kb_str_starts(part, kb_str_from(schemes[i]))) {
			return true;
		}
	}
	return false;
}

static void offer_files(struct completion *c)
{
	struct kb_str typed = folder_of(c->part);
	struct kb_intent intent = {.type = KB_DO_VISIT, .from = c->shell->place, .want = "look"};
	const struct kb_message *reply;
	char *path;

	if (is_url(c->part)) {
		return;
	}
	intent.name = typed.len > 0 ? kb_arena_str(&c->arena, typed) : ".";
	reply = intent.name ? ask(c, &intent) : NULL;
	if (reply && reply->path) {
		path = kb_arena_strdup(&c->arena, reply->path);
		if (path) {
			offer_folder(c, path, typed);
		}
	} else if (!kb_shell_engine_is_there(&c->shell->engine) &&
		   kb_str_starts(typed, KB_STR("//"))) {
		path = kb_arena_str(&c->arena, kb_str_skip(typed, 1));
		if (path) {
			offer_folder(c, path, typed);
		}
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

static void offer_references(struct completion *c, const char *behind)
{
	if (!kb_str_starts(c->part, KB_STR("/dev/"))) {
		offer_tags(c, behind);
	}
	offer_devices(c, behind);
}

static void offer_names(struct completion *c)
{
	if (!is_inside(c->part)) {
		offer_references(c, ":");
	}
	offer_files(c);
}

/* A device itself, not what is on it. */
static void offer_whole_devices(struct completion *c)
{
	if (is_inside(c->part)) {
		offer_files(c);
	} else {
		offer_references(c, "");
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
	offer_references(c, ":");
	/* By the thousand: they would bury everything else. */
	if (c->part.len > 0) {
		offer_programs(c);
	}
	offer_files(c);
}

static void offer_truth(struct completion *c)
{
	offer(c, "true", NULL, NULL, false);
	offer(c, "false", NULL, NULL, false);
}

/* A file, or a line that may begin with one: what is no variable is a label, whose value is a line,
 * or a kernel's argument. */
static bool takes_names(const struct completion *c, enum kb_variable variable, bool is_variable)
{
	return !is_variable || kb_variables[variable].type == KB_TYPE_FILE ||
	       (variable == KB_VAR_DEFAULT && names_place(c->part));
}

/* Behind NAME=. */
static void offer_values(struct completion *c)
{
	enum kb_variable variable = KB_N_VARIABLES;
	struct kb_str name = kb_str_head(c->fixed, kb_str_find(c->fixed, '='));
	bool is_variable = kb_variable_find(name, &variable) == 0;

	if (takes_names(c, variable, is_variable)) {
		offer_names(c);
	} else if (variable == KB_VAR_ROOT) {
		offer_whole_devices(c);
	} else if (variable == KB_VAR_DEFAULT) {
		offer_labels(c);
	} else if (kb_variables[variable].type == KB_TYPE_BOOL) {
		offer_truth(c);
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
	const char *command = c->command;

	split_value(c);
	if (c->fixed.len > 0) {
		offer_values(c);
		return;
	}
	if (!command || strcmp(command, "boot") == 0 || strcmp(command, "explain") == 0) {
		offer_first_words(c);
	} else if (strcmp(command, "help") == 0) {
		offer_builtins(c);
	} else if (strcmp(command, "set") == 0 || strcmp(command, "unset") == 0) {
		offer_variables(c, command[0] == 's' ? "=" : "");
	} else if (strcmp(command, "root") == 0 || strcmp(command, "umount") == 0) {
		offer_whole_devices(c);
	} else {
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
	c->word = "";
	c->to->word_start = line.len;
	if (last && last->end == line.len) {
		c->word = last->text;
		c->to->word_start = last->start;
		/* Only a quote around the whole word is kept; others become backslashes. */
		if (words.open != '\\' && line.data[last->start] == words.open) {
			c->to->open = words.open;
		}
		words.n--;
	}
	c->command = words.n > 0 && words.items ? words.items[0].text : NULL;
	c->part = kb_str_from(c->word);
	return true;
}

void kb_shell_complete(void *owner, struct kb_str line, struct kb_candidates *candidates)
{
	struct completion c = {.shell = owner, .to = candidates};
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
