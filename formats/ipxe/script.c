/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include <errno.h>

#include "kboot/formats/ipxe.h"

bool kb_ipxe_is_script(struct kb_str text)
{
	static const struct kb_str magics[] = {{"#!ipxe", 6}, {"#!gpxe", 6}};

	for (size_t i = 0; i < KB_ARRAY_LEN(magics); i++) {
		if (kb_str_starts(text, magics[i]) && text.len > magics[i].len &&
		    kb_is_blank(text.data[magics[i].len])) {
			return true;
		}
	}
	return false;
}

/* One line of the file, without its ending; *ret_goes_on: another one belongs to it. */
static bool next_part(struct kb_str *rest, struct kb_str *ret_part, bool *ret_goes_on)
{
	struct kb_str part;

	if (!kb_str_next_line(rest, &part)) {
		return false;
	}
	if (part.len > 0 && part.data[part.len - 1] == '\r') {
		part.len--;
	}
	*ret_goes_on = part.len > 0 && part.data[part.len - 1] == '\\';
	part.len -= *ret_goes_on;
	*ret_part = part;
	return true;
}

/* What belongs to a line from *rest on; *ret_parts: how many lines of the file that is. */
static int next_line(struct kb_arena *arena, struct kb_str *rest, struct kb_str *ret_text,
		     unsigned *ret_parts, bool *ret_goes_on)
{
	KB_BUF struct kb_buf joined = {0};
	struct kb_str part = {0};

	*ret_parts = 0;
	*ret_goes_on = true;
	while (*ret_goes_on && next_part(rest, &part, ret_goes_on)) {
		if (*ret_parts == 0 && !*ret_goes_on) {
			*ret_parts = 1;
			*ret_text = part;
			return 0;
		}
		++*ret_parts;
		kb_buf_str(&joined, part);
	}
	ret_text->len = joined.len;
	ret_text->data = kb_arena_str(arena, kb_buf_view(&joined));
	return !ret_text->data || kb_buf_error(&joined) < 0 ? -ENOMEM : 0;
}

static void split_label(struct kb_str text, struct ipxe_line *line)
{
	const char *start = text.data;
	size_t n = 0;

	while (n < text.len && kb_is_blank(text.data[n])) {
		n++;
	}
	text = kb_str_skip(text, n);
	if (text.len > 0 && text.data[0] == ':') {
		text = kb_str_skip(text, 1);
		for (n = 0; n < text.len && !kb_is_blank(text.data[n]);) {
			n++;
		}
		line->label = kb_str_head(text, n);
		text = kb_str_skip(text, n);
	}
	line->command = text;
	line->column = (unsigned)(text.data - start) + 1;
}

static size_t count_lines(struct kb_str text)
{
	struct kb_str line;
	size_t n = 0;

	while (kb_str_next_line(&text, &line)) {
		n++;
	}
	return n;
}

int ipxe_script_parse(struct kb_arena *arena, const char *url, struct kb_str text,
		      const struct ipxe_script **ret_script)
{
	struct ipxe_script *script = kb_arena_alloc(arena, sizeof(*script));
	struct kb_str whole = {0};
	size_t n = count_lines(text);
	unsigned number = 1;
	int r = 0;

	if (text.len > IPXE_MAX_SCRIPT || n > IPXE_MAX_LINES) {
		return -EFBIG;
	}
	if (!script) {
		return -ENOMEM;
	}
	script->url = url;
	script->lines = kb_arena_array(arena, n + 1, sizeof(*script->lines));
	while (script->lines && r == 0 && text.len > 0) {
		struct ipxe_line *line = &script->lines[script->n_lines];
		unsigned parts;

		r = next_line(arena, &text, &whole, &parts, &line->is_cut);
		if (r == 0) {
			line->number = number;
			number += parts;
			split_label(kb_str_head(whole, kb_str_find(whole, '\0')), line);
			script->n_lines++;
		}
	}
	*ret_script = script;
	return script->lines ? r : -ENOMEM;
}

size_t ipxe_script_find(const struct ipxe_script *script, const char *label)
{
	size_t i = 0;

	while (i < script->n_lines && !(script->lines[i].label.data &&
					kb_str_eq(script->lines[i].label, kb_str_from(label)))) {
		i++;
	}
	return i;
}
