/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of the environment block. Nothing is written: what save_env says goes with the entries
 * that are listed or opened after it, and is done for the one that is booted. */
#include <errno.h>

#include "commands.h"
#include "devices.h"
#include "environment_block.h"
#include "kboot/model/write.h"

enum { FILE_BYTES = 512 };

/* -f FILE, else grubenv beside the configuration, below $prefix. *i: behind the options. */
static const char *file_of(struct grub *g, const struct grub_arguments *args, size_t *i,
			   char standard[FILE_BYTES])
{
	const char *file = NULL;

	*i = 1;
	while (grub_take_option(args, i, 'f', "file", &file) ||
	       grub_take_option(args, i, 's', "skip-sig", NULL)) {
	}
	(void)snprintf(standard, FILE_BYTES, "%s/grubenv", grub_get(g, "prefix"));
	return file ? file : standard;
}

static int read_file(struct grub *g, const char *file, struct kb_buf *text)
{
	KB_CLOSE int fd = -1;
	int r = grub_open(g, file, &fd);

	return r < 0 ? r : kb_read_all(fd, GRUB_BLOCK_MAX_BYTES, text);
}

/* The variables in the file, or in sectors of the device (env_block of btrfs); a status of GRUB's.
 */
static int open_block(struct grub *g, const char *file, struct kb_buf *text,
		      struct kb_str *ret_rest)
{
	int r = grub_read_sectors(g, file, text);

	r = r == -EINVAL ? read_file(g, file, text) : r;
	if (r == -ENOMEM) {
		grub_check(g, r);
	}
	if (r < 0) {
		return GRUB_NO_FILE;
	}
	return grub_block_start(kb_buf_view(text), ret_rest) ? 0 : GRUB_BAD_FILE;
}

/* Its path, where it is on the tree and can be written. */
static const char *path_of(struct grub *g, const char *file, struct grub_place *place)
{
	grub_place_of(g, grub_get(g, "root"), file, place);
	return place->is_here && !place->is_net && !place->is_loop ? place->path : NULL;
}

static bool is_wanted(const struct grub_arguments *args, size_t first, struct kb_str name)
{
	bool wanted = first >= args->n;

	for (size_t i = first; i < args->n; i++) {
		wanted = wanted || kb_str_eq(kb_str_from(args->words[i]), name);
	}
	return wanted;
}

/* What was saved last of a variable of the file; NULL: nothing, or path is. */
static const struct grub_saved *find_saved(const struct grub *g, const char *path,
					   struct kb_str name)
{
	const struct grub_saved *saved = path ? g->saved : NULL;

	while (saved &&
	       !(strcmp(saved->file, path) == 0 && kb_str_eq(kb_str_from(saved->name), name))) {
		saved = saved->next;
	}
	return saved;
}

static void load_saved(struct grub *g, const char *path, const struct grub_arguments *args,
		       size_t first)
{
	for (const struct grub_saved *s = path ? g->saved : NULL; s && !g->is_stopped;
	     s = s->next) {
		struct kb_str name = kb_str_from(s->name);

		if (find_saved(g, path, name) == s && s->value && is_wanted(args, first, name)) {
			grub_set(g, s->name, s->value);
		}
	}
}

static int load_env(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf value = {.max_bytes = GRUB_BLOCK_MAX_BYTES};
	char standard[FILE_BYTES];
	size_t first;
	const char *file = file_of(g, args, &first, standard);
	struct grub_place place;
	struct kb_str rest;
	struct kb_str name;
	int status = open_block(g, file, &text, &rest);
	const char *path = status == 0 ? path_of(g, file, &place) : NULL;

	(void)node;
	while (status == 0 && !g->is_stopped && grub_block_next(&rest, &name, &value)) {
		if (kb_buf_error(&value) < 0) {
			grub_check(g, kb_buf_error(&value));
		} else if (is_wanted(args, first, name) && strlen(value.data) == value.len &&
			   !find_saved(g, path, name)) {
			grub_check(g, grub_variable_set(g->context, name, value.data, g->at));
		}
	}
	load_saved(g, path, args, first);
	return status;
}

static int list_env(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf value = {.max_bytes = GRUB_BLOCK_MAX_BYTES};
	char standard[FILE_BYTES];
	size_t first;
	struct kb_str rest;
	struct kb_str name;
	int status = open_block(g, file_of(g, args, &first, standard), &text, &rest);

	(void)node;
	while (status == 0 && !g->is_stopped && grub_block_next(&rest, &name, &value)) {
		grub_print(g, name);
		grub_print(g, KB_STR("="));
		grub_print(g, kb_buf_view(&value));
		grub_print(g, KB_STR("\n"));
	}
	return status;
}

static void save(struct grub *g, const char *path, const char *name, size_t *n_saved)
{
	const char *value = grub_variable_get(g->context, kb_str_from(name));
	struct grub_saved *saved;

	if (++*n_saved > KB_ENTRY_MAX_WRITES) {
		grub_report(g, GRUB_TROUBLE_SIZE, "more than %d variables are saved: %.100s is not",
			    KB_ENTRY_MAX_WRITES, name);
		return;
	}
	saved = kb_arena_alloc(&g->kept, sizeof(*saved));
	if (saved) {
		saved->file = kb_arena_strdup(&g->kept, path);
		saved->name = kb_arena_strdup(&g->kept, name);
		saved->value = kb_arena_strdup(&g->kept, value);
		saved->next = g->saved;
	}
	if (!saved || !saved->file || !saved->name || (value && !saved->value)) {
		grub_check(g, -ENOMEM);
		return;
	}
	g->saved = saved;
}

/* On another disk than its own a configuration writes nothing. */
static int save_env(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_BUF struct kb_buf text = {0};
	char standard[FILE_BYTES];
	size_t i;
	const char *file = file_of(g, args, &i, standard);
	struct grub_place place;
	struct kb_str rest;
	size_t n_saved = 0;
	const char *path;
	int status;

	(void)node;
	if (i >= args->n) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "save_env: no variable is named");
		return GRUB_BAD_ARGUMENT;
	}
	status = open_block(g, file, &text, &rest);
	path = status == 0 ? path_of(g, file, &place) : NULL;
	for (const struct grub_saved *s = g->saved; s; s = s->next) {
		n_saved++;
	}
	for (; path && i < args->n && !g->is_stopped; i++) {
		save(g, path, args->words[i], &n_saved);
	}
	return status;
}

const struct grub_command grub_environment_commands[] = {
	{"load_env", load_env},
	{"save_env", save_env},
	{"list_env", list_env},
	{NULL, NULL},
};
