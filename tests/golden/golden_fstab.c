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

static void begin(struct output *out, const struct kb_position *at)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%u:%u", at->line, at->column);
	kb_json_open(&out->lines, NULL, '{');
	kb_json_put_text(&out->lines, "at", text);
}

static void put_text(struct output *out, const char *key, const char *text)
{
	if (text) {
		kb_json_put_text(&out->lines, key, text);
	}
}

static void put_flag(struct output *out, const char *key, bool flag)
{
	if (flag) {
		kb_json_put_bool(&out->lines, key, true);
	}
}

static void add_mount(struct output *out, const struct kb_fstab_line *line)
{
	begin(out, &line->at);
	put_text(out, "dir", line->dir);
	put_text(out, "source", line->source);
	put_text(out, "fstype", line->fstype);
	put_text(out, "subvolume", line->subvolume);
	put_text(out, "options", line->options);
	put_flag(out, "is_bind", line->is_bind);
	put_flag(out, "noauto", line->noauto);
	put_flag(out, "nofail", line->nofail);
	kb_buf_puts(&out->lines, "}\n");
}

static void add_host(struct output *out, const struct kb_host *host)
{
	begin(out, &host->at);
	kb_json_put_text(&out->lines, "name", host->name);
	kb_json_put_text(&out->lines, "address", host->address);
	kb_buf_puts(&out->lines, "}\n");
}

static int read_fstab(struct kb_str text, struct output *out)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_diag_sink sink = {add_diag, out};
	struct kb_fstab fstab;
	struct kb_error err;
	int r = kb_fstab_read(&arena, "input", text, &sink, &fstab, &err);

	for (size_t i = 0; r == 0 && i < fstab.n_lines; i++) {
		add_mount(out, &fstab.lines[i]);
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
		add_host(out, &hosts.hosts[i]);
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
