/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/write.h"

#include <errno.h>

#include "text_field.h"

static const char *const kind_names[KB_N_WRITES] = {
	[KB_WRITE_VARIABLE] = "variable",
	[KB_WRITE_TRY] = "try",
	[KB_WRITE_FIRMWARE] = "firmware",
};

static const struct text_field fields[] = {
	{"file", offsetof(struct kb_write, file)},
	{"name", offsetof(struct kb_write, name)},
	{"value", offsetof(struct kb_write, value)},
};

static int make(struct kb_arena *arena, size_t n, struct kb_writes *ret_writes)
{
	*ret_writes = (struct kb_writes){0};
	if (n == 0) {
		return 0;
	}
	ret_writes->items = kb_arena_array(arena, n, sizeof(*ret_writes->items));
	ret_writes->n = ret_writes->items ? n : 0;
	return ret_writes->items ? 0 : -ENOMEM;
}

int kb_writes_copy(struct kb_arena *arena, const struct kb_writes *from,
		   struct kb_writes *ret_writes)
{
	struct kb_writes copy;
	int r = make(arena, from->n, &copy);

	for (size_t i = 0; r == 0 && i < copy.n; i++) {
		copy.items[i].kind = from->items[i].kind;
		r = text_fields_copy(arena, fields, KB_ARRAY_LEN(fields), &from->items[i],
				     &copy.items[i]);
	}
	if (r == 0) {
		*ret_writes = copy;
	}
	return r;
}

void kb_write_put_text(const struct kb_write *write, struct kb_buf *text)
{
	if (write->kind == KB_WRITE_TRY) {
		kb_buf_printf(text, "one try less in the name of %s", write->file);
	} else if (write->kind == KB_WRITE_FIRMWARE && write->value) {
		kb_buf_printf(text, "the EFI variable %s=%s", write->file, write->value);
	} else if (write->kind == KB_WRITE_FIRMWARE) {
		kb_buf_printf(text, "no EFI variable %s", write->file);
	} else if (write->value) {
		kb_buf_printf(text, "%s=%s in %s", write->name, write->value, write->file);
	} else {
		kb_buf_printf(text, "no %s in %s", write->name, write->file);
	}
}

void kb_writes_to_json(const struct kb_writes *writes, const char *key, struct kb_buf *json)
{
	kb_json_open(json, key, '[');
	for (size_t i = 0; i < writes->n; i++) {
		kb_json_open(json, NULL, '{');
		kb_json_put_text(json, "kind", kind_names[writes->items[i].kind]);
		text_fields_to_json(fields, KB_ARRAY_LEN(fields), &writes->items[i], json);
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
}

static int from_json(const struct kb_json *object, struct kb_write *ret_write)
{
	const char *kind = kb_json_get_str(object, "kind", "");
	int r;

	if (!kb_json_is(object, KB_JSON_OBJECT)) {
		return -EINVAL;
	}
	r = text_fields_from_json(fields, KB_ARRAY_LEN(fields), object, ret_write);
	for (size_t i = 0; r == 0 && i < KB_N_WRITES; i++) {
		if (strcmp(kind, kind_names[i]) == 0) {
			ret_write->kind = (enum kb_write_kind)i;
			return ret_write->file && (i != KB_WRITE_VARIABLE || ret_write->name)
				       ? 0
				       : -EINVAL;
		}
	}
	return r < 0 ? r : -EINVAL;
}

int kb_writes_from_json(struct kb_arena *arena, const struct kb_json *array,
			struct kb_writes *ret_writes)
{
	struct kb_writes writes;
	size_t n = 0;
	int r;

	if (array && array->type != KB_JSON_ARRAY) {
		return -EINVAL;
	}
	for (const struct kb_json *part = array ? array->parts : NULL; part; part = part->next) {
		n++;
	}
	r = n > KB_ENTRY_MAX_WRITES ? -EINVAL : make(arena, n, &writes);
	n = 0;
	for (const struct kb_json *part = array && r == 0 ? array->parts : NULL; part && r == 0;
	     part = part->next) {
		r = from_json(part, &writes.items[n++]);
	}
	if (r == 0) {
		*ret_writes = writes;
	}
	return r;
}
