/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a URL is printed to is read back as the same, but for name and password, which are not in
 * it; so is what it leads to from elsewhere. A refusal is a sentence. */
#include "kboot/fetch/fetch.h"

#include "fuzz.h"

static void check_same(struct kb_arena *arena, const struct kb_url *url)
{
	const char *text = kb_url_print(arena, url);
	struct kb_url again;

	FUZZ_CHECK(text);
	if (strlen(text) > KB_URL_MAX_BYTES) {
		return; /* a reference made it longer */
	}
	FUZZ_CHECK(kb_url_parse(arena, kb_str_from(text), NULL, &again, NULL) == 0);
	FUZZ_CHECK(!again.user && !again.password && kb_url_same_origin(url, &again));
	FUZZ_CHECK(strcmp(text, kb_url_print(arena, &again)) == 0);
	FUZZ_CHECK(!strstr(url->path, "/../") && !strstr(url->path, "/./"));
	FUZZ_CHECK(url->path[0] == '\0' || url->path[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str text = kb_str_of((const char *)data, size);
	struct kb_url mirrors[KB_URL_MAX_MIRRORS];
	struct kb_url base;
	struct kb_url url;
	struct kb_fetch_resource resource;
	struct kb_error err = {0};
	size_t n;

	if (kb_url_parse_mirrors(&arena, text, mirrors, &n, &err) == 0) {
		for (size_t i = 0; i < n; i++) {
			check_same(&arena, &mirrors[i]);
		}
	} else {
		FUZZ_CHECK(err.text[0] != '\0' && err.column <= size + 1);
	}
	FUZZ_CHECK(kb_url_parse(&arena, KB_STR("ftp://u:p@h/b/c/d?q"), NULL, &base, NULL) == 0);
	if (kb_url_parse(&arena, text, &base, &url, NULL) == 0) {
		check_same(&arena, &url);
	}
	if (kb_fetch_resource_parse(&arena, text, &resource, &err) == 0) {
		FUZZ_CHECK(resource.mode <= 07777 && resource.mkdir >= -1);
		FUZZ_CHECK(!resource.path || resource.path[strspn(resource.path, "/")]);
	}
	return 0;
}
