/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "installed.h"

#include <errno.h>

#include "kboot/formats/words.h"

enum { MAX_FILE_BYTES = 64 << 10 };

/* What the first field of an fstab line may be for us to hand it to a kernel. */
static const struct kb_str root_forms[] = {
	KB_STR("UUID="),      KB_STR("LABEL="), KB_STR("PARTUUID="),
	KB_STR("PARTLABEL="), KB_STR("/dev/"),
};

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

static bool is_octal(struct kb_str s)
{
	return s.len >= 4 && s.data[1] >= '0' && s.data[1] <= '3' && s.data[2] >= '0' &&
	       s.data[2] <= '7' && s.data[3] >= '0' && s.data[3] <= '7';
}

/* fstab(5) writes a blank as \040. */
static char *fstab_text(struct kb_arena *arena, struct kb_str field)
{
	char *text = kb_arena_alloc(arena, field.len + 1);
	size_t len = 0;

	while (text && field.len > 0) {
		if (field.data[0] == '\\' && is_octal(field)) {
			text[len++] = (char)((field.data[1] - '0') * 64 +
					     (field.data[2] - '0') * 8 + (field.data[3] - '0'));
			field = kb_str_skip(field, 4);
		} else {
			text[len++] = field.data[0];
			field = kb_str_skip(field, 1);
		}
	}
	return text;
}

static bool is_root_form(struct kb_str device)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(root_forms); i++) {
		if (kb_str_starts(device, root_forms[i]) && device.len > root_forms[i].len) {
			return true;
		}
	}
	return false;
}

/* The value of a mount option, or nothing. */
static struct kb_str find_option(struct kb_str options, struct kb_str key)
{
	while (options.len > 0) {
		size_t len = kb_str_find(options, ',');
		struct kb_str option = kb_str_head(options, len);

		if (kb_str_starts(option, key)) {
			return kb_str_skip(option, key.len);
		}
		options = kb_str_skip(options, len + 1);
	}
	return (struct kb_str){0};
}

struct fstab_root {
	const char *device; /* NULL: not written */
	struct kb_str subvolume;
};

static int read_fstab_line(struct kb_arena *arena, struct kb_str line, struct fstab_root *root)
{
	struct kb_str fields[4] = {0};
	const char *device;

	for (size_t i = 0; i < KB_ARRAY_LEN(fields); i++) {
		if (!kb_words_next(&line, &fields[i])) {
			break;
		}
	}
	if (!kb_str_eq(fields[1], KB_STR("/")) || !is_plain(fields[0]) ||
	    fields[0].data[0] == '#') {
		return 0;
	}
	device = fstab_text(arena, fields[0]);
	device = device ? kb_word_unquote(arena, kb_str_from(device)) : NULL;
	if (!device) {
		return -ENOMEM;
	}
	if (is_root_form(kb_str_from(device)) && is_plain(kb_str_from(device))) {
		root->device = device;
		root->subvolume = find_option(fields[3], KB_STR("subvol="));
	}
	return 0;
}

static void append_words(struct kb_buf *args, struct kb_str text)
{
	struct kb_str word;

	while (kb_words_next(&text, &word)) {
		kb_buf_puts(args, args->len > 0 ? " " : "");
		kb_buf_str(args, word);
	}
}

static void append_root(struct kb_buf *args, const struct fstab_root *root)
{
	const char *quote = strpbrk(root->device, " \t") ? "\"" : "";

	kb_buf_printf(args, "root=%s%s%s", quote, root->device, quote);
	if (root->subvolume.len > 0) {
		kb_buf_printf(args, " rootflags=subvol=%.*s", KB_STR_ARG(root->subvolume));
	}
}

/* The value of root= in a command line; NULL when there is none. The last one counts. */
static int find_root(struct kb_arena *arena, struct kb_str args, const char **ret_root)
{
	struct kb_str word;

	*ret_root = NULL;
	while (kb_words_next(&args, &word)) {
		if (kb_str_starts(word, KB_STR("root="))) {
			*ret_root = kb_word_unquote(arena, kb_str_skip(word, strlen("root=")));
			if (!*ret_root) {
				return -ENOMEM;
			}
		}
	}
	return 0;
}

/*
 * The file that kernel-install(8) takes the command line from; without one, root= as fstab has it
 * and ro.
 */
static int read_args(struct kb_arena *arena, const struct kb_tree *tree,
		     struct installed *installed)
{
	static const char *const cmdlines[] = {"/etc/kernel/cmdline", "/usr/lib/kernel/cmdline"};
	static const char *const fstabs[] = {"/etc/fstab"};
	KB_BUF struct kb_buf cmdline = {0};
	KB_BUF struct kb_buf fstab = {0};
	KB_BUF struct kb_buf args = {0};
	struct fstab_root root = {0};
	struct kb_str rest;
	struct kb_str line;
	int r = read_first(tree, cmdlines, KB_ARRAY_LEN(cmdlines), &cmdline);

	if (r == 0) {
		r = find_root(arena, kb_buf_view(&cmdline), &installed->root);
	}
	if (r == 0 && !installed->root) {
		r = read_first(tree, fstabs, KB_ARRAY_LEN(fstabs), &fstab);
	}
	rest = kb_buf_view(&fstab);
	while (r == 0 && kb_str_next_line(&rest, &line)) {
		r = read_fstab_line(arena, line, &root);
	}
	if (r < 0) {
		return r;
	}
	if (root.device) {
		installed->root = root.device;
		append_root(&args, &root);
	}
	append_words(&args, cmdline.len > 0 ? kb_buf_view(&cmdline) : KB_STR("ro"));
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
