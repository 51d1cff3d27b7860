/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line would do: a plan, an entry's history, or which command it is. */
#include <stdio.h>

#include "ask.h"
#include "builtin.h"
#include "kboot/base/escape.h"
#include "page.h"
#include "question.h"

int kb_shell_plan_line(struct kb_shell *s, struct kb_str line)
{
	KB_QUESTION struct kb_question q = {0};
	int status = kb_question_make(&q, line);

	if (status == 0) {
		status = kb_question_ask(s, &q, KB_DO_PLAN);
	}
	if (status == 0 && q.is_command) {
		return kb_question_fail_command(s, &q);
	}
	return status == 0 ? kb_shell_show(s, q.text) : status;
}

static int explain_own(enum kb_line_kind kind, const char *line)
{
	static const char *const means[] = {
		[KB_LINE_ASSIGNMENTS] = "sets a variable of this session, or a label: ",
		[KB_LINE_BUILTIN] = "runs a command of the prompt itself: ",
		[KB_LINE_PLACE] = "goes to ",
	};

	if (kind == KB_LINE_BAD_VALUE) {
		return kb_shell_fail("a value with blanks is written in quotes");
	}
	kb_print_escaped(stdout, "%s%s", means[kind], line);
	return 0;
}

static int explain_answer(struct kb_shell *s, struct kb_question *q)
{
	struct kb_str line = kb_str_from(q->text);
	struct kb_shell_words words = {0};
	enum kb_line_kind kind = KB_LINE_OTHER;

	if (!q->is_command) {
		return kb_shell_show(s, q->text);
	}
	if (kb_shell_split(&q->arena, line, false, &words, NULL) < 0 || words.n == 0) {
		return kb_shell_fail("nobody can run this: %s", q->text);
	}
	kind = q->by_label ? kb_shell_line_kind(s, line, &words) : KB_LINE_OTHER;
	if (kind != KB_LINE_OTHER) {
		return explain_own(kind, q->text);
	}
	if (!q->path && !kb_shell_has_program(words.items[0].text)) {
		(void)kb_shell_no_program(s, words.items[0].text);
		return 1;
	}
	kb_print_escaped(stdout, "runs the program %s: %s", q->path ? q->path : words.items[0].text,
			 q->text);
	return 0;
}

int kb_shell_explain_line(struct kb_shell *s, struct kb_str line)
{
	KB_QUESTION struct kb_question q = {0};
	struct kb_shell_words words = {0};
	const struct kb_message *reply = NULL;
	struct kb_intent entry = {.type = KB_DO_EXPLAIN};
	enum kb_line_kind kind = KB_LINE_OTHER;
	struct kb_error err = {0};
	int status = kb_question_make(&q, line);

	if (status != 0) {
		return status;
	}
	if (line.len == 0) {
		return kb_shell_ask_text(s, &entry);
	}
	/* It may be an entry's name. */
	entry.id = q.typed;
	if (kb_shell_engine_ask(&s->engine, &entry, -1, &reply, &err) == 0 && reply->ok) {
		return kb_shell_show(s, reply->text);
	}
	if (q.plain && kb_shell_split(&q.arena, line, false, &words, NULL) == 0 && words.n > 0) {
		kind = kb_shell_line_kind(s, line, &words);
	}
	if (kind != KB_LINE_OTHER) {
		return explain_own(kind, q.typed);
	}
	status = kb_question_ask(s, &q, KB_DO_PLAN);
	return status == 0 ? explain_answer(s, &q) : status;
}
