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

#include "kboot/base/json.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/reader.h"

enum { MAX_BYTES = 1 << 20 };

static json_t *text(struct kb_str s)
{
	KB_ARENA struct kb_arena arena = {0};

	return kb_json_text(kb_arena_str(&arena, s));
}

static json_t *place(struct kb_position at)
{
	return json_sprintf("%s:%u:%u", at.file ? at.file : "", at.line, at.column);
}

static void add_diag(void *ctx, const struct kb_diag *diag)
{
	json_array_append_new(ctx,
			      json_sprintf("%s:%u:%u: %s: %s", diag->at.file ? diag->at.file : "",
					   diag->at.line, diag->at.column,
					   diag->severity >= KB_SEVERITY_ERROR ? "error"
									       : "warning",
					   diag->text));
}

static json_t *items(const struct kb_conf_item *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:o}", "name",
						       text(list[i].name), "value",
						       text(list[i].value), "at", place(list[i].at),
						       "value_at", place(list[i].value_at)));
	}
	return array;
}

static json_t *expansion(const struct kb_conf *conf, struct kb_str line, struct kb_position at,
			 const struct kb_diag_sink *diags)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_conf_target target;
	struct kb_error err;
	json_t *initrd;

	if (kb_conf_expand(&arena, conf, line, at, diags, &target, &err) < 0) {
		char sentence[KB_ERROR_TEXT + KB_ERROR_FILE];

		kb_error_format(&err, sentence, sizeof(sentence));
		return json_pack("{s:s, s:s}", "error", strerrorname_np(-err.code), "text",
				 sentence);
	}
	initrd = json_array();
	for (size_t i = 0; i < target.n_initrd; i++) {
		json_array_append_new(initrd, kb_json_text(target.initrd[i]));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "kernel", kb_json_text(target.kernel),
			 "initrd", initrd, "root", kb_json_text(target.root), "dtb",
			 kb_json_text(target.dtb), "args", kb_json_text(target.args), "line",
			 kb_json_text(target.line));
}

/* Labels, and the typed lines. */
static json_t *expansions(const struct kb_conf *conf, struct kb_str lines,
			  const struct kb_diag_sink *diags)
{
	json_t *array = json_array();
	struct kb_str line;

	for (size_t i = 0; i < conf->n_labels; i++) {
		const struct kb_conf_item *label = &conf->labels[i];

		json_array_append_new(array,
				      json_pack("{s:o, s:o}", "label", text(label->name), "target",
						expansion(conf, label->value, label->value_at,
							  diags)));
	}
	while (kb_str_next_line(&lines, &line)) {
		json_array_append_new(array, json_pack("{s:o, s:o}", "typed", text(line), "target",
						       expansion(conf, line,
								 (struct kb_position){0}, diags)));
	}
	return array;
}

/* Takes the value. */
static int print(json_t *value)
{
	KB_BUF struct kb_buf text = {0};
	int r = value ? kb_json_write(value, JSON_INDENT(2), &text) : -ENOMEM;

	json_decref(value);
	(void)puts(text.data ? text.data : "");
	return r;
}

static int dump_conf(const struct kb_tree *tree)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf file = {0};
	KB_BUF struct kb_buf lines = {0};
	json_t *found = json_array();
	struct kb_diag_sink diags = {add_diag, found};
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
		json_decref(found);
		return r;
	}
	return print(json_pack("{s:o, s:o, s:o, s:o}", "variables",
			       items(conf.variables, conf.n_variables), "labels",
			       items(conf.labels, conf.n_labels), "expansions",
			       expansions(&conf, kb_buf_view(&lines), &diags), "diagnostics",
			       found));
}

struct findings {
	json_t *settings;
	json_t *entries;
};

static int add_entry(void *ctx, const struct kb_entry *entry)
{
	struct findings *findings = ctx;
	json_t *object;
	int r = kb_entry_to_json(entry, &object);

	return r < 0 ? r : json_array_append_new(findings->entries, object);
}

static int add_setting(void *ctx, const struct kb_setting *setting)
{
	struct findings *findings = ctx;

	return json_array_append_new(findings->settings,
				     json_pack("{s:s, s:o, s:i, s:o}", "name",
					       kb_variables[setting->variable].name, "value",
					       kb_json_text(setting->value), "rank",
					       (int)setting->rank, "at", place(setting->at)));
}

static int dump_tree(const struct kb_tree *folder)
{
	struct kb_tree tree = {.root_fd = -1, .name = "sda2"};
	struct findings findings = {json_array(), json_array()};
	json_t *found = json_array();
	struct kb_reader_out out = {
		.ctx = &findings,
		.entry = add_entry,
		.setting = add_setting,
		.diags = {add_diag, found},
	};
	int r = kb_tree_open_dir(folder, "tree", &tree.root_fd);

	for (size_t i = 0; r == 0 && i < kb_n_readers; i++) {
		struct kb_error err;

		r = kb_readers[i]->read(&tree, &out, &err);
	}
	tree.root_fd = kb_close(tree.root_fd);
	if (r < 0) {
		json_decref(findings.settings);
		json_decref(findings.entries);
		json_decref(found);
		return r;
	}
	return print(json_pack("{s:o, s:o, s:o}", "settings", findings.settings, "entries",
			       findings.entries, "diagnostics", found));
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
