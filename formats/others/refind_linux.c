/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refind_linux.conf: the command lines of the kernels beside it. */
#include <errno.h>
#include <stdlib.h>

#include "bare_names.h"
#include "others/reading.h"
#include "readers.h"

enum { MAX_LINES = 64, MAX_KERNELS = 64, MAX_NAMES = 8192 };

struct line {
	const char *title;
	const char *options;
	unsigned number;
};

struct pairing {
	struct reading *r;
	struct line lines[MAX_LINES];
	size_t n_lines;
	struct bare_name kernels[MAX_KERNELS];
	size_t n_kernels;
};

/* The next text, in quotes or without; "" in quotes is one of them. NULL with *ret_found: memory.
 */
static const char *take_text(struct kb_arena *arena, struct kb_str *rest, bool *ret_found)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_str s = kb_str_trim(*rest);
	bool is_quoted = s.len > 0 && s.data[0] == '"';
	size_t i = is_quoted;

	*ret_found = s.len > 0;
	for (; i < s.len && (is_quoted || !kb_is_blank(s.data[i])); i++) {
		if (is_quoted && s.data[i] == '"') {
			if (i + 1 == s.len || s.data[i + 1] != '"') {
				break;
			}
			i++;
		}
		kb_buf_putc(&text, s.data[i]);
	}
	*rest = kb_str_skip(s, i + is_quoted);
	return kb_buf_error(&text) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&text));
}

static int read_lines(struct pairing *p)
{
	struct kb_str rest;

	while (p->n_lines < MAX_LINES && text_lines_next(&p->r->lines, &rest)) {
		struct line *line = &p->lines[p->n_lines];
		bool has_title;
		bool has_options;

		line->title = take_text(&p->r->arena, &rest, &has_title);
		line->options = take_text(&p->r->arena, &rest, &has_options);
		line->number = p->r->lines.number;
		if (!line->title || !line->options) {
			return -ENOMEM;
		}
		p->n_lines += has_options && line->title[0];
	}
	return 0;
}

static int take_name(void *ctx, const char *name)
{
	struct pairing *p = ctx;
	const char *copy = NULL;
	struct bare_name kernel;

	if (p->n_kernels == MAX_KERNELS || !bare_name_parse(name, &kernel)) {
		return 0;
	}
	copy = kb_arena_strdup(&p->r->arena, name);
	if (!copy) {
		return -ENOMEM;
	}
	if (bare_name_parse(copy, &p->kernels[p->n_kernels])) {
		p->n_kernels++;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return bare_name_compare(a, b);
}

/* %v is the kernel's version. */
static int put_options(const char *options, const struct bare_name *kernel, struct kb_buf *out)
{
	for (; *options; options++) {
		if (options[0] == '%' && options[1] == 'v') {
			kb_buf_str(out, kernel->version);
			options++;
		} else {
			kb_buf_putc(out, *options);
		}
	}
	return kb_buf_error(out);
}

/* Those that the options name, with the firmware's backslashes. */
static int add_named(struct pairing *p, struct kb_str options, struct kb_entry *entry)
{
	static const struct kb_str key = KB_STR("initrd=");
	struct kb_str word;
	int r = 0;

	while (r == 0 && kb_str_next_word(&options, &word)) {
		char *name = NULL;

		if (!kb_str_starts(word, key)) {
			continue;
		}
		name = kb_arena_str(&p->r->arena, kb_str_skip(word, key.len));
		for (char *c = name; c && *c; c++) {
			*c = (char)(*c == '\\' ? '/' : *c);
		}
		r = name ? reading_initrd(p->r, "initrd", kb_str_from(name), entry) : -ENOMEM;
	}
	return r;
}

/* That of the same version beside it, where none is named. */
static int add_own(struct pairing *p, const struct bare_name *kernel, struct kb_entry *entry)
{
	KB_BUF struct kb_buf name = {0};

	for (size_t i = 0; entry->n_initrd == 0 && bare_initrd_name(kernel, i, &name); i++) {
		const char *path = loader_join(&p->r->arena, p->r->folder, kb_buf_view(&name));

		if (!path || kb_buf_error(&name) < 0) {
			return -ENOMEM;
		}
		if (tree_lookups_has_file(&p->r->lookups, path) == 0) {
			entry->initrd[entry->n_initrd++] = path;
		}
		kb_buf_reset(&name);
	}
	return kb_buf_error(&name);
}

static int emit(struct pairing *p, const struct bare_name *kernel, const struct line *line)
{
	KB_BUF struct kb_buf options = {0};
	KB_BUF struct kb_buf args = {0};
	const char *title = bare_name_title(&p->r->arena, kernel);
	bool is_first = line == p->lines;
	struct kb_entry entry = {
		.label = kb_arena_str(&p->r->arena, kernel->file),
		.title = is_first ? title : line->title,
		.format = KB_FORMAT_REFIND,
		.line = line->number,
		.path = {title},
		.n_path = !is_first,
		.kernel = loader_join(&p->r->arena, p->r->folder, kernel->file),
	};
	int r = title && entry.label && entry.kernel ? 0 : -ENOMEM;

	if (r == 0) {
		r = put_options(line->options, kernel, &options);
	}
	if (r == 0) {
		r = add_named(p, kb_buf_view(&options), &entry);
	}
	if (r == 0) {
		r = add_own(p, kernel, &entry);
	}
	if (r == 0) {
		loader_drop_words(kb_buf_view(&options), KB_STR("initrd="), &args);
		r = kb_buf_error(&args) < 0
			    ? -ENOMEM
			    : loader_set_args(&p->r->arena, kb_buf_view(&args), &entry);
	}
	/* Which kernel it would start is in refind.conf and the firmware's variables. */
	return r == 0 ? reading_emit(p->r, &entry, false) : r;
}

static int read_conf(struct reading *r)
{
	struct pairing *p = kb_arena_alloc(&r->arena, sizeof(*p));
	int code = p ? 0 : -ENOMEM;

	if (code == 0) {
		p->r = r;
		code = read_lines(p);
	}
	if (code == 0 && p->n_lines > 0) {
		code = kb_tree_list(r->tree, r->folder[0] ? r->folder : "/", MAX_NAMES, take_name,
				    p);
		code = code == -E2BIG ? 0 : code;
		qsort(p->kernels, p->n_kernels, sizeof(p->kernels[0]), compare);
	}
	for (size_t i = 0; code == 0 && i < p->n_kernels; i++) {
		for (size_t j = 0; code == 0 && j < p->n_lines; j++) {
			code = emit(p, &p->kernels[i], &p->lines[j]);
		}
	}
	return code;
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	static const struct reading_place places[] = {
		{1, "/boot/refind_linux.conf"},
		{2, "/refind_linux.conf"},
	};

	return reading_run(tree, out, places, KB_ARRAY_LEN(places), read_conf, err);
}

static int check(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		 struct kb_error *err)
{
	return reading_check(tree, path, out, read_conf, err);
}

const struct kb_reader kb_reader_refind = {
	.name = "refind_linux.conf",
	.format = KB_FORMAT_REFIND,
	.read = read_tree,
	.check = check,
};
