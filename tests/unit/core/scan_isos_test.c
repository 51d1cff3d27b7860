/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files are taken for ISO images, and what hostile trees cost. A mount shows an empty folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_sys.h"
#include "temp_dir.h"
#include "work/scan_isos.h"

struct fixture {
	struct temp_dir dir;
	struct temp_dir run;
	struct fake_sys *fake;
	struct kb_device device;
	struct kb_tree top;
	struct kb_findings_writer w;
	struct kb_scan_isos isos;
	char *said;
	int64_t now_ms;
	bool reads_slowly;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	temp_dir_init(&f.dir);
	temp_dir_init(&f.run);
	f.fake = fake_sys_create();
	f.device = (struct kb_device){.name = "sda1", .fstype = "ext4", .uuid = "U"};
	f.top = (struct kb_tree){.root_fd = f.dir.fd, .name = "sda1"};
	f.w.fd = memfd_create("findings", MFD_CLOEXEC);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	free(f->said);
	(void)kb_close(f->w.fd);
	kb_findings_writer_done(&f->w);
	fake_sys_destroy(f->fake);
	temp_dir_done(&f->run);
	temp_dir_done(&f->dir);
	return 0;
}

static void make_iso(struct fixture *f, const char *path)
{
	KB_CLOSE int fd = -1;

	temp_dir_text(&f->dir, path, "");
	fd = openat(f->dir.fd, path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, 0x9000), 0);
	assert_int_equal(pwrite(fd, "\1CD001", 6, 0x8000), 6);
}

/* Each look at the clock is a tenth of a second later. */
static int64_t slow_clock(void *ctx)
{
	struct fixture *f = ctx;

	f->now_ms += 100;
	return f->now_ms;
}

/* What a script may come to. */
static int64_t slower_clock(void *ctx)
{
	struct fixture *f = ctx;

	f->now_ms += KB_SCAN_ISOS_READ_MS / 3;
	return f->now_ms;
}

/* All that the worker would tell the engine. */
static void look(struct fixture *f)
{
	const struct kb_mount_options options = {.work_dir = f->run.path};
	struct kb_error err = {0};
	off_t size;

	f->isos = (struct kb_scan_isos){.w = &f->w,
					.sys = &f->fake->table,
					.device = &f->device,
					.top = &f->top};
	assert_int_equal(kb_scan_isos_open(&f->isos, &options), 0);
	if (f->reads_slowly) {
		f->fake->real.ctx = f;
		f->fake->real.now_ms = slower_clock;
	}
	assert_int_equal(kb_scan_isos_read(&f->isos, &err), 0);
	kb_scan_isos_done(&f->isos);
	assert_int_equal(kb_findings_write_end(&f->w), 0);
	size = lseek(f->w.fd, 0, SEEK_END);
	f->said = calloc(1, (size_t)size + 1);
	assert_int_equal(pread(f->w.fd, f->said, (size_t)size, 0), size);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part))) {
		text++;
		n++;
	}
	return n;
}

static void the_usual_folders_are_looked_into(void **state)
{
	static const char *const isos[] = {"a.iso", "isos/b.ISO", "ISO/c.iso", "boot/iso/d.iso",
					   "boot/isos/e.iso"};
	static const char *const others[] = {"home/u/f.iso", "isos/deeper/g.iso", "isos/h.img",
					     "isos/.iso"};
	struct fixture *f = *state;

	for (size_t i = 0; i < KB_ARRAY_LEN(isos); i++) {
		make_iso(f, isos[i]);
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(others); i++) {
		make_iso(f, others[i]);
	}
	look(f);
	assert_int_equal(count(f->said, "\"kind\":\"entry\""), KB_ARRAY_LEN(isos));
	for (size_t i = 0; i < KB_ARRAY_LEN(isos); i++) {
		assert_non_null(strstr(f->said, isos[i]));
	}
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), KB_ARRAY_LEN(isos));
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), KB_ARRAY_LEN(isos));
}

static void a_stick_is_searched_three_folders_deep(void **state)
{
	struct fixture *f = *state;

	f->device.fstype = "exfat";
	make_iso(f, "a/b/c/in.iso");
	make_iso(f, "a/b/c/d/out.iso");
	make_iso(f, "System Volume Information/out.iso");
	make_iso(f, ".Trash/out.iso");
	look(f);
	assert_int_equal(count(f->said, "\"kind\":\"entry\""), 1);
	assert_non_null(strstr(f->said, "/a/b/c/in.iso"));
}

