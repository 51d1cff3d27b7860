/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "variables.h"

#include <errno.h>

static size_t bucket(struct kb_str name)
{
	uint32_t hash = 0x811c9dc5; /* FNV-1a */

	for (size_t i = 0; i < name.len; i++) {
		hash = (hash ^ (unsigned char)name.data[i]) * 0x01000193;
	}
	return hash % GRUB_VARIABLE_BUCKETS;
}

static void context_done(struct grub_context *context)
{
	for (size_t i = 0; i < GRUB_VARIABLE_BUCKETS; i++) {
		while (context->buckets[i]) {
			struct grub_variable *next = context->buckets[i]->next;

			free(context->buckets[i]->value);
			free(context->buckets[i]);
			context->buckets[i] = next;
		}
	}
	context->used_bytes = 0;
}

void grub_contexts_done(struct grub_context **context, struct grub_context *outer)
{
	while (*context != outer) {
		struct grub_context *next = (*context)->outer;

		context_done(*context);
		*context = next;
	}
}

static struct grub_variable *find_here(const struct grub_context *context, struct kb_str name)
{
	struct grub_variable *variable = context->buckets[bucket(name)];

	while (variable && !kb_str_eq(kb_str_from(variable->name), name)) {
		variable = variable->next;
	}
	return variable;
}

const struct grub_variable *grub_variable_find(const struct grub_context *context,
					       struct kb_str name)
{
	bool only_exported = false;

	for (; context; context = context->outer) {
		const struct grub_variable *variable = find_here(context, name);

		if (variable) {
			return variable->value && (!only_exported || variable->exported) ? variable
											 : NULL;
		}
		only_exported = only_exported || context->only_exported;
	}
	return NULL;
}

const char *grub_variable_get(const struct grub_context *context, struct kb_str name)
{
	const struct grub_variable *variable = grub_variable_find(context, name);

	return variable ? variable->value : NULL;
}

/* The one of this context, made where it was not there: -ENOMEM, -E2BIG. */
static int own(struct grub_context *context, struct kb_str name, struct grub_variable **ret)
{
	struct grub_variable *variable = find_here(context, name);
	struct grub_variable **head = &context->buckets[bucket(name)];

	if (!variable) {
		const struct grub_variable *outer = grub_variable_find(context, name);
		size_t bytes = sizeof(*variable) + name.len + 1;

		if (context->used_bytes + bytes > GRUB_VARIABLES_BYTES) {
			return -E2BIG;
		}
		variable = calloc(1, bytes);
		if (!variable) {
			return -ENOMEM;
		}
		memcpy(variable->name, name.data, name.len);
		variable->exported = outer && outer->exported;
		variable->next = *head;
		*head = variable;
		context->used_bytes += bytes;
	}
	*ret = variable;
	return 0;
}

/* "(hd0,1)" as root is "hd0,1". */
static bool loses_parentheses(struct kb_str name, struct kb_str value)
{
	return kb_str_eq(name, KB_STR("root")) && kb_str_starts(value, KB_STR("(")) &&
	       kb_str_ends(value, KB_STR(")"));
}

int grub_variable_set(struct grub_context *context, struct kb_str name, const char *value,
		      struct kb_position at)
{
	size_t len = strlen(value);
	struct grub_variable *variable;
	char *copy;
	int r = own(context, name, &variable);

	if (r < 0) {
		return r;
	}
	if (loses_parentheses(name, kb_str_of(value, len))) {
		value++;
		len -= 2;
	}
	if (context->used_bytes + len > GRUB_VARIABLES_BYTES) {
		return -E2BIG;
	}
	copy = strndup(value, len);
	if (!copy) {
		return -ENOMEM;
	}
	context->used_bytes += len;
	context->used_bytes -= variable->value ? strlen(variable->value) : 0;
	free(variable->value);
	variable->value = copy;
	variable->at = at;
	return 0;
}

int grub_variable_unset(struct grub_context *context, struct kb_str name)
{
	struct grub_variable *variable;
	int r = own(context, name, &variable);

	if (r < 0) {
		return r;
	}
	context->used_bytes -= variable->value ? strlen(variable->value) : 0;
	free(variable->value);
	variable->value = NULL;
	variable->exported = false;
	return 0;
}

int grub_variable_export(struct grub_context *context, struct kb_str name)
{
	const struct grub_variable *set = grub_variable_find(context, name);
	int r = grub_variable_set(context, name, set ? set->value : "",
				  set ? set->at : (struct kb_position){0});

	if (r == 0) {
		find_here(context, name)->exported = true;
	}
	return r;
}

/* --- all of them */

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct grub_variable *const *)a)->name,
		      (*(const struct grub_variable *const *)b)->name);
}

static size_t count(const struct grub_context *context, const struct grub_variable **ret_list)
{
	size_t n = 0;

	for (const struct grub_context *c = context; c; c = c->outer) {
		for (size_t i = 0; i < GRUB_VARIABLE_BUCKETS; i++) {
			for (const struct grub_variable *v = c->buckets[i]; v; v = v->next) {
				/* Not one that an inner context hides. */
				if (grub_variable_find(context, kb_str_from(v->name)) != v) {
					continue;
				}
				if (ret_list) {
					ret_list[n] = v;
				}
				n++;
			}
		}
	}
	return n;
}

int grub_variables_each(const struct grub_context *context,
			int (*fn)(void *ctx, const struct grub_variable *variable), void *ctx)
{
	size_t n = count(context, NULL);
	KB_FREE const struct grub_variable **list =
		calloc(n ? n : 1, sizeof(struct grub_variable *));
	int r = 0;

	if (!list) {
		return -ENOMEM;
	}
	(void)count(context, list);
	qsort(list, n, sizeof(struct grub_variable *), by_name);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = fn(ctx, list[i]);
	}
	return r;
}
