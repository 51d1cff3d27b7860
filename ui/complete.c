/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete.h"

#include "kboot/model/name.h"

static bool is_file_key(struct kb_str key)
{
	return kb_str_eq(key, KB_STR("initrd=")) || kb_str_eq(key, KB_STR("dtb="));
}

/* The name begins behind initrd=, and of several behind the last comma. */
static size_t behind_key(struct kb_str word, bool is_first, struct kb_name_typed *typed)
{
	size_t equals = kb_str_find(word, '=');
	struct kb_str key = kb_str_head(word, equals + 1);
	size_t start = key.len;

	typed->wants = is_first ? KB_WANTS_DEVICE : KB_WANTS_KEYWORD;
	if (is_first || equals == word.len) {
		return 0;
	}
	if (kb_str_eq(key, KB_STR("root="))) {
		typed->wants = KB_WANTS_ROOT;
		return start;
	}
	typed->wants = is_file_key(key) ? KB_WANTS_DEVICE : KB_WANTS_NOTHING;
	typed->is_list = kb_str_eq(key, KB_STR("initrd="));
	for (size_t i = start; typed->is_list && i < word.len; i++) {
		if (word.data[i] == ',') {
			start = i + 1;
		}
	}
	return start;
}

/* Quotes are as on a line of kboot.conf: no byte takes the meaning from another one. */
static size_t last_word(struct kb_str line, char *ret_quote, size_t *ret_quote_at)
{
	size_t start = 0;
	char quote = '\0';

	for (size_t i = 0; i < line.len; i++) {
		char c = line.data[i];

		if (quote) {
			quote = (char)(c == quote ? '\0' : quote);
		} else if (c == '"' || c == '\'') {
			quote = c;
			*ret_quote_at = i;
		} else if (kb_is_blank(c)) {
			start = i + 1;
		}
	}
	*ret_quote = quote;
	return start;
}

struct kb_name_typed kb_name_typed(const struct kb_line_edit *e)
{
	struct kb_str line = kb_str_head(kb_buf_view(&e->text), e->cursor);
	struct kb_name_typed typed = {0};
	size_t quote_at = 0;
	size_t word = last_word(line, &typed.quote, &quote_at);
	bool is_first = kb_str_trim(kb_str_head(line, word)).len == 0;

	typed.start = word + behind_key(kb_str_skip(line, word), is_first, &typed);
	if (typed.quote && quote_at == typed.start) {
		typed.start++;
	}
	typed.last = typed.start;
	if (typed.wants == KB_WANTS_DEVICE) {
		typed.last += kb_name_folder(kb_str_skip(line, typed.start)).len;
		typed.wants = typed.last > typed.start ? KB_WANTS_FILE : KB_WANTS_DEVICE;
	}
	return typed;
}

static bool has(struct kb_str name, char c)
{
	return kb_str_find(name, c) < name.len;
}

/* What keeps a name together: the quote that is open, none, or one that the name has not. */
static char quote_for(struct kb_str name, char open)
{
	char wanted = (char)(has(name, ' ') || has(name, '\'') ? '"' : '\0');

	return (char)(open ? open : has(name, '"') ? '\'' : wanted);
}

static bool can_be_typed(struct kb_str name, const struct kb_name_typed *typed)
{
	char quote = quote_for(name, typed->quote);

	return !(quote && has(name, quote)) && !(typed->is_list && has(name, ','));
}

void kb_name_candidates(const struct kb_line_edit *e, const struct kb_name_typed *typed,
			const struct kb_table_row *rows, size_t n_rows, struct kb_table *names)
{
	struct kb_str line = kb_str_head(kb_buf_view(&e->text), e->cursor);
	struct kb_str begun = kb_str_skip(line, typed->last);

	for (size_t i = 0; i < n_rows; i++) {
		const char *const *cells = rows[i].cells;

		if (cells[0] && kb_str_starts(kb_str_from(cells[0]), begun) &&
		    can_be_typed(kb_str_from(cells[0]), typed)) {
			kb_table_add(names, (struct kb_table_row){
						    {kb_table_printf(names, "%s", cells[0]),
						     kb_table_printf(names, "%s",
								     cells[1] ? cells[1] : "")}});
		}
	}
}

static struct kb_str shared(const struct kb_table *names)
{
	struct kb_str all = kb_str_from(names->rows[0].cells[0]);

	for (size_t i = 1; i < names->n; i++) {
		all = kb_str_common(all, kb_str_from(names->rows[i].cells[0]));
	}
	return all;
}

bool kb_name_complete(struct kb_line_edit *e, const struct kb_name_typed *typed,
		      const struct kb_table *names)
{
	struct kb_str line = kb_str_head(kb_buf_view(&e->text), e->cursor);
	struct kb_str before = kb_str_skip(line, typed->start);
	struct kb_str name = shared(names);
	const char *behind = names->n == 1 ? names->rows[0].cells[1] : NULL;
	KB_BUF struct kb_buf made = {0};
	char quote = quote_for(name, typed->quote);

	before = kb_str_head(before, typed->last - typed->start);
	if (quote != typed->quote) {
		kb_buf_putc(&made, quote);
	}
	kb_buf_printf(&made, "%.*s%.*s%s", KB_STR_ARG(before), KB_STR_ARG(name),
		      behind ? behind : "");
	if (behind && !behind[0] && typed->wants != KB_WANTS_KEYWORD) {
		kb_buf_printf(&made, "%.*s ", quote ? 1 : 0, &quote);
	}
	return kb_buf_error(&made) == 0 &&
	       !kb_str_eq(kb_buf_view(&made), kb_str_skip(line, typed->start)) &&
	       kb_line_edit_replace(e, typed->start, e->cursor, kb_buf_view(&made));
}
