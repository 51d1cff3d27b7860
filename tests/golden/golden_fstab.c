/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden_fstab fstab|hosts FOLDER: prints what is read of FOLDER/input, one JSON object a line, and
 * behind it what was said about it.
 */
#include <fcntl.h>
#include <string.h>

#include "kboot/base/json.h"
#include "kboot/base/tree.h"
#include "kboot/formats/fstab.h"
#include "kboot/formats/hosts.h"

enum { MAX_BYTES = 4 << 20 };

struct output {
	struct kb_buf lines;
	struct kb_buf diags;
};

static void add_diag(void *ctx, const struct kb_diag *diag)
{
	struct output *out = ctx;

	kb_buf_printf(&out->diags, "%s:%u:%u: %s: %s\n", diag->at.file, diag->at.line,
		      diag->at.column, diag->severity >= KB_SEVERITY_ERROR ? "error" : "warning",
		      diag->text);
}

/* Takes the object. */
static int add_object(struct output *out, json_t *object)
{
	int r = kb_json_line(object, &out->lines);

	json_decref(object);
	return r;
}

static int set_text(json_t *object, const char *key, const char *text)
{
	return text ? kb_json_set(object, key, kb_json_text(text)) : 0;
}

static int set_flag(json_t *object, const char *key, bool flag)
{
	return flag ? kb_json_set(object, key, json_true()) : 0;
}

static int add_mount(struct output *out, const struct kb_fstab_line *line)
{
	json_t *object = json_object();
	int r = kb_json_set(object, "at", json_sprintf("%u:%u", line->at.line, line->at.column));

	r = r < 0 ? r : set_text(object, "dir", line->dir);
	r = r < 0 ? r : set_text(object, "source", line->source);
	r = r < 0 ? r : set_text(object, "fstype", line->fstype);
	r = r < 0 ? r : set_text(object, "subvolume", line->subvolume);
	r = r < 0 ? r : set_text(object, "options", line->options);
	r = r < 0 ? r : set_flag(object, "is_bind", line->is_bind);
	r = r < 0 ? r : set_flag(object, "noauto", line->noauto);
	r = r < 0 ? r : set_flag(object, "nofail", line->nofail);
	if (r < 0) {
		json_decref(object);
		return r;
	}
	return add_object(out, object);
}

static int add_host(struct output *out, const struct kb_host *host)
{
	return add_object(out,
			  json_pack("{s:o, s:o, s:s}", "at",
				    json_sprintf("%u:%u", host->at.line, host->at.column), "name",
				    kb_json_text(host->name), "address", host->address));
}

static int read_fstab(struct kb_str text, struct output *out)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_diag_sink sink = {add_diag, out};
	struct kb_fstab fstab;
	struct kb_error err;
	int r = kb_fstab_read(&arena, "input", text, &sink, &fstab, &err);

	for (size_t i = 0; r == 0 && i < fstab.n_lines; i++) {
		r = add_mount(out, &fstab.lines[i]);
	}
	return r;
}

static int read_hosts(struct kb_str text, struct output *out)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_diag_sink sink = {add_diag, out};
	struct kb_hosts hosts;
	struct kb_error err;
	int r = kb_hosts_read(&arena, "input", text, &sink, &hosts, &err);

	for (size_t i = 0; r == 0 && i < hosts.n_hosts; i++) {
		r = add_host(out, &hosts.hosts[i]);
	}
	return r;
}

static int run(const char *kind, const char *folder, struct output *out)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kb_tree tree = {.root_fd = fd};
	int r = kb_tree_read(&tree, "input", MAX_BYTES, &text);

	if (r < 0) {
		return r;
	}
	return strcmp(kind, "fstab") == 0 ? read_fstab(kb_buf_view(&text), out)
					  : read_hosts(kb_buf_view(&text), out);
}

int main(int argc, char **argv)
{
	KB_BUF struct kb_buf lines = {0};
	KB_BUF struct kb_buf diags = {0};
	struct output out = {0};
	int r;

	if (argc != 3 || (strcmp(argv[1], "fstab") != 0 && strcmp(argv[1], "hosts") != 0)) {
		(void)fprintf(stderr, "usage: golden_fstab fstab|hosts FOLDER\n");
		return 2;
	}
	r = run(argv[1], argv[2], &out);
	lines = out.lines;
	diags = out.diags;
	if (r < 0 || kb_buf_error(&lines) || kb_buf_error(&diags)) {
		(void)fprintf(stderr, "%s: %s\n", argv[2], r < 0 ? strerror(-r) : "out of memory");
		return 1;
	}
	(void)fputs(lines.data ? lines.data : "", stdout);
	(void)fputs(diags.data ? diags.data : "", stdout);
	return 0;
}
