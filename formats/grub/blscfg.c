/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fedora's blscfg: the files of loader/entries as entries whose bodies are script. */
#include <errno.h>

#include "commands.h"
#include "devices.h"
#include "evaluator.h"
#include "menu.h"
#include "rpm_version.h"

enum { MAX_NAMES = 4096, MAX_FILES = 512 };

struct file {
	const char *id; /* its name without .conf */
	struct kb_str text;
	const char *path; /* as messages have it */
};

struct listing {
	struct grub *g;
	const struct kb_tree *tree;
	const char *folder;
	struct file *files;
	size_t n_files;
};

static int take_name(void *ctx, const char *name)
{
	struct listing *l = ctx;
	struct kb_str id = kb_str_from(name);
	struct grub_source source;
	const char *path;
	struct file *file;
	int r;

	if (!kb_str_ends(id, KB_STR(".conf")) || name[0] == '.' || l->n_files == MAX_FILES) {
		return 0;
	}
	path = kb_arena_printf(&l->g->kept, "%s/%s", l->folder, name);
	r = path ? grub_load(l->g, l->tree, path, &source) : -ENOMEM;
	if (r < 0) {
		return r == -ENOMEM ? r : 0;
	}
	file = &l->files[l->n_files];
	*file = (struct file){
		.id = kb_arena_str(&l->g->kept, kb_str_head(id, id.len - strlen(".conf"))),
		.text = source.text,
		.path = source.file,
	};
	l->n_files += file->id != NULL;
	return file->id ? 0 : -ENOMEM;
}

static int newest_first(const void *a, const void *b)
{
	return rpm_file_compare(((const struct file *)b)->id, ((const struct file *)a)->id);
}

/* The value of the nth line with that key; reading ends at the first line without a value. */
static bool value_of(struct kb_str text, struct kb_str key, size_t nth, struct kb_str *ret_value)
{
	struct kb_str line;

	while (kb_str_next_line(&text, &line)) {
		struct kb_str rest = kb_str_trim(line);
		struct kb_str word = KB_STR("");

		if (rest.len > 0 && rest.data[0] == '#') {
			continue;
		}
		if (!kb_str_next_word(&rest, &word) || kb_str_trim(rest).len == 0) {
			return false;
		}
		if (kb_str_eq(word, key) && nth-- == 0) {
			*ret_value = kb_str_trim(rest);
			return true;
		}
	}
	return false;
}

/* $name becomes its value and a blank, or nothing where it is not set, in whose place a blank that
 * follows goes; \$ stays for the script. */
static void expand(const struct grub *g, struct kb_str value, struct kb_buf *out)
{
	for (size_t i = 0; i < value.len; i++) {
		size_t len = 0;
		const char *text;
		char name[64];

		if (value.data[i] == '\\' && i + 1 < value.len) {
			kb_buf_append(out, value.data + i++, 2);
			continue;
		}
		while (value.data[i] == '$' && i + 1 + len < value.len && len < sizeof(name) - 1 &&
		       (kb_is_letter(value.data[i + 1 + len]) ||
			kb_is_digit(value.data[i + 1 + len]) || value.data[i + 1 + len] == '_')) {
			name[len] = value.data[i + 1 + len];
			len++;
		}
		if (len == 0) {
			kb_buf_putc(out, value.data[i]);
			continue;
		}
		name[len] = '\0';
		text = grub_variable_get(g->context, kb_str_from(name));
		kb_buf_printf(out, "%s%s", text ? text : "", text ? " " : "");
		i += len;
		i += i + 1 < value.len && value.data[i + 1] == ' ';
	}
}

/* Its folder, with the slash behind it. */
static struct kb_str folder_of(struct kb_str path)
{
	while (path.len > 0 && path.data[path.len - 1] != '/') {
		path.len--;
	}
	return path;
}

static void put_path(struct kb_buf *body, struct kb_str folder, struct kb_str path)
{
	kb_buf_printf(body, " ($root)%s%.*s%.*s",
		      kb_str_starts(folder.len > 0 ? folder : path, KB_STR("/")) ? "" : "/",
		      KB_STR_ARG(folder), KB_STR_ARG(path));
}

/* The early ones are where the first of the others is, or the kernel. */
static void put_initrds(const struct grub *g, const struct file *file, struct kb_str kernel,
			struct kb_buf *body)
{
	struct kb_str early = kb_str_from(grub_get(g, "early_initrd"));
	struct kb_str value = kernel;
	struct kb_str word;
	bool has_any = value_of(file->text, KB_STR("initrd"), 0, &value);
	struct kb_str folder = folder_of(value);

