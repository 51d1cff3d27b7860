/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands behind a URL: which file it must be, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "kboot/fetch/fetch.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void what_is_said_behind_a_url(void **state)
{
	static const struct {
		const char *text;
		bool has_sha256;
		const char *path; /* NULL: none */
		unsigned mode;
		int mkdir;
	} cases[] = {
		{"http://h/a", false, NULL, 0644, 0},
		{"http://h/a#sha256=" DIGEST, true, NULL, 0644, 0},
		{"http://h/a#file=/etc/x", false, "/etc/x", 0644, 0},
		{"http://h/a#file=x%2Cy%20%26z&mode=755", false, "x,y &z", 0755, 0},
		{"http://h/a#sha256=" DIGEST "&file=/x&mode=0600&mkdir=-1", true, "/x", 0600, -1},
		{"http://h/a#mkdir=2&file=/a/b/c", false, "/a/b/c", 0644, 2},
		{"http://h/a|http://i/a#file=/x", false, "/x", 0644, 0},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_fetch_resource resource;
		struct kb_error err = {0};

		if (kb_fetch_resource_parse(&arena, kb_str_from(cases[i].text), &resource, &err) <
		    0) {
			fail_msg("%s: %s", cases[i].text, err.text);
		}
		assert_int_equal(resource.has_sha256, cases[i].has_sha256);
		assert_int_equal(resource.path != NULL, cases[i].path != NULL);
		if (cases[i].path) {
			assert_string_equal(resource.path, cases[i].path);
		}
		assert_int_equal(resource.mode, cases[i].mode);
		assert_int_equal(resource.mkdir, cases[i].mkdir);
	}
}

static void what_means_nothing_there(void **state)
{
	static const struct {
		const char *text;
		const char *sentence; /* a part of it */
	} cases[] = {
		{"http://h/a#top", "have a meaning"},
		{"http://h/a#", "have a meaning"},
		{"http://h/a#file=/x&&mode=1", "have a meaning"},
		{"http://h/a#sha256=12", "64 hexadecimal digits"},
		{"http://h/a#sha256=" DIGEST "0", "64 hexadecimal digits"},
		{"http://h/a#sha256=" DIGEST "&sha256=1" DIGEST, "64 hexadecimal digits"},
		{"http://h/a#file=", "a path"},
		{"http://h/a#file=//", "a path"},
		{"http://h/a#file=/x&mode=", "octal"},
		{"http://h/a#file=/x&mode=8", "octal"},
		{"http://h/a#file=/x&mode=10000", "octal"},
		{"http://h/a#file=/x&mode=77777777777777777777", "octal"},
		{"http://h/a#file=/x&mkdir=-2", "a number"},
		{"http://h/a#file=/x&mkdir=1001", "a number"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_fetch_resource resource;
		struct kb_error err = {0};

		assert_int_equal(kb_fetch_resource_parse(&arena, kb_str_from(cases[i].text),
							 &resource, &err),
				 -EINVAL);
		if (!strstr(err.text, cases[i].sentence)) {
			fail_msg("%s: %s", cases[i].text, err.text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_behind_a_url),
		cmocka_unit_test(what_means_nothing_there),
	};

	return cmocka_run_group_tests_name("fetch/resource", tests, NULL, NULL);
}
