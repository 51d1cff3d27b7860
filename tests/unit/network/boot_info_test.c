/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes through the pipe from the process that has read packets, whoever may have written it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "boot_info.h"

#define INFO(variables) "{\"infos\":[{\"reason\":\"r\",\"variables\":[" variables "]}]}"

static void what_was_put_is_taken(void **state)
{
	static char *variables[] = {(char *)"bootfile=a \"b\" \xff", (char *)"tftp=h", NULL};
	const struct kb_boot_infos infos = {
		.at = {{.title = "One", .reason = "r", .variables = variables},
		       {.reason = "s", .variables = variables + 1}},
		.n = 2,
		.wait_s = -1,
	};
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_boot_infos back;
	struct kb_error err = {0};

	(void)state;
	kb_boot_infos_put(&infos, &err, &text);
	assert_int_equal(kb_boot_infos_take(&arena, kb_buf_view(&text), &back, &err), 0);
	assert_int_equal(back.n, 2);
	assert_int_equal(back.wait_s, -1);
	assert_string_equal(back.at[0].title, "One");
	assert_string_equal(back.at[0].variables[0], variables[0]);
	assert_string_equal(back.at[0].variables[1], "tftp=h");
	assert_null(back.at[0].variables[2]);
	assert_null(back.at[1].title);
	assert_string_equal(back.at[1].reason, "s");
}

static void a_failure_is_its_sentence(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_boot_infos infos = {0};
	struct kb_error err = {0};
	struct kb_error seen = {0};

	(void)state;
	kb_error_fill(&err, -ETIMEDOUT, "nobody answers");
	kb_boot_infos_put(&infos, &err, &text);
	assert_int_equal(kb_boot_infos_take(&arena, kb_buf_view(&text), &infos, &seen), -ETIMEDOUT);
	assert_string_equal(seen.text, "nobody answers");
}

static void what_nobody_would_write(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{}",
		"{\"infos\":[]}",
		"{\"infos\":{}}",
		"{\"infos\":[1]}",
		"{\"infos\":[{\"variables\":[]}]}",
		"{\"code\":5,\"infos\":[]}",
		"{\"code\":-100000}",
		INFO("1"),
		INFO("\"no equals sign\""),
		INFO("\"a=\\u0000\""),
		"{\"infos\":[{\"reason\":1,\"variables\":[]}]}",
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_boot_infos infos = {0};
		struct kb_error err = {0};
		int r = kb_boot_infos_take(&arena, kb_str_from(texts[i]), &infos, &err);

		if (r >= 0 || !err.text[0] || infos.n != 0) {
			fail_msg("%s: %d", texts[i], r);
		}
	}
}

static void more_than_anybody_would_write(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_boot_infos infos = {0};
	struct kb_error err = {0};

	(void)state;
	kb_buf_puts(&text, "{\"wait\":999,\"infos\":[");
	for (int i = 0; i < 3 * KB_BOOT_INFOS_MAX; i++) {
		kb_buf_printf(&text, "%s{\"reason\":\"r\",\"variables\":[]}", i ? "," : "");
	}
	kb_buf_puts(&text, "]}");
	assert_int_equal(kb_boot_infos_take(&arena, kb_buf_view(&text), &infos, &err), 0);
	assert_int_equal(infos.n, KB_BOOT_INFOS_MAX);
	assert_int_equal(infos.wait_s, -1);
	kb_buf_reset(&text);
	kb_buf_puts(&text, "{\"infos\":[{\"reason\":\"r\",\"variables\":[");
	for (int i = 0; i < 100; i++) {
		kb_buf_printf(&text, "%s\"a=b\"", i ? "," : "");
	}
	kb_buf_puts(&text, "]}]}");
	assert_int_equal(kb_boot_infos_take(&arena, kb_buf_view(&text), &infos, &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_taken),
		cmocka_unit_test(a_failure_is_its_sentence),
		cmocka_unit_test(what_nobody_would_write),
		cmocka_unit_test(more_than_anybody_would_write),
	};

	return cmocka_run_group_tests_name("network/boot_info", tests, NULL, NULL);
}