	kb_buf_puts(body, has_any || kb_str_trim(early).len > 0 ? "\ninitrd" : "");
	while (kb_str_next_word(&early, &word)) {
		put_path(body, folder, word);
	}
	for (size_t i = 0; value_of(file->text, KB_STR("initrd"), i, &value); i++) {
		put_path(body, KB_STR(""), value);
	}
}

/* Its own, or else the one that a variable names for all, beside the kernel. */
static void put_devicetree(const struct grub *g, const struct file *file, struct kb_str kernel,
			   struct kb_buf *body)
{
	struct kb_str value = kb_str_from(grub_get(g, "devicetree"));
	bool is_own = value_of(file->text, KB_STR("devicetree"), 0, &value);

	if (value.len > 0) {
		kb_buf_puts(body, "\ndevicetree");
		put_path(body, is_own ? KB_STR("") : folder_of(kernel), value);
	}
}

static int make_body(const struct grub *g, const struct file *file, struct kb_buf *body)
{
	KB_BUF struct kb_buf options = {0};
	struct kb_str kernel;
	struct kb_str value;

	if (!value_of(file->text, KB_STR("linux"), 0, &kernel)) {
		return -ENOENT;
	}
	if (strcmp(grub_get(g, "save_default"), "true") == 0) {
		kb_buf_puts(body, "savedefault\n");
	}
	kb_buf_puts(body, "linux");
	put_path(body, KB_STR(""), kernel);
	if (!value_of(file->text, KB_STR("options"), 0, &value)) {
		value = kb_str_from(grub_get(g, "default_kernelopts"));
	}
	expand(g, value, &options);
	kb_buf_printf(body, " %s", options.data ? options.data : "");
	put_initrds(g, file, kernel, body);
	put_devicetree(g, file, kernel, body);
	kb_buf_putc(body, '\n');
	return kb_buf_error(body) < 0 || kb_buf_error(&options) < 0 ? -ENOMEM : 0;
}

static int set_hotkey(struct grub *g, const struct file *file, struct grub_item *item)
{
	struct kb_str value;

	if (value_of(file->text, KB_STR("grub_hotkey"), 0, &value)) {
		item->hotkey = kb_arena_str(&g->kept, value);
		return item->hotkey ? 0 : -ENOMEM;
	}
	return 0;
}

/* "grub_users $grub_users", where nothing sets that, names nobody. */
static bool has_users(const struct grub *g, const struct file *file)
{
	KB_BUF struct kb_buf users = {0};
	struct kb_str value;

	if (value_of(file->text, KB_STR("grub_users"), 0, &value)) {
		expand(g, value, &users);
	}
	return kb_str_trim(kb_buf_view(&users)).len > 0;
}

static int add(struct grub *g, const struct file *file)
{
	struct grub_item *item = kb_arena_alloc(&g->kept, sizeof(*item));
	KB_BUF struct kb_buf body = {0};
	struct kb_str title = KB_STR("");
	int r = item ? make_body(g, file, &body) : -ENOMEM;
	const char *text;

	if (r < 0) {
		return r == -ENOENT ? 0 : r;
	}
	(void)(value_of(file->text, KB_STR("title"), 0, &title) ||
	       value_of(file->text, KB_STR("linux"), 0, &title));
	text = kb_arena_str(&g->kept, kb_buf_view(&body));
	item->title = kb_arena_str(&g->kept, title);
	item->params = kb_arena_array(&g->kept, 1, sizeof(*item->params));
	if (set_hotkey(g, file, item) < 0 || !text || !item->title || !item->params) {
		return -ENOMEM;
	}
	item->params[item->n_params++] = (char *)item->title;
	item->is_unrestricted = !has_users(g, file);
	item->id = file->id;
	item->has_id = true;
	item->at = (struct kb_position){file->path, 1, 1};
	item->body = (struct grub_source){.text = kb_str_from(text),
					  .file = file->path,
					  .line = 1,
					  .line_start = text};
	g->n_items++;
	grub_menu_add(g->menu, item);
	return 0;
}

static int list(struct listing *l, const char *folder)
{
	l->folder = folder;
	return kb_tree_list(l->tree, folder, MAX_NAMES, take_name, l);
}

/* --- what is asked for */

struct choice {
	const char *path; /* a folder, or one file; NULL: where they usually are */
	const char *id;   /* that entry */
	bool is_upstream; /* asked for in the way of GRUB 2.14 */
	bool falls_back;
	bool with_default;
	bool with_others;
};

/* GRUB 2.14 has options; Fedora's has one word: default, non-default, (DEVICE)/PATH or an id. */
static struct choice read_choice(const struct grub_arguments *args)
{
	struct choice c = {0};
	const char *word = NULL;

