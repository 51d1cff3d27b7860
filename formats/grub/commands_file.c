/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that read files: further scripts, the environment block. */
#include <errno.h>

#include "commands.h"
#include "devices.h"
#include "environment_block.h"
#include "evaluator.h"
#include "menu.h"

static void no_file(struct grub *g, const char *name, int code)
{
	if (code == -EFBIG) {
		grub_stop(g, GRUB_TROUBLE_SIZE, "%.200s is above %d MiB and is not read", name,
			  GRUB_MAX_FILE >> 20);
	} else if (code == -ENOMEM) {
		grub_check(g, code);
	} else {
		grub_report(g, GRUB_TROUBLE_FILE, "%.200s: %s", name,
			    code == -ENODEV ? "on another filesystem" : strerror(-code));
	}
}

/* The path on the tree, in *place; false: it is not read, which has been said where it matters. */
static bool may_run(struct grub *g, const char *name, struct grub_place *place)
{
	KB_CLOSE int fd = -1;
	int r;

	grub_place_of(g, grub_get(g, "root"), name, place);
	r = place->is_here ? kb_tree_open(g->host->tree, place->path, &fd) : -ENODEV;
	if (r < 0) {
		no_file(g, name, r);
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

static int run_file(struct grub *g, const char *name, const struct grub_place *place)
{
	struct grub_source source;
	int status = 0;
	int r = grub_load(g, place->path, &source);

	if (r < 0) {
		no_file(g, name, r);
		return 0;
	}
	set_file(g, name);
	g->files++;
	status = grub_run(g, &source);
	g->files--;
	return status;
}

static int source(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *file = kb_arena_strdup(&arena, grub_get(g, "config_file"));
	const char *folder = kb_arena_strdup(&arena, grub_get(g, "config_directory"));
	struct grub_place place;

	(void)node;
	if (grub_need(g, args, 1) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	if (!file || !folder) {
		grub_check(g, -ENOMEM);
		return 0;
	}
	if (may_run(g, args->words[1], &place)) {
		(void)run_file(g, args->words[1], &place);
		grub_set(g, "config_file", file);
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
	struct grub_place place;

	(void)node;
	if (grub_need(g, args, 1) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	if (g->boot) {
		g->boot->configfile = kb_arena_strdup(g->boot->arena, args->words[1]);
		grub_check(g, g->boot->configfile ? 0 : -ENOMEM);
		g->is_stopped = true;
		return 0;
	}
	if (!g->menu || !may_run(g, args->words[1], &place)) {
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
	(void)run_file(g, args->words[1], &place);
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

	g->context = &context;
	(void)source(g, args, node);
	g->context = outer;
	grub_context_done(&context);
	return 0;
}

/* --- the environment block */

static bool is_wanted(const struct grub_arguments *args, size_t first, struct kb_str name)
{
	bool wanted = first >= args->n;

	for (size_t i = first; i < args->n; i++) {
		wanted = wanted || kb_str_eq(kb_str_from(args->words[i]), name);
	}
	return wanted;
}

static int load_block(struct grub *g, const char *file, const struct grub_arguments *args,
		      size_t first)
{
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf value = {.max_bytes = GRUB_BLOCK_MAX_BYTES};
	KB_CLOSE int fd = -1;
	struct kb_str rest;
	struct kb_str name;
	int r = grub_open(g, file, &fd);

	if (r == 0) {
		r = kb_read_all(fd, GRUB_BLOCK_MAX_BYTES, &text);
	}
	if (r == -ENOMEM) {
		grub_check(g, r);
	}
	if (r < 0) {
		return GRUB_NO_FILE;
	}
	if (!grub_block_start(kb_buf_view(&text), &rest)) {
		return GRUB_BAD_FILE;
	}
	while (!g->is_stopped && grub_block_next(&rest, &name, &value)) {
		if (kb_buf_error(&value) < 0) {
			grub_check(g, kb_buf_error(&value));
		} else if (is_wanted(args, first, name) && strlen(value.data) == value.len) {
			grub_check(g, grub_variable_set(g->context, name, value.data, g->at));
		}
	}
	return 0;
}

/* load_env reads; save_env does nothing: what is written is decided when an entry is started. */
static int load_env(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	const char *file = NULL;
	char standard[512];
	size_t i = 1;

	(void)node;
	while (i < args->n && (grub_take_option(args, &i, 'f', "file", &file) ||
			       grub_take_option(args, &i, 's', "skip-sig", NULL))) {
	}
	if (!file) {
		(void)snprintf(standard, sizeof(standard), "%s/grubenv", grub_get(g, "prefix"));
		file = standard;
	}
	return load_block(g, file, args, i);
}

static int save_env(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)g;
	(void)args;
	(void)node;
	return 0;
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
		no_file(g, args->words[args->n - 1], r);
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
	{"extract_legacy_entries_source", save_env},
	{"extract_legacy_entries_configfile", save_env},
	{"legacy_source", save_env},
	{"legacy_configfile", save_env},
	{"load_env", load_env},
	{"save_env", save_env},
	{"list_env", save_env},
	{"cat", cat},
	{"ls", save_env},
	{"cmp", save_env},
	{NULL, NULL},
};
