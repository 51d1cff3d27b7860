/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that several families of intents give. */
#include <errno.h>
#include <stdio.h>

#include "serve/serve.h"

void kb_client_reply_table(struct kb_client *c, const struct kb_intent *to,
			   const struct kb_table *table)
{
	const struct kb_message m = {.type = KB_MSG_REPLY,
				     .to = kb_intent_name(to->type),
				     .request = to->request,
				     .ok = table->error == 0,
				     .text = table->error == 0 ? NULL : "out of memory",
				     .rows = table->rows,
				     .n_rows = table->error == 0 ? table->n : 0};

	kb_client_send(c, &m);
}

void kb_client_reply_error(struct kb_client *c, const struct kb_intent *to, int r,
			   const struct kb_error *err)
{
	kb_client_reply(c, to, r == 0, r == 0 ? NULL : err->code ? err->text : strerror(-r));
}

void kb_core_reply_no_default(const struct kb_core *k, struct kb_client *c,
			      const struct kb_intent *to)
{
	char text[KB_ERROR_TEXT];

	(void)snprintf(text, sizeof(text), "there is no default to boot: %s (see `labels`)",
		       k->engine.chosen.why);
	kb_client_reply(c, to, false, text);
}
