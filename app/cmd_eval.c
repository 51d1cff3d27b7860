/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "eval_ipxe.h"
#include "kboot/base/escape.h"
#include "kboot/formats/grub.h"
#include "kboot/formats/ipxe.h"

/* What goes to JSON waits until all is known. */
struct evaluation {
	bool json;
	struct kb_buf entries;
	struct kb_buf variables;
	struct kb_buf output;
	struct kb_buf timeout;
	const struct kb_simulation *simulation;
	struct kb_tree tree; /* the script's, where that is on none of its devices */
	struct kb_tree trees[KB_SIM_MAX_DEVICES]; /* of its devices, as they are asked for */
	bool is_open[KB_SIM_MAX_DEVICES];
};

static void take_diag(void *ctx, const struct kb_diag *d)
{
	(void)ctx;
	kb_print_escaped(stderr, "%s:%u:%u: %s", d->at.file ? d->at.file : "", d->at.line,
			 d->at.column, d->text);
}

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct evaluation *e = ctx;

	kb_entry_to_json(entry, NULL, &e->entries);
	return kb_buf_error(&e->entries);
}

static int take_setting(void *ctx, const struct kb_setting *setting)
{
	struct evaluation *e = ctx;

	kb_buf_puts(&e->timeout, setting->value);
	return kb_buf_error(&e->timeout);
}

static int take_variable(void *ctx, const char *name, const char *value)
{
	struct evaluation *e = ctx;

	kb_json_put_text(&e->variables, name, value);
	return kb_buf_error(&e->variables);
}

static void take_text(void *ctx, struct kb_str text)
{
	struct evaluation *e = ctx;

	kb_buf_str(&e->output, text);
}

static int print_json(struct evaluation *e)
{
	KB_BUF struct kb_buf json = {0};

	kb_json_open(&json, NULL, '{');
	kb_json_put_str(&json, "output", kb_buf_view(&e->output));
	kb_json_put_text(&json, "timeout", e->timeout.data);
	kb_json_open(&json, "entries", '[');
	kb_buf_str(&json, kb_buf_view(&e->entries));
	kb_json_close(&json, ']');
	kb_json_open(&json, "variables", '{');
	kb_buf_str(&json, kb_buf_view(&e->variables));
	kb_json_close(&json, '}');
	kb_json_close(&json, '}');
	if (kb_buf_error(&json) == 0) {
		(void)puts(json.data);
	}
	return kb_buf_error(&json);
}

static void done(struct evaluation *e)
{
	for (size_t i = 0; i < e->simulation->n_devices; i++) {
		if (e->is_open[i]) {
			e->trees[i].root_fd = kb_close(e->trees[i].root_fd);
		}
	}
	e->tree.root_fd = kb_close(e->tree.root_fd);
	kb_buf_done(&e->entries);
	kb_buf_done(&e->variables);
	kb_buf_done(&e->output);
	kb_buf_done(&e->timeout);
}

/* The --device of that name; NULL: there is none. */
static const struct kb_device *find_device(const struct evaluation *e, struct kb_str name)
{
	for (size_t i = 0; i < e->simulation->n_devices; i++) {
		if (kb_device_matches(&e->simulation->devices[i], name)) {
			return &e->simulation->devices[i];
		}
	}
	return NULL;
}

static const struct kb_tree *tree_of(struct evaluation *e, const struct kb_device *device)
{
	size_t i = (size_t)(device - e->simulation->devices);
	struct kb_tree *tree = &e->trees[i];

	if (!e->is_open[i]) {
		tree->name = device->name;
		tree->root_fd = open(device->tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		e->is_open[i] = tree->root_fd >= 0;
	}
	return e->is_open[i] ? tree : NULL;
}

static const struct kb_tree *other(void *others, const char *name)
{
	const struct kb_device *device = find_device(others, kb_str_from(name));

	return device ? tree_of(others, device) : NULL;
}

/* *ret_device: the --device that "sda1:/path" is on; NULL: e's own tree, which is below --root,
 * else this machine's. */
static int open_script(struct evaluation *e, const char *root, const char *file, char *path,
		       const struct kb_device **ret_device, struct kb_error *err)
{
	size_t colon = strcspn(file, ":");
	const struct kb_device *device =
		file[colon] ? find_device(e, kb_str_of(file, colon)) : NULL;
	const char *top = device ? device->tree : root ? root : "/";

	*ret_device = device;
	if (!device) {
		e->tree.root_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (device ? !tree_of(e, device) : e->tree.root_fd < 0) {
		return kb_error_set(err, -errno, "%s: %s", top, strerror(errno));
	}
	if (device) {
		(void)snprintf(path, PATH_MAX, "%s", file + colon + 1);
	} else if (root) {
		(void)snprintf(path, PATH_MAX, "%s%s", file[0] == '/' ? "" : "/", file);
	} else if (!realpath(file, path)) {
		return kb_error_set(err, -errno, "%s: %s", file, strerror(errno));
	}
	return 0;
}

/* device: what the script is on; NULL: nobody knows. */
static int evaluate(const struct kb_tree *tree, const struct kb_device *device, const char *path,
		    struct evaluation *e, struct kb_error *err)
{
	const struct kb_reader_out out = {
		.ctx = e,
		.entry = e->json ? take_entry : NULL,
		.setting = take_setting,
		.diags = {take_diag, e},
		.device = device,
		.other = other,
		.others = e,
	};
	const struct kb_grub_eval eval = {
		.out = &out,
		.print = take_text,
		.variable = e->json ? take_variable : NULL,
	};
	int r = kb_grub_eval(tree, path, &eval, err);

	if (r == 0 && (kb_buf_error(&e->output) < 0 || (e->json && print_json(e) < 0))) {
		r = kb_error_no_memory(err);
	}
	if (r == 0 && !e->json) {
		kb_print_escaped_lines(stdout, e->output.data);
	}
	return r;
}

enum { MAX_SCRIPT = 4 << 20 };

/* Its content says of what loader it is; what cannot be read is GRUB's to complain of. */
static int evaluate_any(const struct kb_tree *tree, const struct kb_device *device,
			const char *path, const char *name, const struct kb_options *options,
			struct evaluation *e, struct kb_error *err)
{
	KB_BUF struct kb_buf text = {0};

	if (kb_tree_read(tree, path, MAX_SCRIPT, &text) == 0 &&
	    kb_ipxe_is_script(kb_buf_view(&text))) {
		return kb_eval_ipxe(options, name, kb_buf_view(&text), err);
	}
	return evaluate(tree, device, path, e, err);
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	struct evaluation e = {.json = options->json,
			       .simulation = &options->simulation,
			       .tree = {.root_fd = -1, .name = ""}};
	const struct kb_device *device;
	struct kb_error err = {0};
	char path[PATH_MAX];
	int r;

	(void)n_args;
	if (strstr(args[0], "://")) {
		r = kb_eval_ipxe_url(options, args[0], &err);
		return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
	}
	r = open_script(&e, options->simulation.root_dir, args[0], path, &device, &err);
	if (r == 0) {
		r = evaluate_any(device ? tree_of(&e, device) : &e.tree, device, path, args[0],
				 options, &e, &err);
	}
	done(&e);
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_eval = {
	.name = "eval",
	.arguments = "FILE|URL [--root DIR] [--device …] [--dhcp …] [--url-map …] [--json]",
	.summary = "run a GRUB or iPXE script as if it started this machine, and start nothing",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
