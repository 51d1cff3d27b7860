/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/fetch/url_map.h"

static const struct kb_url_map maps[] = {
	{"http://server/pxe/", "pxe"},
	{"http://server", "top"},
	{"tftp://10.0.0.1/", "tftp"},
	{"http://server/pxe/deep", "deep"},
};

/* dir NULL: none. */
static void assert_file(const char *url, const char *dir, const char *path)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_url_map *map = NULL;
	const char *found = NULL;
	struct kb_error err = {0};
	int r = kb_url_map_find(maps, sizeof(maps) / sizeof(maps[0]), &arena, url, &map, &found,
				&err);

	if (!dir) {
		assert_true(r < 0);
		assert_true(err.text[0] != '\0');
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(map->dir, dir);
	assert_string_equal(found, path);
}

static void the_longest_prefix_wins(void **state)
{
	(void)state;
	assert_file("http://server/x", "top", "/x");
	assert_file("http://SERVER:80/pxe/x/y", "pxe", "/x/y");
	assert_file("http://server/pxe", "pxe", "/");
	assert_file("http://server/pxelinux.0", "top", "/pxelinux.0");
	assert_file("http://server/pxe/deep/x", "deep", "/x");
	assert_file("http://server/pxe/deeper", "pxe", "/deeper");
	assert_file("tftp://10.0.0.1/a%20b?c=d", "tftp", "/a b");
	assert_file("http://server", "top", "/");
}

static void another_server_has_none(void **state)
{
	(void)state;
	assert_file("http://other/x", NULL, NULL);
	assert_file("https://server/x", NULL, NULL);
	assert_file("http://server:8080/x", NULL, NULL);
	assert_file("/x", NULL, NULL);
	assert_file("", NULL, NULL);
}

static void no_name_leads_out(void **state)
{
	(void)state;
	assert_file("http://server/pxe/../../x", "top", "/x");
	assert_file("http://server/pxe/%2e%2e/x", NULL, NULL);
	assert_file("http://server/pxe/a%2f..%2f..%2fx", NULL, NULL);
	assert_file("http://server/pxe/a%2F..", NULL, NULL);
	assert_file("http://server/pxe/a%00b", NULL, NULL);
}

static void a_prefix_is_a_whole_url(void **state)
{
	struct kb_error err = {0};

	(void)state;
	assert_int_equal(kb_url_map_check("http://server/pxe", &err), 0);
	assert_int_equal(kb_url_map_check("/pxe", &err), -EINVAL);
	assert_int_equal(kb_url_map_check("http://server/?x", &err), -EINVAL);
	assert_true(kb_url_map_check("gopher://server/", &err) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_prefix_wins),
		cmocka_unit_test(another_server_has_none),
		cmocka_unit_test(no_name_leads_out),
		cmocka_unit_test(a_prefix_is_a_whole_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
