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

/* The kernel's suffix is between the two. */
static const struct {
	const char *before;
	const char *after;
} initrds[] = {
	{"initrd.img", ""},    /* Debian */
	{"initramfs", ".img"}, /* Fedora, Arch, Void, dracut, genkernel since 4 */
	{"initramfs", ""},     /* Alpine, genkernel for a kernel of its own */
	{"initrd", ""},        /* openSUSE */
	{"initrd", ".img"},    /* Slackware */
	{"initrd", ".gz"},
	{"booster", ".img"},
	/* What genkernel before 4 makes for a kernel that somebody else installed. */
	{"initramfs-genkernel-x86_64", ""},
	{"initramfs-genkernel-x86", ""},
	{"initramfs-genkernel-arm64", ""},
	{"initramfs-genkernel-ppc64", ""},
};

/* What stands before the number of a version that is not final. */
static const struct kb_str unfinished[] = {KB_STR("rc"), KB_STR("pre")};

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

/* Without words before the first that is a number: "generic-5.15.19", "genkernel-x86_64-4.0.5". */
static struct kb_str find_number(struct kb_str version)
{
	struct kb_str rest = version;

	while (rest.len > 0 && !kb_is_digit(rest.data[0])) {
		rest = kb_str_skip(rest, kb_str_find(rest, '-') + 1);
	}
	return rest;
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
	if (name.suffix.len > 0 && (name.suffix.data[0] == '-' || name.suffix.data[0] == '_')) {
		name.version = kb_str_skip(name.suffix, 1);
	}
	name.number = find_number(name.version);
	*ret_name = name;
	return true;
}

/* The length of "rc" or the like at the head of s, with a number behind. */
static size_t unfinished_len(struct kb_str s)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(unfinished); i++) {
		size_t len = unfinished[i].len;

		if (kb_str_eq_nocase(kb_str_head(s, len), unfinished[i]) && len < s.len &&
		    kb_is_digit(s.data[len])) {
			return len;
		}
	}
	return 0;
}

/* "-6.1", not "-6.1-amd64"; nothing may go on with a number too. */
static bool ends_in_number(struct kb_str suffix)
{
	size_t i = suffix.len;

	while (i > 0 && kb_is_digit(suffix.data[i - 1])) {
		i--;
	}
	return i == 0 || (i < suffix.len && !kb_is_letter(suffix.data[i - 1]));
}

bool bare_name_extends(const struct bare_name *name, const struct bare_name *base,
		       struct kb_str *ret_extra)
{
	struct kb_str extra = kb_str_skip(name->suffix, base->suffix.len);

	if (!kb_str_eq(name->prefix, base->prefix) || extra.len == 0 ||
	    !kb_str_starts(name->suffix, base->suffix) || kb_is_digit(extra.data[0]) ||
	    kb_is_letter(extra.data[0])) {
		return false;
	}
	/* 6.1.5 goes on where 6.1 ends, and 6.1-rc3 is before it: versions of their own. */
	if ((ends_in_number(base->suffix) && extra.len > 1 && kb_is_digit(extra.data[1])) ||
	    unfinished_len(kb_str_skip(extra, 1)) > 0) {
		return false;
	}
	*ret_extra = extra;
	return true;
}

void bare_name_set_aside(struct bare_name *name, struct kb_str extra)
{
	name->extra = extra;
	name->version.len -= name->version.len < extra.len ? name->version.len : extra.len;
	name->number.len -= name->number.len < extra.len ? name->number.len : extra.len;
}

enum bare_kind bare_name_kind(const struct bare_name *name)
{
	if (kb_str_starts(name->version, rescue)) {
		return BARE_RESCUE;
	}
	if (name->version.len == 0) {
		return BARE_PLAIN;
	}
	return name->number.len > 0 ? BARE_NUMBERED : BARE_NAMED;
}

/* The number with a '~', which sorts before the end, where it says that it is not final: "6.9~rc3",
 * whether that was 6.9-rc3, 6.9.rc3 or 6.9rc3. */
static struct kb_str sortable(struct kb_str number, char buf[static BARE_SORTABLE])
{
	size_t len = 0;

	for (size_t i = 0; i < number.len && len + 2 < BARE_SORTABLE; i++) {
		char before = (char)(i > 0 ? number.data[i - 1] : '\0');

		if (!kb_is_letter(before) && unfinished_len(kb_str_skip(number, i)) > 0) {
			len -= len > 0 && !kb_is_digit(before);
			buf[len++] = '~';
		}
		buf[len++] = kb_lower(number.data[i]);
	}
	return kb_str_of(buf, len);
}

