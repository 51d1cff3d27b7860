/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was set at the prompt goes into a kboot.conf, where a person may write to the disk. */
#include <errno.h>
#include <string.h>

#include "kboot/base/replace.h"
#include "kboot/base/tree.h"
#include "kboot/formats/conf_edit.h"
#include "kboot/formats/kboot_conf.h"
#include "prompt_work.h"

struct target {
	const struct kb_tree *tree;
	const char *folder; /* below the tree */
	const char *file;   /* in the folder */
};

/* "/etc/kboot.conf" as "/etc" and "kboot.conf". */
static int split(struct kb_arena *arena, const char *path, const char **ret_folder,
		 const char **ret_file)
{
	const char *slash = strrchr(path, '/');

	if (!slash || !slash[1]) {
		return -EINVAL;
	}
	/* The folder keeps its slash: "sda2:/", "/". */
	*ret_folder = kb_arena_str(arena, kb_str_of(path, (size_t)(slash + 1 - path)));
	*ret_file = kb_arena_strdup(arena, slash + 1);
	return *ret_folder && *ret_file ? 0 : -ENOMEM;
}

/* Where the file is, behind all links; or the folder in which it is to be made. */
static int find_target(struct kb_prompt_work *w, struct target *ret_target, struct kb_error *err)
{
	struct kb_arena *arena = &w->resolver.automount.arena;
	struct kb_place_found found = {0};
	const char *folder;
	int r = kb_automount_find(&w->resolver.automount, w->job->name, "/", &found, err);

	if (r == 0 && found.resolved.type != KB_TREE_FILE) {
		return kb_error_set(err, -EINVAL, "%s is no regular file", found.shown);
	}
	if (r == 0) {
		r = split(arena, found.resolved.rest, &ret_target->folder, &ret_target->file);
	} else if (r == -ENOENT) {
		kb_error_clear(err);
		r = split(arena, w->job->name, &folder, &ret_target->file);
		if (r == 0) {
			r = kb_automount_find(&w->resolver.automount, folder, "/", &found, err);
			ret_target->folder = found.resolved.rest;
		}
	}
	ret_target->tree = found.resolved.tree;
	return r;
}

static int edit(struct kb_prompt_work *w, const struct target *target, struct kb_buf *text)
{
	struct kb_arena *arena = &w->resolver.automount.arena;
	KB_BUF struct kb_buf old = {0};
	const char *path = kb_arena_printf(arena, "%s/%s", target->folder, target->file);
	int r = path ? kb_tree_read(target->tree, path, KB_CONF_MAX_BYTES, &old) : -ENOMEM;

	if (r < 0 && r != -ENOENT) {
		return r;
	}
	text->max_bytes = KB_CONF_MAX_BYTES;
	return kb_conf_edit(kb_buf_view(&old), kb_str_from(w->job->text), text);
}

int kb_prompt_save(struct kb_prompt_work *w, struct kb_error *err)
{
	const char *name = w->job->name;
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int folder_fd = -1;
	struct target target = {0};
	char sentence[KB_ERROR_TEXT];
	int r = find_target(w, &target, err);

	if (r < 0) {
		return r;
	}
	r = edit(w, &target, &text);
	if (r == 0) {
		r = kb_tree_open_dir(target.tree, target.folder, &folder_fd);
	}
	if (r == 0) {
		r = kb_replace_file(folder_fd, target.file, kb_buf_view(&text));
	}
	if (r == -EROFS) {
		return kb_error_set(err, r,
				    "%s is mounted for reading only: mount -o remount,rw %s", name,
				    name);
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be written: %s", name,
				    r == -EILSEQ   ? "it is in UTF-16"
				    : r == -EINVAL ? "it is XeLL's, which has settings of that name"
						   : strerror(-r));
	}
	(void)snprintf(sentence, sizeof(sentence), "kept in %s", name);
	kb_prompt_tell_note(w, sentence, 0);
	kb_prompt_tell_how(w, "save");
	return 0;
}
