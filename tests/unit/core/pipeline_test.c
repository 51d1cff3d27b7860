/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pipeline holds, and which device that comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/pipeline.h"

static struct kb_entry entry(void)
{
	return (struct kb_entry){.id = "a",
				 .kernel = "sda2:/k",
				 .args = "ro",
				 .dtb = "sdc1:/d",
				 .initrd = {"sdb1:/i", "sdd:/j"},
				 .n_initrd = 2};
}

static void holds_the_same_files_and_arguments(void **state)
{
	const struct kb_pipeline p = {.stage = KB_STAGE_ARMED, .entry = entry()};
	const struct kb_pipeline idle = {.stage = KB_STAGE_NONE, .entry = entry()};
	struct kb_entry other[7];

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(other); i++) {
		other[i] = entry();
	}
	assert_true(kb_pipeline_holds(&p, &other[0]));
	assert_false(kb_pipeline_holds(&idle, &other[0]));
	other[0].id = "b";
	other[1].kernel = "sda2:/k2";
	other[2].args = NULL;
	other[3].dtb = "sdc1:/d2";
	other[4].n_initrd = 1;
	other[5].initrd[0] = "sdb1:/i2";
	other[6].initrd[1] = "sdd:/j2";
	for (size_t i = 0; i < KB_ARRAY_LEN(other); i++) {
		assert_false(kb_pipeline_holds(&p, &other[i]));
	}
}

static void uses_each_device_that_a_file_is_on(void **state)
{
	const struct kb_pipeline p = {.stage = KB_STAGE_LOADING, .entry = entry()};
	const struct kb_pipeline idle = {.stage = KB_STAGE_NONE, .entry = entry()};
	static const char *const used[] = {"sda2", "sdb1", "sdc1", "sdd"};
	static const char *const unused[] = {"sda", "sda22", "sd", "sde", ""};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(used); i++) {
		assert_true(kb_pipeline_uses(&p, used[i]));
		assert_false(kb_pipeline_uses(&idle, used[i]));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(unused); i++) {
		assert_false(kb_pipeline_uses(&p, unused[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_the_same_files_and_arguments),
		cmocka_unit_test(uses_each_device_that_a_file_is_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
