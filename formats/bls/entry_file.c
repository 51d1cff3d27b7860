/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bls/entry_file.h"

#include <errno.h>

#include "kboot/base/pe.h"
#include "kboot/formats/boot_state.h"
#include "text_lines.h"

enum { MAX_LINE = 16 << 10 };

/* --- names */

static struct kb_str digits(struct kb_str s)
{
	size_t n = 0;

	while (n < s.len && kb_is_digit(s.data[n])) {
		n++;
	}
	return kb_str_head(s, n);
}

/* "+LEFT" or "+LEFT-DONE" at the end of a name without its suffix; done may be empty. */
static bool split_counter(struct kb_str *stem, struct kb_str *ret_left, struct kb_str *ret_done)
{
	size_t plus = stem->len;
	struct kb_str rest;

	while (plus > 0 && stem->data[plus - 1] != '+') {
		plus--;
	}
	*ret_left = digits(kb_str_skip(*stem, plus));
	rest = kb_str_skip(*stem, plus + ret_left->len);
	*ret_done = digits(kb_str_skip(rest, 1));
	if (plus < 2 || ret_left->len == 0 ||
	    (rest.len > 0 &&
	     (rest.data[0] != '-' || ret_done->len != rest.len - 1 || ret_done->len == 0))) {
		return false;
	}
	*stem = kb_str_head(*stem, plus - 1);
	return true;
}

bool kb_bls_drop_counter(struct kb_str *stem)
{
	struct kb_str left;
	struct kb_str done;

	return split_counter(stem, &left, &done);
}

static int count_of(struct kb_str text)
{
	uint64_t n;

	return kb_str_to_u64(text, &n) < 0 || n > INT32_MAX ? INT32_MAX : (int)n;
}

int kb_bls_count_try(struct kb_str name, struct kb_buf *out)
{
	size_t dot = name.len;
	struct kb_str stem;
	struct kb_str left;
	struct kb_str done;
	int tried;

	while (dot > 0 && name.data[dot - 1] != '.') {
		dot--;
	}
	stem = kb_str_head(name, dot > 0 ? dot - 1 : 0);
	if (!split_counter(&stem, &left, &done) || count_of(left) == 0 ||
	    count_of(left) == INT32_MAX) {
		return -EINVAL;
	}
	tried = done.len > 0 ? count_of(done) : 0;
	tried += tried < INT32_MAX;
	kb_buf_printf(out, "%.*s+%0*d-%0*d.%.*s", KB_STR_ARG(stem), (int)left.len,
		      count_of(left) - 1, (int)done.len, tried, KB_STR_ARG(kb_str_skip(name, dot)));
	return kb_buf_error(out) < 0 ? -ENOMEM : 0;
}

int bls_entry_named(struct kb_arena *arena, const char *name, const char *suffix, bool is_counted,
		    struct bls_entry *entry, bool *ret_is_entry)
{
	struct kb_str stem = kb_str_from(name);
	size_t len = strlen(suffix);
	struct kb_str left;
	struct kb_str done;

	*ret_is_entry = stem.len > len && name[0] != '.' && !kb_str_starts(stem, KB_STR("auto-")) &&
			kb_str_eq_nocase(kb_str_skip(stem, stem.len - len), kb_str_from(suffix));
	if (!*ret_is_entry) {
		return 0;
	}
	entry->tries_left = -1;
	stem = kb_str_head(stem, stem.len - len);
	if (is_counted && split_counter(&stem, &left, &done)) {
		entry->tries_left = count_of(left);
	}
	entry->id = kb_arena_printf(arena, "%.*s%s", KB_STR_ARG(stem), suffix);
	return entry->id ? 0 : -ENOMEM;
}

/* --- keys */

/* A pair of quotes around all of a value is no part of it. */
static struct kb_str bare(struct kb_str value)
{
	bool is_quoted = value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"';

	return is_quoted ? kb_str_of(value.data + 1, value.len - 2) : value;
}

