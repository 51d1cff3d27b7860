/* SPDX-License-Identifier: GPL-2.0-or-later */
/* petitboot's own configuration. */
#include <errno.h>

#include "others/reading.h"
#include "readers.h"

/* What one `name` says. */
struct option {
	struct option *next;
	const char *name;
	unsigned line;
	struct kb_str image;
	struct kb_str initrd;
	struct kb_str dtb;
	struct kb_buf args;
};

struct conf {
	struct reading *r;
	struct kb_str by_default;
	struct option *first;
	struct option **end;
	struct option *open;
	size_t n;
};

static int begin(struct conf *conf, struct kb_str name)
{
	struct option *option = kb_arena_alloc(&conf->r->arena, sizeof(*option));

	if (!option) {
		return -ENOMEM;
	}
	option->line = conf->r->lines.number;
	option->name = kb_arena_str(&conf->r->arena, name);
	*conf->end = option;
	conf->end = &option->next;
	conf->open = option;
	conf->n++;
	return option->name ? 0 : -ENOMEM;
}

static int take(struct conf *conf, struct kb_str key, struct kb_str value)
{
	struct option *option = conf->open;

	if (kb_str_eq(key, KB_STR("name"))) {
		return begin(conf, value);
	}
	if (!option) {
		conf->by_default = kb_str_eq(key, KB_STR("default")) ? value : conf->by_default;
		return 0;
	}
	if (kb_str_eq(key, KB_STR("image"))) {
		option->image = value;
	} else if (kb_str_eq(key, KB_STR("initrd"))) {
		option->initrd = value;
	} else if (kb_str_eq(key, KB_STR("dtb"))) {
		option->dtb = value;
	} else if (kb_str_eq(key, KB_STR("args"))) {
		kb_buf_str(&option->args, value); /* without a blank between them */
	}
	return kb_buf_error(&option->args);
}

/* "uuid=U:/path", "label=L:/path", "sda1:/path", "/path", or a URL. */
static int set_file(struct conf *conf, const char *what, struct kb_str name, struct kb_entry *entry,
		    const char **ret_name)
{
	static const struct {
		const char *theirs;
		const char *ours;
	} tags[] = {{"uuid=", "UUID="}, {"label=", "LABEL="}, {"", ""}};
	size_t colon = kb_str_find(name, ':');
	size_t i = 0;

	if (name.len == 0) {
		return 0;
	}
	if (colon == name.len) {
		return reading_file(conf->r, what, name, entry, ret_name);
	}
	while (!kb_str_starts(name, kb_str_from(tags[i].theirs))) {
		i++;
	}
	*ret_name = kb_arena_printf(&conf->r->arena, "%s%.*s", tags[i].ours,
				    KB_STR_ARG(kb_str_skip(name, strlen(tags[i].theirs))));
	return *ret_name
		       ? tree_name_check(&conf->r->arena, &conf->r->lookups, what, *ret_name, entry)
		       : -ENOMEM;
}

static int emit(struct conf *conf, const struct option *option)
{
	struct kb_entry entry = {
		.label = option->name,
		.title = option->name,
		.format = KB_FORMAT_PETITBOOT,
		.line = option->line,
	};
	int r = option->image.len > 0
			? set_file(conf, "kernel", option->image, &entry, &entry.kernel)
			: kb_entry_add_mistake(&conf->r->arena, &entry, "it names no kernel");

	if (r == 0) {
		r = set_file(conf, "initrd", option->initrd, &entry, &entry.initrd[0]);
		entry.n_initrd = entry.initrd[0] != NULL;
	}
	if (r == 0) {
		r = set_file(conf, "dtb", option->dtb, &entry, &entry.dtb);
	}
	if (r == 0) {
		r = loader_set_args(&conf->r->arena, kb_buf_view(&option->args), &entry);
	}
	return r == 0 ? reading_emit(conf->r, &entry,
				     kb_str_eq(conf->by_default, kb_str_from(option->name)))
		      : r;
}

static int read_conf(struct reading *r)
{
	struct conf conf = {.r = r};
	struct kb_str line;
	int code = 0;

	conf.end = &conf.first;
	while (code == 0 && conf.n < READING_MAX_ENTRIES + 2 && text_lines_next(&r->lines, &line)) {
		struct kb_str key = KB_STR("");

		(void)kb_str_next_word(&line, &key);
		code = take(&conf, key, kb_str_trim(line));
	}
	for (struct option *option = conf.first; option; option = option->next) {
		code = code == 0 ? emit(&conf, option) : code;
		kb_buf_done(&option->args);
	}
	return code;
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	static const struct reading_place places[] = {
		{1, "/boot/petitboot.conf"},
		{1, "/petitboot.conf"},
	};

	return reading_run(tree, out, places, KB_ARRAY_LEN(places), read_conf, err);
}

static int check(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		 struct kb_error *err)
{
	return reading_check(tree, path, out, read_conf, err);
}

const struct kb_reader kb_reader_petitboot = {
	.name = "petitboot.conf",
	.format = KB_FORMAT_PETITBOOT,
	.read = read_tree,
	.check = check,
};
