/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "conf_index.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/words.h"
#include "kboot/model/entry.h"

enum { SHOWN_MAX = 60 }; /* bytes of a name that a sentence repeats */

static const struct kb_str initrd_key = KB_STR("initrd=");
static const struct kb_str root_key = KB_STR("root=");
static const struct kb_str dtb_key = KB_STR("dtb=");

struct expansion {
	struct kb_arena *arena;
	const struct kb_conf *conf;
	struct kb_position at;
	const struct kb_diag_sink *diags;
	const struct kb_conf_item *labels[KB_CONF_MAX_EXPANSION]; /* replaced so far */
	size_t n_labels;
	size_t own_len; /* of the line, what the last one of them stands for */
};

/* What the words of a line come to. */
struct parts {
	const char *kernel;
	const char *initrd[KB_ENTRY_MAX_INITRDS];
	size_t n_initrd;
	size_t n_dropped; /* initrds above the cap */
	const char *root;
	const char *dtb;
	bool has_initrd; /* initrd= stood there, maybe empty */
	bool has_root;
	bool has_dtb;
	struct kb_buf args;
	struct kb_buf more; /* arguments that stood behind a label */
};

static void parts_done(struct parts *parts)
{
	kb_buf_done(&parts->args);
	kb_buf_done(&parts->more);
}

/* Quotes may stand around the whole word too: "initrd=/a b". */
static bool has_key(struct kb_str word, struct kb_str key)
{
	if (kb_str_starts(word, KB_STR("'")) || kb_str_starts(word, KB_STR("\""))) {
		struct kb_str inside = kb_str_skip(word, 1);

		return kb_str_starts(inside, key) && kb_str_find(inside, word.data[0]) < inside.len;
	}
	return kb_str_starts(word, key);
}

static bool is_setting(struct kb_str word)
{
	return has_key(word, initrd_key) || has_key(word, root_key) || has_key(word, dtb_key);
}

bool kb_conf_move_settings_last(struct kb_str text, struct kb_buf *line)
{
	struct kb_str rest = text;
	struct kb_str word;
	size_t n_lead = text.len;

	while (kb_words_next(&rest, &word)) {
		if (!is_setting(word)) {
			n_lead = (size_t)(word.data - text.data);
			break;
		}
	}
	kb_buf_str(line, kb_str_trim(kb_str_skip(text, n_lead)));
	if (n_lead > 0 && n_lead < text.len) {
		kb_buf_putc(line, ' ');
	}
	kb_buf_str(line, kb_str_trim(kb_str_head(text, n_lead)));
	return n_lead > 0 && n_lead < text.len;
}

/* The label at the head of line; *ret_len: how much of line it takes. -ENOENT, -ENOMEM. */
static int find_label(const struct expansion *x, struct kb_str line,
		      const struct kb_conf_item **ret_label, size_t *ret_len)
{
	const struct kb_conf_item *label = conf_index_find_head(x->conf->index, line);
	size_t len = label ? label->name.len : 0;
	struct kb_str rest = line;
	struct kb_str word;

	if (!label && kb_words_next(&rest, &word) &&
	    (word.data[0] == '"' || word.data[0] == '\'')) {
		KB_ARENA struct kb_arena scratch = {0};
		const char *name = kb_word_unquote(&scratch, word);

		if (!name) {
			return -ENOMEM;
		}
		label = kb_conf_label(x->conf, kb_str_from(name));
		len = word.len;
	}
	if (!label) {
		return -ENOENT;
	}
	*ret_label = label;
	*ret_len = len;
	return 0;
}

static void append_name(struct kb_buf *chain, const struct kb_conf_item *label)
{
	kb_buf_puts(chain, chain->len > 0 ? " -> " : "");
	kb_buf_str(chain, kb_str_head(label->name, SHOWN_MAX));
}

static int fail_loop(const struct expansion *x, const struct kb_conf_item *again,
		     struct kb_error *err)
{
	KB_BUF struct kb_buf chain = {0};
	size_t first = 0;

	while (first < x->n_labels && x->labels[first] != again) {
		first++;
	}
	for (size_t i = first; i < x->n_labels; i++) {
		append_name(&chain, x->labels[i]);
	}
	append_name(&chain, again);
	return kb_error_set_at(err, -ELOOP, x->at, "labels that lead in a circle: %s",
			       kb_buf_error(&chain) ? "" : chain.data);
}

