/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "installed.h"

#include <errno.h>

#include "fstab_fields.h"
#include "kboot/formats/fstab.h"
#include "kboot/formats/words.h"

enum { MAX_FILE_BYTES = 64 << 10 };

/* The first of the files that can be read, or nothing. */
static int read_first(const struct kb_tree *tree, const char *const *paths, size_t n_paths,
		      struct kb_buf *buf)
{
	for (size_t i = 0; i < n_paths; i++) {
		int r = kb_tree_read(tree, paths[i], MAX_FILE_BYTES, buf);

		if (r == 0 || r == -ENOMEM) {
			return r;
		}
	}
	kb_buf_reset(buf);
	return 0;
}

static bool is_plain(struct kb_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f) {
			return false;
		}
	}
	return text.len > 0;
}

/* The value of an assignment as a shell reads it, which is what os-release(5) promises. */
static char *shell_value(struct kb_arena *arena, struct kb_str value)
{
	bool is_double = value.len >= 2 && value.data[0] == '"';
	bool is_quoted = is_double || (value.len >= 2 && value.data[0] == '\'');
	char *text;
	size_t len = 0;

	if (is_quoted && value.data[value.len - 1] == value.data[0]) {
		value = kb_str_of(value.data + 1, value.len - 2);
	}
	text = kb_arena_alloc(arena, value.len + 1);
	for (size_t i = 0; text && i < value.len; i++) {
		if (is_double && value.data[i] == '\\' && i + 1 < value.len) {
			i++;
		}
		text[len++] = value.data[i];
	}
	return text;
}

static int read_name(struct kb_arena *arena, const struct kb_tree *tree, const char **ret_name)
{
	static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
	static const struct kb_str keys[] = {KB_STR("PRETTY_NAME="), KB_STR("NAME=")};
	KB_BUF struct kb_buf text = {0};
	int r = read_first(tree, paths, KB_ARRAY_LEN(paths), &text);

	*ret_name = NULL;
	for (size_t i = 0; r == 0 && !*ret_name && i < KB_ARRAY_LEN(keys); i++) {
		struct kb_str rest = kb_buf_view(&text);
		struct kb_str line;

		while (r == 0 && kb_str_next_line(&rest, &line)) {
			line = kb_str_trim(line);
			if (kb_str_starts(line, keys[i]) && line.len > keys[i].len &&
			    is_plain(line)) {
				*ret_name = shell_value(arena, kb_str_skip(line, keys[i].len));
				r = *ret_name ? 0 : -ENOMEM;
			}
		}
	}
	return r;
}

struct fstab_root {
	const char *device; /* NULL: not written */
	const char *flags;  /* NULL: none */
};

static int read_fstab(struct kb_arena *arena, const struct kb_tree *tree, struct fstab_root *root)
{
	static const char *const paths[] = {"/etc/fstab"};
	KB_ARENA struct kb_arena scratch = {0};
	KB_BUF struct kb_buf text = {0};
	const struct kb_fstab_line *line;
	struct kb_fstab fstab;
	bool is_whole;
	int r = read_first(tree, paths, KB_ARRAY_LEN(paths), &text);

	if (r == 0) {
		r = kb_fstab_read(&scratch, paths[0], kb_buf_view(&text), NULL, &fstab, NULL);
	}
	line = r == 0 ? kb_fstab_at(&fstab, "/") : NULL;
	if (!line || line->is_bind || fstab_is_nfs(line->fstype) ||
	    !is_plain(kb_str_from(line->source))) {
		return r;
	}
	/* Else "vg/lv". */
	is_whole = line->source[0] == '/' || strchr(line->source, '=');
	root->device = kb_arena_printf(arena, "%s%s", is_whole ? "" : "/dev/", line->source);
	if (line->subvolume) {
		root->flags = kb_arena_printf(arena, "subvol=%s", line->subvolume);
	}
	return root->device && (root->flags || !line->subvolume) ? 0 : -ENOMEM;
}

/*
 * The file that kernel-install(8) takes the command line from; without one, root= as fstab has it
 * and ro.
 */
static int read_args(struct kb_arena *arena, const struct kb_tree *tree,
		     struct installed *installed)
{
	static const char *const cmdlines[] = {"/etc/kernel/cmdline", "/usr/lib/kernel/cmdline"};
	KB_BUF struct kb_buf cmdline = {0};
	KB_BUF struct kb_buf args = {0};
	struct fstab_root root = {0};
	struct kb_str given, rest, word;
	int r = read_first(tree, cmdlines, KB_ARRAY_LEN(cmdlines), &cmdline);

	if (r == 0 && kb_words_find(kb_buf_view(&cmdline), KB_STR("root="), &given)) {
		installed->root = kb_word_unquote(arena, given);
		r = installed->root ? 0 : -ENOMEM;
	} else if (r == 0) {
		r = read_fstab(arena, tree, &root);
	}
	if (r < 0) {
		return r;
	}
	if (root.device) {
		installed->root = root.device;
		kb_words_add(&args, "root=", kb_str_from(root.device));
	}
	if (root.flags) {
		kb_words_add(&args, "rootflags=", kb_str_from(root.flags));
	}
	rest = cmdline.len > 0 ? kb_buf_view(&cmdline) : KB_STR("ro");
	while (kb_words_next(&rest, &word)) {
		kb_buf_printf(&args, "%s%.*s", args.len > 0 ? " " : "", KB_STR_ARG(word));
	}
	if (kb_buf_error(&args)) {
		return kb_buf_error(&args);
	}
	installed->args = kb_arena_str(arena, kb_buf_view(&args));
	return installed->args ? 0 : -ENOMEM;
}

int installed_read(struct kb_arena *arena, const struct kb_tree *tree,
		   struct installed *ret_installed)
{
	struct installed installed = {0};
	int r = read_name(arena, tree, &installed.name);

	if (r == 0) {
		r = read_args(arena, tree, &installed);
	}
	if (r < 0) {
		return r;
	}
	*ret_installed = installed;
	return 0;
}
