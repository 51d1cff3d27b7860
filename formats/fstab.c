/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/fstab.h"

#include <errno.h>

#include "fstab_fields.h"
#include "text_lines.h"

enum { SHOWN_MAX = 60 }; /* bytes of a field that a sentence repeats */

#define SHOWN(s) KB_STR_ARG(kb_str_head((s), SHOWN_MAX))

struct reading {
	struct kb_arena *arena;
	struct conf_diags diags;
	struct text_lines lines;
	struct kb_fstab fstab;
	size_t max_lines;
	bool is_full;
};

enum field { SOURCE, FOLDER, TYPE, OPTIONS, N_FIELDS };

/* The fifth and sixth say nothing to us. */
struct fields {
	struct kb_str raw[N_FIELDS]; /* as they stand in the file; a missing one is empty */
	char *text[N_FIELDS];        /* the same with escapes undone; "" */
};

static size_t word_len(struct kb_str s)
{
	size_t len = 0;

	while (len < s.len && !kb_is_blank(s.data[len])) {
		len++;
	}
	return len;
}

/* blkid prints LABEL="my disk", and people paste it. */
static size_t source_len(struct kb_str s)
{
	size_t len = word_len(s);
	size_t quote = kb_str_find(kb_str_head(s, len), '=') + 1;
	size_t close;

	if (quote >= len || (s.data[quote] != '"' && s.data[quote] != '\'')) {
		return len;
	}
	close = quote + 1 + kb_str_find(kb_str_skip(s, quote + 1), s.data[quote]);
	if (close == s.len || (close + 1 < s.len && !kb_is_blank(s.data[close + 1]))) {
		return len;
	}
	return close + 1;
}

static struct kb_str take_field(struct kb_str *rest, size_t len)
{
	struct kb_str field = kb_str_head(*rest, len);

	*rest = kb_str_skip(*rest, len);
	while (rest->len > 0 && kb_is_blank(rest->data[0])) {
		*rest = kb_str_skip(*rest, 1);
	}
	return field;
}

static struct kb_str take_word(struct kb_str *rest)
{
	/* Not fstab(5), but nobody means a type that begins with it. */
	return rest->len > 0 && rest->data[0] == '#' ? KB_STR("")
						     : take_field(rest, word_len(*rest));
}

static void split(struct kb_str line, struct fields *ret_fields)
{
	ret_fields->raw[SOURCE] = take_field(&line, source_len(line));
	ret_fields->raw[FOLDER] = take_field(&line, word_len(line));
	ret_fields->raw[TYPE] = take_word(&line);
	ret_fields->raw[OPTIONS] = take_word(&line);
}

/* Puts the field's place to what was said about it. */
static int at_field(const struct reading *r, struct kb_str field, int code, struct kb_error *err)
{
	struct kb_position at = text_lines_at(&r->lines, field.data);

	err->line = at.line;
	err->column = at.column;
	return code;
}

static int decode(struct reading *r, struct fields *fields, struct kb_error *err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < N_FIELDS; i++) {
		code = fstab_decode(r->arena, fields->raw[i], &fields->text[i], err);
		if (code == -EINVAL) {
			return at_field(r, fields->raw[i], code, err);
		}
	}
	return code;
}

static bool has_option(const struct fields *fields, const char *name)
{
	struct kb_str value;

	return fstab_option(fields->text[OPTIONS], kb_str_from(name), &value);
}

static bool is_automount(const struct fields *fields)
{
	struct kb_str value;

	/* The second is how it was written before systemd had a name of its own there. */
	return has_option(fields, "x-systemd.automount") ||
	       (fstab_option(fields->text[OPTIONS], KB_STR("comment"), &value) &&
		kb_str_eq(value, KB_STR("systemd.automount")));
}

