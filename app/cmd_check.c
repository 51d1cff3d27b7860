/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "kboot/base/tree.h"
#include "kboot/formats/kboot_conf.h"

enum { SHOWN_MAX = 64 }; /* bytes of a value that a sentence repeats */

/* What was found in one file, in the order of its lines. */
struct findings {
	struct kb_arena arena;
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
	f->is_incomplete = f->is_incomplete || !copy.text;
	if (copy.text) {
		f->items[f->n++] = copy;
	}
}

static void keep_error(struct findings *f, const char *file, const struct kb_error *err)
{
	const struct kb_diag d = {
		.severity = KB_SEVERITY_ERROR,
		.at = {.file = file,
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

	if (x->line != y->line) {
		return x->line - 1 < y->line - 1 ? -1 : 1;
	}
	if (x->column != y->column) {
		return x->column < y->column ? -1 : 1;
	}
	return strcmp(((const struct kb_diag *)a)->text, ((const struct kb_diag *)b)->text);
}

/* The number of errors. */
static unsigned print(struct findings *f, const char *file)
{
	unsigned errors = f->is_incomplete;

	if (f->n > 0) {
		qsort(f->items, f->n, sizeof(*f->items), by_position);
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct kb_diag *d = &f->items[i];
		bool error = d->severity >= KB_SEVERITY_ERROR;

		errors += error;
		kb_print_escaped(stdout, "%s:%u:%u: %s: %s", file, d->at.line, d->at.column,
				 error ? "error" : "warning", d->text);
	}
	if (f->is_incomplete) {
		kb_print_escaped(stdout, "%s:1:1: error: out of memory", file);
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
			keep_error(f, conf->file, &err);
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

static unsigned check(const char *file)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {.max_bytes = KB_CONF_MAX_BYTES + 1};
	KB_CLEANUP(findings_done) struct findings f = {0};
	const struct kb_diag_sink sink = {.report = keep, .ctx = &f};
	struct kb_conf conf;
	struct kb_error err = {0};
	int r = read_file(file, &text, &err);

	if (r == 0) {
		r = kb_conf_parse(&arena, file, kb_buf_view(&text), &sink, &conf, &err);
	}
	if (r == 0 && check_labels(&conf, &sink, &f) < 0) {
		r = kb_error_no_memory(&err);
	}
	if (r == 0) {
		check_default(&conf, &sink);
	}
	if (r < 0) {
		keep_error(&f, file, &err);
	}
	return print(&f, file);
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	unsigned errors = 0;

	(void)options;
	for (int i = 0; i < n_args; i++) {
		errors += check(args[i]);
	}
	return errors > 0 ? KB_EXIT_FAILED : KB_EXIT_OK;
}

const struct kb_command kb_cmd_check = {
	.name = "check",
	.arguments = "FILE…|-",
	.summary = "lint a configuration",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
