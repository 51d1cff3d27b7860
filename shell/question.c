/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "question.h"

#include <errno.h>

#include "ask.h"
#include "builtin.h"

int kb_question_make(struct kb_arena *arena, struct kb_str line, struct kb_question *ret_question)
{
	struct kb_shell_words words = {0};
	struct kb_question q = {.typed = kb_arena_str(arena, line)};
	int r = kb_shell_split(arena, line, false, &words, &q.err);

	if (r == 0) {
		q.plain = kb_shell_plain_line(arena, line, &words);
	}
	if (!q.typed || r == -ENOMEM || (r == 0 && !q.plain)) {
		return kb_shell_fail("out of memory");
	}
	*ret_question = q;
	return 0;
}

static int take_answer(struct kb_arena *arena, const struct kb_question *q,
		       const struct kb_message *reply, enum kb_intent_type type,
		       struct kb_answer *answer)
{
	answer->kind = type == KB_DO_PLAN ? KB_ANSWER_PLAN : KB_ANSWER_BOOTS;
	if (reply->how && strcmp(reply->how, "command") == 0) {
		answer->kind = KB_ANSWER_COMMAND;
	}
	answer->text = kb_arena_strdup(arena, reply->text ? reply->text : "");
	answer->path = kb_arena_strdup(arena, reply->path);
	if (!answer->text || (reply->path && !answer->path)) {
		return kb_shell_fail("out of memory");
	}
	answer->by_label = !q->plain || strcmp(answer->text, q->plain) != 0;
	return 0;
}

int kb_question_ask(struct kb_shell *s, struct kb_arena *arena, const struct kb_question *q,
		    enum kb_intent_type type, struct kb_answer *ret_answer)
{
	const struct kb_intent intent = {.type = type,
					 .id = q->typed,
					 .name = q->plain,
					 .from = s->place};
	struct kb_answer answer = {.notice_seq =
					   s->engine.has_state ? s->engine.state.notice_seq : 0};
	const struct kb_message *reply = NULL;
	struct kb_error err = {0};
	int r = kb_shell_engine_ask(&s->engine, &intent, -1, &reply, &err);

	if (r == 0 && !reply->ok && !q->plain) {
		return kb_shell_fail("%s", q->err.text);
	}
	reply = kb_shell_take_reply(s, r, reply, &err);
	if (!reply || take_answer(arena, q, reply, type, &answer) != 0) {
		return 1;
	}
	*ret_answer = answer;
	return 0;
}

/* Is there anything that the line would run? */
static bool is_something(const struct kb_shell *s, const struct kb_question *q,
			 const struct kb_answer *answer)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words = {0};

	if (answer->by_label || answer->path) {
		return true;
	}
	return kb_shell_split(&arena, kb_str_from(q->typed), false, &words, NULL) == 0 &&
	       words.n > 0 &&
	       (kb_builtin_find(s, words.items[0].text) ||
		kb_shell_has_program(words.items[0].text));
}

int kb_question_fail_command(const struct kb_shell *s, const struct kb_question *q,
			     const struct kb_answer *answer)
{
	if (!is_something(s, q, answer)) {
		return kb_shell_fail("«%s» is no entry, no device and no file that boots",
				     q->typed);
	}
	return kb_shell_fail("that is a command, nothing that could be booted: %s", q->typed);
}