static int find_type(struct reading *r, const struct fields *fields, struct fstab_type *ret_type,
		     bool *ret_is_guess, struct kb_error *err)
{
	int code = fstab_type(r->arena, fields->text[TYPE], ret_type, err);

	*ret_is_guess = fields->text[TYPE][0] == '\0' || code == -EINVAL;
	if (code == -EINVAL) {
		*ret_type = (struct fstab_type){.treatment = FSTAB_READ};
		code = 0;
	}
	if (code == 0 && ret_type->treatment == FSTAB_READ && !ret_type->name) {
		/* As mount(8) guesses. */
		if (fstab_looks_like_nfs(fields->text[SOURCE])) {
			ret_type->name = "nfs";
		} else if (kb_str_starts(kb_str_from(fields->text[SOURCE]), KB_STR("//"))) {
			ret_type->treatment = FSTAB_MISSED;
		}
	}
	return code;
}

/* Of a line that is kept: what is said of one that is not says enough. */
static void warn_of_guess(struct reading *r, const struct fields *fields)
{
	if (fields->raw[TYPE].len == 0) {
		conf_diags_warn(&r->diags, text_lines_at(&r->lines, fields->raw[FOLDER].data),
				"there is no type behind the directory, which is taken as auto");
	} else {
		conf_diags_warn(&r->diags, text_lines_at(&r->lines, fields->raw[TYPE].data),
				"`%.*s` is no type of a filesystem and is taken as auto",
				SHOWN(fields->raw[TYPE]));
	}
}

/* A share without a type is guessed to be of Windows. */
static int miss_type(const struct reading *r, const struct fields *fields, struct kb_error *err)
{
	bool is_guess = fields->text[TYPE][0] == '\0' || strcmp(fields->text[TYPE], "auto") == 0;
	int code = kb_error_set(err, -ENOTSUP, "kboot cannot mount %.*s",
				SHOWN(is_guess ? KB_STR("cifs") : fields->raw[TYPE]));

	return at_field(r, is_guess ? fields->raw[SOURCE] : fields->raw[TYPE], code, err);
}

static int find_source(struct reading *r, const struct fields *fields, struct kb_fstab_line *line,
		       struct kb_error *err)
{
	int code;

	if (line->is_bind) {
		line->source = fields->text[SOURCE];
		code = fstab_clean_path(fields->text[SOURCE], "directory to bind", err);
	} else if (fstab_is_nfs(line->fstype)) {
		code = fstab_export(r->arena, fields->text[SOURCE], &line->source, err);
	} else {
		code = fstab_device(r->arena, fields->text[SOURCE], &line->source, err);
	}
	return code == -EINVAL || code == -ENOTSUP ? at_field(r, fields->raw[SOURCE], code, err)
						   : code;
}

static int find_options(struct reading *r, const struct fields *fields, struct kb_fstab_line *line,
			struct kb_error *err)
{
	int code = 0;

	line->noauto = has_option(fields, "noauto") || is_automount(fields);
	line->nofail = has_option(fields, "nofail");
	if (line->is_bind) {
		return 0;
	}
	if (has_option(fields, "X-mount.subdir")) {
		code = kb_error_set(err, -ENOTSUP, "X-mount.subdir is not followed");
	} else if (!line->fstype || fstab_type_is_among(line->fstype, "btrfs")) {
		code = fstab_subvolume(r->arena, fields->text[OPTIONS], &line->subvolume, err);
	}
	if (code == -EINVAL || code == -ENOTSUP) {
		return at_field(r, fields->raw[OPTIONS], code, err);
	}
	return code < 0 ? code
			: fstab_safe_options(r->arena, fields->text[OPTIONS], line->fstype,
					     &line->options);
}

static int find_dir(struct reading *r, const struct fields *fields, struct kb_fstab_line *line,
		    struct kb_error *err)
{
	int code = fstab_clean_path(fields->text[FOLDER], "directory", err);

	line->dir = fields->text[FOLDER];
	return code < 0 ? at_field(r, fields->raw[FOLDER], code, err) : 0;
}

/* "none" and "swap" are what fstab(5) puts where no directory is. */
static bool is_mounted_somewhere(const struct fields *fields)
{
	return strcmp(fields->text[FOLDER], "none") != 0 &&
	       strcmp(fields->text[FOLDER], "swap") != 0;
}

