/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line: an assignment, a command of the prompt, a place, or what the engine makes of it. */
#include <stdio.h>

#include "assignment.h"
#include "builtin.h"
#include "private.h"

static int assign(struct kb_shell *s, const struct kb_shell_words *words)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < words->n; i++) {
		status = kb_shell_assign(s, &words->items[i]);
	}
	return status;
}

/* `sda2:` alone: a device, or a host, to go to. */
static bool is_place(const struct kb_shell_words *words)
{
	size_t len = strlen(words->items[0].text);

	return words->n == 1 && len > 1 && words->items[0].text[len - 1] == ':';
}

static size_t count_assignments(struct kb_str line, const struct kb_shell_words *words)
{
	size_t n = 0;

	for (size_t i = 0; i < words->n; i++) {
		n += kb_shell_is_assignment(line, &words->items[i]);
	}
	return n;
}

static int run_words(struct kb_shell *s, struct kb_arena *arena, struct kb_str line,
		     const struct kb_shell_words *words)
{
	const struct kb_builtin_call call = {.shell = s,
					     .line = line,
					     .words = words,
					     .arena = arena};
	const struct kb_builtin *builtin = kb_builtin_find(words->items[0].text);

	if (kb_shell_is_assignment(line, &words->items[0])) {
		if (count_assignments(line, words) == words->n) {
			return assign(s, words);
		}
		if (!kb_shell_is_boot_assignment(&words->items[0])) {
			return kb_shell_fail("a value with blanks is written in quotes: %.*s'...'",
					     (int)(strcspn(words->items[0].text, "=") + 1),
					     words->items[0].text);
		}
	}
	if (builtin) {
		return kb_builtin_call(builtin, &call);
	}
	return is_place(words) ? kb_shell_change_place(s, words->items[0].text)
			       : kb_shell_run_line(s, line);
}

int kb_shell_line(struct kb_shell *s, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words = {0};
	struct kb_error err = {0};
	int r = kb_shell_split(&arena, line, false, &words, &err);

	if (r < 0) {
		return kb_shell_fail("%s", err.text);
	}
	if (words.n == 0) {
		return s->status;
	}
	return run_words(s, &arena,
			 kb_str_head(kb_str_skip(line, words.items[0].start),
				     words.items[words.n - 1].end - words.items[0].start),
			 &words);
}

/* The engine's line goes through the same splitter: macros may bring quotes with them. */
static int run_command(struct kb_shell *s, const char *path, const char *line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words = {0};
	struct kb_error err = {0};

	if (kb_shell_split(&arena, kb_str_from(line), false, &words, &err) < 0) {
		return kb_shell_fail("%s", err.text);
	}
	kb_shell_arrive(s);
	return kb_shell_program(s, path, &words, line);
}

struct verdict {
	bool boots;
	const char *line;
	const char *path;
	uint64_t notice_seq; /* before it was asked */
};

static const char *plain_line(struct kb_arena *arena, struct kb_str line)
{
	struct kb_shell_words words = {0};

	/* It was split before, so that only memory can be missing. */
	return kb_shell_split(arena, line, false, &words, NULL) < 0
		       ? NULL
		       : kb_shell_plain_line(arena, line, &words);
}

static int ask_run(struct kb_shell *s, struct kb_arena *arena, const char *line,
		   struct verdict *ret)
{
	const struct kb_intent intent = {.type = KB_DO_RUN, .name = line, .from = s->place};
	struct verdict v = {.notice_seq = s->link.has_state ? s->link.state.notice_seq : 0};
	const struct kb_message *reply = kb_shell_ask(s, &intent);

	if (!reply) {
		return 1;
	}
	v.boots = reply->how && strcmp(reply->how, "boot") == 0;
	v.line = kb_arena_strdup(arena,
				 reply->text && reply->text[0] && !v.boots ? reply->text : line);
	v.path = kb_arena_strdup(arena, reply->path);
	if (!v.line || (reply->path && !v.path)) {
		return kb_shell_fail("out of memory");
	}
	*ret = v;
	return 0;
}

/* Nobody to ask: what is in kboot's own system can still be run. */
static int run_alone(struct kb_shell *s, const char *line)
{
	if (s->link.has_state && s->link.state.restricted) {
		return kb_shell_fail("this kboot is restricted");
	}
	return run_command(s, NULL, line);
}

static int run_or_boot(struct kb_shell *s, struct kb_str line, bool only_boot)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *text = kb_arena_str(&arena, line);
	const char *plain = plain_line(&arena, line);
	struct verdict v = {0};
	struct kb_error err = {0};
	int status;

	if (!text || !plain) {
		return kb_shell_fail("out of memory");
	}
	if (!s->link.leaving && kb_link_connect(&s->link, &err) < 0) {
		return only_boot ? kb_shell_fail("%s", err.text) : run_alone(s, text);
	}
	status = ask_run(s, &arena, plain, &v);
	if (status != 0) {
		return status;
	}
	if (v.boots) {
		status = kb_shell_follow(s, v.notice_seq);
	} else if (only_boot) {
		status = kb_shell_fail("that is a command, nothing that could be booted: %s", text);
	} else {
		/* As it was typed, unless a label stood for it: the quotes say what is no pattern.
		 */
		status = run_command(s, v.path,
				     v.line && strcmp(v.line, plain) == 0 ? text : v.line);
	}
	return status;
}

int kb_shell_run_line(struct kb_shell *s, struct kb_str line)
{
	return run_or_boot(s, line, false);
}

int kb_shell_boot_line(struct kb_shell *s, struct kb_str line)
{
	return run_or_boot(s, line, true);
}
