/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the bytes: what is kept can be walked, compared and put into a mount's options, and what
 * is read of what was read is the same. */
#include "kboot/formats/fstab.h"

#include <string.h>

#include "fuzz.h"
#include "lines.h"

struct context {
	unsigned n_lines;
	size_t n_diags;
};

static void hear(void *ctx, const struct kb_diag *diag)
{
	struct context *c = ctx;

	c->n_diags++;
	FUZZ_CHECK(diag->text[0] != '\0' && !strchr(diag->text, '\n'));
	FUZZ_CHECK(diag->at.line <= c->n_lines + 1);
}

static bool is_clean_path(const char *path)
{
	struct kb_str text = kb_str_from(path);
	size_t len = text.len;

	if (strcmp(path, "/") == 0) {
		return true;
	}
	return path[0] == '/' && path[len - 1] != '/' && !strstr(path, "//") &&
	       !strstr(path, "/./") && !strstr(path, "/../") && !kb_str_ends(text, KB_STR("/.")) &&
	       !kb_str_ends(text, KB_STR("/.."));
}

static bool is_tag(const char *source)
{
	static const char *const tags[] = {"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="};

	for (size_t i = 0; i < KB_ARRAY_LEN(tags); i++) {
		if (strncmp(source, tags[i], strlen(tags[i])) == 0) {
			return source[strlen(tags[i])] != '\0';
		}
	}
	return false;
}

static void check_source(const struct kb_fstab_line *line)
{
	const char *source = line->source;

	if (line->is_bind) {
		FUZZ_CHECK(is_clean_path(source) && !line->fstype && !line->options);
	} else if (line->fstype &&
		   (strcmp(line->fstype, "nfs") == 0 || strcmp(line->fstype, "nfs4") == 0)) {
		const char *path = strstr(source[0] == '[' ? strchr(source, ']') : source, ":/");

		FUZZ_CHECK(path && path > source && is_clean_path(path + 1));
	} else if (source[0] == '/') {
		FUZZ_CHECK(is_clean_path(source) && strncmp(source, "/dev/", 5) == 0);
	} else if (!is_tag(source)) {
		const char *slash = strchr(source, '/');

		FUZZ_CHECK(slash && slash > source && slash[1] && !strchr(slash + 1, '/'));
	}
}

/* Nothing in them may end an option before its time or begin another. */
static void check_options(const struct kb_fstab_line *line)
{
	if (line->options) {
		FUZZ_CHECK(line->options[0] && line->options[0] != ',');
		FUZZ_CHECK(!strpbrk(line->options, "\" \t\n\\/"));
		FUZZ_CHECK(!strstr(line->options, ",,"));
	}
	if (line->subvolume) {
		FUZZ_CHECK(line->subvolume[0] && !strchr(line->subvolume, ','));
		FUZZ_CHECK(strcmp(line->subvolume, "/") == 0 || line->subvolume[0] != '/');
	}
	if (line->fstype) {
		FUZZ_CHECK(line->fstype[0] && line->fstype[0] != ',');
		FUZZ_CHECK(!strpbrk(line->fstype, " /=\\\""));
	}
}

/* As fstab(5) wants it. */
static void put_field(struct kb_buf *text, const char *field)
{
	for (; *field; field++) {
		if (strchr(" \t\n\v\f\r\\#\"'", *field)) {
			kb_buf_printf(text, "\\%03o", (unsigned char)*field);
		} else {
			kb_buf_putc(text, *field);
		}
	}
	kb_buf_putc(text, ' ');
}

static void put_line(struct kb_buf *text, const struct kb_fstab_line *line)
{
	bool is_volume = !line->is_bind && !is_tag(line->source) && line->source[0] != '/' &&
			 !strstr(line->source, ":/");

	kb_buf_puts(text, is_volume ? "/dev/" : "");
	put_field(text, line->source);
	put_field(text, line->dir);
	put_field(text, line->fstype ? line->fstype : "auto");
	kb_buf_puts(text, line->is_bind ? "bind" : "defaults");
	kb_buf_puts(text, line->noauto ? ",noauto" : "");
	kb_buf_puts(text, line->nofail ? ",nofail" : "");
	if (line->options) {
		kb_buf_printf(text, ",%s", line->options);
	}
	kb_buf_puts(text, "\n");
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void check_again(const struct kb_fstab_line *line)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_fstab fstab;
	struct kb_error err;

	/* A label or a folder may itself begin with what people put around one. */
	if (is_tag(line->source) && strpbrk(line->source, "\"'")) {
		return;
	}
	put_line(&text, line);
	if (text.len > KB_FSTAB_MAX_LINE) {
		return;
	}
	FUZZ_CHECK(kb_fstab_read(&arena, "g", kb_buf_view(&text), NULL, &fstab, &err) == 0);
	FUZZ_CHECK(fstab.n_lines == 1);
	FUZZ_CHECK(same(fstab.lines[0].source, line->source));
	FUZZ_CHECK(same(fstab.lines[0].dir, line->dir));
	FUZZ_CHECK(same(fstab.lines[0].fstype, line->fstype));
	FUZZ_CHECK(same(fstab.lines[0].options, line->options));
	FUZZ_CHECK(fstab.lines[0].noauto == line->noauto);
	FUZZ_CHECK(fstab.lines[0].nofail == line->nofail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct context c = {0};
	struct kb_diag_sink sink = {hear, &c};
	struct kb_str text = kb_str_of((const char *)data, size);
	struct kb_fstab fstab;
	struct kb_error err;

	c.n_lines = fuzz_count_lines(data, size);
	FUZZ_CHECK(kb_fstab_read(&arena, "f", text, &sink, &fstab, &err) == 0);
	FUZZ_CHECK(c.n_diags <= KB_FSTAB_MAX_DIAGS + 1 && fstab.n_lines <= KB_FSTAB_MAX_LINES);
	for (size_t i = 0; i < fstab.n_lines; i++) {
		const struct kb_fstab_line *one = &fstab.lines[i];

		FUZZ_CHECK(one->at.line > 0 && one->at.line <= c.n_lines && one->at.column > 0);
		FUZZ_CHECK(i == 0 || one->at.line > fstab.lines[i - 1].at.line);
		FUZZ_CHECK(is_clean_path(one->dir) && kb_fstab_at(&fstab, one->dir) >= one);
		check_source(one);
		check_options(one);
		check_again(one);
	}
	return 0;
}
