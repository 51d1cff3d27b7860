/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lexer.h"

#include <errno.h>

/* GRUB drops such lines as it reads them, wherever it is. */
static void drop_comment_lines(struct grub_lexer *lexer)
{
	while (lexer->source.is_file && lexer->at < lexer->end && *lexer->at == '#' &&
	       lexer->at == lexer->source.line_start) {
		const char *feed = memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));

		if (!feed) {
			lexer->at = lexer->end;
			return;
		}
		lexer->at = feed + 1;
		lexer->source.line_start = lexer->at;
		lexer->source.line++;
	}
}

void grub_lexer_start(struct grub_lexer *lexer, const struct grub_source *source)
{
	lexer->source = *source;
	lexer->at = source->text.data;
	lexer->end = source->text.data + source->text.len;
	drop_comment_lines(lexer);
}

/* Past the line feed that the lexer stands on. */
static void next_line(struct grub_lexer *lexer)
{
	lexer->at++;
	lexer->source.line++;
	lexer->source.line_start = lexer->at;
	drop_comment_lines(lexer);
}

void grub_lexer_skip_line(struct grub_lexer *lexer)
{
	while (lexer->at < lexer->end && *lexer->at != '\n') {
		lexer->at++;
	}
	if (lexer->at < lexer->end) {
		next_line(lexer);
	}
}

struct grub_source grub_lexer_rest(const struct grub_lexer *lexer)
{
	struct grub_source rest = lexer->source;

	rest.text = kb_str_of(lexer->at, (size_t)(lexer->end - lexer->at));
	return rest;
}

struct kb_str grub_word_plain(const struct grub_word *word)
{
	const struct grub_piece *piece = word->pieces;

	return piece && !piece->next && piece->type == GRUB_TEXT ? piece->text : KB_STR("");
}

/* --- words */

struct scan {
	struct grub_lexer *lexer;
	struct grub_piece **tail;
	const char *why; /* the word is none; a quote in it is read to its end */
	bool is_over;
	bool no_memory;
};

static void add(struct scan *scan, enum grub_piece_type type, const char *start, size_t len)
{
	struct grub_piece *piece = kb_arena_alloc(scan->lexer->arena, sizeof(*piece));

	if (!piece) {
		scan->no_memory = scan->is_over = true;
		return;
	}
	piece->type = type;
	piece->text = kb_str_of(start, len);
	*scan->tail = piece;
	scan->tail = &piece->next;
}

static bool has(const struct grub_lexer *lexer, size_t n)
{
	return (size_t)(lexer->end - lexer->at) > n;
}

static bool is_name_byte(char c)
{
	return kb_is_letter(c) || kb_is_digit(c) || c == '_';
}

/* What a byte does to a word, and to a text in quotes; asked of every byte of a script. A NUL and a
 * carriage return are blanks here. */
enum { ENDS = 1, BEGINS_PART = 2, IN_QUOTES = 4, IN_SINGLE_QUOTES = 8 };
static const unsigned char bytes[256] = {
	['\0'] = ENDS,
	[' '] = ENDS,
	['\t'] = ENDS,
	['\r'] = ENDS,
	['\n'] = ENDS,
	['{'] = ENDS,
	['}'] = ENDS,
	['|'] = ENDS,
	['&'] = ENDS,
	[';'] = ENDS,
	['<'] = ENDS,
	['>'] = ENDS,
	['\\'] = BEGINS_PART | IN_QUOTES,
	['\''] = BEGINS_PART | IN_SINGLE_QUOTES,
	['"'] = BEGINS_PART | IN_QUOTES,
	['$'] = BEGINS_PART | IN_QUOTES,
};

/* The bytes of a variable's name at the head of text: a name, a number, or one of ?#*@. */
static size_t name_len(const char *text, const char *end)
{
	size_t n = 0;

	if (text < end && strchr("?#*@", *text) && *text) {
		return 1;
	}
	if (text < end && kb_is_digit(*text)) {
		while (text + n < end && kb_is_digit(text[n])) {
			n++;
		}
		return n;
	}
	while (text + n < end && is_name_byte(text[n])) {
		n++;
	}
	return n;
}

static void variable(struct scan *scan, enum grub_piece_type type)
{
	struct grub_lexer *lexer = scan->lexer;
	bool braced = has(lexer, 1) && lexer->at[1] == '{';
	const char *name = lexer->at + (braced ? 2 : 1);
	size_t len = name < lexer->end ? name_len(name, lexer->end) : 0;

	if (len == 0 || (braced && (name + len == lexer->end || name[len] != '}'))) {
		scan->why = "a $ without a variable's name";
		scan->is_over = type == GRUB_VARIABLE;
		return;
	}
	add(scan, type, name, len);
	lexer->at = name + len + braced;
}

/* The run up to the next byte of a kind, in quotes, or with a line feed as its last. */
static void run(struct scan *scan, unsigned char stops)
{
	struct grub_lexer *lexer = scan->lexer;
	const char *start = lexer->at;

	while (lexer->at < lexer->end && !(bytes[(unsigned char)*lexer->at] & stops)) {
		if (*lexer->at == '\n') {
			add(scan, GRUB_QUOTED, start, (size_t)(lexer->at + 1 - start));
			next_line(lexer);
			return;
		}
		lexer->at++;
	}
	if (lexer->at > start) {
		add(scan, GRUB_QUOTED, start, (size_t)(lexer->at - start));
	}
}

