/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expand.h"

#include <errno.h>

#include "script.h"

/* The innermost "${name}" that is closed first, as offsets of its '$' and behind its '}'. */
static bool find_innermost(struct kb_str text, size_t *ret_start, size_t *ret_end)
{
	bool is_open = false;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '$' && i + 1 < text.len && text.data[i + 1] == '{') {
			*ret_start = i;
			is_open = true;
		} else if (is_open && text.data[i] == '}') {
			*ret_end = i + 1;
			return true;
		}
	}
	return false;
}

static void put_setting(const struct ipxe *x, struct kb_str name, struct kb_buf *to)
{
	if (kb_str_eq(name, KB_STR("errno"))) {
		kb_buf_printf(to, "0x%x", (unsigned)x->error);
	} else if (kb_str_eq(name, KB_STR("cwuri"))) {
		kb_buf_puts(to, x->frame->script->url);
	} else {
		(void)ipxe_settings_get(&x->settings, name, to);
	}
}

/* What an expansion gives is looked at again, from its start. */
char *ipxe_expand(struct ipxe *x, struct kb_arena *arena, struct kb_str word)
{
	char *text = kb_arena_str(arena, word);
	size_t start = 0;
	size_t end = 0;

	while (text && find_innermost(kb_str_from(text), &start, &end)) {
		KB_BUF struct kb_buf next = {.max_bytes = IPXE_MAX_WORD};

		kb_buf_append(&next, text, start);
		put_setting(x, kb_str_of(text + start + 2, end - start - 3), &next);
		kb_buf_puts(&next, text + end);
		if (kb_buf_error(&next) < 0 && kb_buf_error(&next) != -ENOMEM) {
			ipxe_end(x, KB_IPXE_FAILED, "a word becomes larger than %d KiB",
				 IPXE_MAX_WORD >> 10);
			return NULL;
		}
		if (!ipxe_spend(x, 1 + next.len / 256 + x->settings.n / 64)) {
			return NULL;
		}
		text = kb_buf_error(&next) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&next));
	}
	return ipxe_check(x, text);
}

const char *ipxe_join_words(struct ipxe *x, const struct ipxe_words *args, size_t first)
{
	KB_BUF struct kb_buf text = {0};

	for (size_t i = first; i < args->n; i++) {
		kb_buf_puts(&text, i > first ? " " : "");
		kb_buf_puts(&text, args->words[i]);
	}
	return ipxe_check(x, kb_buf_error(&text) < 0
				     ? NULL
				     : kb_arena_str(args->arena, kb_buf_view(&text)));
}
