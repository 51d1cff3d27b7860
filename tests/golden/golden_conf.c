/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden_conf conf|tree FOLDER: prints what formats makes of the case in FOLDER, as JSON.
 *
 * conf: FOLDER/kboot.conf, parsed, and every label expanded; the lines of FOLDER/lines, if it is
 *       there, expanded as if they were typed.
 * tree: FOLDER/tree as a filesystem called sda2, read by every reader.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "json_dump.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/reader.h"

enum { MAX_BYTES = 1 << 20 };

static void put_place(struct kb_buf *json, const char *key, struct kb_position at)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_printf(&text, "%s:%u:%u", at.file ? at.file : "", at.line, at.column);
	kb_json_put_str(json, key, kb_buf_view(&text));
}

/* ctx is a list of its own, which goes behind everything else. */
static void add_diag(void *ctx, const struct kb_diag *diag)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_printf(&text, "%s:%u:%u: %s: %s", diag->at.file ? diag->at.file : "", diag->at.line,
		      diag->at.column, diag->severity >= KB_SEVERITY_ERROR ? "error" : "warning",
		      diag->text);
	kb_json_put_str(ctx, NULL, kb_buf_view(&text));
}

static void put_items(struct kb_buf *json, const char *key, const struct kb_conf_item *list,
		      size_t n)
{
	kb_json_open(json, key, '[');
	for (size_t i = 0; i < n; i++) {
		kb_json_open(json, NULL, '{');
		kb_json_put_str(json, "name", list[i].name);
		kb_json_put_str(json, "value", list[i].value);
		put_place(json, "at", list[i].at);
		put_place(json, "value_at", list[i].value_at);
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
}

static void put_target(struct kb_buf *json, const struct kb_conf_target *target)
{
	kb_json_put_text(json, "kernel", target->kernel);
	kb_json_open(json, "initrd", '[');
	for (size_t i = 0; i < target->n_initrd; i++) {
		kb_json_put_text(json, NULL, target->initrd[i]);
	}
	kb_json_close(json, ']');
	kb_json_put_text(json, "root", target->root);
	kb_json_put_text(json, "dtb", target->dtb);
	kb_json_put_text(json, "args", target->args);
	kb_json_put_text(json, "line", target->line);
}

static void put_expansion(struct kb_buf *json, const struct kb_conf *conf, struct kb_str line,
			  struct kb_position at, const struct kb_diag_sink *diags)
{
	KB_ARENA struct kb_arena arena = {0};
	char sentence[KB_ERROR_TEXT + KB_ERROR_FILE];
	struct kb_conf_target target;
	struct kb_error err;

	kb_json_open(json, "target", '{');
	if (kb_conf_expand(&arena, conf, line, at, diags, &target, &err) < 0) {
		kb_error_format(&err, sentence, sizeof(sentence));
		kb_json_put_text(json, "error", strerrorname_np(-err.code));
		kb_json_put_text(json, "text", sentence);
	} else {
		put_target(json, &target);
	}
	kb_json_close(json, '}');
	kb_json_close(json, '}');
}

/* Labels, and the typed lines. */
static void put_expansions(struct kb_buf *json, const struct kb_conf *conf, struct kb_str lines,
			   const struct kb_diag_sink *diags)
{
	struct kb_str line;

	kb_json_open(json, "expansions", '[');
	for (size_t i = 0; i < conf->n_labels; i++) {
		const struct kb_conf_item *label = &conf->labels[i];

		kb_json_open(json, NULL, '{');
		kb_json_put_str(json, "label", label->name);
		put_expansion(json, conf, label->value, label->value_at, diags);
	}
	while (kb_str_next_line(&lines, &line)) {
		kb_json_open(json, NULL, '{');
		kb_json_put_str(json, "typed", line);
		put_expansion(json, conf, line, (struct kb_position){0}, diags);
	}
	kb_json_close(json, ']');
}

/* Whole lists that were written apart become members of the object that is open, and it ends. */
static int print(struct kb_buf *json, const struct kb_buf *diags)
{
	KB_BUF struct kb_buf text = {0};

	kb_json_open(json, "diagnostics", '[');
	kb_buf_str(json, kb_buf_view(diags));
	kb_buf_puts(json, "]}");
	json_indent(kb_buf_view(json), &text);
	(void)puts(text.data);
	return kb_buf_error(json) < 0 || kb_buf_error(diags) < 0 ? -ENOMEM : kb_buf_error(&text);
}

static int dump_conf(const struct kb_tree *tree)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf file = {0};
	KB_BUF struct kb_buf lines = {0};
	KB_BUF struct kb_buf json = {0};
	KB_BUF struct kb_buf found = {0};
	struct kb_diag_sink diags = {add_diag, &found};
	struct kb_conf conf = {0};
	struct kb_error err;
	int r = kb_tree_read(tree, "kboot.conf", MAX_BYTES, &file);

	if (r == 0) {
		r = kb_tree_read(tree, "lines", MAX_BYTES, &lines);
		r = r == -ENOENT ? 0 : r;
	}
	if (r == 0) {
		r = kb_conf_parse(&arena, "kboot.conf", kb_buf_view(&file), &diags, &conf, &err);
	}
	if (r < 0) {
		return r;
	}
	kb_json_open(&json, NULL, '{');
	put_items(&json, "variables", conf.variables, conf.n_variables);
	put_items(&json, "labels", conf.labels, conf.n_labels);
	put_expansions(&json, &conf, kb_buf_view(&lines), &diags);
	return print(&json, &found);
}

