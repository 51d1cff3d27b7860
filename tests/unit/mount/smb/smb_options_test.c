/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/smb.h"

#include <errno.h>
#include <stdlib.h>

#define ALWAYS ",soft,nosharesock,nodfs,echo_interval=4,iocharset=utf8"

static void check(uint16_t port, struct kb_smb_user user, const char *address, const char *expected)
{
	KB_BUF struct kb_buf out = {0};
	const struct kb_smb_place place = {.host = "h.net", .port = port, .share = "s"};
	struct kb_error err = {0};

	assert_int_equal(kb_smb_options(&out, &place, &user, address, &err), 0);
	assert_string_equal(out.data, expected);
}

static void nobody_asks_without_a_name(void **state)
{
	(void)state;
	check(0, (struct kb_smb_user){0}, "10.0.0.1",
	      "vers=default,ip=10.0.0.1,port=445" ALWAYS ",sec=none,user=");
	/* A password alone is nobody's. */
	check(4450, (struct kb_smb_user){.password = "x"}, "fe80::1%eth0",
	      "vers=default,ip=fe80::1%eth0,port=4450" ALWAYS ",sec=none,user=");
}

static void somebody_asks_by_name(void **state)
{
	(void)state;
	check(0, (struct kb_smb_user){"me", NULL, "secret"}, "::1",
	      "vers=default,ip=::1,port=445" ALWAYS ",user=me,pass=secret");
	check(0, (struct kb_smb_user){"me", "WORK", NULL}, "::1",
	      "vers=default,ip=::1,port=445" ALWAYS ",user=me,domain=WORK,pass=");
}

/* No value may begin another option. */
static void commas_belong_to_their_value(void **state)
{
	(void)state;
	check(0, (struct kb_smb_user){"a,b", "c,,d", ",e,sec=none,"}, "::1",
	      "vers=default,ip=::1,port=445" ALWAYS
	      ",user=a,,b,domain=c,,,,d,pass=,,e,,sec=none,,");
}

/* As fs_context.c of the kernel's client takes options apart: at commas, two of which are one. */
static void count_options(char *text, unsigned *ret_n, char *ret_last)
{
	*ret_n = 1;
	*ret_last = '\0';
	for (char *c = text, *to = ret_last; *c; c++) {
		if (c[0] == ',' && c[1] == ',') {
			*to++ = *c++;
		} else if (c[0] == ',') {
			to = ret_last;
			++*ret_n;
		} else {
			*to++ = *c;
		}
		*to = '\0';
	}
}

static void the_kernel_reads_what_was_meant(void **state)
{
	KB_BUF struct kb_buf out = {0};
	const struct kb_smb_place place = {.host = "h", .share = "s"};
	const struct kb_smb_user user = {"me", NULL, "a,,b,uid=0,"};
	struct kb_error err = {0};
	char last[256];
	unsigned n;

	(void)state;
	assert_int_equal(kb_smb_options(&out, &place, &user, "::1", &err), 0);
	count_options(out.data, &n, last);
	assert_int_equal(n, 10);
	assert_string_equal(last, "pass=a,,b,uid=0,");
}

static void what_cannot_be_written_is_refused_and_not_told(void **state)
{
	static char long_word[KB_SMB_MAX_WORD + 2];
	const struct kb_smb_place place = {.host = "h", .share = "s"};
	const struct {
		struct kb_smb_user user;
		int code;
		const char *sentence;
	} bad[] = {
		{{"me", NULL, "se\ncret"}, -EINVAL, "a control character in its pass"},
		{{"m\x7f", NULL, NULL}, -EINVAL, "a control character in its user"},
		{{"me", NULL, long_word}, -ENAMETOOLONG, "its pass is longer than 256 bytes"},
		{{"me", long_word, NULL}, -ENAMETOOLONG, "its domain is longer than 256 bytes"},
	};

	(void)state;
	memset(long_word, 'x', sizeof(long_word) - 1);
	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		KB_BUF struct kb_buf out = {0};
		struct kb_error err = {0};

		assert_int_equal(kb_smb_options(&out, &place, &bad[i].user, "::1", &err),
				 bad[i].code);
		assert_string_equal(err.text, bad[i].sentence);
	}
}

static void the_source_has_host_and_share(void **state)
{
	const struct kb_smb_place place = {.host = "h.net", .share = "my share", .user = "me"};
	char text[32];

	(void)state;
	assert_int_equal(kb_smb_source(&place, text, sizeof(text)), 0);
	assert_string_equal(text, "//h.net/my share");
	assert_int_equal(kb_smb_source(&place, text, strlen("//h.net/my share")), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_asks_without_a_name),
		cmocka_unit_test(somebody_asks_by_name),
		cmocka_unit_test(commas_belong_to_their_value),
		cmocka_unit_test(the_kernel_reads_what_was_meant),
		cmocka_unit_test(what_cannot_be_written_is_refused_and_not_told),
		cmocka_unit_test(the_source_has_host_and_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
