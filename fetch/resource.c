/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "kboot/fetch/fetch.h"

enum { MODE_DEFAULT = 0644, MODE_MAX = 07777, MKDIR_MAX = 1000 };

int kb_fetch_sha256_parse(struct kb_str text,
			  unsigned char ret_digest[static KB_FETCH_SHA256_BYTES])
{
	unsigned char digest[KB_FETCH_SHA256_BYTES] = {0};

	if (text.len != 2 * sizeof(digest)) {
		return -EINVAL;
	}
	for (size_t i = 0; i < text.len; i++) {
		unsigned value = kb_hex_value(text.data[i]);

		if (value == 16) {
			return -EINVAL;
		}
		digest[i / 2] = (unsigned char)(digest[i / 2] << 4 | value);
	}
	memcpy(ret_digest, digest, sizeof(digest));
	return 0;
}

/* Behind one of them it is said of all: they are one file. */
static int take_digest(struct kb_arena *arena, struct kb_str value, struct kb_fetch_resource *r,
		       struct kb_error *err)
{
	unsigned char digest[KB_FETCH_SHA256_BYTES];

	(void)arena;
	if (kb_fetch_sha256_parse(value, digest) < 0) {
		return kb_error_set(err, -EINVAL,
				    "behind sha256= of a URL stand 64 hexadecimal digits");
	}
	if (r->has_sha256 && memcmp(digest, r->sha256, sizeof(digest)) != 0) {
		return kb_error_set(err, -EINVAL, "two different sha256 of one file");
	}
	memcpy(r->sha256, digest, sizeof(digest));
	r->has_sha256 = true;
	return 0;
}

static int take_path(struct kb_arena *arena, struct kb_str value, struct kb_fetch_resource *r,
		     struct kb_error *err)
{
	r->path = kb_url_decode(arena, value);
	if (!r->path) {
		return kb_error_no_memory(err);
	}
	return r->path[strspn(r->path, "/")] == '\0'
		       ? kb_error_set(err, -EINVAL, "behind file= of a URL stands a path")
		       : 0;
}

static int take_mode(struct kb_arena *arena, struct kb_str value, struct kb_fetch_resource *r,
		     struct kb_error *err)
{
	unsigned mode = 0;

	(void)arena;
	for (size_t i = 0; i < value.len && mode <= MODE_MAX; i++) {
		mode = value.data[i] >= '0' && value.data[i] <= '7'
			       ? 8 * mode + (unsigned)(value.data[i] - '0')
			       : MODE_MAX + 1;
	}
	if (value.len == 0 || mode > MODE_MAX) {
		return kb_error_set(err, -EINVAL, "behind mode= of a URL stand octal digits");
	}
	r->mode = mode;
	return 0;
}

static int take_mkdir(struct kb_arena *arena, struct kb_str value, struct kb_fetch_resource *r,
		      struct kb_error *err)
{
	uint64_t n;

	(void)arena;
	if (kb_str_eq(value, KB_STR("-1"))) {
		r->mkdir = -1;
		return 0;
	}
	if (kb_str_to_u64(value, &n) < 0 || n > MKDIR_MAX) {
		return kb_error_set(err, -EINVAL, "behind mkdir= of a URL stands a number");
	}
	r->mkdir = (int)n;
	return 0;
}

static const struct word {
	struct kb_str name;
	int (*take)(struct kb_arena *arena, struct kb_str value, struct kb_fetch_resource *r,
		    struct kb_error *err);
} words[] = {
	{KB_STR("sha256="), take_digest},
	{KB_STR("file="), take_path},
	{KB_STR("mode="), take_mode},
	{KB_STR("mkdir="), take_mkdir},
};

static int take_word(struct kb_arena *arena, struct kb_str text, struct kb_fetch_resource *r,
		     struct kb_error *err)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
		if (kb_str_starts(text, words[i].name)) {
			return words[i].take(arena, kb_str_skip(text, words[i].name.len), r, err);
		}
	}
	return kb_error_set(err, -EINVAL,
			    "behind # of a URL only sha256= and 64 hexadecimal digits, file=, "
			    "mode= and mkdir= have a meaning");
}

static int take_fragment(struct kb_arena *arena, const char *fragment,
			 struct kb_fetch_resource *resource, struct kb_error *err)
{
	struct kb_str rest = kb_str_from(fragment);
	int r;

	do {
		struct kb_str word = kb_str_head(rest, kb_str_find(rest, '&'));

		r = take_word(arena, word, resource, err);
		rest = kb_str_skip(rest, word.len + 1);
	} while (r == 0 && rest.len > 0);
	return r;
}

int kb_fetch_resource_parse(struct kb_arena *arena, struct kb_str text,
			    struct kb_fetch_resource *ret_resource, struct kb_error *err)
{
	struct kb_fetch_resource resource = {.mode = MODE_DEFAULT};
	int r = kb_url_parse_mirrors(arena, text, resource.urls, &resource.n_urls, err);

	for (size_t i = 0; r == 0 && i < resource.n_urls; i++) {
		const char *fragment = resource.urls[i].fragment;

		r = fragment ? take_fragment(arena, fragment, &resource, err) : 0;
	}
	if (r == 0) {
		*ret_resource = resource;
	}
	return r;
}

const char *kb_url_join(struct kb_arena *arena, const char *base, const char *text)
{
	struct kb_url from = {0};
	struct kb_url url = {0};
	bool has_base = kb_url_parse(arena, kb_str_from(base), NULL, &from, NULL) == 0;

	return kb_url_parse(arena, kb_str_from(text), has_base ? &from : NULL, &url, NULL) == 0
		       ? kb_url_print(arena, &url)
		       : NULL;
}
