/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

#include <errno.h>
#include <stdio.h>

void ipxe_done(struct ipxe *x)
{
	kb_buf_done(&x->output);
	kb_arena_done(&x->kept);
}

void ipxe_end(struct ipxe *x, enum kb_ipxe_end end, const char *fmt, ...)
{
	char text[KB_ERROR_TEXT] = "";
	va_list args;

	if (x->is_done) {
		return;
	}
	x->is_done = true;
	x->result->end = end;
	x->result->at = x->at;
	if (fmt) {
		va_start(args, fmt);
		(void)vsnprintf(text, sizeof(text), fmt, args);
		va_end(args);
		x->result->text = kb_arena_strdup(x->arena, text);
		x->is_out_of_memory = x->is_out_of_memory || !x->result->text;
	}
}

bool ipxe_spend(struct ipxe *x, unsigned long steps)
{
	x->steps += steps;
	if (x->steps > IPXE_MAX_STEPS) {
		ipxe_end(x, KB_IPXE_FAILED, "the script does not come to an end");
	}
	return !x->is_done;
}

void ipxe_refill(struct ipxe *x)
{
	x->steps = 0;
}

const struct kb_ipxe_answer *ipxe_answer(struct ipxe *x)
{
	if (x->n_answers == x->host->n_answers) {
		return NULL;
	}
	ipxe_refill(x);
	x->missing = NULL;
	return &x->host->answers[x->n_answers++];
}

int ipxe_fail(struct ipxe *x, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(x->failure, sizeof(x->failure), fmt, args);
	va_end(args);
	x->failed_at = x->at;
	return code;
}

void ipxe_warn(struct ipxe *x, const char *fmt, ...)
{
	char text[KB_ERROR_TEXT];
	va_list args;

	if (x->n_answers < x->host->n_answers || x->n_diags++ >= IPXE_MAX_DIAGS) {
		return; /* an earlier run with fewer answers has said it */
	}
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	kb_diag_report(&x->host->diags, KB_SEVERITY_WARNING, x->at, "%s", text);
}

void ipxe_print(struct ipxe *x, struct kb_str text)
{
	size_t left = IPXE_MAX_OUTPUT - x->output.len;

	kb_buf_str(&x->output, kb_str_head(text, left));
	if (kb_buf_error(&x->output) < 0) {
		(void)ipxe_check(x, NULL);
	} else if (text.len > left) {
		ipxe_end(x, KB_IPXE_FAILED, "the script prints more than %d KiB",
			 IPXE_MAX_OUTPUT >> 10);
	}
}

void *ipxe_check(struct ipxe *x, void *p)
{
	if (!p && x->kept.used_bytes > IPXE_MAX_MEMORY / 2) {
		ipxe_end(x, KB_IPXE_FAILED, "the script keeps more than kboot has room for");
	} else if (!p) {
		x->is_out_of_memory = true;
		x->is_done = true;
	}
	return p;
}

void *ipxe_alloc(struct ipxe *x, size_t size)
{
	return ipxe_check(x, kb_arena_alloc(&x->kept, size));
}

const char *ipxe_keep(struct ipxe *x, const char *text)
{
	return ipxe_check(x, kb_arena_strdup(&x->kept, text));
}
