/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/tree.h"
#include "kboot/formats/kboot_conf.h"

enum { SHOWN_MAX = 64 }; /* bytes of a value that a sentence repeats */

static void print_diag(void *ctx, const struct kb_diag *d)
{
	unsigned *errors = ctx;
	bool error = d->severity >= KB_SEVERITY_ERROR;

	*errors += error;
	printf("%s:%u:%u: %s: %s\n", d->at.file, d->at.line, d->at.column,
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
	if (r == 0) {
		check_default(&conf, &sink);
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
