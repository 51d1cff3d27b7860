/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_text.h"

#include <errno.h>

#include <string.h>

bool name_next_component(struct kb_str *rest, struct kb_str *ret_component)
{
	while (rest->len > 0) {
		size_t len = kb_str_find(*rest, '/');
		struct kb_str component = kb_str_head(*rest, len);

		*rest = kb_str_skip(*rest, len + 1);
		if (component.len > 0 && !kb_str_eq(component, KB_STR("."))) {
			*ret_component = component;
			return true;
		}
	}
	return false;
}

char *name_normalise(struct kb_arena *arena, bool absolute, struct kb_str path)
{
	char *text = kb_arena_alloc(arena, path.len + 2);
	size_t len = 0;
	struct kb_str component;
	bool first = true;

	if (!text) {
		return NULL;
	}
	if (absolute) {
		text[len++] = '/';
	}
	while (name_next_component(&path, &component)) {
		if (!first) {
			text[len++] = '/';
		}
		memcpy(text + len, component.data, component.len);
		len += component.len;
		first = false;
	}
	return text;
}

bool name_has_odd_component(struct kb_str place)
{
	while (true) {
		size_t len = kb_str_find(place, '/');
		struct kb_str component = kb_str_head(place, len);

		if (component.len == 0 || kb_str_eq(component, KB_STR(".")) ||
		    kb_str_eq(component, KB_STR(".."))) {
			return true;
		}
		if (len == place.len) {
			return false;
		}
		place = kb_str_skip(place, len + 1);
	}
}

int name_fill(struct kb_arena *arena, enum kb_name_kind kind, struct kb_str place, const char *path,
	      struct kb_name *ret_name, struct kb_error *err)
{
	struct kb_name name = {.kind = kind, .path = path};

	if (place.len > 0) {
		name.place = kb_arena_str(arena, place);
	}
	if (!path || (place.len > 0 && !name.place)) {
		return kb_error_no_memory(err);
	}
	*ret_name = name;
	return 0;
}
