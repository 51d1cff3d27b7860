/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "offers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "assignment.h"
#include "kboot/model/name.h"
#include "kboot/model/setting.h"
#include "tables.h"

/* The engine is asked only while nobody types. */
const struct kb_message *kb_offer_ask(struct kb_completion *c, const struct kb_intent *intent)
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

void kb_offer(struct kb_completion *c, const char *text, const char *show, const char *note,
	      bool goes_on)
{
	struct kb_candidate candidate = {.show = show,
					 .note = note,
					 .group = c->group,
					 .goes_on = goes_on};

	if (text && !kb_str_starts(kb_str_from(text), c->part)) {
		return;
	}
	candidate.text =
		text ? kb_arena_printf(&c->arena, "%.*s%s", KB_STR_ARG(c->fixed), text) : NULL;
	if (!candidate.text || kb_candidates_add(c->to, &candidate) < 0) {
		c->failed = true;
	}
}

void kb_offer_builtins(struct kb_completion *c)
{
	c->group = KB_GROUP_COMMANDS;
	for (const struct kb_builtin *b = c->shell->builtins; b->name; b++) {
		kb_offer(c, b->name, NULL, NULL, false);
	}
}

void kb_offer_variables(struct kb_completion *c, const char *behind)
{
	c->group = KB_GROUP_VARIABLES;
	for (size_t i = 0; i < KB_N_VARIABLES; i++) {
		kb_offer(c, kb_arena_printf(&c->arena, "%s%s", kb_variables[i].name, behind), NULL,
			 NULL, behind[0] != '\0');
	}
}

void kb_offer_labels(struct kb_completion *c)
{
	const struct kb_intent intent = {.type = KB_DO_LABELS, .want = "now"};
	const struct kb_message *reply = kb_offer_ask(c, &intent);

	c->group = KB_GROUP_LABELS;
	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		const char *label = reply->rows[i].cells[KB_LABELS_LABEL];

		if (label) {
			kb_offer(c, label, NULL, NULL, false);
		}
	}
}

/* By what else it can be named: once that is begun. */
static void offer_tags(struct kb_completion *c, const struct kb_table_row *device,
		       const char *behind)
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
			kb_offer(c,
				 kb_arena_printf(&c->arena, "%s=%s%s", tags[i].name, value, behind),
				 NULL, device->cells[KB_DEVICES_NAME], behind[0] != '\0');
		}
	}
}

static void offer_device(struct kb_completion *c, const struct kb_table_row *device,
			 const char *behind)
{
	const char *const *cells = device->cells;
	const char *label = cells[KB_DEVICES_LABEL];
	char size[KB_SIZE_BYTES];

	kb_offer(c, kb_arena_printf(&c->arena, "%s%s", cells[KB_DEVICES_NAME], behind), NULL,
		 kb_arena_printf(&c->arena, "%-8s %9s  %s",
				 cells[KB_DEVICES_FSTYPE] ? cells[KB_DEVICES_FSTYPE] : "-",
				 kb_shell_device_size(device, size), label ? label : ""),
		 behind[0] != '\0');
}

/* `/dev/sda2:` as well as `sda2:`. */
void kb_offer_devices(struct kb_completion *c, const char *behind)
{
	const struct kb_intent intent = {.type = KB_DO_DEVICES, .want = "now"};
	const struct kb_message *reply = kb_offer_ask(c, &intent);
	size_t skipped = kb_str_starts(c->part, KB_STR("/dev/")) ? strlen("/dev/") : 0;

	if (skipped > 0) {
		c->fixed = kb_str_of(c->fixed.data ? c->fixed.data : c->part.data,
				     c->fixed.len + skipped);
		c->part = kb_str_skip(c->part, skipped);
	}
	c->group = KB_GROUP_DEVICES;
	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		if (reply->rows[i].cells[KB_DEVICES_NAME]) {
			offer_device(c, &reply->rows[i], behind);
			if (skipped == 0) {
				offer_tags(c, &reply->rows[i], behind);
			}
		}
	}
}