static void what_is_no_image_is_a_remark(void **state)
{
	struct fixture *f = *state;

	temp_dir_mkdir(&f->dir, "isos/folder.iso");
	temp_dir_text(&f->dir, "isos/short.iso", "x");
	make_iso(f, "isos/x.iso");
	assert_int_equal(mkfifoat(f->dir.fd, "isos/fifo.iso", 0600), 0);
	temp_dir_symlink(&f->dir, "isos/link.iso", "loop");
	temp_dir_symlink(&f->dir, "isos/loop", "link.iso");
	temp_dir_symlink(&f->dir, "iso", "..");
	temp_dir_text(&f->dir, "isos/zero.iso", "");
	look(f);
	assert_int_equal(count(f->said, "\"kind\":\"entry\""), 1);
	assert_non_null(strstr(f->said, "sda1:/isos/fifo.iso: no regular file"));
	assert_non_null(strstr(f->said, "sda1:/isos/short.iso: is too short for an ISO image"));
	assert_int_equal(count(f->said, "\"kind\":\"diag\""), 3);
}

static void an_image_that_cannot_be_mounted_is_a_remark(void **state)
{
	struct fixture *f = *state;

	make_iso(f, "isos/a.iso");
	make_iso(f, "isos/b.iso");
	fake_sys_fail(f->fake, FAKE_MOUNT, 1, EIO);
	look(f);
	assert_int_equal(count(f->said, "\"kind\":\"entry\""), 1);
	assert_non_null(strstr(f->said, "sda1:/isos/a.iso cannot be mounted"));
}

static void thousands_of_files_are_sixty_four(void **state)
{
	struct fixture *f = *state;
	char name[64];

	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "isos/%d.iso", i);
		temp_dir_text(&f->dir, name, "");
		if (i % 2 == 0) {
			make_iso(f, name);
		}
	}
	look(f);
	assert_true(count(f->said, "\"kind\":\"entry\"") <= KB_SCAN_ISOS_MAX);
	assert_non_null(strstr(f->said, "more than 64 ISO files: the rest is left out"));
}

static void many_names_in_the_root_do_not_hide_the_folder(void **state)
{
	struct fixture *f = *state;
	char name[64];

	for (int i = 0; i < KB_SCAN_ISOS_MAX_NAMES + 1; i++) {
		(void)snprintf(name, sizeof(name), "%d.iso", i);
		temp_dir_text(&f->dir, name, "");
	}
	make_iso(f, "isos/x.iso");
	look(f);
	assert_int_equal(count(f->said, "\"kind\":\"entry\""), 1);
	assert_non_null(strstr(f->said, "/isos/x.iso"));
}

static void many_folders_end(void **state)
{
	struct fixture *f = *state;
	char name[64];

	f->device.fstype = "vfat";
	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof(name), "%d/x", i);
		temp_dir_mkdir(&f->dir, name);
	}
	look(f);
	assert_non_null(strstr(f->said, "only 256 of its folders are searched for ISO files"));
}

static void a_slow_disk_is_left(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 60; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "isos/%d.iso", i);
		make_iso(f, name);
	}
	f->fake->real.ctx = f;
	f->fake->real.now_ms = slow_clock;
	look(f);
	/* Those that were found in that time, and of them what could be mounted. */
	assert_in_range(count(f->said, "\"kind\":\"entry\""), 1, 15);
	assert_non_null(strstr(f->said, "sda1: it is too slow to be searched for all ISO files"));
}

static void images_that_take_long_leave_no_time_for_more(void **state)
{
	struct fixture *f = *state;

	make_iso(f, "isos/a.iso");
	make_iso(f, "isos/b.iso");
	make_iso(f, "isos/c.iso");
	make_iso(f, "isos/d.iso");
	f->reads_slowly = true;
	look(f);
	assert_int_equal(count(f->said, "\"kind\":\"entry\""), 3);
	assert_non_null(
		strstr(f->said, "sda1:/isos/d.iso: those before it took too long: it is left out"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_usual_folders_are_looked_into),
		TEST(a_stick_is_searched_three_folders_deep),
		TEST(what_is_no_image_is_a_remark),
		TEST(an_image_that_cannot_be_mounted_is_a_remark),
		TEST(thousands_of_files_are_sixty_four),
		TEST(many_names_in_the_root_do_not_hide_the_folder),
		TEST(many_folders_end),
		TEST(a_slow_disk_is_left),
		TEST(images_that_take_long_leave_no_time_for_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
