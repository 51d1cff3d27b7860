/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a boot waits for from the person who wants it. */
#include <errno.h>

#include "engine.h"

static bool is_open_network(const char *server)
{
	struct kb_str s = kb_str_from(server);

	return kb_str_starts(s, KB_STR("http:")) || kb_str_starts(s, KB_STR("ftp:"));
}

static void ask_for_login(const struct kb_pipeline *p, struct kb_buf *text)
{
	const char *server = p->question->server;
	bool is_again = kb_answers_have_login(&p->downloads.answers, server);

	kb_buf_printf(text, "%s %s.%s", server,
		      is_again ? "does not take that name and password"
			       : "wants a name and password",
		      is_open_network(server) ? " Anybody on the way there can read them." : "");
}

/* The worker's sentence has the fingerprint. */
static void ask_for_trust(const struct kb_pipeline *p, struct kb_buf *text)
{
	struct kb_downloads_state now;

	kb_downloads_look(&p->downloads, &now);
	kb_buf_printf(text, "%s. Is that the right one?", now.error ? now.error : "");
}

bool kb_engine_inquiry(const struct kb_engine *e, struct kb_buf *buf,
		       struct kb_inquiry *ret_inquiry)
{
	const struct kb_pipeline *p = &e->pipeline;

	if (e->unlocking.state == KB_UNLOCK_ASKING) {
		*ret_inquiry = (struct kb_inquiry){.number = e->unlocking.number,
						   .kind = KB_INQUIRY_PASSPHRASE};
		kb_unlocking_question(&e->unlocking, buf);
		ret_inquiry->text = buf->data;
		return kb_buf_error(buf) == 0;
	}
	if (!p->question || !kb_engine_wants_boot(e) || !e->is_chosen) {
		return false;
	}
	*ret_inquiry =
		(struct kb_inquiry){.number = p->question_number, .kind = KB_INQUIRY_HOST_KEY};
	if (p->question->want == KB_FETCH_WANTS_LOGIN) {
		ret_inquiry->kind = KB_INQUIRY_LOGIN;
		ret_inquiry->user = p->question->user[0] ? p->question->user : NULL;
		ask_for_login(p, buf);
	} else {
		ask_for_trust(p, buf);
	}
	ret_inquiry->text = buf->data;
	return kb_buf_error(buf) == 0;
}

void kb_engine_answer_nothing(struct kb_engine *e)
{
	if (kb_engine_is_unlocking(e)) {
		kb_unlocking_give_up(&e->unlocking);
		return;
	}
	kb_pipeline_answer(&e->pipeline, NULL);
}

/* Whoever restricts kboot says by config/ which keys are believed. */
void kb_engine_asked(struct kb_engine *e)
{
	bool may_be = e->pipeline.question->want != KB_FETCH_WANTS_HOST_KEY ||
		      kb_engine_may(e, KB_MAY_TYPE, NULL) != KB_ANSWER_NO;

	if (kb_engine_wants_boot(e) && !(e->is_chosen && may_be)) {
		kb_engine_answer_nothing(e);
	}
}

int kb_engine_answer(struct kb_engine *e, uint64_t number, const char *user, const char *secret)
{
	const struct kb_fetch_question *q = e->pipeline.question;
	struct kb_fetch_question asked;
	struct kb_fetch_answer answer;

	if (e->unlocking.state == KB_UNLOCK_ASKING && number == e->unlocking.number) {
		kb_engine_answer_passphrase(e, secret ? secret : "");
		return 0;
	}
	if (!q || !kb_engine_wants_boot(e) || number != e->pipeline.question_number) {
		return -ENOENT;
	}
	asked = *q; /* it goes with the answer */
	answer = (struct kb_fetch_answer){.server = asked.server};
	if (asked.want == KB_FETCH_WANTS_LOGIN) {
		answer.user = user ? user : asked.user;
		answer.password = secret ? secret : "";
	} else {
		answer.host_key = asked.host_key;
	}
	kb_pipeline_answer(&e->pipeline, &answer);
	return 0;
}
