/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/smb.h"

#include <errno.h>

static void same(const char *is, const char *wanted)
{
	assert_int_equal(is == NULL, wanted == NULL);
	if (is) {
		assert_string_equal(is, wanted);
	}
}

static void places_are_taken_apart(void **state)
{
	static const struct {
		const char *text;
		struct kb_smb_place place;
	} places[] = {
		{"h.net/share", {.host = "h.net", .share = "share"}},
		{"h:4450/s$", {.host = "h", .port = 4450, .share = "s$"}},
		{"[fe80::1%eth0]:1/s", {.host = "fe80::1%eth0", .port = 1, .share = "s"}},
		{"me@h/my%20share", {.host = "h", .share = "my share", .user = "me"}},
		{"WORK;me@h/s", {.host = "h", .share = "s", .user = "me", .domain = "WORK"}},
		{"a%40b,c@h/s, t", {.host = "h", .share = "s, t", .user = "a@b,c"}},
		{"me@firm.net@h/s", {.host = "h", .share = "s", .user = "me@firm.net"}},
		{"@h/s", {.host = "h", .share = "s"}},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(places); i++) {
		KB_ARENA struct kb_arena arena = {0};
		const struct kb_smb_place *wanted = &places[i].place;
		struct kb_smb_place place = {0};
		struct kb_error err = {0};

		assert_int_equal(kb_smb_place_parse(&arena, kb_str_from(places[i].text), &place,
						    &err),
				 0);
		same(place.host, wanted->host);
		same(place.share, wanted->share);
		same(place.user, wanted->user);
		same(place.domain, wanted->domain);
		assert_int_equal(place.port, wanted->port);
	}
}

static void what_is_none_gets_a_sentence(void **state)
{
	static char long_share[KB_SMB_MAX_SHARE + 8];
	static const struct {
		const char *text;
		const char *sentence;
	} bad[] = {
		{"h", "`` is not the name of a share"},
		{"h/", "`` is not the name of a share"},
		{"/s", "`` is not the name of a host"},
		{"h,ip=1/s", "`h,ip=1` is not the name of a host"},
		{"h:0/s", "`h:0` is not the name of a host"},
		{"h:x/s", "`h:x` is not the name of a host"},
		{"-h/s", "`-h` is not the name of a host"},
		{"[::1/s", "`[::1` is not the name of a host"},
		{"h/a%2fb", "`a%2fb` is not the name of a share"},
		{"h/a\\b", "`a\\b` is not the name of a share"},
		{"h/a%0ab", "`a%0ab` is not the name of a share"},
		{"a%0a@h/s", "`a%0a` is not the name of a user"},
		{"a%0a;b@h/s", "`a%0a;b` is not the name of a user"},
		{long_share, NULL},
	};

	(void)state;
	memset(long_share, 's', sizeof(long_share) - 1);
	memcpy(long_share, "h/", 2);
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_smb_place place = {.port = 7};
		struct kb_error err = {0};

		assert_int_equal(kb_smb_place_parse(&arena, kb_str_from(bad[i].text), &place, &err),
				 -EINVAL);
		assert_int_equal(place.port, 7);
		if (bad[i].sentence) {
			assert_string_equal(err.text, bad[i].sentence);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_taken_apart),
		cmocka_unit_test(what_is_none_gets_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
