/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/fetch/url.h"

#include <errno.h>

static struct kb_url parsed(struct kb_arena *arena, const char *text, const struct kb_url *base)
{
	struct kb_url url;
	struct kb_error err = {0};
	int r = kb_url_parse(arena, kb_str_from(text), base, &url, &err);

	if (r < 0) {
		fail_msg("%s: %s", text, err.text);
	}
	return url;
}

static void takes_a_url_apart(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url url =
		parsed(&arena, "HTTPS://us%65r:p%40:w@Boot.Example.:8443/a%20b;v=1?x=/?&y#f", NULL);

	(void)state;
	assert_int_equal(url.scheme, KB_URL_HTTPS);
	assert_string_equal(url.user, "user");
	assert_string_equal(url.password, "p@:w");
	assert_string_equal(url.host, "boot.example.");
	assert_int_equal(url.port, 8443);
	assert_string_equal(url.path, "/a%20b;v=1");
	assert_string_equal(url.query, "x=/?&y");
	assert_string_equal(url.fragment, "f");
	url = parsed(&arena, "tftp://[FE80::0:1%25eth0]", NULL);
	assert_null(url.user);
	assert_string_equal(url.host, "fe80::1%eth0");
	assert_int_equal(kb_url_port(&url), 69);
	assert_string_equal(url.path, "");
	assert_null(url.query);
}

static void prints_no_credentials(void **state)
{
	static const char *const texts[][2] = {
		{"http://u:secret@h/x?y#z", "http://h/x?y#z"},
		{"http://:secret@h", "http://h"},
		{"ftp://H:21/./x", "ftp://h/x"},
		{"ftps://u@h:21/", "ftps://h:21/"},
		{"tftp://[::1%25en_0]:70/a//b/../c/", "tftp://[::1%25en_0]:70/a//c/"},
		{"http://h:/", "http://h/"},
		{"http://10.0.0.1/../../a/..", "http://10.0.0.1/"},
	};
	KB_ARENA struct kb_arena arena = {0};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		struct kb_url url = parsed(&arena, texts[i][0], NULL);

		assert_string_equal(kb_url_print(&arena, &url), texts[i][1]);
	}
}

/* RFC 3986, 5.4, all of both tables; NULL: of a scheme that we do not know, or without a host. */
static void resolves_references(void **state)
{
	static const char *const references[][2] = {
		{"g:h", NULL},
		{"g", "http://a/b/c/g"},
		{"./g", "http://a/b/c/g"},
		{"g/", "http://a/b/c/g/"},
		{"/g", "http://a/g"},
		{"//g", "http://g"},
		{"?y", "http://a/b/c/d;p?y"},
		{"g?y", "http://a/b/c/g?y"},
		{"#s", "http://a/b/c/d;p?q#s"},
		{"g#s", "http://a/b/c/g#s"},
		{"g?y#s", "http://a/b/c/g?y#s"},
		{";x", "http://a/b/c/;x"},
		{"g;x", "http://a/b/c/g;x"},
		{"g;x?y#s", "http://a/b/c/g;x?y#s"},
		{"", "http://a/b/c/d;p?q"},
		{".", "http://a/b/c/"},
		{"./", "http://a/b/c/"},
		{"..", "http://a/b/"},
		{"../", "http://a/b/"},
		{"../g", "http://a/b/g"},
		{"../..", "http://a/"},
		{"../../", "http://a/"},
		{"../../g", "http://a/g"},
		{"../../../g", "http://a/g"},
		{"../../../../g", "http://a/g"},
		{"/./g", "http://a/g"},
		{"/../g", "http://a/g"},
		{"g.", "http://a/b/c/g."},
		{".g", "http://a/b/c/.g"},
		{"g..", "http://a/b/c/g.."},
		{"..g", "http://a/b/c/..g"},
		{"./../g", "http://a/b/g"},
		{"./g/.", "http://a/b/c/g/"},
		{"g/./h", "http://a/b/c/g/h"},
		{"g/../h", "http://a/b/c/h"},
		{"g;x=1/./y", "http://a/b/c/g;x=1/y"},
		{"g;x=1/../y", "http://a/b/c/y"},
		{"g?y/./x", "http://a/b/c/g?y/./x"},
		{"g?y/../x", "http://a/b/c/g?y/../x"},
		{"g#s/./x", "http://a/b/c/g#s/./x"},
		{"g#s/../x", "http://a/b/c/g#s/../x"},
		{"http:g", NULL},
		/* Not in the tables: a query of nothing is one. */
		{"?", "http://a/b/c/d;p?"},
	};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url base = parsed(&arena, "http://a/b/c/d;p?q", NULL);
	struct kb_url url;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(references); i++) {
		if (!references[i][1]) {
			assert_true(kb_url_parse(&arena, kb_str_from(references[i][0]), &base, &url,
						 NULL) < 0);
			continue;
		}
		url = parsed(&arena, references[i][0], &base);
		assert_string_equal(kb_url_print(&arena, &url), references[i][1]);
	}
}

