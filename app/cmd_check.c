/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "kboot/base/replace.h"
#include "kboot/base/tree.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/lint.h"

enum {
	SHOWN_MAX = 64, /* bytes of a value that a sentence repeats */
	STDIN_MAX_BYTES = 16 << 20,
};

/* What was found in one file, in the order of its lines. */
struct findings {
	struct kb_arena arena;
	const char *file; /* as it was given */
	const char *path; /* the same below root; NULL: nothing else is read */
	const char *root;
	struct kb_diag *items;
	size_t n;
	size_t cap;
	bool is_incomplete; /* out of memory */
};

static void findings_done(struct findings *f)
{
	free(f->items);
	kb_arena_done(&f->arena);
}

/* A file that the given one has led to is below the same root. */
static const char *shown(struct findings *f, const char *file)
{
	return !f->path || !file || !file[0] || strcmp(file, f->path) == 0
		       ? f->file
		       : kb_arena_printf(&f->arena, "%s%s", f->root, file);
}

static void keep(void *ctx, const struct kb_diag *d)
{
	struct findings *f = ctx;
	struct kb_diag copy = *d;

	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 64;
		struct kb_diag *items = reallocarray(f->items, cap, sizeof(*items));

		f->is_incomplete = f->is_incomplete || !items;
		if (!items) {
			return;
		}
		f->items = items;
		f->cap = cap;
	}
	copy.text = kb_arena_strdup(&f->arena, d->text);
	copy.at.file = shown(f, d->at.file);
	f->is_incomplete = f->is_incomplete || !copy.text || !copy.at.file;
	if (copy.text && copy.at.file) {
		f->items[f->n++] = copy;
	}
}

static void keep_error(struct findings *f, const struct kb_error *err)
{
	const struct kb_diag d = {
		.severity = KB_SEVERITY_ERROR,
		.at = {.file = err->file,
		       .line = err->line ? err->line : 1,
		       .column = err->column ? err->column : 1},
		.text = err->text,
	};

	keep(f, &d);
}

/* What is about the whole file, the number of findings that are not told, comes last. */
static int by_position(const void *a, const void *b)
{
	const struct kb_position *x = &((const struct kb_diag *)a)->at;
	const struct kb_position *y = &((const struct kb_diag *)b)->at;
	int order = strcmp(x->file, y->file);

	if (order != 0) {
		return order;
	}
	if (x->line != y->line) {
		return x->line - 1 < y->line - 1 ? -1 : 1;
	}
	if (x->column != y->column) {
		return x->column < y->column ? -1 : 1;
	}
	return strcmp(((const struct kb_diag *)a)->text, ((const struct kb_diag *)b)->text);
}

/* The number of errors. What a function of a script does wrong is told once, not at each call. */
static unsigned print(struct findings *f)
{
	unsigned errors = f->is_incomplete;

	if (f->n > 0) {
		qsort(f->items, f->n, sizeof(*f->items), by_position);
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct kb_diag *d = &f->items[i];
		bool error = d->severity >= KB_SEVERITY_ERROR;

		if (i > 0 && by_position(d - 1, d) == 0) {
			continue;
		}
		errors += error;
		kb_print_escaped(stdout, "%s:%u:%u: %s: %s", d->at.file,
				 d->at.line > 0 ? d->at.line : 1,
				 d->at.column > 0 ? d->at.column : 1, error ? "error" : "warning",
				 d->text);
	}
	if (f->is_incomplete) {
		kb_print_escaped(stdout, "%s:1:1: error: out of memory", f->file);
	}
	return errors;
}

/* A label without a value was told once: somebody may yet be writing it. Here it is an error. */
static void raise_to_error(struct findings *f, struct kb_position at)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->items[i].at.line == at.line && f->items[i].at.column == at.column) {
			f->items[i].severity = KB_SEVERITY_ERROR;
		}
	}
}

/* Every label must come to something. */
static int check_labels(const struct kb_conf *conf, const struct kb_diag_sink *sink,
			struct findings *f)
{
	for (size_t i = 0; i < conf->n_labels; i++) {
		KB_ARENA struct kb_arena arena = {0};
		const struct kb_conf_item *label = &conf->labels[i];
		struct kb_conf_target target;
		struct kb_error err = {0};
		int r;

		if (label->value.len == 0) {
			raise_to_error(f, label->at);
			continue;
		}
		r = kb_conf_expand(&arena, conf, label->value, label->value_at, sink, &target,
				   &err);

		if (r == -ENOMEM) {
			return r;
		}
		if (r < 0) {
			err.line = err.line ? err.line : label->at.line;
			err.column = err.column ? err.column : label->at.column;
			keep_error(f, &err);
		}
	}
	return 0;
}

