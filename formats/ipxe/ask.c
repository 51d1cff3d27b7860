/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include <errno.h>

int ipxe_store(struct ipxe *x, const char *name, const char *value)
{
	int r = ipxe_settings_set(&x->settings, kb_str_from(name), kb_str_from(value));

	(void)ipxe_spend(x, x->settings.n / 64);
	if (r == -ENOMEM) {
		(void)ipxe_check(x, NULL);
		return IPXE_OK;
	}
	if (r == -E2BIG) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "more than %d settings", IPXE_MAX_SETTINGS);
	}
	if (r < 0) {
		return ipxe_fail(x, r == -ENOTSUP ? IPXE_UNSUPPORTED : IPXE_INVALID,
				 "set %s: %s is no value of it", name, value);
	}
	return IPXE_OK;
}

int ipxe_ask(struct ipxe *x, const char *name, const char *text, enum kb_ipxe_ask kind)
{
	const struct kb_ipxe_answer *answer = ipxe_answer(x);
	KB_BUF struct kb_buf value = {0};

	if (answer) {
		return answer->is_refused ? ipxe_fail(x, IPXE_CANCELED, "%s: nobody said it", name)
					  : ipxe_store(x, name, answer->text);
	}
	(void)ipxe_settings_get(&x->settings, kb_str_from(name), &value);
	x->result->question = (struct kb_ipxe_question){
		.kind = kind,
		.text = ipxe_check(x, kb_arena_strdup(x->arena, text)),
		.variable = ipxe_check(x, kb_arena_strdup(x->arena, name)),
		.value = ipxe_check(x, kb_arena_str(x->arena, kb_buf_view(&value))),
	};
	ipxe_end(x, KB_IPXE_ASK, NULL);
	return IPXE_OK;
}
