/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/entry.h"

#include <errno.h>

#include "text_field.h"

static const char *const format_names[KB_N_FORMATS] = {
	[KB_FORMAT_KBOOT] = "kboot",       [KB_FORMAT_GRUB] = "grub",
	[KB_FORMAT_BLS] = "bls",           [KB_FORMAT_UKI] = "uki",
	[KB_FORMAT_EXTLINUX] = "extlinux", [KB_FORMAT_PXELINUX] = "pxelinux",
	[KB_FORMAT_IPXE] = "ipxe",         [KB_FORMAT_YABOOT] = "yaboot",
	[KB_FORMAT_LILO] = "lilo",         [KB_FORMAT_PETITBOOT] = "petitboot",
	[KB_FORMAT_FILE] = "file",         [KB_FORMAT_SESSION] = "session",
};

/* `file` lives in the object "source". */
static const struct text_field fields[] = {
	{"id", offsetof(struct kb_entry, id)},
	{"label", offsetof(struct kb_entry, label)},
	{"title", offsetof(struct kb_entry, title)},
	{"kernel", offsetof(struct kb_entry, kernel)},
	{"dtb", offsetof(struct kb_entry, dtb)},
	{"args", offsetof(struct kb_entry, args)},
	{"root", offsetof(struct kb_entry, root)},
	{"command", offsetof(struct kb_entry, command)},
};

/* The members that are lists of text, with their caps. */
static const struct list_field {
	const char *key;
	size_t offset;   /* of a const char *[max] */
	size_t n_offset; /* of its size_t */
	size_t max;
} lists[] = {
	{"initrd", offsetof(struct kb_entry, initrd), offsetof(struct kb_entry, n_initrd),
	 KB_ENTRY_MAX_INITRDS},
	{"path", offsetof(struct kb_entry, path), offsetof(struct kb_entry, n_path),
	 KB_ENTRY_MAX_PATH},
	{"problems", offsetof(struct kb_entry, problems), offsetof(struct kb_entry, n_problems),
	 KB_ENTRY_MAX_PROBLEMS},
};

static const char **list_items(const struct list_field *field, struct kb_entry *entry)
{
	return (const char **)((char *)entry + field->offset);
}

static size_t *list_count(const struct list_field *field, struct kb_entry *entry)
{
	return (size_t *)((char *)entry + field->n_offset);
}

const char *kb_format_name(enum kb_format format)
{
	return format_names[format];
}

int kb_format_from_name(const char *name, enum kb_format *ret_format)
{
	for (size_t i = 0; i < KB_N_FORMATS; i++) {
		if (strcmp(format_names[i], name) == 0) {
			*ret_format = (enum kb_format)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int copy_device(struct kb_arena *arena, const struct kb_device *from,
		       const struct kb_device **ret_device)
{
	struct kb_device *device;
	int r;

	if (!from) {
		*ret_device = NULL;
		return 0;
	}
	device = kb_arena_alloc(arena, sizeof(*device));
	if (!device) {
		return -ENOMEM;
	}
	r = kb_device_copy(arena, from, device);
	if (r < 0) {
		return r;
	}
	*ret_device = device;
	return 0;
}

static int copy_lists(struct kb_arena *arena, struct kb_entry *entry)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(lists); i++) {
		const char **items = list_items(&lists[i], entry);

		for (size_t j = 0; j < *list_count(&lists[i], entry); j++) {
			int r = text_copy(arena, items[j], &items[j]);

			if (r < 0) {
				return r;
			}
		}
	}
	return 0;
}

int kb_entry_copy(struct kb_arena *arena, const struct kb_entry *from, struct kb_entry *ret_entry)
{
	struct kb_entry copy = *from;
	int r = text_fields_copy(arena, fields, KB_ARRAY_LEN(fields), from, &copy);

	if (r < 0) {
		return r;
	}
	r = text_copy(arena, from->file, &copy.file);
	if (r < 0) {
		return r;
	}
	r = copy_lists(arena, &copy);
	if (r < 0) {
		return r;
	}
	r = copy_device(arena, from->device, &copy.device);
	if (r < 0) {
		return r;
	}
	*ret_entry = copy;
	return 0;
}

int kb_entry_add_problem(struct kb_arena *arena, struct kb_entry *entry, const char *fmt, ...)
{
	KB_FREE char *text = NULL;
	const char *copy;
	va_list args;
	int len;

	if (entry->n_problems == KB_ENTRY_MAX_PROBLEMS) {
		return 0;
	}
	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0) {
		text = NULL; /* unspecified after a failure */
		return -ENOMEM;
	}
	for (size_t i = 0; i < entry->n_problems; i++) {
		if (strcmp(entry->problems[i], text) == 0) {
			return 0;
		}
	}
	copy = kb_arena_strdup(arena, text);
	if (!copy) {
		return -ENOMEM;
	}
	entry->problems[entry->n_problems++] = copy;
	return 0;
}

static json_t *number_or_null(int64_t value, bool known)
{
	return known ? json_integer(value) : json_null();
}

static json_t *source_to_json(const struct kb_entry *entry)
{
	KB_JSON json_t *object = json_object();

	if (!object ||
	    kb_json_set(object, "format", json_string(kb_format_name(entry->format))) < 0 ||
	    kb_json_set(object, "file", kb_json_text(entry->file)) < 0 ||
	    kb_json_set(object, "line", number_or_null(entry->line, entry->line > 0)) < 0) {
		return NULL;
	}
	return kb_steal_ptr(&object);
}

static json_t *device_to_json(const struct kb_device *device)
{
	json_t *object;

	if (!device) {
		return json_null();
	}
	return kb_device_to_json(device, &object) < 0 ? NULL : object;
}

