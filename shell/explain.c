/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line would do: a plan, an entry's history, or which command it is. */
#include <stdio.h>

#include "builtin.h"
#include "kboot/base/escape.h"
#include "question.h"

int kb_shell_plan_line(struct kb_shell *s, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_question q = {0};
	struct kb_answer answer = {0};
	int status = kb_question_make(&arena, line, &q);

	if (status == 0) {
		status = kb_question_ask(s, &arena, &q, KB_DO_PLAN, &answer);
	}
	if (status == 0 && answer.kind == KB_ANSWER_COMMAND) {
		return kb_question_fail_command(s, &q, &answer);
	}
	if (status == 0) {
		kb_shell_print(answer.text);
	}
	return status;
}

static int explain_own(enum kb_line_kind kind, const char *line)
{
	switch (kind) {
	case KB_LINE_ASSIGNMENTS:
		kb_print_escaped(stdout, "sets a variable of this session, or a label: %s", line);
		return 0;
	case KB_LINE_BUILTIN:
		kb_print_escaped(stdout, "runs a command of the prompt itself: %s", line);
		return 0;
	case KB_LINE_PLACE:
		kb_print_escaped(stdout, "goes to %s", line);
		return 0;
	default:
		return kb_shell_fail("a value with blanks is written in quotes");
	}
}

static int explain_program(const struct kb_shell *s, const struct kb_answer *answer,
			   const struct kb_shell_words *words)
{
	const char *name = words->items[0].text;

	if (!answer->path && !kb_shell_has_program(name)) {
		(void)kb_shell_no_program(s, name);
		return 1;
	}
	kb_print_escaped(stdout, "runs the program %s: %s", answer->path ? answer->path : name,
			 answer->text);
	return 0;
}

static int explain_answer(const struct kb_shell *s, struct kb_arena *arena,
			  const struct kb_answer *answer)
{
	struct kb_str line = kb_str_from(answer->text);
	struct kb_shell_words words = {0};
	enum kb_line_kind kind;

	if (answer->kind == KB_ANSWER_PLAN) {
		kb_shell_print(answer->text);
		return 0;
	}
	if (kb_shell_split(arena, line, false, &words, NULL) < 0 || words.n == 0) {
		return kb_shell_fail("nobody can run this: %s", answer->text);
	}
	kind = answer->by_label ? kb_shell_line_kind(s, line, &words) : KB_LINE_OTHER;
	return kind == KB_LINE_OTHER ? explain_program(s, answer, &words)
				     : explain_own(kind, answer->text);
}

/* True: the line is an entry's name, and what is known of it was told. */
static bool explain_entry(struct kb_shell *s, const char *line)
{
	const struct kb_intent intent = {.type = KB_DO_EXPLAIN, .id = line};
	const struct kb_message *reply = NULL;
	struct kb_error err = {0};

	if (kb_shell_engine_ask(&s->engine, &intent, -1, &reply, &err) < 0 || !reply->ok) {
		return false;
	}
	kb_shell_print(reply->text);
	return true;
}

int kb_shell_explain_line(struct kb_shell *s, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words = {0};
	struct kb_question q = {0};
	struct kb_answer answer = {0};
	enum kb_line_kind kind = KB_LINE_OTHER;
	int status = kb_question_make(&arena, line, &q);

	if (status != 0 || explain_entry(s, q.typed)) {
		return status;
	}
	if (q.plain && kb_shell_split(&arena, line, false, &words, NULL) == 0 && words.n > 0) {
		kind = kb_shell_line_kind(s, line, &words);
	}
	if (kind != KB_LINE_OTHER) {
		return explain_own(kind, q.typed);
	}
	status = kb_question_ask(s, &arena, &q, KB_DO_PLAN, &answer);
	return status == 0 ? explain_answer(s, &arena, &answer) : status;
}
