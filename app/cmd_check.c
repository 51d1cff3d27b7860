/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/shown.h"
#include "kboot/base/tree.h"
#include "kboot/formats/kboot_conf.h"

static void print_diag(void *ctx, const struct kb_diag *d)
{
	unsigned *errors = ctx;
	bool error = d->severity == KB_SEVERITY_ERROR;

	*errors += error;
	kb_say(stdout, "%s:%u:%u: %s: %s", d->at.file, d->at.line, d->at.column,
	       error ? "error" : "warning", d->text);
}

static void print_error(const char *file, const struct kb_error *err, unsigned *errors)
{
	const struct kb_diag d = {
		.severity = KB_SEVERITY_ERROR,
		.at = {.file = file,
		       .line = err->line ? err->line : 1,
		       .column = err->column ? err->column : 1},
		.text = err->text,
	};

	print_diag(errors, &d);
}

/* Every label must come to something. */
static int check_labels(const struct kb_conf *conf, const struct kb_diag_sink *sink,
			unsigned *errors)
{
	for (size_t i = 0; i < conf->n_labels; i++) {
		KB_ARENA struct kb_arena arena = {0};
		const struct kb_conf_item *label = &conf->labels[i];
		struct kb_conf_target target;
		struct kb_error err = {0};
		int r = kb_conf_expand(&arena, conf, label->value, label->value_at, sink, &target,
				       &err);

		if (r == -ENOMEM) {
			return r;
		}
		if (r < 0) {
			err.line = err.line ? err.line : label->at.line;
			err.column = err.column ? err.column : label->at.column;
			print_error(conf->file, &err, errors);
		}
	}
	return 0;
}

static int read_file(const char *file, struct kb_buf *text, struct kb_error *err)
{
	KB_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = fd < 0 ? -errno : kb_read_all(fd, KB_CONF_MAX_BYTES, text);

	if (r == -EFBIG) {
		return kb_error_set(err, r,
				    "the file is larger than %d MiB, which is no kboot.conf",
				    KB_CONF_MAX_BYTES >> 20);
	}
	return r < 0 ? kb_error_set(err, r, "cannot be read: %s", strerror(-r)) : 0;
}

static void check(const char *file, unsigned *errors)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {.max_bytes = KB_CONF_MAX_BYTES + 1};
	const struct kb_diag_sink sink = {.report = print_diag, .ctx = errors};
	struct kb_conf conf;
	struct kb_error err = {0};
	int r = read_file(file, &text, &err);

	if (r == 0) {
		r = kb_conf_parse(&arena, file, kb_buf_view(&text), &sink, &conf, &err);
	}
	if (r == 0 && check_labels(&conf, &sink, errors) < 0) {
		r = kb_error_set(&err, -ENOMEM, "out of memory");
	}
	if (r < 0) {
		print_error(file, &err, errors);
	}
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	unsigned errors = 0;

	(void)options;
	for (int i = 0; i < n_args; i++) {
		check(args[i], &errors);
	}
	return errors > 0 ? KB_EXIT_FAILED : KB_EXIT_OK;
}

const struct kb_command kb_cmd_check = {
	.name = "check",
	.arguments = "FILE…",
	.summary = "lint a configuration",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