/* As a kernel calls disks and partitions: sda2, nvme0n1p2, dm-0. */
static bool is_device_name(struct kb_str word)
{
	static const struct {
		struct kb_str driver;
		bool letter; /* follows, as the a of sda */
	} names[] = {
		{KB_STR("sd"), true},      {KB_STR("hd"), true},    {KB_STR("vd"), true},
		{KB_STR("xvd"), true},     {KB_STR("ub"), true},    {KB_STR("nvme"), false},
		{KB_STR("mmcblk"), false}, {KB_STR("md"), false},   {KB_STR("dm-"), false},
		{KB_STR("sr"), false},     {KB_STR("loop"), false}, {KB_STR("nbd"), false},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		const char *next = word.data + names[i].driver.len;

		if (kb_str_starts(word, names[i].driver) && word.len > names[i].driver.len &&
		    (names[i].letter ? *next >= 'a' && *next <= 'z'
				     : *next >= '0' && *next <= '9')) {
			return true;
		}
	}
	return false;
}

/* A label, or one with more words behind it; or what can be seen to be no label. */
static bool may_name_an_entry(const struct kb_conf *conf, struct kb_str value)
{
	struct kb_str first = kb_str_head(value, kb_str_find(value, ' '));

	for (size_t end = 0; end <= value.len; end++) {
		if ((end == value.len || value.data[end] == ' ') &&
		    kb_conf_label(conf, kb_str_head(value, end))) {
			return true;
		}
	}
	return value.len == 0 || kb_str_find(first, '/') < first.len ||
	       kb_str_find(first, ':') < first.len || kb_str_find(first, '=') < first.len ||
	       is_device_name(first);
}

static void check_default(const struct kb_conf *conf, const struct kb_diag_sink *sink)
{
	const struct kb_conf_item *item = kb_conf_variable(conf, KB_VAR_DEFAULT);

	if (item && !may_name_an_entry(conf, item->value)) {
		kb_diag_report(sink, KB_SEVERITY_WARNING, item->value_at,
			       "default: `%.*s` is no label of this file",
			       KB_STR_ARG(kb_str_head(item->value, SHOWN_MAX)));
	}
}

static int read_file(const char *file, struct kb_buf *text, struct kb_error *err)
{
	bool is_stdin = strcmp(file, "-") == 0;
	KB_CLOSE int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
				   : open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = fd < 0 ? -errno : kb_read_all(fd, KB_CONF_MAX_BYTES, text);

	if (r == -EFBIG) {
		return kb_error_set(err, r,
				    "the file is larger than %d MiB, which is no kboot.conf",
				    KB_CONF_MAX_BYTES >> 20);
	}
	return r < 0 ? kb_error_set(err, r, "cannot be read: %s", strerror(-r)) : 0;
}

static int check_kboot_conf(const char *file, const struct kb_diag_sink *sink, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {.max_bytes = KB_CONF_MAX_BYTES + 1};
	struct kb_conf conf;
	int r = read_file(file, &text, err);

	if (r == 0) {
		r = kb_conf_parse(&arena, file, kb_buf_view(&text), sink, &conf, err);
	}
	if (r == 0 && check_labels(&conf, sink, sink->ctx) < 0) {
		r = kb_error_no_memory(err);
	}
	if (r == 0) {
		check_default(&conf, sink);
	}
	return r;
}

/* --- files of other loaders */

/* The file with no link in its folders. Its name stays: that tells what it is. */
static int resolve(const char *file, char path[PATH_MAX])
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	char folder[PATH_MAX];
	size_t len = (size_t)(name - file);

	if (len >= PATH_MAX) {
		return -ENAMETOOLONG;
	}
	(void)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)len : 1, slash ? file : ".");
	if (!realpath(folder, path)) {
		return -errno;
	}
	len = strlen(path);
	len -= path[len - 1] == '/';
	return snprintf(path + len, PATH_MAX - len, "/%s", name) < (int)(PATH_MAX - len)
		       ? 0
		       : -ENAMETOOLONG;
}

/* The part of path that is below the folder, which is cut off there; NULL: it is not. */
static char *below(char *path, const char *folder)
{
	char real[PATH_MAX];
	size_t len = realpath(folder, real) ? strlen(real) : 0;

	len -= len == 1;
	return strncmp(path, real, len) == 0 && path[len] == '/' ? path + len : NULL;
}

/* Where its root is, and its path from there: as --root says, else its own, else its folder, which
 * is said to be no root. */
