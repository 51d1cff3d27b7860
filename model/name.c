/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/name.h"

#include <errno.h>
#include <stdbool.h>

#include "name_text.h"
#include "smb_name.h"

static const struct kb_str schemes[] = {
	KB_STR("http"), KB_STR("https"), KB_STR("ftp"),  KB_STR("ftps"), KB_STR("tftp"),
	KB_STR("sftp"), KB_STR("scp"),   KB_STR("file"), KB_STR("nfs"),  KB_STR("smb"),
};

/* What starts a reference by property can hold any byte before the colon. */
static const struct kb_str tags[] = {
	KB_STR("UUID="),
	KB_STR("LABEL="),
	KB_STR("PARTUUID="),
	KB_STR("PARTLABEL="),
};

bool kb_name_has_tag(struct kb_str text)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(tags); i++) {
		if (kb_str_starts(text, tags[i])) {
			return true;
		}
	}
	return false;
}

/* The colon between a place and its path: the first one before a slash, or the last byte. */
static bool find_colon(struct kb_str text, size_t *ret_at)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == ':' && (i + 1 == text.len || text.data[i + 1] == '/')) {
			*ret_at = i;
			return true;
		}
	}
	return false;
}

static int parse_device(struct kb_arena *arena, struct kb_str text, size_t colon,
			struct kb_name *ret_name, struct kb_error *err)
{
	struct kb_str place = kb_str_head(text, colon);

	if (name_has_odd_component(place) && !kb_name_has_tag(place)) {
		return kb_error_set(err, -EINVAL, "`%.*s` is not the name of a device",
				    KB_STR_ARG(kb_str_head(place, 64)));
	}
	return name_fill(arena, KB_NAME_DEVICE, place,
			 name_normalise(arena, true, kb_str_skip(text, colon + 1)), ret_name, err);
}

static int parse_absolute(struct kb_arena *arena, struct kb_str text, struct kb_name *ret_name,
			  struct kb_error *err)
{
	char *path = name_normalise(arena, true, text);
	struct kb_str device;
	size_t colon;

	if (path && kb_str_starts(kb_str_from(path), KB_STR("/dev/"))) {
		device = kb_str_skip(kb_str_from(path), strlen("/dev/"));
		if (find_colon(device, &colon)) {
			return parse_device(arena, device, colon, ret_name, err);
		}
	}
	return name_fill(arena, KB_NAME_ENVIRONMENT, (struct kb_str){0}, path, ret_name, err);
}

static int parse_nfs(struct kb_arena *arena, struct kb_str host, struct kb_str path,
		     struct kb_name *ret_name, struct kb_error *err)
{
	if (name_has_odd_component(host) || kb_str_find(host, '?') < host.len) {
		return kb_error_set(err, -EINVAL, "`%.*s` is not the name of a host",
				    KB_STR_ARG(kb_str_head(host, 64)));
	}
	return name_fill(arena, KB_NAME_NFS, host, name_normalise(arena, true, path), ret_name,
			 err);
}

/* Does it begin as the options of a URL do, and not as the rest of a file's name? */
static bool looks_like_nfs_options(struct kb_str text)
{
	static const char *const first[] = {"vers=", "nfsvers=", "port=", "mountport="};

	for (size_t i = 0; i < KB_ARRAY_LEN(first); i++) {
		if (kb_str_starts(text, kb_str_from(first[i])) &&
		    kb_str_find(text, '/') == text.len) {
			return true;
		}
	}
	return false;
}

/* The offset of the "?" of "/path?vers=3", or path.len. */
static size_t find_nfs_options(struct kb_str path)
{
	const char *question = path.len > 0 ? memrchr(path.data, '?', path.len) : NULL;
	size_t at = question ? (size_t)(question - path.data) : path.len;

	return looks_like_nfs_options(kb_str_skip(path, at + 1)) ? at : path.len;
}

/* Options belong to the place, and may stand behind it ("nfs://host?vers=3/path") or at the end. */
static int parse_nfs_url(struct kb_arena *arena, struct kb_str text, struct kb_name *ret_name,
			 struct kb_error *err)
{
	size_t slash = kb_str_find(text, '/');
	size_t question = kb_str_find(kb_str_head(text, slash), '?');
	struct kb_str host = kb_str_head(text, question < slash ? question : slash);
	struct kb_str path = kb_str_skip(text, slash);
	struct kb_str options = kb_str_skip(kb_str_head(text, slash), question + 1);
	const char *place;
	int r;

	if (question == slash) {
		size_t at = find_nfs_options(path);

		options = kb_str_skip(path, at + 1);
		path = kb_str_head(path, at);
	}
	r = parse_nfs(arena, host, path, ret_name, err);
	if (r < 0 || options.len == 0) {
		return r;
	}
	place = kb_arena_printf(arena, "%s?%.*s", ret_name->place, KB_STR_ARG(options));
	if (!place) {
		return kb_error_no_memory(err);
	}
	ret_name->place = place;
	return 0;
}

