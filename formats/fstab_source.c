/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>

#include "fstab_fields.h"

enum { MAX_SHOWN = 60 }; /* bytes of a field that a sentence repeats */

/* What a device is called by, and where udev has links of that. */
static const struct tag {
	struct kb_str name;
	struct kb_str links;
} tags[] = {
	{KB_STR("UUID="), KB_STR("/dev/disk/by-uuid/")},
	{KB_STR("LABEL="), KB_STR("/dev/disk/by-label/")},
	{KB_STR("PARTUUID="), KB_STR("/dev/disk/by-partuuid/")},
	{KB_STR("PARTLABEL="), KB_STR("/dev/disk/by-partlabel/")},
};

/* Folders of /dev that are no volume groups. */
static const struct kb_str device_folders[] = {
	KB_STR("block/"),  KB_STR("cciss/"), KB_STR("disk/"), KB_STR("ida/"),  KB_STR("loop/"),
	KB_STR("mapper/"), KB_STR("md/"),    KB_STR("rd/"),   KB_STR("zvol/"),
};

/* A number of that many digits up to a byte's 255, or -1. */
static int byte(struct kb_str s, size_t n_digits, int base)
{
	int value = 0;

	if (s.len < n_digits) {
		return -1;
	}
	for (size_t i = 0; i < n_digits; i++) {
		int d = (int)kb_hex_value(s.data[i]);

		if (d >= base) {
			return -1;
		}
		value = value * base + d;
	}
	return value <= 255 ? value : -1;
}

/* Undoes prefix and n_digits digits, in place. -EINVAL for a NUL. */
static int unescape(char *text, struct kb_str prefix, size_t n_digits, int base)
{
	struct kb_str rest = kb_str_from(text);
	char *to = text;

	while (rest.len > 0) {
		int value = kb_str_starts(rest, prefix)
				    ? byte(kb_str_skip(rest, prefix.len), n_digits, base)
				    : -1;

		if (value == 0) {
			return -EINVAL;
		}
		*to = rest.data[0];
		if (value > 0) {
			*to = (char)value;
		}
		to++;
		rest = kb_str_skip(rest, value > 0 ? prefix.len + n_digits : 1);
	}
	*to = '\0';
	return 0;
}

int fstab_decode(struct kb_arena *arena, struct kb_str field, char **ret_text, struct kb_error *err)
{
	char *text = kb_arena_str(arena, field);

	if (!text) {
		return -ENOMEM;
	}
	if (unescape(text, KB_STR("\\"), 3, 8) < 0) {
		return kb_error_set(err, -EINVAL, "an escape stands for a NUL byte");
	}
	*ret_text = text;
	return 0;
}

int fstab_clean_path(char *path, const char *what, struct kb_error *err)
{
	struct kb_str rest = kb_str_from(path);
	char *to = path;

	if (path[0] != '/') {
		return kb_error_set(err, -EINVAL, "the %s is not absolute", what);
	}
	while (rest.len > 0) {
		struct kb_str part = kb_str_head(rest, kb_str_find(rest, '/'));

		rest = kb_str_skip(rest, part.len + 1);
		if (kb_str_eq(part, KB_STR(".."))) {
			return kb_error_set(err, -EINVAL, "the %s has a `..` in it", what);
		}
		if (part.len > 0 && !kb_str_eq(part, KB_STR("."))) {
			*to++ = '/';
			memmove(to, part.data, part.len);
			to += part.len;
		}
	}
	if (to == path) {
		to++;
	}
	*to = '\0';
	return 0;
}

/* One pair of outer quotes goes, or one that was forgotten to be closed. */
static char *unquote(char *text)
{
	size_t len = strlen(text);

	if (text[0] != '"' && text[0] != '\'') {
		return text;
	}
	if (len >= 2 && text[len - 1] == text[0]) {
		text[len - 1] = '\0';
	}
	return text + 1;
}

static int make_tag(struct kb_arena *arena, struct kb_str name, char *value,
		    const char **ret_source, struct kb_error *err)
{
	const char *source;

	if (*value == '\0') {
		return kb_error_set(err, -EINVAL, "there is nothing behind the `%.*s`",
				    KB_STR_ARG(name));
	}
	source = kb_arena_printf(arena, "%.*s%s", KB_STR_ARG(name), value);
	if (!source) {
		return -ENOMEM;
	}
	*ret_source = source;
	return 0;
}

/* What lvm(8) allows for the name of a group or a volume. */
static bool is_volume_part(struct kb_str part)
{
	return part.len > 0 && kb_str_is_word(part, "+_.-") && part.data[0] != '-' &&
	       !kb_str_eq(part, KB_STR(".")) && !kb_str_eq(part, KB_STR(".."));
}

/* "vg/lv" */
static bool is_volume(struct kb_str name)
{
	size_t slash = kb_str_find(name, '/');

	for (size_t i = 0; i < KB_ARRAY_LEN(device_folders); i++) {
		if (kb_str_starts(name, device_folders[i])) {
			return false;
		}
	}
	return is_volume_part(kb_str_head(name, slash)) &&
	       is_volume_part(kb_str_skip(name, slash + 1));
}

/*
 * device-mapper's names of logical volumes double each dash of VG and LV and put one in between.
 * *ret_name is NULL for what is no logical volume's: "cryptroot", "luks-1b9e-…".
 */
static int volume_name(struct kb_arena *arena, const char *mapped, const char **ret_name)
{
	char *name = kb_arena_alloc(arena, strlen(mapped) + 1);
	char *to = name;

	if (!name) {
		return -ENOMEM;
	}
	for (const char *from = mapped; *from; from++) {
		bool is_dash = *from == '-';
		bool is_double = is_dash && from[1] == '-';

		*to = *from;
		if (is_dash && !is_double) {
			*to = '/';
		}
		to++;
		from += is_double;
	}
	*ret_name = is_volume(kb_str_from(name)) ? name : NULL;
	return 0;
}

