/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kboot/base/str.h"
#include "table/mountinfo.h"
#include "temp_dir.h"

struct fixture {
	struct temp_dir dir;
	char path[96];
	struct kb_buf seen;
	int answer; /* of the callback, at the mount of stop_at */
	const char *stop_at;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	temp_dir_init(&f.dir);
	(void)snprintf(f.path, sizeof(f.path), "%s/mountinfo", f.dir.path);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_buf_done(&f->seen);
	temp_dir_done(&f->dir);
	return 0;
}

static int see(void *ctx, const struct kb_mount_row *m)
{
	struct fixture *f = ctx;

	kb_buf_printf(&f->seen, "%s from %s, %s, %s\n", m->target, m->source, m->fstype,
		      m->read_only ? "ro" : "rw");
	return f->stop_at && strcmp(m->target, f->stop_at) == 0 ? f->answer : 0;
}

static void assert_table(struct fixture *f, const char *text, const char *expected)
{
	temp_dir_text(&f->dir, "mountinfo", text);
	kb_buf_reset(&f->seen);
	assert_int_equal(kb_mount_table(f->path, "/run/kboot", see, f), 0);
	assert_string_equal(f->seen.data ? f->seen.data : "", expected);
}

static const char two[] =
	"21 1 0:5 / / rw - rootfs rootfs rw\n"
	"30 21 8:2 / /run/kboot/root/sda2 ro,nosuid - ext4 /dev/sda2 ro\n"
	"31 30 8:3 /u /run/kboot/root/sda2/home ro,nosuid - ext4 /dev/sda3 rw\n"
	"32 21 0:40 / /run/kboot/nfs/host.x7 rw shared:3 - nfs4 host:/ rw,vers=4.2\n";

static void the_last_comes_first(void **state)
{
	assert_table(*state, two,
		     "/run/kboot/nfs/host.x7 from host:/, nfs4, rw\n"
		     "/run/kboot/root/sda2/home from /dev/sda3, ext4, ro\n"
		     "/run/kboot/root/sda2 from /dev/sda2, ext4, ro\n");
}

static void only_what_is_below(void **state)
{
	assert_table(*state,
		     "1 1 8:1 / /run/kboot rw - ext4 /dev/a rw\n"
		     "2 1 8:2 / /run/kbootx rw - ext4 /dev/b rw\n"
		     "3 1 8:3 / /run rw - ext4 /dev/c rw\n"
		     "4 1 8:4 / /other/run/kboot/x rw - ext4 /dev/d rw\n"
		     "5 1 8:5 / /run/kboot/mnt/a rw - ext4 /dev/e rw\n",
		     "/run/kboot/mnt/a from /dev/e, ext4, rw\n");
}

static void names_may_hold_anything(void **state)
{
	assert_table(*state, "1 1 8:1 / /run/kboot/mnt/a\\040b\\134 rw - ext4 /dev/a\\011b rw\n",
		     "/run/kboot/mnt/a b\\ from /dev/a\tb, ext4, rw\n");
}

static void what_is_no_line_is_passed_over(void **state)
{
	assert_table(*state,
		     "\nnonsense\n"
		     "1 1 8:1 / relative rw - ext4 /dev/a rw\n"
		     "1 1 8:1 / /run/kboot/x\n"
		     "5 1 8:5 / /run/kboot/mnt/a rw - ext4 /dev/e rw",
		     "/run/kboot/mnt/a from /dev/e, ext4, rw\n");
	assert_table(*state, "", "");
}

static void an_answer_ends_it(void **state)
{
	struct fixture *f = *state;

	temp_dir_text(&f->dir, "mountinfo", two);
	f->stop_at = "/run/kboot/root/sda2/home";
	f->answer = -EBUSY;
	assert_int_equal(kb_mount_table(f->path, "/run/kboot", see, f), -EBUSY);
	assert_null(strstr(f->seen.data, "/run/kboot/root/sda2 from"));
	f->answer = 7;
	assert_int_equal(kb_mount_table(f->path, "/run/kboot", see, f), 7);
}

static void there_are_not_too_many(void **state)
{
	KB_BUF struct kb_buf text = {0};
	struct fixture *f = *state;
	unsigned n = 0;

	for (int i = 0; i < KB_MOUNTINFO_MAX + 100; i++) {
		kb_buf_printf(&text, "%d 1 8:1 / /run/kboot/mnt/%d rw - ext4 /dev/a rw\n", i, i);
	}
	temp_dir_text(&f->dir, "mountinfo", text.data);
	assert_int_equal(kb_mount_table(f->path, "/run/kboot", see, f), 0);
	for (const char *c = f->seen.data; *c; c++) {
		n += *c == '\n';
	}
	assert_int_equal(n, KB_MOUNTINFO_MAX);
	/* Nor too much of it. */
	kb_buf_reset(&text);
	while (text.len <= 4 << 20) {
		kb_buf_puts(&text, "0 1 8:1 / /elsewhere rw - ext4 /dev/a rw\n");
	}
	temp_dir_text(&f->dir, "mountinfo", text.data);
	assert_int_equal(kb_mount_table(f->path, "/run/kboot", see, f), -EFBIG);
}

static void it_may_not_be_there(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(kb_mount_table("/nowhere/mountinfo", "/run/kboot", see, f), -ENOENT);
	assert_int_equal(kb_mount_table("/proc/self/mountinfo", "/nowhere", see, f), 0);
	assert_null(f->seen.data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_comes_first),    TEST(only_what_is_below),
		TEST(names_may_hold_anything), TEST(what_is_no_line_is_passed_over),
		TEST(an_answer_ends_it),       TEST(there_are_not_too_many),
		TEST(it_may_not_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
