/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bare_names.h"

#include "version.h"

static const struct kb_str prefixes[] = {
	KB_STR("vmlinuz"), KB_STR("vmlinux"), KB_STR("bzImage"), KB_STR("Image"), KB_STR("kernel"),
};

/* What lies beside a kernel under its name and is none. */
static const struct kb_str no_kernels[] = {
	KB_STR(".sig"),     KB_STR(".asc"),      KB_STR(".hmac"),     KB_STR(".sha256"),
	KB_STR(".sha512"),  KB_STR(".md5"),      KB_STR(".conf"),     KB_STR(".config"),
	KB_STR(".txt"),     KB_STR(".map"),      KB_STR(".dtb"),      KB_STR(".log"),
	KB_STR(".cmdline"), KB_STR(".dpkg-tmp"), KB_STR(".dpkg-new"), KB_STR(".part"),
	KB_STR("~"),
};

/* How the file is packed is no part of the version. */
static const struct kb_str packings[] = {
	KB_STR(".gz"),  KB_STR(".xz"),  KB_STR(".zst"), KB_STR(".bz2"),
	KB_STR(".lz4"), KB_STR(".img"), KB_STR(".efi"),
};

static const struct kb_str rescue = KB_STR("0-rescue");
static const struct kb_str old = KB_STR(".old");

/* The kernel's suffix is between the two. */
static const struct {
	const char *before;
	const char *after;
} initrds[] = {
	{"initrd.img", ""},    /* Debian */
	{"initramfs", ".img"}, /* Fedora, Arch, dracut on Gentoo */
	{"initramfs", ""},     /* Alpine, genkernel */
	{"initrd", ""},        /* openSUSE */
	{"initrd", ".img"},    {"initrd", ".gz"},
};

static bool may_follow(char c)
{
	return c == '-' || c == '.' || c == '_' || kb_is_digit(c);
}

static bool ends_with_any(struct kb_str s, const struct kb_str *endings, size_t n,
			  struct kb_str *ret_ending)
{
	for (size_t i = 0; i < n; i++) {
		if (kb_str_ends(s, endings[i])) {
			*ret_ending = endings[i];
			return true;
		}
	}
	return false;
}

static struct kb_str strip_packing(struct kb_str suffix)
{
	struct kb_str packing;

	if (ends_with_any(suffix, packings, KB_ARRAY_LEN(packings), &packing)) {
		return kb_str_head(suffix, suffix.len - packing.len);
	}
	return suffix;
}

bool bare_name_parse(const char *file, struct bare_name *ret_name)
{
	struct bare_name name = {.file = kb_str_from(file)};
	struct kb_str ending;

	for (size_t i = 0; i < KB_ARRAY_LEN(prefixes) && name.prefix.len == 0; i++) {
		if (kb_str_starts(name.file, prefixes[i])) {
			name.prefix = prefixes[i];
		}
	}
	name.suffix = kb_str_skip(name.file, name.prefix.len);
	if (name.prefix.len == 0 || (name.suffix.len > 0 && !may_follow(name.suffix.data[0])) ||
	    ends_with_any(name.file, no_kernels, KB_ARRAY_LEN(no_kernels), &ending)) {
		return false;
	}
	name.suffix = strip_packing(name.suffix);
	if (kb_str_ends(name.suffix, old)) {
		name.old = old;
		name.suffix.len -= old.len;
	}
	if (name.suffix.len > 0 && (name.suffix.data[0] == '-' || name.suffix.data[0] == '_')) {
		name.version = kb_str_skip(name.suffix, 1);
	}
	*ret_name = name;
	return true;
}

enum bare_kind bare_name_kind(const struct bare_name *name)
{
	if (kb_str_starts(name->version, rescue)) {
		return BARE_RESCUE;
	}
	if (name->version.len == 0) {
		return BARE_PLAIN;
	}
	return kb_is_digit(name->version.data[0]) ? BARE_NUMBERED : BARE_NAMED;
}

int bare_name_compare(const struct bare_name *a, const struct bare_name *b)
{
	enum bare_kind x = bare_name_kind(a);
	enum bare_kind y = bare_name_kind(b);
	int r = (x > y) - (x < y);

	if (r == 0 && x == BARE_NUMBERED) {
		r = kb_version_compare(b->version, a->version);
	}
	if (r == 0) {
		r = (a->old.len > b->old.len) - (a->old.len < b->old.len);
	}
	return r != 0 ? r : kb_str_compare(a->file, b->file);
}

char *bare_name_title(struct kb_arena *arena, const struct bare_name *name)
{
	switch (bare_name_kind(name)) {
	case BARE_RESCUE:
		return kb_arena_strdup(arena, "Linux rescue");
	case BARE_PLAIN:
		return kb_arena_str(arena, name->file);
	case BARE_NAMED:
		if (kb_str_starts(name->version, KB_STR("linux"))) {
			return kb_arena_str(arena, name->version);
		}
		break;
	case BARE_NUMBERED:
		break;
	}
	return kb_arena_printf(arena, "Linux %.*s%s", KB_STR_ARG(name->version),
			       name->old.len > 0 ? " (old)" : "");
}

bool bare_initrd_name(const struct bare_name *name, size_t index, struct kb_buf *buf)
{
	if (index >= KB_ARRAY_LEN(initrds)) {
		return false;
	}
	kb_buf_puts(buf, initrds[index].before);
	kb_buf_str(buf, name->suffix);
	kb_buf_puts(buf, initrds[index].after);
	kb_buf_str(buf, name->old);
	return true;
}

bool bare_fallback_name(const struct bare_name *name, struct kb_buf *buf)
{
	kb_buf_puts(buf, "initramfs");
	kb_buf_str(buf, name->suffix);
	kb_buf_puts(buf, "-fallback.img");
	kb_buf_str(buf, name->old);
	return kb_buf_error(buf) == 0;
}
