/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/model/setting.h"

#include <errno.h>
#include <fcntl.h>

#include "kboot/base/tree.h"
#include "kboot/model/name.h"

static void finds_variables(void **state)
{
	enum kb_variable variable = KB_N_VARIABLES;

	(void)state;
	for (size_t i = 0; i < KB_N_VARIABLES; i++) {
		assert_non_null(kb_variables[i].name);
		assert_int_not_equal(strlen(kb_variables[i].summary), 0);
		assert_int_equal(kb_variable_find(kb_str_from(kb_variables[i].name), &variable), 0);
		assert_int_equal(variable, i);
	}
	assert_int_equal(kb_variable_find(KB_STR("TimeOut"), &variable), 0);
	assert_int_equal(variable, KB_VAR_TIMEOUT);
	assert_int_equal(kb_variable_find(KB_STR("linux"), &variable), -ENOENT);
	assert_int_equal(kb_variable_find(KB_STR(""), &variable), -ENOENT);
	assert_int_equal(kb_variable_find(KB_STR("timeout\0"), &variable), -ENOENT);
	assert_int_equal(variable, KB_VAR_TIMEOUT);
}

/* One table: what the code knows, the manual page tells. */
static void are_all_in_the_manual(void **state)
{
	KB_BUF struct kb_buf page = {0};
	KB_CLOSE int fd = open(KBOOT_MANUAL, O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(kb_read_all(fd, 1 << 20, &page), 0);
	for (size_t i = 0; i < KB_N_VARIABLES; i++) {
		char item[64];

		(void)snprintf(item, sizeof(item), "\n.It Cm %s Ns = Ns Ar ", kb_variables[i].name);
		assert_non_null(strstr(page.data, item));
	}
}

static void accept(enum kb_variable variable, const char *value)
{
	struct kb_error err;

	assert_int_equal(kb_variable_check(variable, kb_str_from(value), &err), 0);
}

static void refuse(enum kb_variable variable, struct kb_str value, const char *sentence)
{
	struct kb_error err;

	assert_int_equal(kb_variable_check(variable, value, &err), -EINVAL);
	assert_string_equal(err.text, sentence);
}

static void checks_seconds(void **state)
{
	(void)state;
	accept(KB_VAR_TIMEOUT, "0");
	accept(KB_VAR_TIMEOUT, "86400");
	accept(KB_VAR_DELAY, "007");
	refuse(KB_VAR_TIMEOUT, KB_STR("ten"),
	       "timeout: `ten` is not a number of seconds (0 to 86400)");
	refuse(KB_VAR_TIMEOUT, KB_STR("86401"),
	       "timeout: `86401` is not a number of seconds (0 to 86400)");
	refuse(KB_VAR_DELAY, KB_STR("-1"), "delay: `-1` is not a number of seconds (0 to 86400)");
	refuse(KB_VAR_DELAY, KB_STR(""), "delay: `` is not a number of seconds (0 to 86400)");
	refuse(KB_VAR_DELAY, KB_STR("1.5"), "delay: `1.5` is not a number of seconds (0 to 86400)");
}

static void checks_switches(void **state)
{
	(void)state;
	accept(KB_VAR_MOUNT_RW, "true");
	accept(KB_VAR_RESTRICTED, "No");
	refuse(KB_VAR_RESTRICTED, KB_STR("perhaps"),
	       "restricted: `perhaps` is neither true nor false");
}

static void checks_files(void **state)
{
	static char long_name[KB_NAME_MAX_BYTES + 2];

	(void)state;
	accept(KB_VAR_INITRD, "");
	accept(KB_VAR_INITRD, "/a,/b");
	refuse(KB_VAR_DTB, KB_STR("a\0b"), "dtb: a NUL byte in the value");
	memset(long_name, 'a', KB_NAME_MAX_BYTES);
	accept(KB_VAR_INITRD, long_name);
	long_name[KB_NAME_MAX_BYTES] = 'a';
	refuse(KB_VAR_INITRD, kb_str_from(long_name), "initrd: a file name above 4096 bytes");
	accept(KB_VAR_DEFAULT, long_name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_variables), cmocka_unit_test(are_all_in_the_manual),
		cmocka_unit_test(checks_seconds),  cmocka_unit_test(checks_switches),
		cmocka_unit_test(checks_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