static void escape(struct scan *scan, bool in_quotes)
{
	struct grub_lexer *lexer = scan->lexer;

	lexer->at++;
	if (lexer->at == lexer->end) {
		scan->why = "the text ends behind a backslash";
	} else if (*lexer->at == '\n') {
		next_line(lexer);
		if (lexer->at == lexer->end) {
			scan->why = "the text ends behind a backslash";
		}
	} else if (in_quotes && *lexer->at != '$' && *lexer->at != '"' && *lexer->at != '\\') {
		add(scan, GRUB_QUOTED, lexer->at - 1, 1); /* the backslash itself */
	} else {
		add(scan, GRUB_QUOTED, lexer->at++, 1);
	}
}

static void quotes(struct scan *scan, char quote)
{
	struct grub_lexer *lexer = scan->lexer;

	lexer->at++;
	add(scan, GRUB_QUOTED, lexer->at, 0);
	while (lexer->at < lexer->end && !scan->no_memory) {
		if (*lexer->at == quote) {
			lexer->at++;
			return;
		}
		if (quote == '\'') {
			run(scan, IN_SINGLE_QUOTES);
		} else if (*lexer->at == '\\') {
			escape(scan, true);
		} else if (*lexer->at == '$') {
			variable(scan, GRUB_QUOTED_VARIABLE);
			lexer->at += scan->why && *lexer->at == '$'; /* once the quote is closed */
		} else {
			run(scan, IN_QUOTES);
		}
	}
	scan->why = "a quote is never closed";
}

static bool ends_word(char c)
{
	return bytes[(unsigned char)c] == ENDS;
}

static void word_part(struct scan *scan)
{
	struct grub_lexer *lexer = scan->lexer;
	const char *start = lexer->at;

	switch (*lexer->at) {
	case '\\':
		escape(scan, false);
		return;
	case '\'':
	case '"':
		quotes(scan, *lexer->at);
		return;
	case '$':
		if (has(lexer, 1) && lexer->at[1] == '"') {
			lexer->at++; /* a text for translators */
		} else {
			variable(scan, GRUB_VARIABLE);
		}
		return;
	default:
		while (lexer->at < lexer->end && bytes[(unsigned char)*lexer->at] == 0) {
			lexer->at++;
		}
		add(scan, GRUB_TEXT, start, (size_t)(lexer->at - start));
	}
}

static int read_word(struct grub_lexer *lexer, struct grub_token *token)
{
	struct grub_word *word = kb_arena_alloc(lexer->arena, sizeof(*word));
	struct scan scan = {.lexer = lexer};

	if (!word) {
		return -ENOMEM;
	}
	scan.tail = &word->pieces;
	while (lexer->at < lexer->end && !ends_word(*lexer->at) && !scan.is_over) {
		word_part(&scan);
	}
	token->type = scan.why ? GRUB_BAD : GRUB_WORD;
	token->why = scan.why;
	token->word = word;
	return scan.no_memory ? -ENOMEM : 0;
}

/* --- tokens */

static void skip_blanks(struct grub_lexer *lexer)
{
	while (lexer->at < lexer->end) {
		char c = *lexer->at;

		if (c == ' ' || c == '\t' || c == '\r' || c == '\0') {
			lexer->at++;
		} else if (c == '\\' && has(lexer, 1) && lexer->at[1] == '\n') {
			if (lexer->at + 2 == lexer->end) {
				return; /* to a word, which has no end */
			}
			lexer->at++;
			next_line(lexer);
		} else if (c == '#') {
			while (lexer->at < lexer->end && *lexer->at != '\n') {
				lexer->at++;
			}
			return;
		} else {
			return;
		}
	}
}

int grub_lexer_next(struct grub_lexer *lexer, struct grub_token *ret_token)
{
	static const struct {
		char byte;
		enum grub_token_type type;
	} signs[] = {{'\n', GRUB_NEWLINE}, {';', GRUB_SEMICOLON}, {'{', GRUB_OPEN},
		     {'}', GRUB_CLOSE},    {'|', GRUB_BAD},       {'&', GRUB_BAD},
		     {'<', GRUB_BAD},      {'>', GRUB_BAD}};

	skip_blanks(lexer);
	*ret_token = (struct grub_token){
		.type = GRUB_END,
		.start = lexer->at,
		.at = {lexer->source.file, lexer->source.line,
		       (unsigned)(lexer->at - lexer->source.line_start) + 1},
	};
	if (lexer->at == lexer->end) {
		return 0;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(signs); i++) {
		if (*lexer->at == signs[i].byte) {
			ret_token->type = signs[i].type;
			ret_token->why = "GRUB knows no pipes, redirections, && and ||";
			if (*lexer->at == '\n') {
				next_line(lexer);
			} else {
				lexer->at++;
			}
			return 0;
		}
	}
	return read_word(lexer, ret_token);
}
