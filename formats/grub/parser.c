/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parser.h"

#include <errno.h>

struct parser {
	struct grub_lexer *lexer;
	struct grub_token token; /* the one to come */
	unsigned nesting;
	struct kb_error *err;
};

static int advance(struct parser *p)
{
	return grub_lexer_next(p->lexer, &p->token);
}

static int wrong(const struct parser *p, const char *what)
{
	return kb_error_set_at(p->err, -EINVAL, p->token.at, "syntax error: %s",
			       p->token.type == GRUB_BAD   ? p->token.why
			       : p->token.type == GRUB_END ? "the text ends within a statement"
							   : what);
}

/* One level further; -ELOOP: too deep. */
static int enter(struct parser *p)
{
	return ++p->nesting <= GRUB_MAX_NESTING
		       ? 0
		       : kb_error_set_at(p->err, -ELOOP, p->token.at,
					 "blocks in each other more than %d deep: the statement is "
					 "left out",
					 GRUB_MAX_NESTING);
}

static void *make(struct parser *p, size_t size)
{
	return kb_arena_alloc(p->lexer->arena, size);
}

enum keyword {
	NONE,
	IF,
	THEN,
	ELIF,
	ELSE,
	FI,
	FOR,
	IN,
	DO,
	DONE,
	WHILE,
	UNTIL,
	FUNCTION,
	UNUSABLE,
};

static enum keyword keyword(const struct parser *p)
{
	static const struct {
		struct kb_str text;
		enum keyword keyword;
	} words[] = {
		{KB_STR("if"), IF},           {KB_STR("then"), THEN},
		{KB_STR("elif"), ELIF},       {KB_STR("else"), ELSE},
		{KB_STR("fi"), FI},           {KB_STR("for"), FOR},
		{KB_STR("in"), IN},           {KB_STR("do"), DO},
		{KB_STR("done"), DONE},       {KB_STR("while"), WHILE},
		{KB_STR("until"), UNTIL},     {KB_STR("function"), FUNCTION},
		{KB_STR("case"), UNUSABLE},   {KB_STR("esac"), UNUSABLE},
		{KB_STR("select"), UNUSABLE},
	};
	struct kb_str text =
		p->token.type == GRUB_WORD ? grub_word_plain(p->token.word) : KB_STR("");

	for (size_t i = 0; text.len > 0 && i < KB_ARRAY_LEN(words); i++) {
		if (text.len == words[i].text.len && kb_str_eq(text, words[i].text)) {
			return words[i].keyword;
		}
	}
	return NONE;
}

static int skip_newlines(struct parser *p)
{
	int r = 0;

	while (r == 0 && p->token.type == GRUB_NEWLINE) {
		r = advance(p);
	}
	return r;
}

static int take(struct parser *p, enum keyword wanted, const char *what)
{
	return keyword(p) == wanted ? advance(p) : wrong(p, what);
}

static int statement(struct parser *p, struct grub_node **ret_node);

/* How a list ends. */
enum list_end { NEEDS_DELIMITER, NEEDS_NONE };

static bool is_list_end(const struct parser *p)
{
	switch (keyword(p)) {
	case THEN:
	case ELIF:
	case ELSE:
	case FI:
	case DO:
	case DONE:
		return true;
	default:
		return p->token.type == GRUB_CLOSE;
	}
}

/* One statement at least; *ended: a delimiter stands behind the last. */
static int statements(struct parser *p, struct grub_node **tail, bool *ended)
{
	int r = skip_newlines(p);

	do {
		if (r == 0) {
			r = statement(p, tail);
		}
		if (r < 0) {
			return r;
		}
		tail = &(*tail)->next;
		*ended = p->token.type == GRUB_SEMICOLON || p->token.type == GRUB_NEWLINE;
		if (*ended) {
			r = advance(p);
			r = r == 0 ? skip_newlines(p) : r;
		}
	} while (r == 0 && *ended && !is_list_end(p));
	return r;
}

