/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table/mounted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "temp_dir.h"

/* A mountinfo that speaks of the temporary folder; %u: the number of the mount it really is on. */
struct fixture {
	struct temp_dir dir;
	unsigned id;
	char path[128];
	struct kb_mounted_query query;
	struct kb_mounted mounted;
};

static unsigned mount_number(int fd)
{
	char path[64];
	char line[128];
	unsigned id = 0;
	KB_FCLOSE FILE *f = NULL;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		(void)sscanf(line, "mnt_id: %u", &id);
	}
	assert_int_not_equal(id, 0);
	return id;
}

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	temp_dir_init(&f.dir);
	temp_dir_mkdir(&f.dir, "here");
	f.id = mount_number(f.dir.fd);
	(void)snprintf(f.path, sizeof(f.path), "%s/mountinfo", f.dir.path);
	f.query = (struct kb_mounted_query){.mountinfo_path = f.path,
					    .device = makedev(8, 2),
					    .source = "/dev/sda2"};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	temp_dir_done(&f->dir);
	return 0;
}

/* line has the rest behind "ID PARENT "; %s is the folder. */
static void look(struct fixture *f, unsigned id, const char *before, const char *after)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "garbage\n%u 1 %s %s/here %s\n", id, before, f->dir.path,
		       after);
	temp_dir_text(&f->dir, "mountinfo", text);
	assert_int_equal(kb_mounted_look(&f->query, &f->mounted), 0);
}

static void assert_found(struct fixture *f)
{
	struct stat a, b;

	assert_true(f->mounted.is_mounted);
	assert_true(f->mounted.root_fd >= 0);
	assert_int_equal(fstat(f->mounted.root_fd, &a), 0);
	assert_int_equal(fstatat(f->dir.fd, "here", &b, 0), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_string_equal(strrchr(f->mounted.target, '/'), "/here");
	f->mounted.root_fd = kb_close(f->mounted.root_fd);
}

static void assert_unusable(const struct fixture *f)
{
	assert_true(f->mounted.is_mounted);
	assert_int_equal(f->mounted.root_fd, -1);
}

static void test_by_number(void **state)
{
	struct fixture *f = *state;

	look(f, f->id, "8:2 /", "ro - ext4 /dev/root ro");
	assert_found(f);
	look(f, f->id, "8:3 /", "ro - ext4 /dev/sda2 ro");
	assert_false(f->mounted.is_mounted);
	look(f, f->id, "8:2 /part", "ro - ext4 /dev/sda2 ro");
	assert_unusable(f);
	f->query.device = 0; /* no block device at all */
	look(f, f->id, "0:0 /", "ro - ext4 /dev/sda2 ro");
	assert_false(f->mounted.is_mounted);
}

/* Something else is mounted on top, or the folder is no longer what the line said. */
static void test_covered(void **state)
{
	struct fixture *f = *state;

	look(f, f->id + 1, "8:2 /", "ro - ext4 /dev/sda2 ro");
	assert_unusable(f);
	assert_int_equal(unlinkat(f->dir.fd, "here", AT_REMOVEDIR), 0);
	look(f, f->id, "8:2 /", "ro - ext4 /dev/sda2 ro");
	assert_unusable(f);
}

static void test_btrfs(void **state)
{
	struct fixture *f = *state;

	look(f, f->id, "0:41 /", "ro - btrfs /dev/sda2 ro");
	assert_found(f);
	look(f, f->id, "0:41 /@/home", "ro - btrfs /dev/sda2 ro,subvol=/@/home");
	assert_unusable(f);
	f->query.subvolume = "@/home";
	look(f, f->id, "0:41 /@/home", "ro - btrfs /dev/sda2 ro,subvol=/@/home");
	assert_found(f);
	f->query.subvolume = "/@/home";
	look(f, f->id, "0:41 /@/home", "ro - btrfs /dev/sda2 ro,subvol=/@/home");
	assert_found(f);
	look(f, f->id, "0:41 /", "ro - btrfs /dev/sdb2 ro");
	assert_false(f->mounted.is_mounted);
}

static void test_writable(void **state)
{
	struct fixture *f = *state;

	f->query.writable = true;
	look(f, f->id, "8:2 /", "ro - ext4 /dev/sda2 rw");
	assert_unusable(f);
	look(f, f->id, "8:2 /", "rw - ext4 /dev/sda2 ro");
	assert_unusable(f);
	look(f, f->id, "8:2 /", "rw - ext4 /dev/sda2 rw");
	assert_found(f);
}

static void test_no_mountinfo(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(kb_mounted_look(&f->query, &f->mounted), -ENOENT);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_number), TEST(test_covered),      TEST(test_btrfs),
		TEST(test_writable),  TEST(test_no_mountinfo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
