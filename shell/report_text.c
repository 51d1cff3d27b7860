/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_text.h"

#include "kboot/base/escape.h"

static void put_title(struct kb_report_text *r, const char *title)
{
	kb_buf_puts(&r->text, "\n== ");
	kb_escape_printf(&r->text, "%s", title);
}

/* Cut where a line ends. */
static struct kb_str cut(struct kb_str raw, size_t max, bool keep_end, const char **ret_remark)
{
	size_t at;

	*ret_remark = NULL;
	if (raw.len <= max) {
		return raw;
	}
	*ret_remark = keep_end ? "(the beginning is left out)\n" : "(the rest is left out)\n";
	if (!keep_end) {
		raw = kb_str_head(raw, max);
		for (at = raw.len; at > 0 && raw.data[at - 1] != '\n'; at--) {
		}
		return kb_str_head(raw, at > 0 ? at : raw.len);
	}
	raw = kb_str_skip(raw, raw.len - max);
	at = kb_str_find(raw, '\n');
	return at < raw.len ? kb_str_skip(raw, at + 1) : raw;
}

/* As a line of a terminal; tabs stay, as configurations are full of them. */
static void put_harmless(struct kb_buf *to, struct kb_str text)
{
	while (text.len > 0) {
		size_t tab = kb_str_find(text, '\t');

		kb_escape_lines(to, kb_str_head(text, tab));
		kb_buf_puts(to, tab < text.len ? "\t" : "");
		text = kb_str_skip(text, tab + 1);
	}
}

void kb_report_put(struct kb_report_text *r, const char *title, struct kb_str raw,
		   enum kb_secrets_kind kind, bool keep_end)
{
	KB_BUF struct kb_buf hidden = {0};
	const char *remark;
	struct kb_str kept = cut(raw, KB_REPORT_SECTION_BYTES, keep_end, &remark);

	kb_secrets_hide(&hidden, kept, kind);
	if (r->text.len + hidden.len > KB_REPORT_BYTES) {
		kb_report_why_not(r, title, "the report is long enough without it");
		return;
	}
	put_title(r, title);
	if (kb_buf_error(&hidden) < 0) {
		kb_buf_puts(&r->text, "(out of memory)\n");
		return;
	}
	kb_buf_puts(&r->text, remark && keep_end ? remark : "");
	put_harmless(&r->text, kb_buf_view(&hidden));
	kb_buf_puts(&r->text, remark && !keep_end ? remark : "");
	kb_buf_puts(&r->text, hidden.len == 0 ? "(nothing)\n" : "");
}

void kb_report_why_not(struct kb_report_text *r, const char *title, const char *why)
{
	put_title(r, title);
	kb_buf_puts(&r->text, "(");
	kb_escape(&r->text, kb_str_from(why));
	kb_buf_puts(&r->text, ")\n");
}
