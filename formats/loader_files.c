/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader_files.h"

#include <errno.h>
#include <unistd.h>

#include "kboot/formats/words.h"

int loader_read_head(const struct kb_tree *tree, const char *path, size_t max_bytes,
		     struct kb_buf *text)
{
	KB_CLOSE int fd = -1;
	int r = kb_tree_open(tree, path, &fd);
	char piece[16 << 10];

	while (r == 0 && text->len <= max_bytes) {
		size_t left = max_bytes + 1 - text->len;
		ssize_t n = read(fd, piece, left < sizeof(piece) ? left : sizeof(piece));

		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		if (n == 0) {
			break;
		}
		kb_buf_append(text, piece, n > 0 ? (size_t)n : 0);
		r = kb_buf_error(text);
	}
	return r;
}

char *loader_folder(struct kb_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return kb_arena_str(arena, kb_str_of(path, slash ? (size_t)(slash - path) : 0));
}

static void join_part(struct kb_buf *path, struct kb_str part)
{
	if (kb_str_eq(part, KB_STR("..")) && path->len > 0) {
		while (path->len > 0 && path->data[--path->len] != '/') {
		}
		path->data[path->len] = '\0';
	} else if (part.len > 0 && !kb_str_eq(part, KB_STR(".")) &&
		   !kb_str_eq(part, KB_STR(".."))) {
		kb_buf_printf(path, "/%.*s", KB_STR_ARG(part));
	}
}

char *loader_join(struct kb_arena *arena, const char *folder, struct kb_str name)
{
	KB_BUF struct kb_buf path = {0};
	struct kb_str parts[] = {kb_str_from(folder), name};

	if (name.len > 0 && name.data[0] == '/') {
		parts[0] = KB_STR("");
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(parts); i++) {
		struct kb_str part;

		while (kb_str_next_until(&parts[i], '/', &part)) {
			join_part(&path, part);
		}
	}
	if (path.len == 0) {
		kb_buf_putc(&path, '/');
	}
	return kb_buf_error(&path) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&path));
}

const char *loader_find(struct kb_arena *arena, struct tree_lookups *lookups, const char *folder,
			const char *path)
{
	const char *below = lookups->tree->below ? lookups->tree->below : "";
	const char *boot = "/boot";
	const char *other = NULL;

	if (tree_lookups_has_file(lookups, path) == 0) {
		return path;
	}
	if (below[0] && kb_str_starts(kb_str_from(path), kb_str_from(below)) &&
	    path[strlen(below)] == '/') {
		other = path + strlen(below);
	} else if (kb_str_starts(kb_str_from(path), KB_STR("/boot/"))) {
		other = path + strlen(boot);
	} else if (kb_str_starts(kb_str_from(folder), kb_str_from(boot))) {
		other = kb_arena_printf(arena, "%s%s", boot, path);
		if (!other) {
			return NULL;
		}
	}
	return other && tree_lookups_has_file(lookups, other) == 0 ? other : path;
}

int loader_set_args(struct kb_arena *arena, struct kb_str args, struct kb_entry *entry)
{
	struct kb_str root;

	args = kb_str_trim(args);
	entry->args = args.len > 0 ? kb_arena_str(arena, args) : NULL;
	if (args.len > 0 && !entry->args) {
		return -ENOMEM;
	}
	if (kb_words_find(args, KB_STR("root="), &root)) {
		entry->root = kb_word_unquote(arena, root);
		return entry->root ? 0 : -ENOMEM;
	}
	return 0;
}

void loader_drop_words(struct kb_str line, struct kb_str key, struct kb_buf *out)
{
	struct kb_str rest = line;
	size_t from = 0;
	struct kb_str word;

	while (kb_str_next_word(&rest, &word)) {
		if (kb_str_starts(word, key)) {
			size_t at = (size_t)(word.data - line.data);

			kb_buf_str(out, kb_str_of(line.data + from, at - from));
			while (rest.len > 0 && kb_is_blank(rest.data[0])) {
				rest = kb_str_skip(rest, 1);
			}
			from = line.len - rest.len;
		}
	}
	kb_buf_str(out, kb_str_skip(line, from));
}