static void keeps_credentials_for_their_server(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url base = parsed(&arena, "http://u:p@a", NULL);
	struct kb_url url = parsed(&arena, "x", &base);

	(void)state;
	assert_string_equal(kb_url_print(&arena, &url), "http://a/x");
	assert_string_equal(url.password, "p");
	url = parsed(&arena, "//a/x", &base);
	assert_null(url.user);
	assert_true(kb_url_same_origin(&url, &base));
	url = parsed(&arena, "https://a/x", &base);
	assert_false(kb_url_same_origin(&url, &base));
	url = parsed(&arena, "//a:81/x", &base);
	assert_false(kb_url_same_origin(&url, &base));
}

static void refuses_with_the_column(void **state)
{
	static const struct {
		const char *text;
		unsigned column;
		const char *says;
	} texts[] = {
		{"", 1, "a scheme is missing"},
		{"/boot/x", 1, "a scheme is missing"},
		{"http:/h/x", 6, "// and a host are missing"},
		{"http:///x", 8, "a host is missing"},
		{"http://h/a b", 11, "a blank is written %20"},
		{"http://h/a\"", 11, "`\"` is written %22"},
		{"http://h/\xc3\xa9", 10, "this byte is written %C3"},
		{"http://h/a\nb", 11, "a control character"},
		{"http://h/a%0db", 11, "a control character"},
		{"http://h/%zz", 10, "two hexadecimal digits"},
		{"http://h/%4", 10, "two hexadecimal digits"},
		{"http://h/?[", 11, "`[` is written %5B"},
		{"http://h/#\\", 11, "is written %5C"},
		{"http://h:0/", 10, "from 1 to 65535"},
		{"http://h:65536/", 10, "from 1 to 65535"},
		{"http://h:8o/", 10, "from 1 to 65535"},
		{"http://h_x!/", 11, "a host has letters"},
		{"http://a..b/", 10, "no host has such a name"},
		{"sftp://-oProxyCommand/x", 8, "no host has such a name"},
		{"http://127.1/", 8, "four numbers"},
		{"http://1.2.3.256/", 8, "four numbers"},
		{"http://99999999999999999999/", 8, "four numbers"},
		{"http://[::1/", 8, "not closed"},
		{"http://[::g]/", 9, "no IPv6 address"},
		{"http://[::1%25]/", 12, "an interface is written"},
		{"http://[::1%eth0]/", 12, "an interface is written"},
		{"http://[::1]80/", 13, "a colon with a port"},
		{"http://u:p@q@h/", 13, "a @ in a name or password is written %40"},
		{"http://u:se<ret@h/", 12, "this character of the name or password"},
		{"tftp://u@h/x", 8, "tftp knows no names"},
	};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url url;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		struct kb_error err = {0};
		char column[32];

		assert_int_equal(kb_url_parse(&arena, kb_str_from(texts[i].text), NULL, &url, &err),
				 -EINVAL);
		(void)snprintf(column, sizeof(column), "column %u: ", texts[i].column);
		if (!strstr(err.text, texts[i].says) || !strstr(err.text, column)) {
			fail_msg("%s: %s", texts[i].text, err.text);
		}
		assert_null(strstr(err.text, "se<ret"));
		assert_int_equal(err.column, texts[i].column);
	}
}

static void knows_its_schemes(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url url;
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_url_parse(&arena, KB_STR("smb://h/x"), NULL, &url, &err),
			 -EPROTONOSUPPORT);
	assert_non_null(strstr(err.text, "mounted, not fetched"));
	assert_int_equal(kb_url_parse(&arena, KB_STR("sftp://me@h/x"), NULL, &url, &err), 0);
	assert_int_equal(url.scheme, KB_URL_SFTP);
	assert_int_equal(kb_url_port(&url), 22);
	assert_int_equal(kb_url_parse(&arena, KB_STR("scp://h:2222/~/x"), NULL, &url, &err), 0);
	assert_int_equal(url.scheme, KB_URL_SCP);
	assert_int_equal(kb_url_port(&url), 2222);
	assert_int_equal(kb_url_parse(&arena, KB_STR("file:///x"), NULL, &url, &err),
			 -EPROTONOSUPPORT);
	assert_non_null(strstr(err.text, "not by `file`"));
}

static void takes_mirrors(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url urls[KB_URL_MAX_MIRRORS];
	struct kb_error err;
	size_t n = 0;

	(void)state;
	assert_int_equal(kb_url_parse_mirrors(&arena, KB_STR("http://a/x|tftp://b/y"), urls, &n,
					      &err),
			 0);
	assert_int_equal(n, 2);
	assert_string_equal(urls[1].host, "b");
	assert_int_equal(kb_url_parse_mirrors(&arena, KB_STR("http://a/x|"), urls, &n, &err),
			 -EINVAL);
	assert_int_equal(err.column, 12);
	assert_int_equal(kb_url_parse_mirrors(&arena,
					      KB_STR("http://a|http://a|http://a|http://a|http://a|"
						     "http://a|http://a|http://a|http://a"),
					      urls, &n, &err),
			 -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_url_apart),
		cmocka_unit_test(prints_no_credentials),
		cmocka_unit_test(resolves_references),
		cmocka_unit_test(keeps_credentials_for_their_server),
		cmocka_unit_test(refuses_with_the_column),
		cmocka_unit_test(knows_its_schemes),
		cmocka_unit_test(takes_mirrors),
	};

	return cmocka_run_group_tests_name("fetch/url", tests, NULL, NULL);
}
