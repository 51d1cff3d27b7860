/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules.h"

#include <errno.h>

static void reads_content_range(void **state)
{
	static const char *const wrong[] = {
		"",
		"bytes",
		"bytes */200",
		"bytes 5-4/10",
		"bytes 0-9/9",
		"bytes 0-9/",
		"bytes 0-9",
		"bytes -9/10",
		"bytes 0-18446744073709551615/*",
		"bytes 0-99999999999999999999/*",
		"items 0-9/10",
		"bytes 0 -9/10",
		"bytes=0-9/10",
	};
	uint64_t first;
	uint64_t last;
	uint64_t total;

	(void)state;
	assert_int_equal(kb_content_range_parse(KB_STR(" Bytes 100-199/200\r"), &first, &last,
						&total),
			 0);
	assert_int_equal(first, 100);
	assert_int_equal(last, 199);
	assert_int_equal(total, 200);
	assert_int_equal(kb_content_range_parse(KB_STR("bytes 0-0/*"), &first, &last, &total), 0);
	assert_true(total == KB_SIZE_UNKNOWN);
	for (size_t i = 0; i < KB_ARRAY_LEN(wrong); i++) {
		if (kb_content_range_parse(kb_str_from(wrong[i]), &first, &last, &total) !=
		    -EINVAL) {
			fail_msg("`%s` was taken", wrong[i]);
		}
	}
}

static void reads_retry_after(void **state)
{
	const struct kb_str now = KB_STR("Sun, 06 Nov 1994 08:49:37 GMT");
	const struct kb_str later = KB_STR("Sun, 06 Nov 1994 08:50:07 GMT");
	const struct kb_str none = {0};

	(void)state;
	assert_int_equal(kb_retry_after_ms(KB_STR(" 7 "), none, 0), 7000);
	assert_int_equal(kb_retry_after_ms(KB_STR("0"), none, 0), 0);
	assert_int_equal(kb_retry_after_ms(KB_STR("99999999"), none, 0), 86400000);
	assert_int_equal(kb_retry_after_ms(KB_STR("-7"), none, 0), 0);
	assert_int_equal(kb_retry_after_ms(KB_STR("soon"), none, 0), 0);
	/* Whatever our own clock shows. */
	assert_int_equal(kb_retry_after_ms(later, now, 0), 30000);
	assert_int_equal(kb_retry_after_ms(now, later, 0), 0);
	assert_int_equal(kb_retry_after_ms(later, none, 784111777), 30000);
	assert_int_equal(kb_retry_after_ms(later, none, 0), 86400000);
}

static void reads_dates(void **state)
{
	static const char *const wrong[] = {
		"",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Now 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 32 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1969 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
	};
	int64_t s = 0;

	(void)state;
	assert_int_equal(kb_http_date_parse(KB_STR("Sun, 06 Nov 1994 08:49:37 GMT"), &s), 0);
	assert_int_equal(s, 784111777);
	for (size_t i = 0; i < KB_ARRAY_LEN(wrong); i++) {
		if (kb_http_date_parse(kb_str_from(wrong[i]), &s) != -EINVAL) {
			fail_msg("`%s` was taken", wrong[i]);
		}
	}
}

static void takes_strong_validators_only(void **state)
{
	const struct kb_str date = KB_STR("Sun, 06 Nov 1994 08:49:37 GMT");
	const struct kb_str none = {0};

	(void)state;
	assert_true(kb_str_eq(kb_validator(KB_STR(" \"a\""), date), KB_STR("\"a\"")));
	assert_true(kb_str_eq(kb_validator(KB_STR("W/\"a\""), date), date));
	assert_true(kb_str_eq(kb_validator(KB_STR("a"), date), date));
	assert_true(kb_str_eq(kb_validator(KB_STR("\""), date), date));
	assert_int_equal(kb_validator(KB_STR("W/\"a\""), none).len, 0);
}

static void waits_longer_each_time(void **state)
{
	static const int64_t middle[] = {500, 500, 1000, 2000, 4000, 4000};

	(void)state;
	for (unsigned i = 0; i < KB_ARRAY_LEN(middle); i++) {
		unsigned in_vain = i == 5 ? 4000000000U : i;
		int64_t half = kb_backoff_ms(in_vain, UINT32_MAX / 2);

		assert_int_equal(kb_backoff_ms(in_vain, 0), middle[i] * 4 / 5);
		assert_int_equal(kb_backoff_ms(in_vain, UINT32_MAX), middle[i] * 6 / 5);
		assert_true(half >= middle[i] - 1 && half <= middle[i]);
	}
}

static void knows_what_is_final(void **state)
{
	static const int final[] = {204, 304, 400, 401, 403, 404, 405, 407, 410, 416, 451, 501};
	static const int passing[] = {408, 429, 500, 502, 503, 504};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(final); i++) {
		assert_true(kb_http_is_final(final[i]));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(passing); i++) {
		assert_false(kb_http_is_final(passing[i]));
		assert_true(kb_http_words(passing[i])[0] != '\0');
	}
	assert_string_equal(kb_http_words(404), "not found");
	assert_string_equal(kb_http_words(299), "");
	assert_true(kb_ftp_is_final(550));
	assert_true(kb_ftp_is_final(530));
	assert_false(kb_ftp_is_final(421));
	assert_false(kb_ftp_is_final(0));
	assert_true(kb_tftp_is_final(1));
	assert_false(kb_tftp_is_final(5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_content_range),
		cmocka_unit_test(reads_retry_after),
		cmocka_unit_test(reads_dates),
		cmocka_unit_test(takes_strong_validators_only),
		cmocka_unit_test(waits_longer_each_time),
		cmocka_unit_test(knows_what_is_final),
	};

	return cmocka_run_group_tests_name("fetch/rules", tests, NULL, NULL);
}