/* 1: *ret_line is to be kept, 0: nobody looks for it. -EINVAL, -ENOTSUP with a sentence. */
static int make_line(struct reading *r, struct fields *fields, struct kb_fstab_line *ret_line,
		     struct kb_error *err)
{
	struct kb_fstab_line line = {.at = text_lines_at(&r->lines, fields->raw[SOURCE].data)};
	struct fstab_type type = {.treatment = FSTAB_READ};
	bool is_guess = false;
	int code = decode(r, fields, err);

	if (code < 0) {
		return code;
	}
	line.is_bind = has_option(fields, "bind") || has_option(fields, "rbind");
	if (!line.is_bind) {
		code = find_type(r, fields, &type, &is_guess, err);
	}
	if (code < 0 || type.treatment == FSTAB_NOWHERE || !is_mounted_somewhere(fields)) {
		return code;
	}
	if (type.treatment == FSTAB_MISSED) {
		return miss_type(r, fields, err);
	}
	line.fstype = type.name;
	code = find_dir(r, fields, &line, err);
	if (code == 0) {
		code = find_source(r, fields, &line, err);
	}
	if (code == 0) {
		code = find_options(r, fields, &line, err);
	}
	if (code < 0) {
		return code;
	}
	if (is_guess) {
		warn_of_guess(r, fields);
	}
	*ret_line = line;
	return 1;
}

static void keep_line(struct reading *r, const struct kb_fstab_line *line)
{
	if (r->fstab.n_lines < r->max_lines) {
		r->fstab.lines[r->fstab.n_lines++] = *line;
	} else if (!r->is_full) {
		r->is_full = true;
		conf_diags_error(&r->diags, line->at,
				 "more than %d mounts: this one and the rest are left out",
				 KB_FSTAB_MAX_LINES);
	}
}

static int read_line(struct reading *r, struct kb_str text)
{
	struct kb_fstab_line line = {0};
	struct fields fields;
	struct kb_error err = {0};
	int code;

	split(text, &fields);
	if (fields.raw[FOLDER].len == 0) {
		conf_diags_error(&r->diags, text_lines_at(&r->lines, text.data),
				 "there is no directory: the line is skipped");
		return 0;
	}
	code = make_line(r, &fields, &line, &err);
	if (code > 0) {
		keep_line(r, &line);
	} else if (code == -ENOTSUP) {
		conf_diags_warn(&r->diags,
				(struct kb_position){r->lines.file, err.line, err.column},
				"%s: %.*s is left out", err.text, SHOWN(fields.raw[FOLDER]));
	} else if (code == -EINVAL) {
		conf_diags_error(&r->diags,
				 (struct kb_position){r->lines.file, err.line, err.column},
				 "%s: the line is skipped", err.text);
	}
	return code == -ENOMEM ? code : 0;
}

static int read_all(struct reading *r, const char *file, struct kb_str text)
{
	struct kb_str line;
	int code = 0;

	r->max_lines = text_lines_count(&r->lines, text, KB_FSTAB_MAX_LINES);
	r->fstab.lines = kb_arena_array(r->arena, r->max_lines, sizeof(*r->fstab.lines));
	r->lines.file = kb_arena_strdup(r->arena, file);
	if (!r->fstab.lines || (file && !r->lines.file)) {
		return -ENOMEM;
	}
	text_lines_start(&r->lines, text);
	while (code == 0 && text_lines_next(&r->lines, &line)) {
		code = read_line(r, line);
	}
	return code;
}

int kb_fstab_read(struct kb_arena *arena, const char *file, struct kb_str text,
		  const struct kb_diag_sink *diags, struct kb_fstab *ret_fstab,
		  struct kb_error *err)
{
	struct reading r = {
		.arena = arena,
		.diags = {.sink = diags, .max = KB_FSTAB_MAX_DIAGS},
		.lines = {.diags = &r.diags,
			  .comments = "#",
			  .severity = KB_SEVERITY_ERROR,
			  .max_line = KB_FSTAB_MAX_LINE,
			  .max_bytes = KB_FSTAB_MAX_BYTES},
	};

	if (read_all(&r, file, text) < 0) {
		return kb_error_set_at(err, -ENOMEM, (struct kb_position){.file = file},
				       "out of memory");
	}
	conf_diags_end(&r.diags, r.lines.file);
	*ret_fstab = r.fstab;
	return 0;
}
