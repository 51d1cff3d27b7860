/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real filesystems on real block devices: what the tests of real_*.c share.
 * For programs that run as root in a mount namespace of their own; the helpers are cmocka asserts.
 * Must not touch a device that it did not make.
 */
#ifndef KBOOT_TESTS_REAL_H
#define KBOOT_TESTS_REAL_H

#include "kboot/mount/device.h"
#include "loop_disk.h"
#include "temp_dir.h"

enum { REAL_SKIPPED = 77, REAL_ARGS_MAX = 12 };

/* How a filesystem is made. */
struct real_recipe {
	const char *fstype;
	off_t size_bytes;
	const char *mkfs[REAL_ARGS_MAX]; /* the image is added */
};

struct real {
	const struct real_recipe *recipe;
	struct temp_dir dir;
	struct kb_mount_options options;
	char work_dir[96];
	char image[96];
	char copy[96];
	char pristine[96];
	struct kb_error err;
	struct kb_arena arena;
};

/* The recipe for a type, which the tests that follow use. Why this machine cannot run them, or
 * NULL. */
const char *real_choose(const char *fstype);
int real_setup(void **state);
int real_teardown(void **state);
/* Makes f->image by the recipe. */
void real_make(const struct real *f);
/* What scan says of the device that mount is to open: the two belong together. */
struct kb_device real_probe(struct real *f, const char *name);
void real_attach(struct loop_disk *disk, const char *file);
void real_mount(struct real *f, const char *name, bool read_write, struct kb_mount *mount);

#define REAL_TEST(fn) cmocka_unit_test_setup_teardown(fn, real_setup, real_teardown)

/* real_devices.c */
int real_run_partitions(void);
int real_run_unmount_all(void);

#endif