static int add_file(struct bls_files *files, const char *value)
{
	if (files->n < KB_ENTRY_MAX_INITRDS) {
		files->names[files->n++] = value;
	} else {
		files->has_more = true;
	}
	return 0;
}

/* What no loader knows is no mistake. */
static bool is_extra(struct kb_str value)
{
	static const char *const suffixes[] = {".cred", ".sysext.raw", ".confext.raw"};
	bool is_one = false;

	for (size_t i = 0; i < KB_ARRAY_LEN(suffixes); i++) {
		size_t len = strlen(suffixes[i]);

		is_one = is_one ||
			 (value.len > len && kb_str_eq_nocase(kb_str_skip(value, value.len - len),
							      kb_str_from(suffixes[i])));
	}
	return is_one;
}

static unsigned profile_number(struct kb_str value)
{
	uint64_t n;

	return kb_str_to_u64(value, &n) < 0 || n >= KB_PE_MAX_PROFILES ? 0 : (unsigned)n;
}

static int add_options(struct kb_arena *arena, struct bls_entry *entry, const char *value)
{
	entry->options =
		entry->options ? kb_arena_printf(arena, "%s %s", entry->options, value) : value;
	return entry->options ? 0 : -ENOMEM;
}

static const struct {
	const char *key;
	size_t at;
} texts[] = {
	{"title", offsetof(struct bls_entry, title)},
	{"version", offsetof(struct bls_entry, version)},
	{"machine-id", offsetof(struct bls_entry, machine_id)},
	{"sort-key", offsetof(struct bls_entry, sort_key)},
	{"linux", offsetof(struct bls_entry, linux_image)},
	{"efi", offsetof(struct bls_entry, efi)},
	{"uki", offsetof(struct bls_entry, uki)},
	{"uki-url", offsetof(struct bls_entry, uki_url)},
	{"devicetree", offsetof(struct bls_entry, devicetree)},
	{"devicetree-overlay", offsetof(struct bls_entry, devicetree_overlay)},
	{"architecture", offsetof(struct bls_entry, architecture)},
};

/* Of GRUB's blscfg; id was Fedora's. */
static bool is_grubs(struct kb_str key)
{
	return kb_str_starts(key, KB_STR("grub_")) || kb_str_eq(key, KB_STR("id"));
}

/* The variables of GRUB that Fedora writes behind the name mean no file. */
static struct kb_str without_variables(struct kb_str value)
{
	static const char mark[] = " $";
	const char *at = memmem(value.data, value.len, mark, strlen(mark));

	return at ? kb_str_trim(kb_str_head(value, (size_t)(at - value.data))) : value;
}

/* 1: the key is not known. */
static int take(struct kb_arena *arena, struct kb_str key, struct kb_str value,
		struct bls_entry *entry)
{
	bool is_initrd = kb_str_eq(key, KB_STR("initrd"));
	const char *text = kb_arena_str(arena, is_initrd ? without_variables(value) : value);
	int r = is_grubs(key) ? 0 : 1;

	if (!text) {
		return -ENOMEM;
	}
	if (is_initrd) {
		return add_file(&entry->initrd, text);
	}
	if (kb_str_eq(key, KB_STR("extra"))) {
		return is_extra(value) ? add_file(&entry->extra, text) : 0;
	}
	if (kb_str_eq(key, KB_STR("profile"))) {
		entry->profile = profile_number(value);
		return 0;
	}
	if (kb_str_eq(key, KB_STR("options"))) {
		return add_options(arena, entry, text);
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		if (kb_str_eq(key, kb_str_from(texts[i].key))) {
			*(const char **)((char *)entry + texts[i].at) = text;
			r = 0;
		}
	}
	return r;
}

