/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/mount.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake_sys.h"
#include "temp_dir.h"

/* The fake system table answers 0; busy_target and what is below it answer -EBUSY while in_use. */
struct scripted {
	const char *busy_target;
	const char *freed_by; /* unmounting this ends it */
	bool in_use;
};

static int scripted_umount(void *ctx, const char *target, int flags)
{
	struct scripted *s = ctx;

	(void)flags;
	if (s->freed_by && strcmp(target, s->freed_by) == 0) {
		s->in_use = false;
	}
	return s->in_use && strcmp(target, s->busy_target) == 0 ? -EBUSY : 0;
}

static int setup(void **state)
{
	*state = fake_sys_create();
	return *state == NULL;
}

static int teardown(void **state)
{
	fake_sys_destroy(*state);
	return 0;
}

static unsigned unmount_all(struct fake_sys *fake, const char *file)
{
	unsigned busy = 12345;
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/mountinfo/%s", KB_FIXTURES, file);
	assert_int_equal(kb_unmount_all(&fake->table, path, &busy, NULL), 0);
	return busy;
}

static void assert_calls(const struct fake_sys *fake, const char *const *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(fake_sys_text(fake, i), calls[i]);
	}
	assert_int_equal(fake_sys_count(fake, FAKE_ANY), count);
}

static void test_image(void **state)
{
	static const char *const calls[] = {
		"umount /mnt/root/dev/pts 0x8",
		"umount /mnt/root/proc 0x8",
		"umount /mnt/root/dev 0x8",
		"umount /mnt/root/home 0x8",
		"umount /run/kboot/mnt/sdb1.x 0x8",
		"umount /run/kboot/mnt/sda2.a1B2c3 0x8",
		"umount /mnt/stack 0x8",
		"umount /mnt/my disk\tx 0x8",
		"umount /mnt/nfs 0x8",
		"umount /mnt/root 0x8",
	};
	struct fake_sys *fake = *state;

	assert_int_equal(unmount_all(fake, "image.txt"), 0);
	assert_calls(fake, calls, KB_ARRAY_LEN(calls));
}

/* A root filesystem on a disk is never touched, nor is what the system itself has mounted on it. */
static void test_native(void **state)
{
	struct fake_sys *fake = *state;

	assert_int_equal(unmount_all(fake, "native.txt"), 0);
	assert_int_equal(fake_sys_count(fake, FAKE_ANY), 0);
}

/* Thirteen lines that are none are counted as busy; circles of parents come to an end. */
static void test_hostile(void **state)
{
	struct fake_sys *fake = *state;

	assert_int_equal(unmount_all(fake, "hostile.txt"), 13);
	assert_int_equal(fake_sys_count(fake, FAKE_UMOUNT), 4);
}

/* The overlay keeps the disk below busy: it goes in the second round. */
static void test_freed_by_overlay(void **state)
{
	struct fake_sys *fake = *state;
	struct scripted s = {"/run/kboot/mnt/sdb1.x", "/mnt/stack", true};

	fake->real.umount = scripted_umount;
	fake->real.ctx = &s;
	assert_int_equal(unmount_all(fake, "image.txt"), 0);
	assert_string_equal(fake_sys_text(fake, 4), "umount /run/kboot/mnt/sdb1.x 0x8");
	assert_string_equal(fake_sys_text(fake, 10), "umount /run/kboot/mnt/sdb1.x 0x8");
	assert_int_equal(fake_sys_count(fake, FAKE_ANY), 11);
}

/* A loop device goes only because a disk stays busy without that. */
static void test_freed_by_loop(void **state)
{
	struct fake_sys *fake = *state;
	struct scripted s = {"/mnt/root", "/run/live", true};
	size_t n;

	fake->real.umount = scripted_umount;
	fake->real.ctx = &s;
	assert_int_equal(unmount_all(fake, "image.txt"), 0);
	n = fake_sys_count(fake, FAKE_ANY);
	assert_string_equal(fake_sys_text(fake, n - 2), "umount /run/live 0x8");
	assert_string_equal(fake_sys_text(fake, n - 1), "umount /mnt/root 0x8");
}

static void test_stays_busy(void **state)
{
	struct fake_sys *fake = *state;
	struct scripted s = {"/mnt/nfs", NULL, true};
	size_t n;

	fake->real.umount = scripted_umount;
	fake->real.ctx = &s;
	assert_int_equal(unmount_all(fake, "image.txt"), 1);
	n = fake_sys_count(fake, FAKE_ANY);
	assert_string_equal(fake_sys_text(fake, n - 2), "umount /mnt/nfs 0x8");
	assert_string_equal(fake_sys_text(fake, n - 1), "umount /mnt/nfs 0xa");
}

static void test_no_mountinfo(void **state)
{
	struct fake_sys *fake = *state;
	struct kb_error err;
	unsigned busy = 7;

	assert_int_equal(kb_unmount_all(&fake->table, "/nonexistent/mountinfo", &busy, &err),
			 -ENOENT);
	assert_int_equal(busy, 7);
	assert_string_equal(err.text, "cannot read what is mounted from /nonexistent/mountinfo: "
				      "No such file or directory");
}

static void test_too_large(void **state)
{
	struct fake_sys *fake = *state;
	struct temp_dir d;
	struct kb_error err;
	unsigned busy;
	char path[128];
	static char big[(4 << 20) + 1];

	temp_dir_init(&d);
	memset(big, '\n', sizeof(big));
	temp_dir_write(&d, "mountinfo", big, sizeof(big));
	(void)snprintf(path, sizeof(path), "%s/mountinfo", d.path);
	assert_int_equal(kb_unmount_all(&fake->table, path, &busy, &err), -EFBIG);
	temp_dir_done(&d);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_image),         TEST(test_native),
		TEST(test_hostile),       TEST(test_freed_by_overlay),
		TEST(test_freed_by_loop), TEST(test_stays_busy),
		TEST(test_no_mountinfo),  TEST(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
