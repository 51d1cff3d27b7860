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
	[KB_FORMAT_REFIND] = "refind",     [KB_FORMAT_FILE] = "file",
	[KB_FORMAT_LUKS] = "luks",         [KB_FORMAT_ISO] = "iso",
	[KB_FORMAT_SESSION] = "session",
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

/* Left out of JSON where they are NULL. */
static const struct text_field optional[] = {
	{"subvolume", offsetof(struct kb_entry, subvolume)},
	{"hotkey", offsetof(struct kb_entry, hotkey)},
	{"remark", offsetof(struct kb_entry, remark)},
	{"unlock", offsetof(struct kb_entry, unlock)},
	{"sort_key", offsetof(struct kb_entry, sort_key)},
	{"machine_id", offsetof(struct kb_entry, machine_id)},
	{"version", offsetof(struct kb_entry, version)},
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

bool kb_is_hotkey(const char *text)
{
	return text[0] > ' ' && text[0] <= '~' && !text[1] && !strchr(KB_MENU_LETTERS, text[0]);
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

	if (r == 0) {
		r = text_fields_copy(arena, optional, KB_ARRAY_LEN(optional), from, &copy);
	}
	if (r < 0) {
		return r;
	}
	r = text_copy(arena, from->file, &copy.file);
	if (r == 0) {
		r = text_copy(arena, from->menu, &copy.menu);
	}
	if (r < 0) {
		return r;
	}
	r = copy_lists(arena, &copy);
	if (r < 0) {
		return r;
	}
	r = kb_writes_copy(arena, &from->writes, &copy.writes);
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

KB_PRINTF(4, 0)
static int add_problem(struct kb_arena *arena, struct kb_entry *entry, bool is_mistake,
		       const char *fmt, va_list args)
{
	KB_FREE char *text = NULL;
	const char *copy;

	if (entry->n_problems == KB_ENTRY_MAX_PROBLEMS) {
		return 0;
	}
	if (vasprintf(&text, fmt, args) < 0) {
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
	entry->mistakes |= (unsigned)is_mistake << entry->n_problems;
	entry->problems[entry->n_problems++] = copy;
	return 0;
}

int kb_entry_add_problem(struct kb_arena *arena, struct kb_entry *entry, const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = add_problem(arena, entry, false, fmt, args);
	va_end(args);
	return r;
}

int kb_entry_add_mistake(struct kb_arena *arena, struct kb_entry *entry, const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = add_problem(arena, entry, true, fmt, args);
	va_end(args);
	return r;
}

const char *kb_entry_display(const struct kb_entry *entry)
{
	if (entry->title) {
		return entry->title;
	}
	if (entry->label) {
		return entry->label;
	}
	return entry->kernel ? entry->kernel : "an entry without a name";
}

/* A pair of quotes keeps blanks together, also behind key. */
static void put_name(struct kb_buf *line, const char *key, const char *name)
{
	const char *quote = !strpbrk(name, " \t\"'") ? "" : strchr(name, '"') ? "'" : "\"";

	kb_buf_printf(line, "%s%s%s%s%s", line->len > 0 ? " " : "", key, quote, name, quote);
}

void kb_entry_put_line(const struct kb_entry *entry, struct kb_buf *line)
{
	if (!entry->kernel) {
		kb_buf_puts(line, entry->command ? entry->command : "");
		return;
	}
	put_name(line, "", entry->kernel);
	for (size_t i = 0; i < entry->n_initrd; i++) {
		put_name(line, "initrd=", entry->initrd[i]);
	}
	if (entry->dtb) {
		put_name(line, "dtb=", entry->dtb);
	}
	if (entry->args && entry->args[0]) {
		kb_buf_printf(line, " %s", entry->args);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool kb_entry_same_files(const struct kb_entry *a, const struct kb_entry *b)
{
	bool same = same_text(a->kernel, b->kernel) && a->n_initrd == b->n_initrd;

	for (size_t i = 0; same && i < a->n_initrd; i++) {
		same = same_text(a->initrd[i], b->initrd[i]);
	}
	return same;
}

static void put_known(struct kb_buf *json, const char *key, int64_t value, bool known)
{
	if (known) {
		kb_json_put_int(json, key, value);
	} else {
		kb_json_put_null(json, key);
	}
}

static void put_list(struct kb_buf *json, const char *key, const char *const *items, size_t n_items)
{
	kb_json_open(json, key, '[');
	for (size_t i = 0; i < n_items; i++) {
		kb_json_put_text(json, NULL, items[i]);
	}
	kb_json_close(json, ']');
}

/* In the order of the members in the manual page. */
void kb_entry_to_json(const struct kb_entry *entry, const char *key, struct kb_buf *json)
{
	kb_json_open(json, key, '{');
	text_fields_to_json(fields, KB_ARRAY_LEN(fields), entry, json);
	kb_json_open(json, "source", '{');
	kb_json_put_text(json, "format", kb_format_name(entry->format));
	kb_json_put_text(json, "file", entry->file);
	if (entry->menu) {
		kb_json_put_text(json, "menu", entry->menu);
	}
	put_known(json, "line", entry->line, entry->line > 0);
	kb_json_close(json, '}');
	if (entry->device) {
		kb_device_to_json(entry->device, "device", json);
	} else {
		kb_json_put_null(json, "device");
	}
	put_list(json, "initrd", entry->initrd, entry->n_initrd);
	kb_json_put_bool(json, "default", entry->is_default);
	kb_json_put_bool(json, "hidden", entry->hidden);
	if (entry->is_protected) {
		kb_json_put_bool(json, "protected", true);
	}
	if (entry->is_predicted) {
		kb_json_put_bool(json, "predicted", true);
	}
	put_list(json, "path", entry->path, entry->n_path);
	put_known(json, "tries_left", entry->tries_left, entry->tries_left >= 0);
	put_list(json, "problems", entry->problems, entry->n_problems);
	text_fields_known_to_json(optional, KB_ARRAY_LEN(optional), entry, json);
	if (entry->kernel_bytes > 0) {
		kb_json_put_int(json, "kernel_bytes", (int64_t)entry->kernel_bytes);
	}
	if (entry->writes.n > 0) {
		kb_writes_to_json(&entry->writes, "writes", json);
	}
	kb_json_close(json, '}');
}

static int list_from_json(const struct kb_json *array, size_t max, const char **items,
			  size_t *ret_n)
{
	size_t n = 0;

	if (array && array->type != KB_JSON_ARRAY) {
		return -EINVAL;
	}
	for (const struct kb_json *part = array ? array->parts : NULL; part; part = part->next) {
		if (n == max || part->type != KB_JSON_TEXT) {
			return -EINVAL;
		}
		items[n++] = part->text;
	}
	*ret_n = n;
	return 0;
}

static int int_from_json(const struct kb_json *object, const char *key, int otherwise,
			 int *ret_value)
{
	const struct kb_json *value = kb_json_get(object, key);

	if (value &&
	    (value->type != KB_JSON_INT || value->integer < 0 || value->integer > INT32_MAX)) {
		return -EINVAL;
	}
	*ret_value = value ? (int)value->integer : otherwise;
	return 0;
}

static int bool_from_json(const struct kb_json *object, const char *key, bool *ret_value)
{
	const struct kb_json *value = kb_json_get(object, key);

	*ret_value = value && value->is_true;
	return value && value->type != KB_JSON_BOOL ? -EINVAL : 0;
}

/* Without a source, somebody typed it. */
static int source_from_json(const struct kb_json *source, struct kb_entry *entry)
{
	int line = 0;
	int r;

	entry->format = KB_FORMAT_SESSION;
	if (!source) {
		return 0;
	}
	r = kb_format_from_name(kb_json_get_str(source, "format", ""), &entry->format);
	if (r == 0) {
		r = int_from_json(source, "line", 0, &line);
	}
	if (r < 0) {
		return r;
	}
	entry->line = (unsigned)line;
	r = text_from_json(source, "file", &entry->file);
	return r == 0 ? text_from_json(source, "menu", &entry->menu) : r;
}

static int device_from_json(struct kb_arena *arena, const struct kb_json *object,
			    const struct kb_device **ret_device)
{
	struct kb_device *device;

	if (!object) {
		*ret_device = NULL;
		return 0;
	}
	device = kb_arena_alloc(arena, sizeof(*device));
	if (!device) {
		return -ENOMEM;
	}
	*ret_device = device;
	return kb_device_from_json(object, device);
}

static int flags_from_json(const struct kb_json *object, struct kb_entry *entry)
{
	int r = bool_from_json(object, "default", &entry->is_default);

	if (r == 0) {
		r = bool_from_json(object, "hidden", &entry->hidden);
	}
	if (r == 0) {
		r = bool_from_json(object, "protected", &entry->is_protected);
	}
	if (r == 0) {
		r = bool_from_json(object, "predicted", &entry->is_predicted);
	}
	return r < 0 ? r : int_from_json(object, "tries_left", -1, &entry->tries_left);
}

int kb_entry_from_json(struct kb_arena *arena, const struct kb_json *object,
		       struct kb_entry *ret_entry)
{
	struct kb_entry entry = {0};
	int r;

	if (!kb_json_is(object, KB_JSON_OBJECT)) {
		return -EINVAL;
	}
	r = text_fields_from_json(fields, KB_ARRAY_LEN(fields), object, &entry);
	if (r == 0) {
		r = text_fields_from_json(optional, KB_ARRAY_LEN(optional), object, &entry);
	}
	if (r == 0) {
		r = source_from_json(kb_json_get(object, "source"), &entry);
	}
	if (r == 0) {
		r = device_from_json(arena, kb_json_get(object, "device"), &entry.device);
	}
	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(lists); i++) {
		r = list_from_json(kb_json_get(object, lists[i].key), lists[i].max,
				   list_items(&lists[i], &entry), list_count(&lists[i], &entry));
	}
	if (r == 0) {
		r = kb_writes_from_json(arena, kb_json_get(object, "writes"), &entry.writes);
	}
	if (r == 0) {
		r = flags_from_json(object, &entry);
	}
	if (r == 0) {
		entry.kernel_bytes = (uint64_t)kb_json_get_int(object, "kernel_bytes", 0);
		*ret_entry = entry;
	}
	return r;
}
