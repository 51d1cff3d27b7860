/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of GRUB scripts: statements of one line, with the lines that they leave open.
 * For the evaluator.
 * Must not run anything.
 */
#ifndef KBOOT_FORMATS_GRUB_PARSER_H
#define KBOOT_FORMATS_GRUB_PARSER_H

#include "lexer.h"

enum { GRUB_MAX_NESTING = 64 };

enum grub_node_type { GRUB_COMMAND, GRUB_IF, GRUB_FOR, GRUB_WHILE, GRUB_UNTIL, GRUB_FUNCTION };

struct grub_node {
	enum grub_node_type type;
	struct kb_position at;
	struct grub_word *words; /* COMMAND: all; FOR: the values */
	bool has_block;          /* COMMAND */
	struct grub_source block;
	struct kb_str name;          /* FOR, FUNCTION */
	struct grub_node *condition; /* IF, WHILE, UNTIL */
	struct grub_node *body;
	struct grub_node *otherwise; /* IF */
	struct grub_node *next;
};

/*
 * Reads one line with all that belongs to it, so that what it does can come before what follows is
 * read. 1; 0 at the end of the text; -EINVAL, or -ELOOP above GRUB_MAX_NESTING, with the place and
 * a sentence, the line in which the mistake was seen is passed over and what follows can be read;
 * -ENOMEM.
 */
KB_MUST_CHECK int grub_parse_line(struct grub_lexer *lexer, struct kb_arena *arena,
				  struct grub_node **ret_list, struct kb_error *err);

#endif