/* Puts the label at the end of the chain, unless it is in it. */
static int enter_label(struct expansion *x, const struct kb_conf_item *label, struct kb_error *err)
{
	for (size_t i = 0; i < x->n_labels; i++) {
		if (x->labels[i] == label) {
			return fail_loop(x, label, err);
		}
	}
	if (x->n_labels == KB_CONF_MAX_EXPANSION) {
		return kb_error_set_at(err, -ELOOP, x->at,
				       "more than %d labels in labels, from `%.*s`",
				       KB_CONF_MAX_EXPANSION,
				       KB_STR_ARG(kb_str_head(x->labels[0]->name, SHOWN_MAX)));
	}
	x->labels[x->n_labels++] = label;
	return 0;
}

static int check_line(const struct expansion *x, const struct kb_buf *line, struct kb_error *err)
{
	if (kb_buf_error(line) == -ENOMEM) {
		return kb_error_set_at(err, -ENOMEM, x->at, "out of memory");
	}
	if (kb_buf_error(line) < 0) {
		return kb_error_set_at(err, -E2BIG, x->at, "the line comes to more than %d bytes",
				       KB_CONF_MAX_EXPANDED);
	}
	return 0;
}

/* Replaces labels at the head of line until there is none. */
static int expand_labels(struct expansion *x, struct kb_buf *line, struct kb_error *err)
{
	for (;;) {
		KB_BUF struct kb_buf next = {.max_bytes = KB_CONF_MAX_EXPANDED};
		const struct kb_conf_item *label;
		struct kb_buf before;
		size_t len;
		int r = find_label(x, kb_buf_view(line), &label, &len);

		if (r == -ENOENT) {
			return 0;
		}
		if (r < 0) {
			return kb_error_set_at(err, r, x->at, "out of memory");
		}
		r = enter_label(x, label, err);
		if (r < 0) {
			return r;
		}
		(void)kb_conf_move_settings_last(label->value, &next);
		x->own_len = next.len;
		kb_buf_str(&next, kb_str_skip(kb_buf_view(line), len));
		r = check_line(x, &next, err);
		if (r < 0) {
			return r;
		}
		before = *line;
		*line = next;
		next = before;
	}
}

static int add_initrds(struct kb_arena *arena, struct parts *parts, struct kb_str list)
{
	parts->has_initrd = true;
	if (list.len == 0) {
		parts->n_initrd = 0;
	}
	while (list.len > 0) {
		size_t len = kb_str_find(list, ',');
		struct kb_str name = kb_str_trim(kb_str_head(list, len));

		list = kb_str_skip(list, len + 1);
		if (name.len == 0) {
			continue;
		}
		if (parts->n_initrd == KB_ENTRY_MAX_INITRDS) {
			parts->n_dropped++;
			continue;
		}
		parts->initrd[parts->n_initrd] = kb_arena_str(arena, name);
		if (!parts->initrd[parts->n_initrd]) {
			return -ENOMEM;
		}
		parts->n_initrd++;
	}
	return 0;
}

static void set_text(const char *value, const char **text, bool *has)
{
	*text = *value ? value : NULL;
	*has = true;
}

static int add_word(struct kb_arena *arena, struct parts *parts, struct kb_str word, bool is_own)
{
	struct kb_buf *args = is_own ? &parts->args : &parts->more;
	const char *text;

	if (parts->kernel && !is_setting(word)) {
		kb_buf_puts(args, args->len > 0 ? " " : "");
		kb_buf_str(args, word);
		return kb_buf_error(args);
	}
	text = kb_word_unquote(arena, word);
	if (!text) {
		return -ENOMEM;
	}
	if (kb_str_starts(kb_str_from(text), initrd_key)) {
		return add_initrds(arena, parts, kb_str_from(text + initrd_key.len));
	}
	if (kb_str_starts(kb_str_from(text), root_key)) {
		set_text(text + root_key.len, &parts->root, &parts->has_root);
	} else if (kb_str_starts(kb_str_from(text), dtb_key)) {
		set_text(text + dtb_key.len, &parts->dtb, &parts->has_dtb);
	} else if (!parts->kernel) {
		parts->kernel = text;
	}
	return 0;
}