void kb_offer_programs(struct kb_completion *c)
{
	struct kb_str rest = kb_str_from(kb_shell_search_path());
	struct kb_str folder;

	c->group = KB_GROUP_COMMANDS;
	while (kb_str_next_until(&rest, ':', &folder)) {
		char *name = kb_arena_str(&c->arena, folder);
		KB_CLOSEDIR DIR *dir = name && name[0] == '/' ? opendir(name) : NULL;
		const struct dirent *entry;

		while (dir && (entry = readdir(dir))) {
			if (entry->d_name[0] != '.') {
				kb_offer(c, entry->d_name, NULL, NULL, false);
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
static void offer_folder(struct kb_completion *c, const char *path, struct kb_str typed)
{
	KB_CLOSEDIR DIR *dir = opendir(path);
	struct kb_str prefix = kb_str_skip(c->part, typed.len);
	const struct dirent *entry;

	c->group = KB_GROUP_FILES;
	while (dir && (entry = readdir(dir)) && !c->failed) {
		const char *name = entry->d_name;
		bool hidden = name[0] == '.' && !(prefix.len > 0 && prefix.data[0] == '.');
		bool folder;

		if (hidden || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		    !kb_str_starts(kb_str_from(name), prefix)) {
			continue;
		}
		folder = is_folder(dirfd(dir), entry);
		if (c->only_folders && !folder) {
			continue;
		}
		kb_offer(c,
			 kb_arena_printf(&c->arena, "%.*s%s%s", KB_STR_ARG(typed), name,
					 folder ? "/" : ""),
			 kb_arena_printf(&c->arena, "%s%s", name, folder ? "/" : ""), NULL, folder);
	}
}

void kb_offer_files(struct kb_completion *c)
{
	struct kb_str typed = kb_name_folder(c->part);
	const char *folder = typed.len > 0 ? kb_arena_str(&c->arena, typed) : ".";
	const struct kb_intent intent = {.type = KB_DO_VISIT,
					 .name = folder,
					 .from = c->shell->place,
					 .want = "look"};
	const struct kb_message *reply = folder ? kb_offer_ask(c, &intent) : NULL;

	if (reply && reply->path) {
		offer_folder(c, reply->path, typed);
	} else if (folder && !kb_shell_engine_is_there(&c->shell->engine) &&
		   strncmp(folder, "//", 2) == 0) {
		offer_folder(c, folder + 1, typed);
	}
}

bool kb_part_names_place(struct kb_str part)
{
	return kb_str_find(part, '/') < part.len || kb_str_find(part, ':') < part.len;
}

/* Does the word go on inside a device, or another place, that it names already? */
bool kb_part_is_inside(struct kb_str part)
{
	bool has_tag = kb_shell_is_tag(kb_str_head(part, kb_str_find(part, '=')));

	/* A label may have slashes in it. */
	return has_tag ? kb_str_find(part, ':') < part.len
		       : kb_part_names_place(part) && !kb_str_starts(part, KB_STR("/dev/"));
}

void kb_offer_names(struct kb_completion *c)
{
	if (!kb_part_is_inside(c->part)) {
		kb_offer_devices(c, ":");
	}
	kb_offer_files(c);
}

/* A device itself, not what is on it. */
void kb_offer_whole_devices(struct kb_completion *c)
{
	if (kb_part_is_inside(c->part)) {
		kb_offer_files(c);
	} else {
		kb_offer_devices(c, "");
	}
}

/* The setup is typed by its id, a program by its title. */
void kb_offer_firmware(struct kb_completion *c)
{
	const struct kb_message *reply =
		kb_offer_ask(c, &(struct kb_intent){.type = KB_DO_FIRMWARE});

	c->group = KB_GROUP_WORDS;
	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		const char *const *cells = reply->rows[i].cells;
		bool is_setup =
			cells[KB_FIRMWARE_ID] && strcmp(cells[KB_FIRMWARE_ID], "setup") == 0;
		const char *text = cells[is_setup ? KB_FIRMWARE_ID : KB_FIRMWARE_TITLE];

		if (text) {
			kb_offer(c, text, NULL,
				 cells[is_setup ? KB_FIRMWARE_TITLE : KB_FIRMWARE_ID], false);
		}
	}
}

void kb_offer_own_words(struct kb_completion *c, const char *words)
{
	struct kb_str rest = kb_str_from(words);
	struct kb_str word;

	c->group = KB_GROUP_WORDS;
	while (kb_str_next_until(&rest, ' ', &word)) {
		kb_offer(c, kb_arena_str(&c->arena, word), NULL, NULL, false);
	}
}

void kb_offer_interfaces(struct kb_completion *c)
{
	KB_CLOSEDIR DIR *dir = kb_shell_is_simulated(c->shell) ? NULL : opendir("/sys/class/net");
	const struct dirent *entry;

	c->group = KB_GROUP_WORDS;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "lo") != 0) {
			kb_offer(c, entry->d_name, NULL, NULL, false);
		}
	}
}
