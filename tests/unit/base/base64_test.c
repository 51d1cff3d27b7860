/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/base64.h"

#include <errno.h>

/* RFC 4648, 10, and bytes that use every digit's top bits. */
static const struct {
	struct kb_str bytes;
	const char *text;
} pairs[] = {
	{KB_STR(""), ""},
	{KB_STR("f"), "Zg=="},
	{KB_STR("fo"), "Zm8="},
	{KB_STR("foo"), "Zm9v"},
	{KB_STR("foob"), "Zm9vYg=="},
	{KB_STR("foobar"), "Zm9vYmFy"},
	{KB_STR("\0\xff\xef\xbe\0"), "AP/vvgA="},
};

static void there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(pairs); i++) {
		KB_BUF struct kb_buf text = {0};
		KB_BUF struct kb_buf bytes = {0};

		kb_base64_encode(pairs[i].bytes, &text);
		assert_true(kb_str_eq(kb_buf_view(&text), kb_str_from(pairs[i].text)));
		assert_int_equal(kb_base64_decode(kb_buf_view(&text), &bytes), 0);
		assert_true(kb_str_eq(kb_buf_view(&bytes), pairs[i].bytes));
	}
}

static void padding_may_be_missing(void **state)
{
	KB_BUF struct kb_buf bytes = {0};

	(void)state;
	assert_int_equal(kb_base64_decode(KB_STR("Zm8"), &bytes), 0);
	assert_true(kb_str_eq(kb_buf_view(&bytes), KB_STR("fo")));
}

static void refuses_what_is_none(void **state)
{
	static const struct kb_str wrong[] = {KB_STR("Zm9v Zm9v"), KB_STR("Zg==Zg=="),
					      KB_STR("Zm9-"), KB_STR("Zm\0v")};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(wrong); i++) {
		KB_BUF struct kb_buf bytes = {0};

		assert_int_equal(kb_base64_decode(wrong[i], &bytes), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(padding_may_be_missing),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
