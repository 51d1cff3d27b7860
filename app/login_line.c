/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "login_line.h"

#include <errno.h>
#include <string.h>

#include "kboot/formats/words.h"
#include "kboot/ssh/account.h"

enum { MAX_WORDS = 64 };

/* These ask the engine of all that they do, with these options alone. */
static const char *const asking[] = {"menu", "shell",  "list",  "explain",
				     "boot", "status", "rescan"};
static const char *const harmless[] = {"--json", "--dry-run", "--ascii", "--monochrome"};
/* These do it themselves: the engine is asked before they are started. */
static const char *const doing[] = {"check", "eval", "fetch", "network", "rescue", "report"};

static bool is_among(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(word, list[i]) == 0) {
			return true;
		}
	}
	return false;
}

#define IS_AMONG(word, list) is_among(word, list, KB_ARRAY_LEN(list))

static bool are_harmless(char **words, int n)
{
	for (int i = 0; i < n; i++) {
		if (words[i][0] == '-' && !IS_AMONG(words[i], harmless)) {
			return false;
		}
	}
	return true;
}

static int split(struct kb_arena *arena, const char *text, struct kb_login_line *line)
{
	struct kb_str rest = kb_str_from(text);
	struct kb_str word;

	while (kb_words_next(&rest, &word)) {
		if (line->argc > MAX_WORDS) {
			return -E2BIG;
		}
		line->argv[line->argc] = kb_word_unquote(arena, word);
		if (!line->argv[line->argc++]) {
			return -ENOMEM;
		}
	}
	return 0;
}

/* As `kboot shell -c TEXT`: the prompt asks the engine what the words mean. */
static int be_line(struct kb_arena *arena, const char *text, struct kb_login_line *line)
{
	/* Behind "--" nothing is an option. */
	const char *const words[] = {"shell", "--", "-c", text};

	for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
		line->argv[i + 1] = kb_arena_strdup(arena, words[i]);
		if (!line->argv[i + 1]) {
			return -ENOMEM;
		}
	}
	line->argc = 1 + (int)KB_ARRAY_LEN(words);
	line->argv[line->argc] = NULL;
	line->asks_itself = true;
	return 0;
}

static int be_nothing(struct kb_arena *arena, bool on_terminal, struct kb_login_line *line)
{
	line->kind = on_terminal ? KB_LOGIN_MENU : KB_LOGIN_SHELL;
	line->argv[1] = kb_arena_strdup(arena, on_terminal ? "menu" : "shell");
	line->argc = 2;
	line->asks_itself = true;
	return line->argv[1] ? 0 : -ENOMEM;
}

int kb_login_line_read(struct kb_arena *arena, const char *text, bool on_terminal,
		       struct kb_login_line *line)
{
	int r;

	*line = (struct kb_login_line){.kind = KB_LOGIN_COMMAND, .argc = 1};
	line->argv = kb_arena_array(arena, MAX_WORDS + 2, sizeof(*line->argv));
	if (!line->argv) {
		return -ENOMEM;
	}
	line->argv[0] = kb_arena_strdup(arena, "kboot");
	if (!line->argv[0]) {
		return -ENOMEM;
	}
	if (!text || kb_str_trim(kb_str_from(text)).len == 0) {
		return be_nothing(arena, on_terminal, line);
	}
	if (strcmp(text, KB_SSH_FILES) == 0) {
		line->kind = KB_LOGIN_FILES;
		return 0;
	}
	r = split(arena, text, line);
	if (r == -ENOMEM || line->argc < 2) {
		return r < 0 ? r : -EINVAL;
	}
	if (r == 0 && line->argc == 4 && strcmp(line->argv[1], "shell") == 0 &&
	    strcmp(line->argv[2], "-c") == 0) {
		return be_line(arena, line->argv[3], line);
	}
	if (r == 0 && IS_AMONG(line->argv[1], asking)) {
		line->asks_itself = are_harmless(line->argv + 2, line->argc - 2);
		line->kind = strcmp(line->argv[1], "menu") == 0    ? KB_LOGIN_MENU
			     : strcmp(line->argv[1], "shell") == 0 ? KB_LOGIN_SHELL
								   : KB_LOGIN_COMMAND;
		return 0;
	}
	if (r == 0 && IS_AMONG(line->argv[1], doing)) {
		return 0;
	}
	/* As OpenSSH's scp -O starts it at the other end. */
	if (r == 0 && strcmp(line->argv[1], "scp") == 0) {
		line->kind = KB_LOGIN_FILES;
		return 0;
	}
	return be_line(arena, text, line);
}

const char *kb_login_kind(const struct kb_login_line *line)
{
	static const char *const names[] = {
		[KB_LOGIN_MENU] = "menu", [KB_LOGIN_SHELL] = "shell", [KB_LOGIN_FILES] = "files"};

	return line->kind == KB_LOGIN_COMMAND
		       ? (strcmp(line->argv[1], "shell") == 0 ? line->argv[4] : line->argv[1])
		       : names[line->kind];
}

const char *kb_login_terminal(const char *term)
{
	/* What is compiled in. */
	static const char *const known[] = {"linux",           "vt100",          "vt102",  "vt220",
					    "xterm",           "xterm-256color", "screen", "tmux",
					    "screen-256color", "tmux-256color",  "dumb"};
	/* These do what xterm does, and more. */
	static const char *const like_xterm[] = {"xterm", "rxvt",    "alacritty", "foot",
						 "kitty", "st",      "wezterm",   "ghostty",
						 "gnome", "konsole", "vte",       "contour"};

	if (!term || !term[0]) {
		return "dumb";
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(known); i++) {
		if (strcmp(term, known[i]) == 0) {
			return known[i];
		}
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(like_xterm); i++) {
		if (kb_str_starts(kb_str_from(term), kb_str_from(like_xterm[i]))) {
			return "xterm-256color";
		}
	}
	return "vt100";
}