static int list(struct parser *p, enum list_end end, struct grub_node **ret_list)
{
	bool ended = false;
	int r = enter(p);

	r = r == 0 ? statements(p, ret_list, &ended) : r;
	p->nesting--;
	if (r == 0 && end == NEEDS_DELIMITER && !ended) {
		return wrong(p, "a ; or a line's end is wanted here");
	}
	return r;
}

/*
 * The body of an entry is read again when the entry is opened; here it only has to be right. What
 * that takes is given back: one submenu may hold ten thousand entries.
 */
static int block(struct parser *p, struct grub_node *node)
{
	KB_ARENA struct kb_arena scratch = {.account = p->lexer->arena->account};
	struct kb_arena *arena = p->lexer->arena;
	struct grub_node *ignored = NULL;
	int r;

	node->block = grub_lexer_rest(p->lexer);
	node->has_block = true;
	p->lexer->arena = &scratch;
	r = advance(p);
	if (r == 0) {
		r = list(p, NEEDS_NONE, &ignored);
	}
	p->lexer->arena = arena;
	if (r < 0) {
		return r;
	}
	if (p->token.type != GRUB_CLOSE) {
		return wrong(p, "a } is wanted here");
	}
	node->block.text.len = (size_t)(p->token.start - node->block.text.data);
	return advance(p);
}

static int words(struct parser *p, struct grub_word **tail)
{
	int r = 0;

	while (r == 0 && p->token.type == GRUB_WORD) {
		struct kb_str plain = grub_word_plain(p->token.word);

		if (kb_str_eq(plain, KB_STR("[[")) || kb_str_eq(plain, KB_STR("]]"))) {
			return wrong(p, "GRUB knows no [[ and ]]");
		}
		*tail = p->token.word;
		tail = &p->token.word->next;
		r = advance(p);
	}
	return r;
}

static int command(struct parser *p, struct grub_node *node)
{
	int r = words(p, &node->words);

	node->type = GRUB_COMMAND;
	return r == 0 && p->token.type == GRUB_OPEN ? block(p, node) : r;
}

static int conditional(struct parser *p, struct grub_node *node)
{
	int r = advance(p); /* if, elif */

	node->type = GRUB_IF;
	if (r == 0) {
		r = list(p, NEEDS_DELIMITER, &node->condition);
	}
	if (r == 0) {
		r = take(p, THEN, "then is wanted here");
	}
	if (r == 0) {
		r = list(p, NEEDS_DELIMITER, &node->body);
	}
	if (r < 0) {
		return r;
	}
	if (keyword(p) == ELIF) {
		node->otherwise = make(p, sizeof(*node));
		if (!node->otherwise) {
			return -ENOMEM;
		}
		node->otherwise->at = p->token.at;
		r = enter(p);
		r = r == 0 ? conditional(p, node->otherwise) : r;
		p->nesting--;
		return r;
	}
	if (keyword(p) == ELSE) {
		r = advance(p);
		r = r == 0 ? list(p, NEEDS_DELIMITER, &node->otherwise) : r;
	}
	return r == 0 ? take(p, FI, "fi is wanted here") : r;
}

static int do_list(struct parser *p, struct grub_node *node)
{
	int r = take(p, DO, "do is wanted here");

	if (r == 0) {
		r = list(p, NEEDS_DELIMITER, &node->body);
	}
	return r == 0 ? take(p, DONE, "done is wanted here") : r;
}

static bool is_name(struct kb_str text)
{
	return text.len > 0 && !kb_is_digit(text.data[0]) && kb_str_is_word(text, "_");
}

/* "for NAME", "function NAME". */
static int named(struct parser *p, struct grub_node *node)
{
	int r = advance(p);

	if (r < 0) {
		return r;
	}
	if (p->token.type != GRUB_WORD || keyword(p) != NONE ||
	    !is_name(grub_word_plain(p->token.word))) {
		return wrong(p, "a name is wanted here");
	}
	node->name = grub_word_plain(p->token.word);
	return advance(p);
}