/* path is clean and below /dev. */
static int make_device(struct kb_arena *arena, char *path, const char **ret_source,
		       struct kb_error *err)
{
	static const struct kb_str mapper = KB_STR("/dev/mapper/");
	struct kb_str name = kb_str_skip(kb_str_from(path), strlen("/dev/"));
	const char *volume = NULL;
	int r = 0;

	for (size_t i = 0; i < KB_ARRAY_LEN(tags); i++) {
		char *value = path + tags[i].links.len;

		if (!kb_str_starts(kb_str_from(path), tags[i].links) || strchr(value, '/')) {
			continue;
		}
		/* As udev escapes what a file name cannot have. */
		if (unescape(value, KB_STR("\\x"), 2, 16) < 0) {
			return kb_error_set(err, -EINVAL, "an escape stands for a NUL byte");
		}
		return make_tag(arena, tags[i].name, value, ret_source, err);
	}
	if (kb_str_starts(kb_str_from(path), mapper)) {
		r = volume_name(arena, path + mapper.len, &volume);
	} else if (is_volume(name)) {
		volume = name.data;
	}
	if (r == 0) {
		*ret_source = volume ? volume : path;
	}
	return r;
}

int fstab_device(struct kb_arena *arena, char *text, const char **ret_source, struct kb_error *err)
{
	int r;

	text = unquote(text);
	for (size_t i = 0; i < KB_ARRAY_LEN(tags); i++) {
		size_t len = tags[i].name.len;

		if (kb_str_eq_nocase(kb_str_head(kb_str_from(text), len), tags[i].name)) {
			return make_tag(arena, tags[i].name, unquote(text + len), ret_source, err);
		}
	}
	if (kb_str_eq_nocase(kb_str_head(kb_str_from(text), 3), KB_STR("ID="))) {
		text = kb_arena_printf(arena, "/dev/disk/by-id/%s", unquote(text + 3));
		if (!text) {
			return -ENOMEM;
		}
	}
	if (text[0] != '/') {
		return kb_error_set(err, -EINVAL, "`%.*s` names no device",
				    KB_STR_ARG(kb_str_head(kb_str_from(text), MAX_SHOWN)));
	}
	r = fstab_clean_path(text, "device", err);
	if (r < 0) {
		return r;
	}
	if (!kb_str_starts(kb_str_from(text), KB_STR("/dev/"))) {
		return kb_error_set(err, -ENOTSUP, "`%.*s` is no device, and files are not mounted",
				    KB_STR_ARG(kb_str_head(kb_str_from(text), MAX_SHOWN)));
	}
	return make_device(arena, text, ret_source, err);
}

/* "[v6]", with the zone of a link-local one, or a host's name. */
static bool is_host(struct kb_str host)
{
	char address[INET6_ADDRSTRLEN] = "";
	unsigned char bytes[sizeof(struct in6_addr)];
	bool is_literal = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
	struct kb_str name = is_literal ? kb_str_of(host.data + 1, host.len - 2) : host;
	size_t zone = is_literal ? kb_str_find(name, '%') : name.len;

	if (is_literal && zone < sizeof(address)) {
		memcpy(address, name.data, zone);
	}
	if (is_literal && inet_pton(AF_INET6, address, bytes) != 1) {
		return false;
	}
	return name.len > 0 && zone + 1 != name.len && name.data[0] != '-' &&
	       kb_str_is_word(is_literal ? kb_str_skip(name, zone + 1) : name, "-_.");
}

/* Splits at the first ":/" behind the host. */
static bool split_export(const char *source, struct kb_str *ret_host, const char **ret_path)
{
	const char *end = source[0] == '[' ? strchr(source, ']') : source;
	const char *colon = end ? strstr(end, ":/") : NULL;

	if (!colon) {
		return false;
	}
	*ret_host = kb_str_of(source, (size_t)(colon - source));
	*ret_path = colon + 1;
	return true;
}

static bool split_url(const char *source, struct kb_str *ret_host, const char **ret_path)
{
	static const struct kb_str scheme = KB_STR("nfs://");
	struct kb_str rest = kb_str_skip(kb_str_from(source), scheme.len);
	size_t slash = kb_str_find(rest, '/');

	if (!kb_str_starts(kb_str_from(source), scheme) || slash == rest.len) {
		return false;
	}
	*ret_host = kb_str_head(rest, slash);
	*ret_path = rest.data + slash;
	return true;
}

bool fstab_looks_like_nfs(const char *source)
{
	struct kb_str host;
	const char *path;

	return source[0] != '/' && !strchr(source, '=') &&
	       (split_url(source, &host, &path) || split_export(source, &host, &path));
}

int fstab_export(struct kb_arena *arena, char *text, const char **ret_source, struct kb_error *err)
{
	struct kb_str host;
	const char *path;
	char *clean;
	const char *source;
	int r;

	text = unquote(text);
	if ((!split_url(text, &host, &path) && !split_export(text, &host, &path)) ||
	    !is_host(host)) {
		return kb_error_set(err, -EINVAL, "`%.*s` is no HOST:/EXPORT",
				    KB_STR_ARG(kb_str_head(kb_str_from(text), MAX_SHOWN)));
	}
	clean = kb_arena_strdup(arena, path);
	if (!clean) {
		return -ENOMEM;
	}
	r = fstab_clean_path(clean, "export", err);
	if (r < 0) {
		return r;
	}
	source = kb_arena_printf(arena, "%.*s:%s", KB_STR_ARG(host), clean);
	if (!source) {
		return -ENOMEM;
	}
	*ret_source = source;
	return 0;
}
