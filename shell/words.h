/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A typed line as words, quoted as in a POSIX shell, and back.
 * For the prompt.
 * Must not know variables, substitution, operators or comments: ; | & < > $ # are bytes of names.
 */
#ifndef KBOOT_SHELL_WORDS_H
#define KBOOT_SHELL_WORDS_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

enum { KB_SHELL_LINE_MAX = 16 << 10, KB_SHELL_WORDS_MAX = 1024 };

struct kb_shell_word {
	const char *text; /* without what quotes it */
	/* For glob(3): what was quoted stands behind a backslash. NULL: there is nothing to expand.
	 */
	const char *pattern;
	const char *shown; /* of a path: the name that was typed for it; NULL: text */
	size_t start;      /* where it stands in the line, in bytes */
	size_t end;
};

struct kb_shell_words {
	struct kb_shell_word *items;
	size_t n;
	char open; /* what the end of the line leaves open: a quote, a backslash, or 0 */
};

/*
 * Strings live in the arena. With open_ok a line may end inside a quote (completion). -EINVAL (an
 * open quote, a NUL), -E2BIG (KB_SHELL_LINE_MAX, KB_SHELL_WORDS_MAX), -ENOMEM; each with a
 * sentence.
 */
KB_MUST_CHECK int kb_shell_split(struct kb_arena *arena, struct kb_str line, bool open_ok,
				 struct kb_shell_words *ret_words, struct kb_error *err);
/*
 * The line as kboot.conf would write it, for the engine: quotes mean the same there, backslashes
 * nothing, so a word with one is put into quotes instead. NULL: out of memory.
 */
char *kb_shell_plain_line(struct kb_arena *arena, struct kb_str line,
			  const struct kb_shell_words *words);
/* How text is typed: behind the quote that is open (' or "; it is not closed), or with backslashes
 * (0). */
void kb_shell_quote(struct kb_buf *buf, struct kb_str text, char open);

#endif
