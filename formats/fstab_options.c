/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fstab_fields.h"

enum { MAX_VALUE = 32 };

enum value {
	NONE = 1,   /* the word alone */
	NUMBER = 2, /* decimal, octal or hexadecimal */
	WORD = 4,   /* one of words, or, without these, a plain word */
};

struct allowed {
	const char *name;
	unsigned values;
	const char *types; /* that have it */
	const char *words;
};

#define BOOLEANS "0 1 no yes false true"
#define PROTOS   "tcp udp tcp6 udp6"

/*
 * What may be handed to the kernel on the word of somebody's disk: it says how names, owners and
 * addresses are to be read, and nothing of it writes, keeps from giving up, or names another
 * device. How a journal is left alone is not for fstab to say.
 */
static const struct allowed allowed[] = {
	{"subvolid", NUMBER, "btrfs", NULL},
	{"degraded", NONE, "btrfs", NULL},
	{"uid", NUMBER, "vfat exfat ntfs iso9660 udf hfsplus jfs", NULL},
	{"gid", NUMBER, "vfat exfat ntfs iso9660 udf hfsplus jfs", NULL},
	{"umask", NUMBER, "vfat exfat ntfs udf hfsplus jfs", NULL},
	{"fmask", NUMBER, "vfat exfat ntfs", NULL},
	{"dmask", NUMBER, "vfat exfat ntfs", NULL},
	{"mode", NUMBER, "iso9660 udf", NULL},
	{"dmode", NUMBER, "iso9660 udf", NULL},
	{"iocharset", WORD, "vfat exfat ntfs iso9660 udf jfs", NULL},
	{"nls", WORD, "ntfs hfsplus", NULL},
	{"codepage", NUMBER, "vfat", NULL},
	{"utf8", NONE | WORD, "vfat", BOOLEANS},
	{"utf8", NONE, "iso9660 udf", NULL},
	{"shortname", WORD, "vfat", "lower win95 winnt mixed"},
	{"norock", NONE, "iso9660", NULL},
	{"nojoliet", NONE, "iso9660", NULL},
	{"vers", WORD, "nfs nfs4", "3 4 4.0 4.1 4.2"},
	{"nfsvers", WORD, "nfs nfs4", "3 4 4.0 4.1 4.2"},
	{"v3", NONE, "nfs", NULL},
	{"v4", NONE, "nfs nfs4", NULL},
	{"v4.0", NONE, "nfs nfs4", NULL},
	{"v4.1", NONE, "nfs nfs4", NULL},
	{"v4.2", NONE, "nfs nfs4", NULL},
	{"minorversion", WORD, "nfs nfs4", "0 1 2"},
	{"port", NUMBER, "nfs nfs4", NULL},
	{"proto", WORD, "nfs nfs4", PROTOS},
	{"tcp", NONE, "nfs nfs4", NULL},
	{"udp", NONE, "nfs", NULL},
	{"mountport", NUMBER, "nfs", NULL},
	{"mountproto", WORD, "nfs", PROTOS},
	{"mountvers", WORD, "nfs", "1 2 3"},
	{"timeo", NUMBER, "nfs nfs4", NULL},
	{"retrans", NUMBER, "nfs nfs4", NULL},
	{"soft", NONE, "nfs nfs4", NULL},
	{"softerr", NONE, "nfs nfs4", NULL},
	{"rsize", NUMBER, "nfs nfs4", NULL},
	{"wsize", NUMBER, "nfs nfs4", NULL},
	{"resvport", NONE, "nfs nfs4", NULL},
	{"noresvport", NONE, "nfs nfs4", NULL},
	{"sec", WORD, "nfs nfs4", "sys"},
};

/* A comma between double quotes does not end an option, as libmount has it. */
static bool next_option(struct kb_str *rest, struct kb_str *ret_option)
{
	size_t end = 0;

	if (rest->len == 0) {
		return false;
	}
	while (end < rest->len && rest->data[end] != ',') {
		size_t quoted = 0;

		if (rest->data[end] == '"') {
			struct kb_str inside = kb_str_skip(*rest, end + 1);

			quoted = kb_str_find(inside, '"');
			quoted = quoted < inside.len ? quoted + 1 : 0;
		}
		end += quoted + 1;
	}
	*ret_option = kb_str_head(*rest, end);
	*rest = kb_str_skip(*rest, end + 1);
	return true;
}

static struct kb_str name_of(struct kb_str option)
{
	return kb_str_head(option, kb_str_find(option, '='));
}

static struct kb_str value_of(struct kb_str option)
{
	struct kb_str value = kb_str_skip(option, kb_str_find(option, '=') + 1);