/* The name and password before the host of what follows "://": "me:secret" of "me:secret@h/x". */
static struct kb_str userinfo(struct kb_str after)
{
	size_t len = 0;
	size_t at = after.len;

	for (; len < after.len && !strchr("/?#|", after.data[len]); len++) {
		at = after.data[len] == '@' ? len : at;
	}
	return at < len ? kb_str_head(after, at) : (struct kb_str){0};
}

/* text, which may be several URLs, without their passwords. NULL: no memory. */
static const char *without_passwords(struct kb_arena *arena, struct kb_str text, bool *ret_had)
{
	static const struct kb_str mark = KB_STR("://");
	KB_BUF struct kb_buf out = {0};
	bool at_scheme = true;

	*ret_had = false;
	while (text.len > 0) {
		size_t keep = 1;
		size_t drop = 0;

		if (at_scheme && kb_str_starts(text, mark)) {
			struct kb_str user = userinfo(kb_str_skip(text, mark.len));
			size_t colon = kb_str_find(user, ':');

			keep = mark.len + colon;
			drop = user.len - colon;
			at_scheme = false;
		}
		*ret_had = *ret_had || drop > 0;
		kb_buf_str(&out, kb_str_head(text, keep));
		at_scheme = at_scheme || text.data[keep - 1] == '|';
		text = kb_str_skip(text, keep + drop);
	}
	return kb_buf_error(&out) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&out));
}

/* file:///x is /x. */
static int parse_file_url(struct kb_arena *arena, struct kb_str path, struct kb_name *ret_name,
			  struct kb_error *err)
{
	if (!kb_str_starts(path, KB_STR("/"))) {
		return kb_error_set(err, -EINVAL, "file:// names no file of a host: file:///%.*s",
				    KB_STR_ARG(kb_str_head(path, 64)));
	}
	return kb_name_parse(arena, path, NULL, NULL, ret_name, err);
}

/* -ENOENT: text is no URL. */
static int parse_url(struct kb_arena *arena, struct kb_str text, struct kb_name *ret_name,
		     struct kb_error *err)
{
	bool had;
	int r;

	for (size_t i = 0; i < KB_ARRAY_LEN(schemes); i++) {
		struct kb_str after = kb_str_skip(text, schemes[i].len);

		if (!kb_str_eq_nocase(kb_str_head(text, schemes[i].len), schemes[i]) ||
		    !kb_str_starts(after, KB_STR("://"))) {
			continue;
		}
		after = kb_str_skip(after, strlen("://"));
		if (kb_str_eq(schemes[i], KB_STR("nfs"))) {
			return parse_nfs_url(arena, after, ret_name, err);
		}
		if (kb_str_eq(schemes[i], KB_STR("smb"))) {
			return smb_name_parse(arena, after, ret_name, err);
		}
		if (kb_str_eq(schemes[i], KB_STR("file"))) {
			return parse_file_url(arena, after, ret_name, err);
		}
		r = name_fill(arena, KB_NAME_URL, schemes[i], without_passwords(arena, text, &had),
			      ret_name, err);
		ret_name->had_password = r == 0 && had;
		return r;
	}
	return -ENOENT;
}

/* What nobody knows as a device. */
static bool looks_like_host(struct kb_str word)
{
	return kb_str_find(word, '.') < word.len || kb_str_find(word, ':') < word.len;
}

static bool means_device(struct kb_str word, bool (*is_device)(void *ctx, struct kb_str word),
			 void *ctx)
{
	/* No host has a slash or an equals sign in its name. */
	if (kb_str_find(word, '/') < word.len || kb_str_find(word, '=') < word.len) {
		return true;
	}
	return (is_device && is_device(ctx, word)) || !looks_like_host(word);
}

static bool is_plainly_relative(struct kb_str text)
{
	return kb_str_starts(text, KB_STR("./")) || kb_str_starts(text, KB_STR("../"));
}

int kb_name_parse(struct kb_arena *arena, struct kb_str text,
		  bool (*is_device)(void *ctx, struct kb_str word), void *ctx,
		  struct kb_name *ret_name, struct kb_error *err)
{
	size_t colon;
	int r;