static int split(struct findings *f, const struct kb_lint *lint, const char *root_dir,
		 char path[PATH_MAX], struct kb_error *err)
{
	struct kb_str file = kb_str_from(f->file);
	struct kb_str root;

	f->path = root_dir ? below(path, root_dir) : lint->below_root;
	if (!f->path && root_dir) {
		return kb_error_set(err, -EINVAL, "the file is not below --root %s", root_dir);
	}
	if (!f->path && !realpath(f->file, path)) {
		return kb_error_set(err, -errno, "cannot be read: %s", strerror(errno));
	}
	f->path = f->path ? f->path : strrchr(path, '/');
	root = kb_str_ends(file, kb_str_from(f->path))
		       ? kb_str_head(file, file.len - strlen(f->path)) /* as it was written */
		       : kb_str_of(path, (size_t)(f->path - path));
	f->root = kb_arena_str(&f->arena, root);
	return f->root ? 0 : kb_error_no_memory(err);
}

static int check_tree(struct findings *f, const struct kb_lint *lint, bool is_root_known,
		      const struct kb_diag_sink *sink, struct kb_error *err)
{
	const char *root = f->root[0] ? f->root : "/";
	KB_CLOSE int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree tree = {.root_fd = fd};

	return fd < 0 ? kb_error_set(err, -errno, "%s: %s", root, strerror(errno))
		      : kb_lint_run(lint, &tree, f->path, is_root_known, sink, err);
}

/* A reader opens files by name: the standard input becomes one, alone in a folder. */
static int check_copy(struct findings *f, const struct kb_lint *lint, const char *folder,
		      const struct kb_diag_sink *sink, struct kb_error *err)
{
	KB_BUF struct kb_buf text = {.max_bytes = STDIN_MAX_BYTES + 1};
	KB_CLOSE int dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree tree = {.root_fd = dir_fd};
	KB_CLOSE int fd = -1;
	int r = kb_read_all(STDIN_FILENO, STDIN_MAX_BYTES, &text);

	f->path = "/stdin";
	f->root = "";
	if (r == 0) {
		fd = openat(dir_fd, "stdin", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		r = fd < 0 ? -errno : kb_write_all(fd, kb_buf_view(&text));
	}
	r = r < 0 ? kb_error_set(err, r, "cannot be read: %s", strerror(-r))
		  : kb_lint_run(lint, &tree, f->path, false, sink, err);
	(void)unlinkat(dir_fd, "stdin", 0);
	return r;
}

static int check_stdin(struct findings *f, const struct kb_lint *lint,
		       const struct kb_diag_sink *sink, struct kb_error *err)
{
	char folder[] = "/tmp/kboot-check-XXXXXX";
	int r;

	if (!mkdtemp(folder)) {
		return kb_error_set(err, -errno, "%s: %s", folder, strerror(errno));
	}
	r = check_copy(f, lint, folder, sink, err);
	(void)rmdir(folder);
	return r;
}

static int check_file(struct findings *f, const struct kb_options *options,
		      const struct kb_diag_sink *sink, struct kb_error *err)
{
	const char *root_dir = options->simulation.root_dir;
	bool is_stdin = strcmp(f->file, "-") == 0;
	struct kb_lint lint = {0};
	char path[PATH_MAX];
	int r = is_stdin ? 0 : resolve(f->file, path);

	if (r < 0) {
		return kb_error_set(err, r, "cannot be read: %s", strerror(-r));
	}
	if (!is_stdin) {
		lint = kb_lint_find(path);
	}
	if (options->format) {
		r = kb_lint_set_format(&lint, options->format);
	}
	if (r < 0 || !lint.reader) {
		return r < 0 ? r : check_kboot_conf(f->file, sink, err);
	}
	if (is_stdin) {
		return check_stdin(f, &lint, sink, err);
	}
	r = split(f, &lint, root_dir, path, err);
	return r < 0 || !f->root ? r : check_tree(f, &lint, root_dir || lint.below_root, sink, err);
}

static unsigned check(const struct kb_options *options, const char *file)
{
	KB_CLEANUP(findings_done) struct findings f = {.file = file};
	const struct kb_diag_sink sink = {.report = keep, .ctx = &f};
	struct kb_error err = {0};

	if (check_file(&f, options, &sink, &err) < 0) {
		keep_error(&f, &err);
	}
	return print(&f);
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	unsigned errors = 0;

	for (int i = 0; i < n_args; i++) {
		errors += check(options, args[i]);
	}
	return errors > 0 ? KB_EXIT_FAILED : KB_EXIT_OK;
}

const struct kb_command kb_cmd_check = {
	.name = "check",
	.arguments = "[--format NAME] [--root DIR] FILE…|-",
	.summary = "lint configurations",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