/* Of the kernel that it is set aside of, or its own. */
static struct kb_str base_suffix(const struct bare_name *name)
{
	return kb_str_head(name->suffix, name->suffix.len - name->extra.len);
}

static int compare_numbers(const struct bare_name *a, const struct bare_name *b)
{
	char x[BARE_SORTABLE];
	char y[BARE_SORTABLE];

	return kb_version_compare(sortable(b->number, y), sortable(a->number, x));
}

int bare_name_compare(const struct bare_name *a, const struct bare_name *b)
{
	enum bare_kind x = bare_name_kind(a);
	enum bare_kind y = bare_name_kind(b);
	int r = (x > y) - (x < y);

	if (r == 0 && x == BARE_NUMBERED) {
		r = compare_numbers(a, b);
	}
	if (r == 0) {
		r = kb_str_compare(a->prefix, b->prefix);
	}
	if (r == 0) {
		r = kb_str_compare(base_suffix(a), base_suffix(b));
	}
	if (r == 0) {
		r = (a->extra.len > b->extra.len) - (a->extra.len < b->extra.len);
	}
	return r != 0 ? r : kb_str_compare(a->file, b->file);
}

char *bare_name_title(struct kb_arena *arena, const struct bare_name *name)
{
	enum bare_kind kind = bare_name_kind(name);
	const char *before =
		kind == BARE_NAMED && kb_str_starts(name->version, KB_STR("linux")) ? "" : "Linux ";
	struct kb_str extra = name->extra;

	if (kind == BARE_PLAIN) {
		return kb_arena_str(arena, name->file);
	}
	if (kind == BARE_RESCUE) {
		return kb_arena_strdup(arena, "Linux rescue");
	}
	if (extra.len > 1 && extra.data[0] == '.') {
		return kb_arena_printf(arena, "%s%.*s (%.*s)", before, KB_STR_ARG(name->version),
				       KB_STR_ARG(kb_str_skip(extra, 1)));
	}
	return kb_arena_printf(arena, "%s%.*s%.*s", before, KB_STR_ARG(name->version),
			       KB_STR_ARG(extra));
}

/* What stands where the kernel's suffix does, and what behind all; false: nothing more. */
static bool initrd_suffix(const struct bare_name *name, size_t round, struct kb_str *ret_suffix,
			  struct kb_str *ret_behind)
{
	struct kb_str base = base_suffix(name);
	bool has_flavour = name->number.len > 0 && name->number.len < name->version.len;
	/* A package's other kernel has other modules; a copy has the same. */
	bool may_borrow = name->extra.len > 0 &&
			  (bare_name_kind(name) == BARE_NUMBERED || name->extra.data[0] != '-');
	const struct {
		struct kb_str suffix;
		struct kb_str behind;
		bool tried;
	} rounds[] = {
		{name->suffix, KB_STR(""), true},
		{base, name->extra, name->extra.len > 0},
		/* Slackware's vmlinuz-generic-5.15.19 has initrd-5.15.19.img or initrd.gz. */
		{has_flavour ? kb_str_of(name->number.data - 1, name->number.len + 1) : base,
		 KB_STR(""), has_flavour},
		{KB_STR(""), KB_STR(""), has_flavour},
		{base, KB_STR(""), may_borrow},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(rounds); i++) {
		if (rounds[i].tried && round-- == 0) {
			*ret_suffix = rounds[i].suffix;
			*ret_behind = rounds[i].behind;
			return true;
		}
	}
	return false;
}

bool bare_initrd_name(const struct bare_name *name, size_t index, struct kb_buf *buf)
{
	size_t row = index % KB_ARRAY_LEN(initrds);
	struct kb_str suffix;
	struct kb_str behind;

	if (!initrd_suffix(name, index / KB_ARRAY_LEN(initrds), &suffix, &behind)) {
		return false;
	}
	kb_buf_printf(buf, "%s%.*s%s%.*s", initrds[row].before, KB_STR_ARG(suffix),
		      initrds[row].after, KB_STR_ARG(behind));
	return true;
}

bool bare_fallback_name(const struct bare_name *name, struct kb_buf *buf)
{
	kb_buf_printf(buf, "initramfs%.*s-fallback.img", KB_STR_ARG(name->suffix));
	return kb_buf_error(buf) == 0;
}
