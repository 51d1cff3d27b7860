/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that read files: further scripts. */
#include <errno.h>

#include "commands.h"
#include "devices.h"
#include "evaluator.h"
#include "menu.h"

static void no_file(struct grub *g, const char *name, bool is_net, int code)
{
	if (code == -EFBIG) {
		grub_stop(g, GRUB_TROUBLE_SIZE, "%.200s is above %d MiB and is not read", name,
			  GRUB_MAX_FILE >> 20);
	} else if (code == -ENOMEM) {
		grub_check(g, code);
	} else {
		grub_report(g, GRUB_TROUBLE_FILE, "%.200s: %s", name,
			    code != -ENODEV ? strerror(-code)
			    : is_net        ? "on another server"
					    : "on another filesystem");
	}
}

/* A configuration that is found where it is needs nobody who leads there. */
static bool is_found_there(const struct grub_place *place)
{
	struct kb_str path = kb_str_from(place->path);

	return !place->is_here && !place->is_net && !place->is_loop &&
	       (kb_str_ends(path, KB_STR("/grub/grub.cfg")) ||
		kb_str_ends(path, KB_STR("/grub2/grub.cfg")));
}

struct file {
	const struct kb_tree *tree;
	struct grub_place place;
};

/* Where it is, in *file; false: it is not read, which has been said where it matters. */
static bool may_run(struct grub *g, const char *name, struct file *file)
{
	KB_CLOSE int fd = -1;
	int r;

	grub_place_of(g, grub_get(g, "root"), name, &file->place);
	file->tree = is_found_there(&file->place) ? NULL : grub_place_tree(g, &file->place);
	r = file->tree ? kb_tree_open(file->tree, file->place.file, &fd) : -ENODEV;
	if (r < 0) {
		no_file(g, name, file->place.is_net, r);
		return false;
	}
	if (g->files == GRUB_MAX_FILES) {
		grub_stop(g, GRUB_TROUBLE_DEPTH,
			  "files include each other more than %d deep: the rest is left out",
			  GRUB_MAX_FILES);
		return false;
	}
	return !g->host->may_run || g->host->may_run(g->host->ctx, fd);
}

/* Both with the device on which the file is. */
static void set_file(struct grub *g, const char *name)
{
	KB_BUF struct kb_buf file = {0};
	char *slash;

	if (name[0] != '(') {
		kb_buf_printf(&file, "(%s)", grub_get(g, "root"));
	}
	kb_buf_puts(&file, name);
	if (kb_buf_error(&file) < 0) {
		grub_check(g, kb_buf_error(&file));
		return;
	}
	grub_set(g, "config_file", file.data);
	slash = strrchr(file.data, '/');
	if (slash) {
		*slash = '\0';
	}
	grub_set(g, "config_directory", file.data);
}

static int run_file(struct grub *g, const char *name, const struct file *file)
{
	struct grub_source source;
	int status = 0;
	int r = grub_load(g, file->tree, file->place.file, &source);

	if (r < 0) {
		no_file(g, name, file->place.is_net, r);
		return 0;
	}
	g->menu_file = g->menu_file ? g->menu_file : source.file;
	set_file(g, name);
	g->files++;
	status = grub_run(g, &source);
	g->files--;
	return status;
}

static int need_file(struct grub *g, const struct grub_arguments *args)
{
	if (args->n == 2) {
		return 0;
	}
	grub_report(g, GRUB_TROUBLE_COMMAND, "%.64s: not one file but %zu", args->words[0],
		    args->n - 1);
	return GRUB_BAD_ARGUMENT;
}

static int source(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *name = kb_arena_strdup(&arena, grub_get(g, "config_file"));
	const char *folder = kb_arena_strdup(&arena, grub_get(g, "config_directory"));
	struct file file;

	(void)node;
	if (need_file(g, args) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	if (!name || !folder) {
		grub_check(g, -ENOMEM);
		return 0;
	}
	if (may_run(g, args->words[1], &file)) {
		(void)run_file(g, args->words[1], &file);
		grub_set(g, "config_file", name);
		grub_set(g, "config_directory", folder);
	}
	return 0;
}

/*
 * Another menu takes the place of this one, with what was exported; nobody comes back to the script
 * that called it. In an entry's body the menu is opened with the entry.
 */
static int configfile(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct grub_context *context;
	struct file file;

	(void)node;
	if (need_file(g, args) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	if (g->boot) {
		g->boot->configfile = kb_arena_strdup(g->boot->arena, args->words[1]);
		grub_check(g, g->boot->configfile ? 0 : -ENOMEM);
		g->is_stopped = true;
		return 0;
	}
	if (!g->menu || !may_run(g, args->words[1], &file)) {
		return 0;
	}
	context = kb_arena_alloc(&g->kept, sizeof(*context));
	if (!context) {
		grub_check(g, -ENOMEM);
		return 0;
	}
	context->outer = g->context;
	context->only_exported = true;
	g->context = context;
	*g->menu = (struct grub_menu){0};
	g->menu_file = NULL;
	(void)run_file(g, args->words[1], &file);
	g->is_stopped = true;
	return 0;
}

/* Only the entries of the file; its variables are forgotten, which they cannot need: they are
 * opened with those of this menu. */
static int extract(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct grub_context *outer = g->context;
	struct grub_context context = {
		.outer = outer,
		.only_exported = strstr(args->words[0], "configfile") != NULL,
	};
	int status;

	g->context = &context;
	status = source(g, args, node);
	grub_contexts_done(&g->context, outer);
	return status;
}

static int cat(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = -1;
	int r;

	(void)node;
	if (grub_need(g, args, 1) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	r = grub_open(g, args->words[args->n - 1], &fd);
	if (r == 0) {
		r = kb_read_all(fd, GRUB_MAX_OUTPUT, &text);
	}
	if (r < 0) {
		no_file(g, args->words[args->n - 1], false, r);
		return GRUB_NO_FILE;
	}
	grub_print(g, kb_buf_view(&text));
	grub_print(g, KB_STR("\n"));
	return 0;
}

const struct grub_command grub_file_commands[] = {
	{"source", source},
	{".", source},
	{"configfile", configfile},
	{"normal", configfile},
	{"extract_entries_source", extract},
	{"extract_entries_configfile", extract},
	{"extract_legacy_entries_source", grub_ignore},
	{"extract_legacy_entries_configfile", grub_ignore},
	{"legacy_source", grub_ignore},
	{"legacy_configfile", grub_ignore},
	{"cat", cat},
	{"ls", grub_ignore},
	{"cmp", grub_ignore},
	{NULL, NULL},
};
