/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "choose.h"

#include <stdio.h>

#include "kboot/terminal/asking.h"

static enum kb_asking_end read_keys(struct kb_shell *s, struct kb_asking *a)
{
	enum kb_asking_end end = KB_ASKING_MORE;
	unsigned char byte = 0;

	while (end == KB_ASKING_MORE) {
		unsigned events =
			kb_events_wait(&s->events, s->engine.connection.fd, STDIN_FILENO, -1);

		if (events & KB_EVENT_ENGINE) {
			kb_shell_engine_read(&s->engine);
		}
		if ((events & (KB_EVENT_INTERRUPT | KB_EVENT_HANGUP)) || s->engine.leaving) {
			return KB_ASKING_CANCELLED;
		}
		if (events & KB_EVENT_TYPED) {
			end = read(STDIN_FILENO, &byte, 1) == 1 ? kb_asking_take(a, byte)
								: KB_ASKING_CANCELLED;
		}
	}
	return end;
}

static bool ask_terminal(struct kb_shell *s, const char *question, char *answer)
{
	struct kb_asking a = {0};
	bool is_answered;

	(void)fflush(stdout);
	if (kb_asking_begin(&a, STDIN_FILENO, question, false) < 0) {
		return false;
	}
	is_answered = read_keys(s, &a) == KB_ASKING_DONE;
	kb_asking_end(&a);
	(void)snprintf(answer, KB_CHOICE_BYTES, "%s", a.answer.text);
	return is_answered;
}

/* From a script, whose lines nobody sees: the next thing that is told begins a line. */
static bool ask_plainly(struct kb_shell *s, const char *question, char *answer)
{
	struct kb_str line = {0};
	bool is_answered;

	(void)fputs(question, stdout);
	(void)fflush(stdout);
	is_answered = kb_reader_line(&s->reader, "", &line) > 0;
	(void)fputc('\n', stdout);
	(void)snprintf(answer, KB_CHOICE_BYTES, "%.*s", (int)line.len, line.data ? line.data : "");
	return is_answered;
}

bool kb_choose_line(struct kb_shell *s, const char *question, char ret_answer[KB_CHOICE_BYTES])
{
	char answer[KB_CHOICE_BYTES] = "";
	struct kb_str text;

	if (s->engine.leaving || s->events.hung_up ||
	    !(s->interactive ? ask_terminal(s, question, answer)
			     : ask_plainly(s, question, answer))) {
		return false;
	}
	text = kb_str_trim(kb_str_from(answer));
	(void)snprintf(ret_answer, KB_CHOICE_BYTES, "%.*s", KB_STR_ARG(text));
	return true;
}

size_t kb_choice_number(const char *text, size_t n)
{
	uint64_t number = 0;

	return kb_str_to_u64(kb_str_from(text), &number) == 0 && number >= 1 && number <= n
		       ? (size_t)number
		       : 0;
}
