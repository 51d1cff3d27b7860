/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine has to be told before a boot goes on, asked for on the prompt's terminal. */
#include <stdio.h>
#include <unistd.h>

#include "kboot/base/escape.h"
#include "kboot/terminal/asking.h"
#include "private.h"

/* Until Enter; an engine that asks no more ends it. */
static enum kb_asking_end read_answer(struct kb_shell *s, struct kb_asking *a, uint64_t number)
{
	enum kb_asking_end end = KB_ASKING_MORE;
	unsigned char byte = 0;

	while (end == KB_ASKING_MORE) {
		unsigned events =
			kb_events_wait(&s->events, s->engine.connection.fd, STDIN_FILENO, -1);

		if (events & (KB_EVENT_INTERRUPT | KB_EVENT_HANGUP)) {
			return KB_ASKING_CANCELLED;
		}
		if (events & KB_EVENT_ENGINE) {
			kb_shell_engine_read(&s->engine);
		}
		if (s->engine.inquiry.kind == KB_INQUIRY_NONE ||
		    s->engine.inquiry.number != number) {
			return KB_ASKING_CANCELLED;
		}
		if (events & KB_EVENT_TYPED) {
			end = read(STDIN_FILENO, &byte, 1) == 1 ? kb_asking_take(a, byte)
								: KB_ASKING_CANCELLED;
		}
	}
	return end;
}

/* What was typed is in a->answer; false: nothing was. */
static bool ask(struct kb_shell *s, struct kb_asking *a, const char *prompt, bool is_hidden)
{
	enum kb_asking_end end;

	(void)fflush(stdout);
	if (kb_asking_begin(a, STDIN_FILENO, prompt, is_hidden) < 0) {
		return false;
	}
	end = read_answer(s, a, s->engine.inquiry.number);
	kb_asking_end(a);
	return end == KB_ASKING_DONE;
}

static bool answer_login(struct kb_shell *s)
{
	const struct kb_inquiry *q = &s->engine.inquiry;
	struct kb_asking name = {0};
	struct kb_asking password = {0};
	bool is_answered = (q->user || ask(s, &name, "Name: ", false)) &&
			   ask(s, &password, "Password: ", true);

	if (is_answered) {
		kb_shell_engine_tell(&s->engine, &(struct kb_intent){
							 .type = KB_DO_ANSWER,
							 .question = q->number,
							 .user = q->user ? NULL : name.answer.text,
							 .secret = password.answer.text,
						 });
	}
	kb_answer_text_wipe(&name.answer);
	kb_answer_text_wipe(&password.answer);
	return is_answered;
}

static bool answer_passphrase(struct kb_shell *s)
{
	struct kb_asking passphrase = {0};
	bool is_answered = ask(s, &passphrase, "Passphrase: ", true);

	if (is_answered) {
		kb_shell_engine_tell(&s->engine, &(struct kb_intent){
							 .type = KB_DO_ANSWER,
							 .question = s->engine.inquiry.number,
							 .secret = passphrase.answer.text,
						 });
	}
	kb_answer_text_wipe(&passphrase.answer);
	return is_answered;
}

static bool answer_host_key(struct kb_shell *s)
{
	struct kb_asking yes = {0};

	if (!ask(s, &yes, "Believe it (yes, no)? ", false) || strcmp(yes.answer.text, "yes") != 0) {
		return false;
	}
	kb_shell_engine_tell(&s->engine, &(struct kb_intent){.type = KB_DO_ANSWER,
							     .question = s->engine.inquiry.number});
	return true;
}

bool kb_shell_answer(struct kb_shell *s)
{
	struct kb_inquiry *q = &s->engine.inquiry;
	bool is_answered;

	kb_print_escaped(stdout, "%s", q->text ? q->text : "");
	is_answered = q->kind == KB_INQUIRY_LOGIN        ? answer_login(s)
		      : q->kind == KB_INQUIRY_PASSPHRASE ? answer_passphrase(s)
							 : answer_host_key(s);
	q->kind = KB_INQUIRY_NONE; /* the next one has another number */
	return is_answered;
}
