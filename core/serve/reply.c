/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that several families of intents give. */
#include <errno.h>
#include <stdio.h>

#include "serve/serve.h"

void kb_client_reply_text(struct kb_client *c, const struct kb_intent *to,
			  const struct kb_buf *text)
{
	int r = kb_buf_error(text);

	kb_client_reply(c, to, r == 0, r == 0 ? (text->data ? text->data : "") : "out of memory");
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
