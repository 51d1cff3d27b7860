/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "kboot/fetch/fetch.h"

static const struct kb_str mark = KB_STR("sha256=");

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
static int take_digest(const char *fragment, struct kb_fetch_resource *r, struct kb_error *err)
{
	struct kb_str text = kb_str_from(fragment);
	unsigned char digest[KB_FETCH_SHA256_BYTES];

	if (!kb_str_starts(text, mark) ||
	    kb_fetch_sha256_parse(kb_str_skip(text, mark.len), digest) < 0) {
		return kb_error_set(err, -EINVAL,
				    "behind # of a URL only sha256= and 64 hexadecimal digits have "
				    "a meaning");
	}
	if (r->has_sha256 && memcmp(digest, r->sha256, sizeof(digest)) != 0) {
		return kb_error_set(err, -EINVAL, "two different sha256 of one file");
	}
	memcpy(r->sha256, digest, sizeof(digest));
	r->has_sha256 = true;
	return 0;
}

int kb_fetch_resource_parse(struct kb_arena *arena, struct kb_str text,
			    struct kb_fetch_resource *ret_resource, struct kb_error *err)
{
	struct kb_fetch_resource resource = {0};
	int r = kb_url_parse_mirrors(arena, text, resource.urls, &resource.n_urls, err);

	for (size_t i = 0; r == 0 && i < resource.n_urls; i++) {
		const char *fragment = resource.urls[i].fragment;

		r = fragment ? take_digest(fragment, &resource, err) : 0;
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
