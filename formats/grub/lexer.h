/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words and separators of a GRUB script, with where each stands.
 * For the parser.
 * Must not copy the text: pieces of words point into it.
 */
#ifndef KBOOT_FORMATS_GRUB_LEXER_H
#define KBOOT_FORMATS_GRUB_LEXER_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

/* A script, or the body of an entry in one: then it begins in the middle of a line. */
struct grub_source {
	struct kb_str text;
	const char *file; /* for positions */
	unsigned line;
	const char *line_start;
	bool is_file; /* lines that begin with # are dropped, within quotes too */
};

enum grub_piece_type { GRUB_TEXT, GRUB_QUOTED, GRUB_VARIABLE, GRUB_QUOTED_VARIABLE };

struct grub_piece {
	enum grub_piece_type type;
	struct kb_str text; /* of a variable: its name */
	struct grub_piece *next;
};

struct grub_word {
	struct grub_piece *pieces;
	struct grub_word *next;
};

enum grub_token_type {
	GRUB_END,
	GRUB_NEWLINE,
	GRUB_SEMICOLON,
	GRUB_OPEN,
	GRUB_CLOSE,
	GRUB_WORD,
	GRUB_BAD, /* nothing of the grammar; why says what */
};

struct grub_token {
	enum grub_token_type type;
	struct grub_word *word;
	const char *start;
	struct kb_position at;
	const char *why;
};

struct grub_lexer {
	struct grub_source source;
	const char *at;
	const char *end;
	struct kb_arena *arena;
};

void grub_lexer_start(struct grub_lexer *lexer, const struct grub_source *source);
KB_MUST_CHECK int grub_lexer_next(struct grub_lexer *lexer, struct grub_token *ret_token);
void grub_lexer_skip_line(struct grub_lexer *lexer);
/* The script from here on, to be read again. */
struct grub_source grub_lexer_rest(const struct grub_lexer *lexer);
/* The text of a word that is one piece without quotes and variables; else empty. */
struct kb_str grub_word_plain(const struct grub_word *word);

#endif