	if (text.len == 0) {
		return kb_error_set(err, -EINVAL, "an empty file name");
	}
	if (text.len > KB_NAME_MAX_BYTES) {
		return kb_error_set(err, -ENAMETOOLONG, "a file name above %d bytes",
				    KB_NAME_MAX_BYTES);
	}
	if (kb_str_find(text, '\0') < text.len) {
		return kb_error_set(err, -EINVAL, "a NUL byte in a file name");
	}
	if (kb_str_starts(text, KB_STR("//"))) {
		return name_fill(arena, KB_NAME_OWN, (struct kb_str){0},
				 name_normalise(arena, true, text), ret_name, err);
	}
	if (kb_str_starts(text, KB_STR("/"))) {
		return parse_absolute(arena, text, ret_name, err);
	}
	r = parse_url(arena, text, ret_name, err);
	if (r != -ENOENT) {
		return r;
	}
	if (is_plainly_relative(text) || !find_colon(text, &colon)) {
		return name_fill(arena, KB_NAME_RELATIVE, (struct kb_str){0},
				 name_normalise(arena, false, text), ret_name, err);
	}
	if (colon == 0) {
		return kb_error_set(err, -EINVAL, "no device or host before the colon");
	}
	if (means_device(kb_str_head(text, colon), is_device, ctx)) {
		return parse_device(arena, text, colon, ret_name, err);
	}
	return parse_nfs(arena, kb_str_head(text, colon), kb_str_skip(text, colon + 1), ret_name,
			 err);
}

/* Can nobody take the place for a device, or its port for a path? */
static bool is_plainly_host(struct kb_str place)
{
	if (kb_str_find(place, '?') < place.len || kb_str_find(place, '=') < place.len) {
		return false;
	}
	if (kb_str_starts(place, KB_STR("["))) {
		return kb_str_ends(place, KB_STR("]")) && looks_like_host(place);
	}
	return kb_str_find(place, '.') < place.len && kb_str_find(place, ':') == place.len;
}

/* A canonical name means the same wherever it is read again. */
static char *format_nfs(struct kb_arena *arena, const struct kb_name *name)
{
	struct kb_str place = kb_str_from(name->place);
	struct kb_str path = kb_str_from(name->path);
	bool has_options = kb_str_find(place, '?') < place.len;

	if (is_plainly_host(place)) {
		return kb_arena_printf(arena, "%s:%s", name->place, name->path);
	}
	/* Where options could be meant by the path, empty ones before it say that none are. */
	return kb_arena_printf(arena, "nfs://%s%s%s", name->place,
			       !has_options && find_nfs_options(path) < path.len ? "?" : "",
			       name->path);
}

struct kb_str kb_name_folder(struct kb_str name)
{
	size_t end = 0;

	for (size_t i = 0; i < name.len; i++) {
		bool ends_device = name.data[i] == ':' && end == 0 && i > 0;

		if (name.data[i] == '/' || ends_device) {
			end = i + 1;
		}
	}
	return kb_str_head(name, end);
}

bool kb_name_is_on(const char *name, const char *device)
{
	size_t len = strlen(device);

	return name && strncmp(name, device, len) == 0 && name[len] == ':';
}

bool kb_name_has_dots(const char *path)
{
	struct kb_str rest = kb_str_from(path);
	struct kb_str component;

	while (name_next_component(&rest, &component)) {
		if (kb_str_eq(component, KB_STR(".."))) {
			return true;
		}
	}
	return false;
}

char *kb_name_format(struct kb_arena *arena, const struct kb_name *name)
{
	switch (name->kind) {
	case KB_NAME_RELATIVE:
		if (!*name->path) {
			return kb_arena_strdup(arena, ".");
		}
		/* With a colon in it, it could be taken for a device. */
		return kb_arena_printf(arena, "%s%s", strchr(name->path, ':') ? "./" : "",
				       name->path);
	case KB_NAME_DEVICE:
		/* One that could be taken for a host says what it is. */
		return kb_arena_printf(arena, "%s%s:%s",
				       means_device(kb_str_from(name->place), NULL, NULL) ? ""
											  : "/dev/",
				       name->place, name->path);
	case KB_NAME_NFS:
		return format_nfs(arena, name);
	case KB_NAME_SMB:
		return smb_name_format(arena, name);
	case KB_NAME_OWN:
		return kb_arena_printf(arena, "/%s", name->path);
	case KB_NAME_ENVIRONMENT:
	case KB_NAME_URL:
		break;
	}
	return kb_arena_strdup(arena, name->path);
}

const char *kb_name_to_show(struct kb_arena *arena, const char *text)
{
	const char *mark = strstr(text, "://");
	struct kb_str after = kb_str_from(mark ? mark + strlen("://") : "");
	struct kb_str authority = kb_str_head(after, kb_str_find(after, '/'));
	const char *at = authority.len > 0 ? memrchr(authority.data, '@', authority.len) : NULL;

	return at ? kb_arena_printf(arena, "%.*s%s", (int)(after.data - text), text, at + 1) : text;
}

bool kb_name_is_url(const char *text)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_name name;
	struct kb_error quiet;

	return text && kb_name_parse(&arena, kb_str_from(text), NULL, NULL, &name, &quiet) == 0 &&
	       name.kind == KB_NAME_URL;
}
