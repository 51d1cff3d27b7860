/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree_names.h"

#include <errno.h>

#include "kboot/model/name.h"

static bool has_name(const struct kb_tree *tree)
{
	return tree && tree->name && *tree->name;
}

char *tree_canonical(struct kb_arena *arena, const struct kb_tree *tree, const char *path)
{
	const char *below = tree && tree->below ? tree->below : "";

	return has_name(tree) ? kb_arena_printf(arena, "%s%s%s%s", tree->name,
						tree->source ? "" : ":", below, path)
			      : kb_arena_strdup(arena, path);
}

int tree_name_absolute(struct kb_arena *arena, const char *name, const char **ret_name)
{
	struct kb_name parsed;
	int r = kb_name_parse(arena, kb_str_from(name), NULL, NULL, &parsed, NULL);

	if (r == 0 && parsed.kind == KB_NAME_RELATIVE) {
		*ret_name = kb_arena_printf(arena, "/%s", parsed.path);
		return *ret_name ? 0 : -ENOMEM;
	}
	if (r == -ENOMEM) {
		return r;
	}
	*ret_name = name;
	return 0;
}

int tree_lookups_has_file(struct tree_lookups *lookups, const char *path)
{
	size_t len = strlen(path);
	uint32_t slot = 0x811c9dc5; /* FNV-1a */
	int r;

	if (lookups->tree->source) {
		return 0; /* a server is asked for it when it is wanted */
	}
	for (size_t i = 0; i < len; i++) {
		slot = (slot ^ (unsigned char)path[i]) * 0x01000193;
	}
	slot %= TREE_LOOKUPS;
	if (strcmp(lookups->kept[slot].path, path) == 0) {
		return lookups->kept[slot].answer;
	}
	r = kb_tree_has_file(lookups->tree, path);
	if (r != -ENOMEM && len < sizeof(lookups->kept[slot].path)) {
		memcpy(lookups->kept[slot].path, path, len + 1);
		lookups->kept[slot].answer = r;
	}
	return r;
}

/* The path below this tree, or NULL: elsewhere. */
static const char *path_on(const struct kb_tree *tree, const struct kb_name *name)
{
	bool is_here = name->kind == KB_NAME_ENVIRONMENT ||
		       (name->kind == KB_NAME_DEVICE && has_name(tree) && !tree->below &&
			strcmp(name->place, tree->name) == 0);

	return is_here ? name->path : NULL;
}

static bool is_elsewhere(const struct tree_lookups *lookups, const char *path)
{
	const struct kb_reader_out *out = lookups->out;

	return out && out->is_elsewhere && out->is_elsewhere(out->elsewhere, path);
}

/* A link like Debian's /vmlinuz -> boot/vmlinuz-6.1, whose /boot is another filesystem's. */
static bool links_elsewhere(const struct tree_lookups *lookups, const char *path)
{
	char link[KB_TREE_LINK_BYTES];
	char target[2 * KB_TREE_LINK_BYTES];
	const char *name = strrchr(path, '/');
	enum kb_tree_type type;

	if (!lookups->out || !lookups->out->is_elsewhere || !name ||
	    kb_tree_look(lookups->tree, path, &type, link) < 0 || type != KB_TREE_LINK) {
		return false;
	}
	(void)snprintf(target, sizeof(target), "%.*s/%s", link[0] == '/' ? 0 : (int)(name - path),
		       path, link[0] == '/' ? link + 1 : link);
	return is_elsewhere(lookups, target);
}

/* The file that the rest of path would be in, as in an ISO image; false: there is none. */
static bool is_in_file(const struct kb_tree *tree, const char *path)
{
	char part[KB_TREE_LINK_BYTES];

	for (const char *c = path; (c = strchr(c + 1, '/')) && (size_t)(c - path) < sizeof(part);) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(c - path), path);
		if (kb_tree_has_file(tree, part) == 0) {
			return true;
		}
	}
	return false;
}

/* In an image that nobody has mounted it is looked for when it is wanted. */
static int look_in_image(const struct tree_lookups *lookups, const char *path)
{
	const struct kb_reader_out *out = lookups->out;
	const char *rest = NULL;
	const struct kb_tree *image =
		out && out->image ? out->image(out->images, path, &rest) : NULL;

	return image                             ? kb_tree_has_file(image, rest)
	       : is_in_file(lookups->tree, path) ? 0
						 : -ENOTDIR;
}

int tree_name_check(struct kb_arena *arena, struct tree_lookups *lookups, const char *what,
		    const char *name, struct kb_entry *entry)
{
	const struct kb_tree *tree = lookups->tree;
	struct kb_name parsed;
	const char *canonical;
	const char *path;
	struct kb_error err;
	int r = kb_name_parse(arena, kb_str_from(name), NULL, NULL, &parsed, &err);

	if (r == -ENOMEM) {
		return r;
	}
	if (r < 0) {
		return kb_entry_add_mistake(arena, entry, "%s: %s", what, err.text);
	}
	path = path_on(tree, &parsed);
	if (!path || is_elsewhere(lookups, path)) {
		return 0;
	}
	r = tree_lookups_has_file(lookups, path);
	if (r == -ENOTDIR) {
		r = look_in_image(lookups, path);
	}
	if (r == 0 || links_elsewhere(lookups, path)) {
		return 0;
	}
	canonical = tree_canonical(arena, tree, path);
	if (!canonical) {
		return -ENOMEM;
	}
	if (r == -ENOENT || r == -ENOTDIR) {
		return kb_entry_add_mistake(arena, entry, "%s not found: %s", what, canonical);
	}
	if (r == -EISDIR || r == -EINVAL) {
		return kb_entry_add_mistake(arena, entry, "%s is not a file: %s", what, canonical);
	}
	return kb_entry_add_mistake(arena, entry, "%s cannot be read: %s: %s", what, canonical,
				    strerror(-r));
}
