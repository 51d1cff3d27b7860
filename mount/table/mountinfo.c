/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "kboot/base/tree.h"

/* Fields are parted by one blank each; false at the end of the line. */
static bool next_field(struct kb_str *rest, struct kb_str *ret_field)
{
	size_t end;

	if (!rest->data) {
		return false;
	}
	end = kb_str_find(*rest, ' ');
	*ret_field = kb_str_head(*rest, end);
	*rest = end < rest->len ? kb_str_skip(*rest, end + 1) : (struct kb_str){0};
	return true;
}

static bool is_octal(char c, char max)
{
	return c >= '0' && c <= max;
}

/*
 * Takes one byte off *rest, which is not empty; "\\ooo" is one. -EINVAL for a lone backslash and
 * for a NUL in either form.
 */
static int next_byte(struct kb_str *rest, char *ret_byte)
{
	const char *s = rest->data;
	char byte = s[0];
	size_t len = 1;

	if (byte == '\\') {
		if (rest->len < 4 || !is_octal(s[1], '3') || !is_octal(s[2], '7') ||
		    !is_octal(s[3], '7')) {
			return -EINVAL;
		}
		byte = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
		len = 4;
	}
	if (byte == '\0') {
		return -EINVAL;
	}
	*ret_byte = byte;
	*rest = kb_str_skip(*rest, len);
	return 0;
}

static int unescape(struct kb_arena *arena, struct kb_str field, const char **ret_text)
{
	char *text = kb_arena_alloc(arena, field.len + 1);

	if (!text) {
		return -ENOMEM;
	}
	for (size_t used = 0; field.len > 0; used++) {
		int r = next_byte(&field, &text[used]);

		if (r < 0) {
			return r;
		}
	}
	*ret_text = text;
	return 0;
}

static int skip_to_separator(struct kb_str *rest)
{
	struct kb_str field;

	do {
		if (!next_field(rest, &field)) {
			return -EINVAL;
		}
	} while (!kb_str_eq(field, KB_STR("-")));
	return 0;
}

static int parse_device(struct kb_str device, struct kb_mountinfo *info)
{
	size_t colon = kb_str_find(device, ':');
	int r = kb_str_to_u64(kb_str_head(device, colon), &info->major);

	return r < 0 ? r : kb_str_to_u64(kb_str_skip(device, colon + 1), &info->minor);
}

/* Options are parted by commas. */
static bool says_read_only(struct kb_str options)
{
	return kb_str_eq(kb_str_head(options, kb_str_find(options, ',')), KB_STR("ro"));
}

/* The fields that are text; the line is good. */
static int take_texts(struct kb_arena *arena, const struct kb_str fields[static 4],
		      struct kb_mountinfo *info)
{
	const char **const texts[] = {&info->root, &info->target, &info->fstype, &info->source};
	int r = 0;

	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(texts); i++) {
		r = unescape(arena, fields[i], texts[i]);
	}
	return r;
}

int kb_mountinfo_parse(struct kb_arena *arena, struct kb_str line, struct kb_mountinfo *ret_info)
{
	enum { ROOT, TARGET, FSTYPE, SOURCE, TEXTS };
	struct kb_mountinfo info = {0};
	struct kb_str texts[TEXTS];
	struct kb_str id, parent, device, options;
	struct kb_str super_options = {0};
	int r;

	if (!next_field(&line, &id) || !next_field(&line, &parent) || !next_field(&line, &device) ||
	    !next_field(&line, &texts[ROOT]) || !next_field(&line, &texts[TARGET]) ||
	    !next_field(&line, &options) || skip_to_separator(&line) < 0 ||
	    !next_field(&line, &texts[FSTYPE]) || !next_field(&line, &texts[SOURCE]) ||
	    kb_str_to_u64(id, &info.id) < 0 || kb_str_to_u64(parent, &info.parent) < 0 ||
	    parse_device(device, &info) < 0 || !kb_str_starts(texts[TARGET], KB_STR("/"))) {
		return -EINVAL;
	}
	(void)next_field(&line, &super_options);
	/* The kernel puts "ro" or "rw" first. */
	info.read_only = says_read_only(options) || says_read_only(super_options);
	r = take_texts(arena, texts, &info);
	if (r == 0) {
		*ret_info = info;
	}
	return r;
}

int kb_mountinfo_read(struct kb_arena *arena, const char *path, struct kb_mounts *ret_mounts)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kb_mounts mounts = {0};
	struct kb_str rest, line;
	size_t max = 0;
	int r = fd < 0 ? -errno : kb_read_all(fd, KB_MOUNTINFO_BYTES, &text);

	for (rest = kb_buf_view(&text); kb_str_next_line(&rest, &line);) {
		max += max < KB_MOUNTINFO_MAX;
	}
	mounts.mounts = kb_arena_array(arena, max, sizeof(*mounts.mounts));
	if (!mounts.mounts) {
		return -ENOMEM;
	}
	for (rest = kb_buf_view(&text); r == 0 && kb_str_next_line(&rest, &line);) {
		r = mounts.n < max ? kb_mountinfo_parse(arena, line, &mounts.mounts[mounts.n])
				   : -EINVAL;
		mounts.n += r == 0;
		mounts.unreadable += r == -EINVAL;
		r = r == -EINVAL ? 0 : r;
	}
	if (r == 0) {
		*ret_mounts = mounts;
	}
	return r;
}