int bls_each_key(const char *file, struct kb_str text, struct conf_diags *diags,
		 int (*take_key)(void *ctx, struct kb_str key, struct kb_str value, unsigned line),
		 void *ctx)
{
	struct text_lines lines = {.file = file,
				   .diags = diags,
				   .max_line = MAX_LINE,
				   .max_bytes = BLS_MAX_BYTES,
				   .comments = "#",
				   .severity = KB_SEVERITY_LOSS};
	struct kb_str line;
	int r = 0;

	text_lines_start(&lines, text);
	while (r == 0 && text_lines_next(&lines, &line)) {
		struct kb_str rest = line;
		struct kb_str key = KB_STR("");
		struct kb_str value;

		(void)kb_str_next_word(&rest, &key);
		value = kb_str_trim(rest);
		if (value.len > 0) {
			r = take_key(ctx, key, value, lines.number);
		}
		if (r > 0) {
			conf_diags_unknown(diags, text_lines_at(&lines, key.data), key);
			r = 0;
		}
	}
	return r;
}

struct parsing {
	struct kb_arena *arena;
	struct bls_entry *entry;
};

static int take_key(void *ctx, struct kb_str key, struct kb_str value, unsigned line)
{
	const struct parsing *p = ctx;

	(void)line;
	return take(p->arena, key, bare(value), p->entry);
}

int bls_entry_parse(struct kb_arena *arena, const char *file, struct kb_str text,
		    struct conf_diags *diags, struct bls_entry *entry)
{
	struct parsing parsing = {arena, entry};

	return bls_each_key(file, text, diags, take_key, &parsing);
}

/* --- what is wrong with it */

int bls_entry_add_missing(struct kb_arena *arena, const struct bls_entry *from,
			  struct kb_entry *entry)
{
	if (from->uki_url) {
		/* ":x.efi" is beside what the firmware fetched, which is no kernel of Linux's. */
		entry->hidden = from->uki_url[0] == ':';
		return kb_entry_add_problem(arena, entry, "%s is not fetched", from->uki_url);
	}
	return from->efi ? kb_entry_add_problem(arena, entry,
						"%s is an EFI program: the firmware can start it, "
						"kexec cannot",
						from->efi)
			 : kb_entry_add_mistake(arena, entry, "it names no kernel");
}

int bls_entry_check_kinds(struct kb_arena *arena, const struct bls_entry *from,
			  struct kb_entry *entry)
{
	return bls_entry_kinds(from) > 1
		       ? kb_entry_add_mistake(arena, entry,
					      "it names more than one of linux, efi, uki, uki-url")
		       : 0;
}

/* --- order */

struct kb_bls_key bls_entry_key(const struct bls_entry *entry)
{
	return (struct kb_bls_key){.id = entry->id,
				   .file = entry->file,
				   .sort_key = entry->sort_key,
				   .machine_id = entry->machine_id,
				   .version = entry->version,
				   .tries_left = entry->tries_left,
				   .is_uki = entry->is_uki_file,
				   .is_whole = entry->kernel_bytes > 0};
}

unsigned bls_entry_kinds(const struct bls_entry *entry)
{
	return (entry->linux_image != NULL) + (entry->efi != NULL) + (entry->uki != NULL) +
	       (entry->uki_url != NULL);
}

int bls_entry_compare(const void *a, const void *b)
{
	const struct bls_entry *x = *(const struct bls_entry *const *)a;
	const struct bls_entry *y = *(const struct bls_entry *const *)b;
	const struct kb_bls_key x_key = bls_entry_key(x);
	const struct kb_bls_key y_key = bls_entry_key(y);
	int r = kb_bls_compare(&x_key, &y_key);

	return r != 0 ? r : (x->profile > y->profile) - (x->profile < y->profile);
}

/* As EFI calls it. */
static const char *own_architecture(void)
{
#if defined(__x86_64__)
	return "x64";
#elif defined(__aarch64__)
	return "AA64";
#else
	return "";
#endif
}

bool bls_entry_fits(const struct bls_entry *entry)
{
	return !entry->architecture ||
	       kb_str_eq_nocase(kb_str_from(entry->architecture), kb_str_from(own_architecture()));
}
