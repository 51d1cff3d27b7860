/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kboot eval of a script of iPXE: what it prints, then what its menus lead to. */
#include "eval_ipxe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kboot/base/escape.h"
#include "kboot/base/tree.h"
#include "kboot/formats/ipxe.h"

enum { MAX_SCRIPT = 4 << 20 };

struct evaluation {
	const struct kb_options *options;
	const char *url; /* of the script */
	struct kb_arena texts;
	struct kb_buf entries; /* as JSON, or a tree for people */
	int error;
	const char *path[KB_ENTRY_MAX_PATH]; /* of the entry before */
	size_t n_path;
};

/* The text of a mapped URL's file. -ENOENT: no map has it. */
static int read_url(struct evaluation *e, const char *url, struct kb_str *ret_text)
{
	const struct kb_options *o = e->options;
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	const struct kb_url_map *map;
	const char *path;
	int r = kb_url_map_find(o->url_maps, o->n_url_maps, &arena, url, &map, &path, NULL);
	KB_CLOSE int fd = r < 0 ? -1 : open(map->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kb_tree tree = {.root_fd = fd, .name = ""};

	if (r < 0 || fd < 0) {
		return r < 0 ? r : -errno;
	}
	r = kb_tree_read(&tree, path, MAX_SCRIPT, &text);
	if (r < 0) {
		return r;
	}
	ret_text->data = kb_arena_str(&e->texts, kb_buf_view(&text));
	ret_text->len = text.len;
	return ret_text->data ? 0 : -ENOMEM;
}

/* What no map has may be there: only a script that has to run is missed. */
static enum kb_ipxe_file look(void *ctx, const char *url, const char *post, enum kb_ipxe_use use,
			      struct kb_str *ret_text)
{
	struct evaluation *e = ctx;
	const struct kb_url_map *map;
	const char *path;

	KB_ARENA struct kb_arena arena = {0};
	bool is_mapped = kb_url_map_find(e->options->url_maps, e->options->n_url_maps, &arena, url,
					 &map, &path, NULL) == 0;
	int r;

	(void)post;
	if (!is_mapped) {
		return use == KB_IPXE_RUN ? KB_IPXE_UNKNOWN : KB_IPXE_OTHER;
	}
	r = read_url(e, url, ret_text);
	if (r == -EFBIG) {
		return KB_IPXE_OTHER;
	}
	e->error = r == -ENOMEM ? r : e->error;
	return r < 0                          ? KB_IPXE_ABSENT
	       : kb_ipxe_is_script(*ret_text) ? KB_IPXE_SCRIPT
					      : KB_IPXE_OTHER;
}

static const char *join(void *ctx, struct kb_arena *arena, const char *base, const char *text)
{
	(void)ctx;
	return kb_url_join(arena, base, text);
}

/* --- what is printed */

static void put_line(struct kb_buf *to, size_t depth, const char *text)
{
	KB_BUF struct kb_buf line = {0};

	kb_escape(&line, kb_str_from(text));
	kb_buf_printf(to, "%*s%s\n", (int)(2 * depth), "", line.data ? line.data : "");
}

/* The submenus that it is in, where the entry before was in others. */
static void put_path(struct evaluation *e, const struct kb_entry *entry)
{
	size_t same = 0;

	while (same < e->n_path && same < entry->n_path &&
	       strcmp(e->path[same], entry->path[same]) == 0) {
		same++;
	}
	e->n_path = entry->n_path;
	for (size_t i = same; i < entry->n_path; i++) {
		put_line(&e->entries, 1 + i, entry->path[i]);
		e->path[i] = kb_arena_strdup(&e->texts, entry->path[i]);
		e->error = e->path[i] ? e->error : -ENOMEM;
		e->n_path = e->path[i] ? e->n_path : i;
	}
}

static void put_entry(struct evaluation *e, const struct kb_entry *entry)
{
	KB_BUF struct kb_buf text = {0};
	size_t depth = 1 + entry->n_path;

	put_path(e, entry);
	kb_buf_printf(&text, "%s%s", kb_entry_display(entry), entry->is_default ? " *" : "");
	put_line(&e->entries, depth, text.data);
	if (entry->kernel || entry->command) {
		kb_buf_reset(&text);
		kb_entry_put_line(entry, &text);
		put_line(&e->entries, depth + 1, text.data);
	}
	for (size_t i = 0; i < entry->n_problems; i++) {
		kb_buf_reset(&text);
		kb_buf_printf(&text, "(%s)", entry->problems[i]);
		put_line(&e->entries, depth + 1, text.data);
	}
}

static int take_leaf(void *ctx, const struct kb_ipxe_leaf *leaf)
{
	struct evaluation *e = ctx;

	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;
	int r = kb_ipxe_entry(&arena, e->url, leaf, &entry);

	if (r == 0 && e->options->json) {
		kb_entry_to_json(&entry, NULL, &e->entries);
	} else if (r == 0) {
		put_entry(e, &entry);
	}
	return r < 0 ? r : kb_buf_error(&e->entries);
}

static void take_diag(void *ctx, const struct kb_diag *d)
{
	(void)ctx;
	kb_print_escaped(stderr, "%s:%u:%u: %s", d->at.file ? d->at.file : "", d->at.line,
			 d->at.column, d->text);
}

static int print(const struct evaluation *e, const struct kb_ipxe_result *first)
{
	KB_BUF struct kb_buf json = {0};

	if (!e->options->json) {
		kb_print_escaped_lines(stdout, first->output);
		(void)fputs(e->entries.data ? e->entries.data : "", stdout);
		return 0;
	}
	kb_json_open(&json, NULL, '{');
	kb_json_put_text(&json, "output", first->output);
	if (first->end == KB_IPXE_MENU && first->menu.timeout_ms > 0) {
		kb_json_put_int(&json, "timeout", (first->menu.timeout_ms + 999) / 1000);
	} else {
		kb_json_put_null(&json, "timeout");
	}
	kb_json_open(&json, "entries", '[');
	kb_buf_str(&json, kb_buf_view(&e->entries));
	kb_json_close(&json, ']');
	kb_json_close(&json, '}');
	if (kb_buf_error(&json) == 0) {
		(void)puts(json.data);
	}
	return kb_buf_error(&json);
}

/* --- the machine and its lease */

/* This machine's, as it boots under EFI; --dhcp says otherwise. */
static int lease(struct kb_arena *arena, const struct kb_options *o,
		 const char *const **ret_settings, size_t *ret_n)
{
	struct utsname name;

	return kb_ipxe_machine(arena, uname(&name) == 0 ? name.machine : "", o->lease, o->n_lease,
			       ret_settings, ret_n);
}

int kb_eval_ipxe(const struct kb_options *options, const char *url, struct kb_str text,
		 struct kb_error *err)
{
	struct evaluation e = {.options = options, .url = url};

	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_host host = {.ctx = &e,
				    .look = look,
				    .join = join,
				    .diags = {take_diag, NULL}};
	struct kb_ipxe_result first;
	int r = lease(&arena, options, &host.settings, &host.n_settings);

	if (r == 0) {
		r = kb_ipxe_walk(&arena, url, text, &host, take_leaf, &e, &first);
	}
	r = r == 0 ? e.error : r;
	r = r == 0 ? print(&e, &first) : r;
	kb_buf_done(&e.entries);
	kb_arena_done(&e.texts);
	return r < 0 ? kb_error_no_memory(err) : 0;
}

int kb_eval_ipxe_url(const struct kb_options *options, const char *url, struct kb_error *err)
{
	struct evaluation e = {.options = options};
	struct kb_str text = {0};
	int r = read_url(&e, url, &text);

	r = r < 0 ? kb_error_set(err, r, "%s: %s", url, strerror(-r))
		  : kb_eval_ipxe(options, url, text, err);
	kb_arena_done(&e.texts);
	return r;
}
