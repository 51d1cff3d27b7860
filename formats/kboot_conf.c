/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/kboot_conf.h"

#include <errno.h>

#include "conf_diags.h"
#include "conf_index.h"
#include "kboot/formats/words.h"
#include "text_lines.h"

enum { SHOWN_MAX = 60 }; /* bytes of a name that a sentence repeats */

struct parser {
	struct kb_arena *arena;
	struct kb_conf conf;
	struct conf_diags diags;
	struct text_lines lines;
	size_t max_labels;
	size_t n_dropped; /* labels above the cap */
};

#define SHOWN(s) KB_STR_ARG(kb_str_head((s), SHOWN_MAX))

/* XeLL keeps these in the same file. */
static const struct kb_str xell_settings[] = {
	KB_STR("ip"),          KB_STR("netmask"), KB_STR("gateway"),   KB_STR("netconfig"),
	KB_STR("tftp_server"), KB_STR("speedup"), KB_STR("videomode"),
};

static bool is_xell_setting(struct kb_str name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(xell_settings); i++) {
		if (kb_str_eq_nocase(name, xell_settings[i])) {
			return true;
		}
	}
	return false;
}

/* Does it begin and end with the same quote? */
static bool in_quotes(struct kb_str value)
{
	return value.len > 1 && (value.data[0] == '\'' || value.data[0] == '"') &&
	       value.data[value.len - 1] == value.data[0];
}

/* XeLL's files write `timeout=10 ; in seconds`. What stands in quotes to its end has no comment. */
static struct kb_str cut_xell_comment(struct kb_str value)
{
	struct kb_str rest = value;
	struct kb_str word;

	if (in_quotes(value)) {
		return value;
	}
	while (kb_words_next(&rest, &word)) {
		if (word.data[0] == ';') {
			return kb_str_trim(kb_str_head(value, (size_t)(word.data - value.data)));
		}
	}
	return value;
}

/*
 * One pair of outer quotes goes. A quote at the start that is the only one of its kind is taken for
 * one whose end was forgotten: files with such a line exist, and the kernel's name is right behind
 * it.
 */
static struct kb_str unquote(struct parser *p, struct kb_str value)
{
	bool has_quote = value.len > 0 && (value.data[0] == '\'' || value.data[0] == '"');
	size_t odd;

	if (in_quotes(value)) {
		value = kb_str_of(value.data + 1, value.len - 2);
	} else if (has_quote &&
		   kb_str_find(kb_str_skip(value, 1), value.data[0]) + 1 == value.len) {
		conf_diags_warn(&p->diags, text_lines_at(&p->lines, value.data),
				"a quote is opened and not closed");
		value = kb_str_skip(value, 1);
	}
	if (kb_words_unbalanced(value, &odd)) {
		conf_diags_warn(&p->diags, text_lines_at(&p->lines, value.data + odd),
				"a quote has no partner and is taken as it is");
	}
	return value;
}

static void add_variable(struct parser *p, enum kb_variable variable,
			 const struct kb_conf_item *item)
{
	struct kb_conf_item *old = (struct kb_conf_item *)kb_conf_variable(&p->conf, variable);
	struct kb_conf_item *last = &p->conf.variables[p->conf.n_variables];
	struct kb_error err;

	if (kb_variable_check(variable, item->value, &err) < 0) {
		if (kb_variables[variable].type != KB_TYPE_BOOL) {
			conf_diags_error(&p->diags, item->value_at, "%s", err.text);
			return;
		}
		conf_diags_error(&p->diags, item->value_at, "%s; it counts as %s", err.text,
				 kb_variable_bool(variable, item->value) ? "true" : "false");
	}
	if (!old) {
		*last = *item;
		p->conf.n_variables++;
		return;
	}
	conf_diags_warn(&p->diags, item->at, "`%.*s` is set again: this counts, line %u does not",
			SHOWN(item->name), old->at.line);
	/* To its place in file order: behind all others. */
	memmove(old, old + 1, (size_t)(last - (old + 1)) * sizeof(*old));
	last[-1] = *item;
}

/* A label nobody would write, but for a slip of a key. */
static void warn_of_slip(struct parser *p, const struct kb_conf_item *item)
{
	const char *meant = conf_nearest_variable(item->name);

	if (meant) {
		conf_diags_warn(&p->diags, item->at,
				"`%.*s` is no variable and becomes a label; is `%s` meant?",
				SHOWN(item->name), meant);
	}
}

static void add_label(struct parser *p, const struct kb_conf_item *item)
{
	const struct kb_conf_item *before;

	if (p->conf.n_labels == p->max_labels) {
		p->n_dropped++;
		if (p->n_dropped == 1) {
			conf_diags_loss(&p->diags, item->at,
					"more than %d labels: this one and the rest are left out",
					KB_CONF_MAX_LABELS);
		}
		return;
	}
	warn_of_slip(p, item);
	if (item->value.len == 0) {
		conf_diags_warn(&p->diags, item->at, "the label `%.*s` has no command line",
				SHOWN(item->name));
	}
	p->conf.labels[p->conf.n_labels] = *item;
	before = conf_index_add(p->conf.index, &p->conf.labels[p->conf.n_labels]);
	p->conf.n_labels++;
	if (before) {
		conf_diags_warn(&p->diags, item->at,
				"the label `%.*s` is already in line %u; both stay",
				SHOWN(item->name), before->at.line);
	}
}