	for (size_t i = 1; i < args->n;) {
		const char *option = args->words[i];

		if (grub_take_option(args, &i, 'p', "path", &c.path) ||
		    grub_take_option(args, &i, 'e', "entry", &c.id) ||
		    (grub_take_option(args, &i, 'f', "enable-fallback", NULL) &&
		     (c.falls_back = true)) ||
		    (grub_take_option(args, &i, 'd', "show-default", NULL) &&
		     (c.with_default = true)) ||
		    (grub_take_option(args, &i, 'n', "show-non-default", NULL) &&
		     (c.with_others = true))) {
			c.is_upstream = true;
		} else {
			word = option;
			i++;
		}
	}
	if (word && word[0] == '(') {
		c.path = word;
	} else if (word) {
		c.with_default = strcmp(word, "default") == 0;
		c.with_others = strcmp(word, "non-default") == 0;
		c.id = word;
	}
	if (!c.id && !c.with_default && !c.with_others) {
		c.with_default = c.with_others = true;
	}
	return c;
}

static int list_path(struct listing *l, const char *name)
{
	struct grub *g = l->g;
	struct grub_place place;
	char *path;
	size_t len;

	grub_place_of(g, grub_get(g, "root"), name, &place);
	l->tree = grub_place_tree(g, &place);
	if (!l->tree) {
		grub_report(g, GRUB_TROUBLE_COMMAND,
			    "blscfg: %.200s is on another filesystem: its entries are not listed",
			    name);
		return 0;
	}
	path = kb_arena_strdup(&g->kept, place.file);
	if (!path) {
		return -ENOMEM;
	}
	for (len = strlen(path); len > 0 && path[len - 1] == '/'; len--) {
		path[len - 1] = '\0';
	}
	if (kb_str_ends(kb_str_from(path), KB_STR(".conf")) && strchr(path, '/')) {
		char *slash = strrchr(path, '/');

		*slash = '\0';
		l->folder = path;
		return take_name(l, slash + 1);
	}
	return list(l, path);
}

/* In the folder of the device that is the root. */
static int list_usual(struct listing *l, const char *folder)
{
	struct grub_place place;

	grub_place_of(l->g, grub_get(l->g, "root"), folder, &place);
	l->tree = grub_place_tree(l->g, &place);
	l->tree = l->tree ? l->tree : l->g->host->tree;
	return list(l, place.file);
}

static int read_files(struct listing *l, const struct choice *c)
{
	const char *chosen = c->is_upstream ? "" : grub_get(l->g, "blsdir");
	int r;

	if (c->path && (c->path[0] == '(' || c->path[0] == '/')) {
		r = list_path(l, c->path);
		return l->n_files == 0 && c->falls_back && r != -ENOMEM
			       ? list_usual(l, "/loader/entries")
			       : r;
	}
	r = list_usual(l, chosen[0] ? chosen : "/loader/entries");
	return l->n_files == 0 && !c->is_upstream && r != -ENOMEM
		       ? list_usual(l, "/boot/loader/entries")
		       : r;
}

/* With .conf or without. */
static bool is_named(const struct file *file, const char *name)
{
	size_t len = strlen(file->id);

	return strncmp(name, file->id, len) == 0 &&
	       (!name[len] || strcmp(name + len, ".conf") == 0);
}

/* By its name, its title or its index among all. */
static bool is_default(const struct grub *g, const struct file *file, size_t index)
{
	const char *value = grub_get(g, "default");
	struct kb_str title = KB_STR("");
	char *end;
	unsigned long n;

	if (is_named(file, value) || (value_of(file->text, KB_STR("title"), 0, &title) &&
				      kb_str_eq(title, kb_str_from(value)))) {
		return true;
	}
	n = strtoul(value, &end, 0);
	return *value && !*end && n == index;
}

static bool is_chosen(const struct grub *g, const struct choice *c, const struct file *file,
		      size_t index)
{
	if (c->id && is_named(file, c->id)) {
		return true;
	}
	return c->with_default == c->with_others ? c->with_default
						 : c->with_default == is_default(g, file, index);
}

/* One without words adds nothing behind another one. */
int grub_blscfg(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct listing l = {.g = g, .files = calloc(MAX_FILES, sizeof(struct file))};
	const struct choice choice = read_choice(args);
	int r = l.files ? 0 : -ENOMEM;

	(void)node;
	if (r == 0 && g->menu && (args->n > 1 || !g->uses_blscfg)) {
		r = read_files(&l, &choice);
	}
	g->uses_blscfg = true;
	if (l.n_files > 0) {
		qsort(l.files, l.n_files, sizeof(*l.files), newest_first);
	}
	for (size_t i = 0; r != -ENOMEM && i < l.n_files && g->n_items < GRUB_MAX_ENTRIES; i++) {
		if (is_chosen(g, &choice, &l.files[i], i)) {
			r = add(g, &l.files[i]);
		}
	}
	free(l.files);
	grub_check(g, r == -ENOMEM ? r : 0);
	return 0;
}
