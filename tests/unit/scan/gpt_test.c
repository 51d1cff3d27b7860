/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gpt.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

enum { DISK_BYTES = 1 << 20 };

static int make_disk(off_t header_at, uint32_t count, uint32_t entry_bytes)
{
	uint8_t header[92] = "EFI PART";
	int fd = memfd_create("disk", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, DISK_BYTES), 0);
	for (int i = 0; i < 4; i++) {
		header[80 + i] = (uint8_t)(count >> (8 * i));
		header[84 + i] = (uint8_t)(entry_bytes >> (8 * i));
	}
	assert_int_equal(pwrite(fd, header, sizeof(header), header_at), sizeof(header));
	return fd;
}

static bool is_bounded(off_t header_at, uint32_t count, uint32_t entry_bytes)
{
	KB_CLOSE int fd = make_disk(header_at, count, entry_bytes);

	return kb_scan_gpt_is_bounded(fd);
}

static void test_ordinary(void **state)
{
	(void)state;
	assert_true(is_bounded(512, 128, 128));
	assert_true(is_bounded(512, 32768, 128));    /* 4 MiB */
	assert_true(is_bounded(0, 0xffffffff, 128)); /* no header is looked for there */
}

static void test_lies(void **state)
{
	(void)state;
	assert_false(is_bounded(512, 32769, 128));
	assert_false(is_bounded(512, 0xffffffff, 0xffffffff));
	assert_false(is_bounded(4096, 0x01ffffff, 128));
	assert_false(is_bounded(DISK_BYTES - 512, 0x01ffffff, 128));
	assert_false(is_bounded(DISK_BYTES - 4096, 0x01ffffff, 128));
}

static void test_tiny(void **state)
{
	KB_CLOSE int fd = memfd_create("disk", MFD_CLOEXEC);

	(void)state;
	assert_true(kb_scan_gpt_is_bounded(fd));
	assert_int_equal(ftruncate(fd, 513), 0);
	assert_true(kb_scan_gpt_is_bounded(fd));
	assert_true(kb_scan_gpt_is_bounded(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_tiny),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