static int for_loop(struct parser *p, struct grub_node *node)
{
	int r = named(p, node);

	node->type = GRUB_FOR;
	if (r == 0) {
		r = take(p, IN, "in is wanted here");
	}
	if (r == 0) {
		r = words(p, &node->words);
	}
	if (r == 0 && p->token.type != GRUB_SEMICOLON && p->token.type != GRUB_NEWLINE) {
		return wrong(p, "a ; or a line's end is wanted here");
	}
	r = r == 0 ? advance(p) : r;
	r = r == 0 ? skip_newlines(p) : r;
	return r == 0 ? do_list(p, node) : r;
}

static int while_loop(struct parser *p, struct grub_node *node)
{
	int r;

	node->type = keyword(p) == WHILE ? GRUB_WHILE : GRUB_UNTIL;
	r = advance(p);
	if (r == 0) {
		r = list(p, NEEDS_DELIMITER, &node->condition);
	}
	return r == 0 ? do_list(p, node) : r;
}

static int function(struct parser *p, struct grub_node *node)
{
	int r = named(p, node);

	node->type = GRUB_FUNCTION;
	r = r == 0 ? skip_newlines(p) : r;
	if (r == 0 && p->token.type != GRUB_OPEN) {
		return wrong(p, "a { is wanted here");
	}
	r = r == 0 ? advance(p) : r;
	r = r == 0 ? list(p, NEEDS_DELIMITER, &node->body) : r;
	if (r == 0 && p->token.type != GRUB_CLOSE) {
		return wrong(p, "a } is wanted here");
	}
	return r == 0 ? advance(p) : r;
}

static int statement(struct parser *p, struct grub_node **ret_node)
{
	struct grub_node *node = make(p, sizeof(*node));

	if (!node) {
		return -ENOMEM;
	}
	node->at = p->token.at;
	*ret_node = node;
	switch (keyword(p)) {
	case NONE:
		break;
	case IF:
		return conditional(p, node);
	case FOR:
		return for_loop(p, node);
	case WHILE:
	case UNTIL:
		return while_loop(p, node);
	case FUNCTION:
		return p->nesting == 0
			       ? function(p, node)
			       : wrong(p, "a function cannot be defined within a statement");
	default:
		return wrong(p, "a command is wanted here");
	}
	return p->token.type == GRUB_WORD ? command(p, node) : wrong(p, "a command is wanted here");
}

/* The statements of one line; the token to come stands behind them. */
static int line(struct parser *p, struct grub_node **tail)
{
	int r = 0;

	while (r == 0 && p->token.type != GRUB_NEWLINE && p->token.type != GRUB_END) {
		r = statement(p, tail);
		if (r < 0) {
			return r;
		}
		tail = &(*tail)->next;
		if (p->token.type == GRUB_SEMICOLON) {
			r = advance(p);
		} else if (p->token.type != GRUB_NEWLINE && p->token.type != GRUB_END) {
			return wrong(p, "a ; or a line's end is wanted here");
		}
	}
	return r;
}

int grub_parse_line(struct grub_lexer *lexer, struct kb_arena *arena, struct grub_node **ret_list,
		    struct kb_error *err)
{
	struct parser p = {.lexer = lexer, .err = err};
	int r;

	*ret_list = NULL;
	lexer->arena = arena;
	r = advance(&p);
	if (r == 0 && p.token.type == GRUB_END) {
		return 0;
	}
	if (r == 0) {
		r = line(&p, ret_list);
	}
	lexer->arena = arena;
	if ((r == -EINVAL || r == -ELOOP) && p.token.type != GRUB_NEWLINE) {
		grub_lexer_skip_line(lexer);
	}
	return r < 0 ? r : 1;
}