static json_t *list_to_json(const char *const *items, size_t n_items)
{
	KB_JSON json_t *array = json_array();

	if (!array) {
		return NULL;
	}
	for (size_t i = 0; i < n_items; i++) {
		if (json_array_append_new(array, kb_json_text(items[i])) < 0) {
			return NULL;
		}
	}
	return kb_steal_ptr(&array);
}

/* In the order of the members in the manual page; the first -ENOMEM ends it. */
int kb_entry_to_json(const struct kb_entry *entry, json_t **ret_object)
{
	KB_JSON json_t *object = json_object();

	if (!object || text_fields_to_json(fields, KB_ARRAY_LEN(fields), entry, object) < 0 ||
	    kb_json_set(object, "source", source_to_json(entry)) < 0 ||
	    kb_json_set(object, "device", device_to_json(entry->device)) < 0 ||
	    kb_json_set(object, "initrd", list_to_json(entry->initrd, entry->n_initrd)) < 0 ||
	    kb_json_set(object, "default", json_boolean(entry->is_default)) < 0 ||
	    kb_json_set(object, "hidden", json_boolean(entry->hidden)) < 0 ||
	    kb_json_set(object, "path", list_to_json(entry->path, entry->n_path)) < 0 ||
	    kb_json_set(object, "tries_left",
			number_or_null(entry->tries_left, entry->tries_left >= 0)) < 0 ||
	    kb_json_set(object, "problems", list_to_json(entry->problems, entry->n_problems)) < 0) {
		return -ENOMEM;
	}
	*ret_object = kb_steal_ptr(&object);
	return 0;
}

static int list_from_json(struct kb_arena *arena, const json_t *array, size_t max,
			  const char **items, size_t *ret_n)
{
	size_t n = json_array_size(array);

	if (!array || json_is_null(array)) {
		*ret_n = 0;
		return 0;
	}
	if (!json_is_array(array) || n > max) {
		return -EINVAL;
	}
	for (size_t i = 0; i < n; i++) {
		int r = text_from_json(arena, json_array_get(array, i), &items[i]);

		if (r < 0) {
			return r;
		}
		if (!items[i]) {
			return -EINVAL;
		}
	}
	*ret_n = n;
	return 0;
}

static int int_from_json(const json_t *object, const char *key, int otherwise, int *ret_value)
{
	const json_t *value = json_object_get(object, key);
	json_int_t number = json_integer_value(value);

	if (!value || json_is_null(value)) {
		*ret_value = otherwise;
		return 0;
	}
	if (!json_is_integer(value) || number < 0 || number > INT32_MAX) {
		return -EINVAL;
	}
	*ret_value = (int)number;
	return 0;
}

static int bool_from_json(const json_t *object, const char *key, bool *ret_value)
{
	const json_t *value = json_object_get(object, key);

	if (value && !json_is_null(value) && !json_is_boolean(value)) {
		return -EINVAL;
	}
	*ret_value = json_is_true(value);
	return 0;
}

/* Without a source, somebody typed it. */
static int source_from_json(struct kb_arena *arena, const json_t *source, struct kb_entry *entry)
{
	const char *format;
	int line;
	int r;

	entry->format = KB_FORMAT_SESSION;
	if (!source || json_is_null(source)) {
		return 0;
	}
	if (!json_is_object(source)) {
		return -EINVAL;
	}
	format = json_string_value(json_object_get(source, "format"));
	r = format ? kb_format_from_name(format, &entry->format) : -EINVAL;
	if (r < 0) {
		return r;
	}
	r = int_from_json(source, "line", 0, &line);
	if (r < 0) {
		return r;
	}
	entry->line = (unsigned)line;
	return text_from_json(arena, json_object_get(source, "file"), &entry->file);
}

static int device_from_json(struct kb_arena *arena, const json_t *object,
			    const struct kb_device **ret_device)
{
	struct kb_device *device;
	int r;

	if (!object || json_is_null(object)) {
		*ret_device = NULL;
		return 0;
	}
	device = kb_arena_alloc(arena, sizeof(*device));
	if (!device) {
		return -ENOMEM;
	}
	r = kb_device_from_json(arena, object, device);
	if (r < 0) {
		return r;
	}
	*ret_device = device;
	return 0;
}

static int flags_from_json(const json_t *object, struct kb_entry *entry)
{
	int r = bool_from_json(object, "default", &entry->is_default);

	if (r < 0) {
		return r;
	}
	r = bool_from_json(object, "hidden", &entry->hidden);
	if (r < 0) {
		return r;
	}
	return int_from_json(object, "tries_left", -1, &entry->tries_left);
}

int kb_entry_from_json(struct kb_arena *arena, const json_t *object, struct kb_entry *ret_entry)
{
	struct kb_entry entry = {0};
	int r;

	if (!json_is_object(object)) {
		return -EINVAL;
	}
	r = text_fields_from_json(arena, fields, KB_ARRAY_LEN(fields), object, &entry);
	if (r < 0) {
		return r;
	}
	r = source_from_json(arena, json_object_get(object, "source"), &entry);
	if (r < 0) {
		return r;
	}
	r = device_from_json(arena, json_object_get(object, "device"), &entry.device);
	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(lists); i++) {
		r = list_from_json(arena, json_object_get(object, lists[i].key), lists[i].max,
				   list_items(&lists[i], &entry), list_count(&lists[i], &entry));
		if (r < 0) {
			return r;
		}
	}
	r = flags_from_json(object, &entry);
	if (r < 0) {
		return r;
	}
	*ret_entry = entry;
	return 0;
}
