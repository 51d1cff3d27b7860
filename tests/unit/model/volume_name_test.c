/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "kboot/model/volume_name.h"

static void both_spellings(void **state)
{
	static const struct {
		const char *name;
		const char *mapper;
	} volumes[] = {
		{"vg/lv", "vg-lv"},
		{"my-vg/the-root", "my--vg-the--root"},
		{"vg/a--b", "vg-a----b"},
		{"v/l", "v-l"},
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(volumes); i++) {
		assert_int_equal(kb_volume_mapper(volumes[i].name, text, sizeof(text)), 0);
		assert_string_equal(text, volumes[i].mapper);
		assert_true(kb_volume_name(kb_str_from(volumes[i].mapper), text, sizeof(text)));
		assert_string_equal(text, volumes[i].name);
	}
	assert_false(kb_volume_name(KB_STR("a--b"), text, sizeof(text)));
	assert_string_equal(text, "a-b");
}

static void what_has_no_room(void **state)
{
	char text[5];

	(void)state;
	assert_int_equal(kb_volume_mapper("vg/l", text, sizeof(text)), 0);
	assert_int_equal(kb_volume_mapper("vg/lv", text, sizeof(text)), -ENAMETOOLONG);
	assert_int_equal(kb_volume_mapper("v/-", text, sizeof(text)), 0);
	assert_int_equal(kb_volume_mapper("vg/-", text, sizeof(text)), -ENAMETOOLONG);
	assert_true(kb_volume_name(KB_STR("vg-long"), text, sizeof(text)));
	assert_string_equal(text, "vg/l");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_spellings),
		cmocka_unit_test(what_has_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