	if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"') {
		value = kb_str_of(value.data + 1, value.len - 2);
	}
	return value;
}

bool fstab_option(const char *options, struct kb_str name, struct kb_str *ret_value)
{
	struct kb_str rest = kb_str_from(options);
	struct kb_str option;
	bool found = false;

	while (next_option(&rest, &option)) {
		if (kb_str_eq(name_of(option), name)) {
			found = true;
			*ret_value = value_of(option);
		}
	}
	return found;
}

bool fstab_is_among(struct kb_str word, const char *words)
{
	struct kb_str rest = kb_str_from(words);
	struct kb_str one;

	while (kb_str_next_word(&rest, &one)) {
		if (kb_str_eq(one, word)) {
			return true;
		}
	}
	return false;
}

bool fstab_type_is_among(const char *type, const char *words)
{
	struct kb_str rest = kb_str_from(type);
	struct kb_str one;

	while (next_option(&rest, &one)) {
		if (fstab_is_among(one, words)) {
			return true;
		}
	}
	return false;
}

/* Of a type that is not known yet every filesystem's options may be meant, but not the network's.
 */
static bool fits(const struct allowed *row, const char *type)
{
	return type ? fstab_type_is_among(type, row->types)
		    : !fstab_type_is_among("nfs", row->types);
}

static bool is_number(struct kb_str value)
{
	bool is_hex = kb_str_starts(value, KB_STR("0x"));

	value = is_hex ? kb_str_skip(value, 2) : value;
	for (size_t i = 0; i < value.len; i++) {
		char c = value.data[i];

		if (!kb_is_digit(c) && !(is_hex && c >= 'a' && c <= 'f')) {
			return false;
		}
	}
	return value.len > 0;
}

static bool is_word(struct kb_str value)
{
	return value.len > 0 && kb_str_is_word(value, "-_.");
}

static bool is_value_allowed(const struct allowed *row, struct kb_str option)
{
	struct kb_str value = value_of(option);

	if (kb_str_find(option, '=') == option.len) {
		return row->values & NONE;
	}
	if (value.len > MAX_VALUE) {
		return false;
	}
	if (row->values & WORD) {
		return row->words ? fstab_is_among(value, row->words) : is_word(value);
	}
	return (row->values & NUMBER) && is_number(value);
}

static bool is_allowed(struct kb_str option, const char *type)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(allowed); i++) {
		if (kb_str_eq(name_of(option), kb_str_from(allowed[i].name)) &&
		    fits(&allowed[i], type) && is_value_allowed(&allowed[i], option)) {
			return true;
		}
	}
	return false;
}

int fstab_safe_options(struct kb_arena *arena, const char *options, const char *type,
		       const char **ret_options)
{
	KB_BUF struct kb_buf safe = {0};
	struct kb_str rest = kb_str_from(options);
	struct kb_str option;
	const char *copy;

	while (next_option(&rest, &option)) {
		if (!is_allowed(option, type)) {
			continue;
		}
		kb_buf_puts(&safe, safe.len > 0 ? "," : "");
		kb_buf_str(&safe, name_of(option));
		if (kb_str_find(option, '=') < option.len) {
			kb_buf_putc(&safe, '=');
			kb_buf_str(&safe, value_of(option));
		}
	}
	if (kb_buf_error(&safe)) {
		return kb_buf_error(&safe);
	}
	copy = safe.len > 0 ? kb_arena_str(arena, kb_buf_view(&safe)) : NULL;
	if (safe.len > 0 && !copy) {
		return -ENOMEM;
	}
	*ret_options = copy;
	return 0;
}

/* The value becomes part of an option text, where a comma would begin another option. */
int fstab_subvolume(struct kb_arena *arena, const char *options, const char **ret_subvolume,
		    struct kb_error *err)
{
	struct kb_str value = {0};
	char *text;
	int r;

	if (!fstab_option(options, KB_STR("subvol"), &value)) {
		*ret_subvolume = NULL;
		return 0;
	}
	if (kb_str_find(value, ',') < value.len || kb_str_find(value, '"') < value.len) {
		return kb_error_set(err, -EINVAL,
				    "a subvolume with a comma or a quote cannot be mounted");
	}
	text = kb_arena_printf(arena, "/%.*s", KB_STR_ARG(value));
	if (!text) {
		return -ENOMEM;
	}
	r = fstab_clean_path(text, "subvolume", err);
	if (r < 0) {
		return r;
	}
	*ret_subvolume = text[1] ? text + 1 : text;
	return 0;
}
