/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "question.h"

#include <errno.h>

#include "ask.h"
#include "builtin.h"

int kb_question_make(struct kb_question *q, struct kb_str line)
{
	struct kb_shell_words words = {0};
	int r = kb_shell_split(&q->arena, line, false, &words, &q->err);

	q->typed = kb_arena_str(&q->arena, line);
	q->plain = r == 0 ? kb_shell_plain_line(&q->arena, line, &words) : NULL;
	if (!q->typed || r == -ENOMEM || (r == 0 && !q->plain)) {
		return kb_shell_fail("out of memory");
	}
	return 0;
}

int kb_question_ask(struct kb_shell *s, struct kb_question *q, enum kb_intent_type type)
{
	const struct kb_intent intent = {.type = type,
					 .id = q->typed,
					 .name = q->plain,
					 .from = s->place};
	const struct kb_message *reply = NULL;
	struct kb_error err = {0};
	int r;

	q->notice_seq = s->engine.has_state ? s->engine.state.notice_seq : 0;
	r = kb_shell_engine_ask(&s->engine, &intent, -1, &reply, &err);
	if (r == 0 && !reply->ok && !q->plain) {
		return kb_shell_fail("%s", q->err.text);
	}
	reply = kb_shell_take_reply(s, r, reply, &err);
	if (!reply) {
		return 1;
	}
	q->is_command = reply->how && strcmp(reply->how, "command") == 0;
	q->text = kb_arena_strdup(&q->arena, reply->text ? reply->text : "");
	q->path = kb_arena_strdup(&q->arena, reply->path);
	if (!q->text || (reply->path && !q->path)) {
		return kb_shell_fail("out of memory");
	}
	q->by_label = !q->plain || strcmp(q->text, q->plain) != 0;
	return 0;
}

/* Is there anything that the line would run? */
static bool is_something(const struct kb_shell *s, const struct kb_question *q)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words words = {0};

	if (q->by_label || q->path) {
		return true;
	}
	return kb_shell_split(&arena, kb_str_from(q->typed), false, &words, NULL) == 0 &&
	       words.n > 0 &&
	       (kb_builtin_find(s, words.items[0].text) ||
		kb_shell_has_program(words.items[0].text));
}

int kb_question_fail_command(const struct kb_shell *s, const struct kb_question *q)
{
	if (!is_something(s, q)) {
		return kb_shell_fail("«%s» is no entry, no device and no file that boots",
				     q->typed);
	}
	return kb_shell_fail("that is a command, nothing that could be booted: %s", q->typed);
}

void kb_question_done(struct kb_question *q)
{
	kb_arena_done(&q->arena);
}