static void parse_assignment(struct parser *p, struct kb_str line, size_t equals)
{
	enum kb_variable variable;
	struct kb_conf_item item = {
		.name = kb_str_trim(kb_str_head(line, equals)),
		.value = kb_str_trim(kb_str_skip(line, equals + 1)),
	};

	if (item.name.len == 0) {
		conf_diags_error(&p->diags, text_lines_at(&p->lines, line.data + equals),
				 "no name before the `=`");
		return;
	}
	item.at = text_lines_at(&p->lines, item.name.data);
	if (p->conf.is_xell) {
		item.value = cut_xell_comment(item.value);
		if (is_xell_setting(item.name)) {
			conf_diags_warn(&p->diags, item.at,
					"`%.*s` is a setting of XeLL and means nothing here",
					SHOWN(item.name));
			return;
		}
	}
	item.value = unquote(p, item.value);
	item.value_at = text_lines_at(&p->lines, item.value.data);
	if (kb_variable_find(item.name, &variable) == 0) {
		add_variable(p, variable, &item);
	} else {
		add_label(p, &item);
	}
}

/* Of a line that is skipped: what it says of a policy cannot be read, and counts as that. */
static void keep_policy(void *ctx, struct kb_str line)
{
	struct parser *p = ctx;
	enum kb_variable variable;
	struct kb_conf_item item = {.name = kb_str_trim(kb_str_head(line, kb_str_find(line, '='))),
				    .value = KB_STR("")};

	if (kb_variable_find(item.name, &variable) == 0 && kb_variables[variable].if_unreadable) {
		item.at = text_lines_at(&p->lines, item.name.data);
		item.value_at = item.at;
		add_variable(p, variable, &item);
	}
}

static void parse_line(struct parser *p, struct kb_str line)
{
	size_t equals = kb_str_find(line, '=');

	if (equals < line.len) {
		parse_assignment(p, line, equals);
		return;
	}
	conf_diags_error(&p->diags, text_lines_at(&p->lines, line.data),
			 "`%.*s` has no `=` and is skipped", SHOWN(line));
	keep_policy(p, line);
}

static int allocate(struct parser *p, const char *file, struct kb_str text)
{
	p->max_labels = text_lines_count(&p->lines, text, KB_CONF_MAX_LABELS);
	p->conf.file = kb_arena_strdup(p->arena, file);
	p->lines.file = p->conf.file;
	p->conf.variables = kb_arena_array(p->arena, KB_N_VARIABLES, sizeof(*p->conf.variables));
	p->conf.labels = kb_arena_array(p->arena, p->max_labels, sizeof(*p->conf.labels));
	p->conf.index = conf_index_create(p->arena, p->max_labels);
	if ((file && !p->conf.file) || !p->conf.variables || !p->conf.labels || !p->conf.index) {
		return -ENOMEM;
	}
	return 0;
}

/* XeLL's files begin with a line of their own. */
static bool is_xell_file(struct kb_str text, char end)
{
	return kb_str_eq(kb_str_trim(kb_str_head(text, kb_str_find(text, end))),
			 KB_STR("#KBOOTCONFIG"));
}

bool kb_conf_passes_over(struct kb_str text, struct kb_str name)
{
	return is_xell_setting(name) && is_xell_file(text, text_lines_end(text));
}

int kb_conf_parse(struct kb_arena *arena, const char *file, struct kb_str text,
		  const struct kb_diag_sink *diags, struct kb_conf *ret_conf, struct kb_error *err)
{
	struct parser p = {
		.arena = arena,
		.diags = {.sink = diags},
		.lines = {.diags = &p.diags,
			  .max_line = KB_CONF_MAX_LINE,
			  .max_bytes = KB_CONF_MAX_BYTES,
			  .comments = "#;",
			  .severity = KB_SEVERITY_LOSS,
			  .unreadable = keep_policy,
			  .ctx = &p},
	};
	struct kb_str line;

	if (text.len > KB_CONF_MAX_BYTES) {
		return kb_error_set_at(err, -EFBIG, (struct kb_position){.file = file},
				       "the file is above %d MiB and is not read",
				       KB_CONF_MAX_BYTES >> 20);
	}
	if (allocate(&p, file, text) < 0) {
		return kb_error_set_at(err, -ENOMEM, (struct kb_position){.file = file},
				       "out of memory");
	}
	text_lines_start(&p.lines, text);
	p.conf.is_xell = is_xell_file(p.lines.rest, p.lines.end);
	while (text_lines_next(&p.lines, &line)) {
		parse_line(&p, line);
	}
	conf_diags_end(&p.diags, p.conf.file);
	*ret_conf = p.conf;
	return 0;
}

const struct kb_conf_item *kb_conf_variable(const struct kb_conf *conf, enum kb_variable variable)
{
	struct kb_str name = kb_str_from(kb_variables[variable].name);

	for (size_t i = 0; i < conf->n_variables; i++) {
		if (kb_str_eq_nocase(conf->variables[i].name, name)) {
			return &conf->variables[i];
		}
	}
	return NULL;
}

const struct kb_conf_item *kb_conf_label(const struct kb_conf *conf, struct kb_str name)
{
	return conf_index_find(conf->index, name);
}