struct findings {
	struct kb_buf settings;
	struct kb_buf entries;
};

static int add_entry(void *ctx, const struct kb_entry *entry)
{
	struct findings *findings = ctx;

	kb_entry_to_json(entry, NULL, &findings->entries);
	return kb_buf_error(&findings->entries);
}

static int add_setting(void *ctx, const struct kb_setting *setting)
{
	struct kb_buf *json = &((struct findings *)ctx)->settings;

	kb_json_open(json, NULL, '{');
	kb_json_put_text(json, "name", kb_variables[setting->variable].name);
	kb_json_put_text(json, "value", setting->value);
	kb_json_put_int(json, "rank", setting->rank);
	put_place(json, "at", setting->at);
	kb_json_close(json, '}');
	return kb_buf_error(json);
}

static void put_list(struct kb_buf *json, const char *key, struct kb_buf *list)
{
	kb_json_open(json, key, '[');
	kb_buf_str(json, kb_buf_view(list));
	kb_json_close(json, ']');
	kb_buf_done(list);
}

static int dump_tree(const struct kb_tree *folder)
{
	struct kb_tree tree = {.root_fd = -1, .name = "sda2"};
	KB_BUF struct kb_buf json = {0};
	KB_BUF struct kb_buf found = {0};
	struct findings findings = {0};
	struct kb_reader_out out = {
		.ctx = &findings,
		.entry = add_entry,
		.setting = add_setting,
		.diags = {add_diag, &found},
	};
	int r = kb_tree_open_dir(folder, "tree", &tree.root_fd);

	for (size_t i = 0; r == 0 && i < kb_n_readers; i++) {
		struct kb_error err;

		r = kb_readers[i]->read(&tree, &out, &err);
	}
	tree.root_fd = kb_close(tree.root_fd);
	kb_json_open(&json, NULL, '{');
	put_list(&json, "settings", &findings.settings);
	put_list(&json, "entries", &findings.entries);
	return r < 0 ? r : print(&json, &found);
}

int main(int argc, char **argv)
{
	KB_CLOSE int fd = -1;
	struct kb_tree folder;
	int r;

	if (argc != 3 || (strcmp(argv[1], "conf") != 0 && strcmp(argv[1], "tree") != 0)) {
		(void)fprintf(stderr, "usage: golden_conf conf|tree FOLDER\n");
		return 2;
	}
	fd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		(void)fprintf(stderr, "%s: %m\n", argv[2]);
		return 1;
	}
	folder = (struct kb_tree){.root_fd = fd};
	r = strcmp(argv[1], "conf") == 0 ? dump_conf(&folder) : dump_tree(&folder);
	if (r < 0) {
		(void)fprintf(stderr, "%s: %s\n", argv[2], strerror(-r));
	}
	return r < 0;
}