static int fill_text(const struct expansion *x, enum kb_variable variable, bool has,
		     const char **text)
{
	const struct kb_conf_item *item = has ? NULL : kb_conf_variable(x->conf, variable);

	if (!item || item->value.len == 0) {
		return 0;
	}
	*text = kb_arena_str(x->arena, item->value);
	return *text ? 0 : -ENOMEM;
}

/* What the line leaves out comes from the variables. */
static int fill_from_variables(const struct expansion *x, struct parts *parts)
{
	const struct kb_conf_item *initrd = kb_conf_variable(x->conf, KB_VAR_INITRD);
	int r;

	if (!parts->has_initrd && initrd) {
		r = add_initrds(x->arena, parts, initrd->value);
		if (r < 0) {
			return r;
		}
	}
	r = fill_text(x, KB_VAR_ROOT, parts->has_root, &parts->root);
	if (r < 0) {
		return r;
	}
	return fill_text(x, KB_VAR_DTB, parts->has_dtb, &parts->dtb);
}

static int make_target(const struct expansion *x, struct kb_str line, const struct parts *parts,
		       struct kb_conf_target *ret_target)
{
	KB_BUF struct kb_buf args = {0};
	struct kb_conf_target target = {
		.kernel = parts->kernel,
		.n_initrd = parts->n_initrd,
		.has_initrd = parts->has_initrd,
		.root = parts->root,
		.dtb = parts->dtb,
		.line = kb_arena_str(x->arena, line),
	};

	target.initrd = kb_arena_array(x->arena, parts->n_initrd, sizeof(*target.initrd));
	if (!target.line || !target.initrd) {
		return -ENOMEM;
	}
	memcpy(target.initrd, parts->initrd, parts->n_initrd * sizeof(*target.initrd));
	kb_words_join(kb_buf_view(&parts->args), kb_buf_view(&parts->more), &args);
	if (args.len > 0) {
		target.args = kb_arena_str(x->arena, kb_buf_view(&args));
		if (!target.args || kb_buf_error(&args)) {
			return -ENOMEM;
		}
	}
	*ret_target = target;
	return 0;
}

/* From the expanded line to the target. */
static int take_apart(const struct expansion *x, const struct kb_buf *text,
		      struct kb_conf_target *ret_target, struct kb_error *err)
{
	KB_CLEANUP(parts_done) struct parts parts = {0};
	struct kb_str line = kb_str_trim(kb_buf_view(text));
	struct kb_str rest = line;
	struct kb_str word;
	int r = 0;

	while (r == 0 && kb_words_next(&rest, &word)) {
		r = add_word(x->arena, &parts, word, word.data < text->data + x->own_len);
	}
	if (r == 0 && (!parts.kernel || !*parts.kernel)) {
		return kb_error_set_at(err, -EINVAL, x->at, "the line says nothing to boot or run");
	}
	if (r == 0) {
		r = fill_from_variables(x, &parts);
	}
	if (r == 0) {
		r = make_target(x, line, &parts, ret_target);
	}
	if (r < 0) {
		return kb_error_set_at(err, r, x->at, "out of memory");
	}
	if (parts.n_dropped > 0) {
		kb_diag_report(x->diags, KB_SEVERITY_WARNING, x->at,
			       "more than %d initrds: the last %zu are left out",
			       KB_ENTRY_MAX_INITRDS, parts.n_dropped);
	}
	return 0;
}

int kb_conf_expand(struct kb_arena *arena, const struct kb_conf *conf, struct kb_str line,
		   struct kb_position at, const struct kb_diag_sink *diags,
		   struct kb_conf_target *ret_target, struct kb_error *err)
{
	struct expansion x = {.arena = arena, .conf = conf, .at = at, .diags = diags};
	KB_BUF struct kb_buf text = {.max_bytes = KB_CONF_MAX_EXPANDED};
	int r;

	if (kb_str_find(line, '\0') < line.len) {
		return kb_error_set_at(err, -EINVAL, at, "a NUL byte in the line");
	}
	(void)kb_conf_move_settings_last(kb_str_trim(line), &text);
	x.own_len = text.len;
	r = check_line(&x, &text, err);
	if (r < 0) {
		return r;
	}
	r = expand_labels(&x, &text, err);
	if (r < 0) {
		return r;
	}
	return take_apart(&x, &text, ret_target, err);
}
