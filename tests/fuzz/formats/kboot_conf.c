/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the bytes: items lie within the text, every label is found, every expansion ends. */
#include "kboot/formats/kboot_conf.h"

#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "kboot/model/entry.h"
#include "lines.h"

enum { MAX_EXPANDED = 64 }; /* labels a run expands, to keep it short */

struct context {
	struct kb_str text;
	unsigned n_lines;
	size_t n_diags;
};

static void hear(void *ctx, const struct kb_diag *diag)
{
	struct context *c = ctx;

	c->n_diags++;
	FUZZ_CHECK(diag->text[0] != '\0' && !strchr(diag->text, '\n'));
	FUZZ_CHECK(diag->at.line <= c->n_lines);
}

static bool is_within(struct kb_str part, struct kb_str whole)
{
	return part.len == 0 ||
	       (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static void check_item(const struct context *c, const struct kb_conf_item *item)
{
	FUZZ_CHECK(item->name.len > 0);
	FUZZ_CHECK(is_within(item->name, c->text) && is_within(item->value, c->text));
	FUZZ_CHECK(item->at.line > 0 && item->at.line <= c->n_lines && item->at.column > 0);
	FUZZ_CHECK(item->value_at.line == item->at.line);
	/* Of a policy whose line cannot be read the name alone is kept. */
	FUZZ_CHECK(item->value_at.column > item->at.column ||
		   (item->value.len == 0 && item->value_at.column == item->at.column));
}

static void check_expansion(const struct kb_conf *conf, struct kb_str line,
			    const struct kb_diag_sink *sink)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_conf_target target;
	struct kb_error err;
	int r = kb_conf_expand(&arena, conf, line, (struct kb_position){0}, sink, &target, &err);

	if (r < 0) {
		FUZZ_CHECK(r == -ELOOP || r == -EINVAL || r == -E2BIG);
		FUZZ_CHECK(err.text[0] != '\0');
		return;
	}
	FUZZ_CHECK(target.kernel && *target.kernel && target.line);
	FUZZ_CHECK(strlen(target.line) <= KB_CONF_MAX_EXPANDED);
	FUZZ_CHECK(!target.args || strlen(target.args) <= strlen(target.line));
	FUZZ_CHECK(target.n_initrd <= KB_ENTRY_MAX_INITRDS);
	for (size_t i = 0; i < target.n_initrd; i++) {
		FUZZ_CHECK(target.initrd[i] && *target.initrd[i]);
	}
}

static void check_conf(const struct context *c, const struct kb_conf *conf)
{
	FUZZ_CHECK(conf->n_variables <= KB_N_VARIABLES && conf->n_labels <= KB_CONF_MAX_LABELS);
	for (size_t i = 0; i < conf->n_variables; i++) {
		check_item(c, &conf->variables[i]);
	}
	for (size_t i = 0; i < conf->n_labels; i++) {
		check_item(c, &conf->labels[i]);
		FUZZ_CHECK(kb_conf_label(conf, conf->labels[i].name) >= &conf->labels[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct context c = {.text = kb_str_of((const char *)data, size)};
	struct kb_diag_sink sink = {hear, &c};
	struct kb_conf conf;
	struct kb_error err;

	c.n_lines = fuzz_count_lines(data, size);
	if (kb_conf_parse(&arena, "f", c.text, &sink, &conf, &err) < 0) {
		FUZZ_CHECK(size > KB_CONF_MAX_BYTES);
		return 0;
	}
	FUZZ_CHECK(c.n_diags <= KB_CONF_MAX_DIAGS + 1);
	check_conf(&c, &conf);
	for (size_t i = 0; i < conf.n_labels && i < MAX_EXPANDED; i++) {
		check_expansion(&conf, conf.labels[i].value, &sink);
		check_expansion(&conf, conf.labels[i].name, &sink);
	}
	check_expansion(&conf, kb_str_head(c.text, kb_str_find(c.text, '\n')), &sink);
	return 0;
}
