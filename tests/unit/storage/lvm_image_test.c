/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <string.h>

#include "lvm/image.h"

static struct kb_lvm_image fresh(void)
{
	return (struct kb_lvm_image){.is_there = true,
				     .has_super = true,
				     .events = 9,
				     .is_filled = true};
}

static void expect(const struct kb_lvm_image *images, const char *usable)
{
	bool answers[8] = {false};

	kb_lvm_image_choose(images, strlen(usable), answers);
	for (size_t i = 0; usable[i]; i++) {
		assert_int_equal(answers[i], usable[i] == 'y');
	}
}

static void only_what_was_last_written_is_read(void **state)
{
	struct kb_lvm_image images[3] = {fresh(), fresh(), fresh()};

	(void)state;
	expect(images, "yyy");
	images[0].events = 8;
	expect(images, "nyy");
	images[1].is_filled = false;
	expect(images, "nny");
	images[2].failed = 1 << 2;
	expect(images, "nnn");
	images[2] = fresh();
	images[2].is_there = false;
	expect(images, "nnn");
}

/* The others may know of a failure that the freshest has seen. */
static void a_failure_counts_that_the_freshest_knows_of(void **state)
{
	struct kb_lvm_image images[2] = {fresh(), fresh()};

	(void)state;
	images[0].failed = 2;
	images[1].events = 3;
	expect(images, "yn");
	images[1].events = 10;
	images[1].failed = 1;
	expect(images, "ny");
}

static void one_that_was_never_in_use_has_no_superblocks(void **state)
{
	const struct kb_lvm_image images[2] = {{.is_there = true}, {.is_there = false}};

	(void)state;
	expect(images, "yn");
}

static void the_kernels_superblock_is_read(void **state)
{
	unsigned char bytes[KB_LVM_IMAGE_BYTES] = {0x44, 0x6d, 0x52, 0x64, 1,    0,    0,    0,
						   2,    0,    0,    0,    0,    0,    0,    0,
						   0x12, 0,    0,    0,    0,    0,    0,    0,
						   2,    0,    0,    0,    0,    0,    0,    0,
						   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct kb_lvm_image image = {0};

	(void)state;
	kb_lvm_image_take(bytes, &image);
	assert_true(image.has_super && image.is_filled);
	assert_int_equal(image.events, 0x12);
	assert_int_equal(image.failed, 2);
	image = (struct kb_lvm_image){0};
	bytes[0] = 0;
	kb_lvm_image_take(bytes, &image);
	assert_false(image.has_super);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_last_written_is_read),
		cmocka_unit_test(a_failure_counts_that_the_freshest_knows_of),
		cmocka_unit_test(one_that_was_never_in_use_has_no_superblocks),
		cmocka_unit_test(the_kernels_superblock_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
