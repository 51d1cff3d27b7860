/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/installed.h"

#include <errno.h>

#include "fstab_fields.h"
#include "kboot/formats/crypttab.h"
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

/* The value of an assignment as a shell reads it, up to the end of the line. What the shell would
 * evaluate becomes a control character. */
static char *shell_value(struct kb_arena *arena, struct kb_str text)
{
	char *value = kb_arena_alloc(arena, text.len + 1);
	char quote = 0;
	size_t len = 0;

	for (size_t i = 0; value && i < text.len && (quote || text.data[i] != '\n'); i++) {
		char c = text.data[i];

		if (!quote && (c == '\r' || (c == '#' && i > 0 && kb_is_blank(text.data[i - 1])))) {
			break;
		}
		if (c == quote || (!quote && (c == '"' || c == '\''))) {
			quote = (char)(quote ? '\0' : c);
		} else if (!c || (quote != '\'' && (c == '$' || c == '`'))) {
			value[len++] = '\x01';
		} else {
			i += quote != '\'' && c == '\\' && i + 1 < text.len;
			value[len++] = text.data[i];
		}
	}
	return value ? kb_arena_str(arena, kb_str_trim(kb_str_of(value, quote ? 0 : len))) : NULL;
}

/* The value that is assigned last to the name in key ("NAME="); "": none. NULL: no memory. */
static char *assigned(struct kb_arena *arena, struct kb_str text, struct kb_str key)
{
	struct kb_str value = KB_STR("");
	struct kb_str rest = text;
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		line = kb_str_trim(line);
		if (kb_str_starts(line, key)) {
			value.data = line.data + key.len;
			value.len = (size_t)(text.data + text.len - value.data);
		}
	}
	return shell_value(arena, value);
}

int kb_os_release_get(struct kb_arena *arena, struct kb_str text, struct kb_str key,
		      const char **ret_value)
{
	const char *value = assigned(arena, text, key);

	*ret_value = value && is_plain(kb_str_from(value)) ? value : NULL;
	return value ? 0 : -ENOMEM;
}

static int read_name(struct kb_arena *arena, const struct kb_tree *tree, const char **ret_name)
{
	static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
	static const struct kb_str keys[] = {KB_STR("PRETTY_NAME="), KB_STR("NAME=")};
	KB_BUF struct kb_buf text = {0};
	int r = read_first(tree, paths, KB_ARRAY_LEN(paths), &text);

	*ret_name = NULL;
	for (size_t i = 0; r == 0 && !*ret_name && i < KB_ARRAY_LEN(keys); i++) {
		r = kb_os_release_get(arena, kb_buf_view(&text), keys[i], ret_name);
	}
	return r;
}

/* Adds what grub-mkconfig puts behind "ro". */
static int add_grub_words(struct kb_arena *arena, const struct kb_tree *tree,
			  struct kb_buf *cmdline)
{
	static const char *const paths[] = {"/etc/default/grub"};
	static const struct kb_str keys[] = {KB_STR("GRUB_CMDLINE_LINUX="),
					     KB_STR("GRUB_CMDLINE_LINUX_DEFAULT=")};
	KB_BUF struct kb_buf text = {0};
	int r = read_first(tree, paths, KB_ARRAY_LEN(paths), &text);

	kb_buf_puts(cmdline, "ro");
	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(keys); i++) {
		const char *value = assigned(arena, kb_buf_view(&text), keys[i]);
		struct kb_str rest = kb_str_from(value);
		struct kb_str word;

		while (value && kb_words_next(&rest, &word)) {
			if (is_plain(word)) {
				kb_buf_printf(cmdline, " %.*s", KB_STR_ARG(word));
			}
		}
		r = value ? 0 : -ENOMEM;
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

static bool has_word(const struct kb_buf *cmdline, struct kb_str key)
{
	struct kb_str value;

	return kb_words_find(kb_buf_view(cmdline), key, &value);
}

/* The arguments in cmdline, behind what they do not say of the root. */
static int put_root(struct kb_arena *arena, const struct kb_tree *tree, struct kb_buf *cmdline,
		    struct kb_installed *installed)
{
	KB_BUF struct kb_buf args = {0};
	struct fstab_root root = {0};
	struct kb_str given = KB_STR("");
	struct kb_str rest = kb_buf_view(cmdline);
	struct kb_str word;
	int r = 0;

	if (kb_words_find(rest, KB_STR("root="), &given)) {
		installed->root = kb_word_unquote(arena, given);
		r = installed->root ? 0 : -ENOMEM;
	} else {
		r = read_fstab(arena, tree, &root);
	}
	if (root.device) {
		installed->root = root.device;
		kb_words_add(&args, "root=", kb_str_from(root.device));
	}
	if (has_word(cmdline, KB_STR("rootflags="))) {
		root.flags = NULL;
	} else if (tree->below) {
		root.flags = kb_arena_printf(arena, "subvol=%s", tree->below + 1);
		r = root.flags ? r : -ENOMEM;
	}
	if (root.flags) {
		kb_words_add(&args, "rootflags=", kb_str_from(root.flags));
	}
	while (kb_words_next(&rest, &word)) {
		kb_buf_printf(&args, "%s%.*s", args.len > 0 ? " " : "", KB_STR_ARG(word));
	}
	installed->args = kb_buf_error(&args) ? NULL : kb_arena_str(arena, kb_buf_view(&args));
	return installed->args ? r : -ENOMEM;
}

static int read_args(struct kb_arena *arena, const struct kb_tree *tree,
		     struct kb_installed *installed)
{
	static const char *const cmdlines[] = {"/etc/kernel/cmdline", "/usr/lib/kernel/cmdline"};
	KB_BUF struct kb_buf cmdline = {0};
	int r = read_first(tree, cmdlines, KB_ARRAY_LEN(cmdlines), &cmdline);

	if (r == 0 && cmdline.len == 0) {
		r = add_grub_words(arena, tree, &cmdline);
	}
	return r < 0 ? r : put_root(arena, tree, &cmdline, installed);
}

static int read_crypttab(struct kb_arena *arena, const struct kb_tree *tree,
			 const char **ret_crypttab)
{
	static const char *const paths[] = {"/etc/crypttab"};
	KB_BUF struct kb_buf text = {0};
	int r = read_first(tree, paths, KB_ARRAY_LEN(paths), &text);

	if (r < 0 || text.len == 0) {
		return r;
	}
	*ret_crypttab = kb_crypttab_condense(arena, kb_buf_view(&text));
	return *ret_crypttab ? 0 : -ENOMEM;
}

int kb_installed_read(struct kb_arena *arena, const struct kb_tree *tree,
		      struct kb_installed *ret_installed)
{
	struct kb_installed installed = {0};
	int r = read_name(arena, tree, &installed.name);

	if (r == 0) {
		r = read_args(arena, tree, &installed);
	}
	if (r == 0) {
		r = read_crypttab(arena, tree, &installed.crypttab);
	}
	if (r < 0) {
		return r;
	}
	*ret_installed = installed;
	return 0;
}
