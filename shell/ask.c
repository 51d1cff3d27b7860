/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include <errno.h>
#include <stdio.h>

#include "page.h"
#include "tables.h"

const struct kb_message *kb_shell_take_reply(const struct kb_shell *s, int r,
					     const struct kb_message *reply,
					     const struct kb_error *err)
{
	if (r == -EINTR && s->interactive) {
		(void)fputc('\n', stderr);
		return NULL;
	}
	if (r < 0) {
		/* The last words of an engine that leaves are told at the end. */
		if (r != -ESHUTDOWN) {
			(void)kb_shell_fail("%s", err->text);
		}
		return NULL;
	}
	if (!reply->ok) {
		(void)kb_shell_fail("%s", reply->text ? reply->text : "the boot engine refuses");
		return NULL;
	}
	return reply;
}

const struct kb_message *kb_shell_ask(struct kb_shell *s, const struct kb_intent *intent)
{
	const struct kb_message *reply = NULL;
	struct kb_error err = {0};
	int r = kb_shell_engine_ask(&s->engine, intent, -1, &reply, &err);

	return kb_shell_take_reply(s, r, reply, &err);
}

int kb_shell_ask_text(struct kb_shell *s, const struct kb_intent *intent)
{
	const struct kb_message *reply = kb_shell_ask(s, intent);
	KB_BUF struct kb_buf text = {0};

	if (!reply) {
		return 1;
	}
	kb_shell_put_reply(&text, intent->type, reply);
	return kb_buf_error(&text) < 0 ? kb_shell_fail("out of memory")
				       : kb_shell_show(s, text.data);
}
