/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fake_sys.h"
#include "temp_dir.h"

/* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME. */
#define READ_ONLY  "0x40f"
#define READ_WRITE "0x40e"

struct fixture {
	struct fake_sys *fake;
	struct temp_dir dir; /* dev/sda2 and mnt */
	char dev_dir[96];
	char work_dir[96];
	struct kb_mount_options options;
	struct kb_mount mount;
	struct kb_error err;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.fake = fake_sys_create();
	temp_dir_init(&f.dir);
	temp_dir_text(&f.dir, "dev/sda2", "");
	temp_dir_text(&f.dir, "dev/vg/lv", "");
	(void)snprintf(f.dev_dir, sizeof(f.dev_dir), "%s/dev", f.dir.path);
	(void)snprintf(f.work_dir, sizeof(f.work_dir), "%s/k/mnt", f.dir.path);
	f.options = (struct kb_mount_options){.dev_dir = f.dev_dir, .work_dir = f.work_dir};
	*state = &f;
	return f.fake == NULL;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	temp_dir_done(&f->dir);
	fake_sys_destroy(f->fake);
	return 0;
}

static int mount_type(struct fixture *f, const char *fstype)
{
	const struct kb_device device = {.name = "sda2", .fstype = fstype};

	return kb_mount_device(&f->fake->table, &device, &f->options, &f->mount, &f->err);
}

static void assert_mount_call(const struct fixture *f, size_t i, const char *flags,
			      const char *type, const char *options)
{
	char call[2048];

	(void)snprintf(call, sizeof(call), "mount %s/sda2 %s %s %s %s", f->dev_dir, f->mount.target,
		       type, flags, options);
	assert_string_equal(fake_sys_text(f->fake, i), call);
}

static void assert_no_mount_points(const struct fixture *f)
{
	KB_CLOSEDIR DIR *dir = opendir(f->work_dir);
	int names = 0;

	assert_non_null(dir);
	while (readdir(dir)) {
		names++;
	}
	assert_int_equal(names, 2); /* . and .. */
}

static void test_read_only(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 2);
	assert_string_equal(fake_sys_text(f->fake, 0), "set_block_read_only 1");
	assert_mount_call(f, 1, READ_ONLY, "ext4", "noload,errors=continue");
	assert_string_equal(f->mount.tree.name, "sda2");
	assert_int_equal(fstat(f->mount.tree.root_fd, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0700);
	kb_mount_done(&f->mount);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 1);
	assert_no_mount_points(f);
	kb_mount_done(&f->mount);
	kb_mount_done(NULL);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 1);
}

static void test_read_write(void **state)
{
	struct fixture *f = *state;

	f->options.read_write = true;
	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_string_equal(fake_sys_text(f->fake, 0), "set_block_read_only 0");
	assert_mount_call(f, 1, READ_WRITE, "ext4", "errors=remount-ro");
	kb_mount_done(&f->mount);
}

static void test_read_write_impossible(void **state)
{
	struct fixture *f = *state;

	f->options.read_write = true;
	assert_int_equal(mount_type(f, "squashfs"), 0);
	assert_string_equal(fake_sys_text(f->fake, 0), "set_block_read_only 1");
	assert_mount_call(f, 1, READ_ONLY, "squashfs", "-");
	kb_mount_done(&f->mount);
}

static void test_next_attempt(void **state)
{
	struct fixture *f = *state;

	fake_sys_fail(f->fake, FAKE_MOUNT, 1, EINVAL);
	assert_int_equal(mount_type(f, "btrfs"), 0);
	assert_mount_call(f, 2, READ_ONLY, "btrfs", "nologreplay");
	kb_mount_done(&f->mount);
}

/* Not mounted writable, ever: where the device cannot be made read-only there is no mount. */
static void test_device_stays_writable(void **state)
{
	struct fixture *f = *state;

	fake_sys_fail(f->fake, FAKE_SET_BLOCK_READ_ONLY, 1, EACCES);
	assert_int_equal(mount_type(f, "ext4"), -EUCLEAN);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 0);
	assert_no_mount_points(f);
}

static int refuse(void *ctx, const char *source, const char *target, const char *fstype,
		  unsigned long flags, const char *options)
{
	const int *error = ctx;

	(void)source;
	(void)target;
	(void)fstype;
	(void)flags;
	(void)options;
	return -*error;
}

static void test_mount_fails(void **state)
{
	static const struct {
		int error;
		int code;
		const char *text;
	} cases[] = {
		{ENODEV, -ENODEV, "sda2 holds xfs, and this kernel has no driver for it"},
		{EUCLEAN, -EUCLEAN,
		 "the xfs filesystem on sda2 is damaged, incomplete or newer than this kernel "
		 "(Structure needs cleaning)"},
		{EINVAL, -EUCLEAN,
		 "the xfs filesystem on sda2 is damaged, incomplete or newer than this kernel "
		 "(Invalid argument)"},
		{EROFS, -EUCLEAN,
		 "the xfs filesystem on sda2 would have to be repaired by writing to it first, "
		 "which kboot does not do"},
		{EEXIST, -EEXIST, "sda2 holds a copy of another filesystem, which is in use"},
		{EBUSY, -EBUSY, "sda2 is in use (mounted elsewhere, or part of an array)"},
		{EIO, -EIO, "sda2 cannot be mounted: Input/output error"},
	};
	struct fixture *f = *state;

	f->fake->real.mount = refuse;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		f->fake->real.ctx = (void *)&cases[i].error;
		assert_int_equal(mount_type(f, "xfs"), cases[i].code);
		assert_string_equal(f->err.text, cases[i].text);
		assert_no_mount_points(f);
	}
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 0);
}

struct late_driver {
	int refusals; /* left, before the driver is there */
};

static int refuse_at_first(void *ctx, const char *source, const char *target, const char *fstype,
			   unsigned long flags, const char *options)
{
	struct late_driver *driver = ctx;

	(void)source;
	(void)target;
	(void)fstype;
	(void)flags;
	(void)options;
	return driver->refusals-- > 0 ? -ENODEV : 0;
}

/* Somebody else is at loading it: mount(2) does not wait for that. */
static void test_driver_is_waited_for(void **state)
{
	struct fixture *f = *state;
	struct late_driver driver;
	char modules[128];

	f->fake->real.mount = refuse_at_first;
	f->fake->real.ctx = &driver;
	(void)snprintf(modules, sizeof(modules), "%s/modules", f->dir.path);
	f->options.modules = modules;
	temp_dir_text(&f->dir, "modules",
		      "jbd2 1 1 ext4, Live 0x0\next4 1138688 0 - Loading 0x0\n");
	driver = (struct late_driver){20};
	assert_int_equal(mount_type(f, "ext4"), 0);
	kb_mount_done(&f->mount);
	/* Between two modules that it needs. */
	temp_dir_text(&f->dir, "modules", "jbd2 1 1 ext4, Live 0x0\n");
	driver = (struct late_driver){3};
	assert_int_equal(mount_type(f, "ext4"), 0);
	kb_mount_done(&f->mount);
	/* Nobody is; or this kernel has no modules. */
	driver = (struct late_driver){1000};
	assert_int_equal(mount_type(f, "ext4"), -ENODEV);
	assert_in_range(driver.refusals, 980, 998);
	(void)snprintf(modules, sizeof(modules), "%s/none", f->dir.path);
	driver = (struct late_driver){3};
	assert_int_equal(mount_type(f, "ext4"), -ENODEV);
}

/* What the right driver said counts for more than "there is no such driver" of the next. */
static void test_first_reason_counts(void **state)
{
	struct fixture *f = *state;

	fake_sys_fail(f->fake, FAKE_MOUNT, 1, EUCLEAN);
	assert_int_equal(mount_type(f, "ntfs"), -EUCLEAN);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 1);
}

static void test_not_filesystems(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mount_type(f, "crypto_LUKS"), -ENODEV);
	assert_string_equal(
		f->err.text,
		"sda2 holds crypto_LUKS, which is not a filesystem that kboot can open yet");
	assert_int_equal(mount_type(f, NULL), -ENODEV);
	assert_string_equal(f->err.text, "sda2 holds no filesystem that kboot knows");
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 0);
}

static void test_names(void **state)
{
	static const char *const bad[] = {NULL, "", "/dev/sda2", "..", "../sda2", "a/../../sda2"};
	struct fixture *f = *state;
	struct kb_device device = {.fstype = "ext4"};

	for (size_t i = 0; i < KB_ARRAY_LEN(bad); i++) {
		device.name = bad[i];
		assert_int_equal(kb_mount_device(&f->fake->table, &device, &f->options, &f->mount,
						 &f->err),
				 -EINVAL);
	}
	device.name = "nothing-there";
	assert_int_equal(kb_mount_device(&f->fake->table, &device, &f->options, &f->mount, &f->err),
			 -ENOENT);
	assert_string_equal(f->err.text,
			    "nothing-there cannot be opened: No such file or directory");
	device.name = "a-name-of-sixty-four-bytes-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	assert_int_equal(kb_mount_device(&f->fake->table, &device, &f->options, &f->mount, &f->err),
			 -ENAMETOOLONG);
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 0);
	device.name = "vg/lv";
	assert_int_equal(kb_mount_device(&f->fake->table, &device, &f->options, &f->mount, &f->err),
			 0);
	assert_string_equal(f->mount.tree.name, "vg/lv");
	assert_non_null(strstr(f->mount.target, "/vg!lv."));
	kb_mount_done(&f->mount);
}

static void test_simulation(void **state)
{
	struct fixture *f = *state;
	const struct kb_device device = {.name = "sdz1", .fstype = "ext4", .tree = f->dir.path};
	const struct kb_device gone = {.name = "sdz1", .tree = "/nonexistent/tree"};

	assert_int_equal(kb_mount_device(&f->fake->table, &device, &f->options, &f->mount, &f->err),
			 0);
	assert_int_equal(kb_tree_has_file(&f->mount.tree, "/dev/sda2"), 0);
	assert_string_equal(f->mount.tree.name, "sdz1");
	kb_mount_done(&f->mount);
	assert_int_equal(kb_mount_device(&f->fake->table, &gone, &f->options, &f->mount, &f->err),
			 -ENOENT);
	assert_string_equal(f->err.text, "the folder /nonexistent/tree that stands for sdz1 cannot "
					 "be opened: No such file or directory");
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 0);
}

/* Called in place of mount(2): the filesystem then holds a sleeping Windows. */
static int put_hiberfil(void *ctx, const char *source, const char *target, const char *fstype,
			unsigned long flags, const char *options)
{
	const char *head = ctx;
	char path[128];
	KB_FCLOSE FILE *f = NULL;

	(void)source;
	(void)fstype;
	(void)flags;
	(void)options;
	(void)snprintf(path, sizeof(path), "%s/hiberfil.sys", target);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(head, f) >= 0);
	return 0;
}

static void test_hibernated_windows(void **state)
{
	static char asleep[] = "HIBR and more";
	struct fixture *f = *state;

	f->fake->real.mount = put_hiberfil;
	f->fake->real.ctx = asleep;
	f->options.read_write = true;
	assert_int_equal(mount_type(f, "ntfs"), -EUCLEAN);
	assert_string_equal(f->err.text,
			    "sda2 belongs to a hibernated Windows; shut that down fully "
			    "before anything is written to it");
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 1);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 1);
	assert_string_equal(fake_sys_text(f->fake, 0), "set_block_read_only 1");
	assert_int_equal(fake_sys_count(f->fake, FAKE_SET_BLOCK_READ_ONLY), 1);
}

static void test_woken_windows(void **state)
{
	static char awake[] = "WAKE";
	struct fixture *f = *state;

	f->fake->real.mount = put_hiberfil;
	f->fake->real.ctx = awake;
	f->options.read_write = true;
	assert_int_equal(mount_type(f, "ntfs"), 0);
	assert_string_equal(fake_sys_text(f->fake, 0), "set_block_read_only 1");
	assert_string_equal(fake_sys_text(f->fake, 3), "set_block_read_only 0");
	assert_mount_call(f, 4, READ_WRITE, "ntfs3", "iocharset=utf8");
	kb_mount_done(&f->mount);
}

static void test_busy_unmount_is_detached(void **state)
{
	struct fixture *f = *state;
	size_t n;

	assert_int_equal(mount_type(f, "vfat"), 0);
	fake_sys_fail(f->fake, FAKE_UMOUNT, 1, EBUSY);
	kb_mount_done(&f->mount);
	n = fake_sys_count(f->fake, FAKE_ANY);
	assert_non_null(strstr(fake_sys_text(f->fake, n - 1), " 0xa")); /* MNT_DETACH, no follow */
}

/* On a folder of the caller's, which stays; by its descriptor too. */
static void test_target(void **state)
{
	struct fixture *f = *state;
	char target[128];
	char link[64];
	KB_CLOSE int fd = -1;

	(void)snprintf(target, sizeof(target), "%s/here", f->dir.path);
	assert_int_equal(mkdir(target, 0700), 0);
	fd = open(target, O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	f->options.target = link;
	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_string_equal(f->mount.target, target);
	assert_mount_call(f, 1, READ_ONLY, "ext4", "noload,errors=continue");
	kb_mount_done(&f->mount);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 1);
	f->options.target = target;
	f->options.keep = true;
	assert_int_equal(mount_type(f, "ext4"), 0);
	kb_mount_done(&f->mount);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 1);
	assert_int_equal(access(target, F_OK), 0);
	assert_int_equal(access(f->work_dir, F_OK), -1);
}

static void test_bad_targets(void **state)
{
	static char long_target[2048];
	struct fixture *f = *state;

	memset(long_target, '/', sizeof(long_target) - 1);
	f->options.target = "/proc/self/fd/9999";
	assert_int_equal(mount_type(f, "ext4"), -ENOENT);
	assert_string_equal(f->err.text, "cannot mount sda2 on /proc/self/fd/9999: No such file or "
					 "directory");
	f->options.target = "relative";
	assert_int_equal(mount_type(f, "ext4"), -EINVAL);
	f->options.target = long_target;
	assert_int_equal(mount_type(f, "ext4"), -ENAMETOOLONG);
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 0);
}

static void test_subvolume(void **state)
{
	struct fixture *f = *state;

	f->options.subvolume = "@/home";
	f->options.options = "compress=zstd";
	assert_int_equal(mount_type(f, "btrfs"), 0);
	assert_mount_call(f, 1, READ_ONLY, "btrfs",
			  "rescue=nologreplay,subvol=@/home,compress=zstd");
	kb_mount_done(&f->mount);
	fake_sys_fail(f->fake, FAKE_MOUNT, 1, ENOENT);
	assert_int_equal(mount_type(f, "btrfs"), -ENOENT);
	assert_string_equal(f->err.text, "sda2 has no subvolume @/home");
	f->options.subvolume = "@,rw";
	assert_int_equal(mount_type(f, "btrfs"), -EINVAL);
	assert_string_equal(f->err.text, "sda2: \"@,rw\" is no name of a subvolume");
}

/* What an fstab says is a wish: the kernel may not know it. */
static void test_options(void **state)
{
	struct fixture *f = *state;

	f->options.options = "umask=0077,shiny";
	fake_sys_fail(f->fake, FAKE_MOUNT, 1, EINVAL);
	assert_int_equal(mount_type(f, "vfat"), 0);
	assert_mount_call(f, 1, READ_ONLY, "vfat", "utf8=1,umask=0077,shiny");
	assert_mount_call(f, 2, READ_ONLY, "vfat", "utf8=1");
	kb_mount_done(&f->mount);
}

static void test_hibernated_linux(void **state)
{
	struct fixture *f = *state;

	f->options.hibernated = true;
	assert_int_equal(mount_type(f, "ext4"), 0); /* reading changes nothing */
	kb_mount_done(&f->mount);
	fake_sys_forget(f->fake);
	f->options.read_write = true;
	assert_int_equal(mount_type(f, "ext4"), -EUCLEAN);
	assert_string_equal(f->err.text,
			    "sda2 may be in use by a system that is hibernated on this machine; "
			    "wake that up and shut it down before anything is written to its "
			    "disks");
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 0);
}

static void test_simulated_subvolume(void **state)
{
	struct fixture *f = *state;
	const struct kb_device device = {.name = "sdz1", .tree = f->dir.path};

	f->options.subvolume = "dev/vg";
	assert_int_equal(kb_mount_device(&f->fake->table, &device, &f->options, &f->mount, &f->err),
			 0);
	assert_int_equal(kb_tree_has_file(&f->mount.tree, "/lv"), 0);
	kb_mount_done(&f->mount);
	f->options.subvolume = "@";
	assert_int_equal(kb_mount_device(&f->fake->table, &device, &f->options, &f->mount, &f->err),
			 -ENOENT);
	assert_string_equal(f->err.text, "sdz1 has no subvolume @: No such file or directory");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read_only),
		TEST(test_read_write),
		TEST(test_read_write_impossible),
		TEST(test_next_attempt),
		TEST(test_device_stays_writable),
		TEST(test_mount_fails),
		TEST(test_driver_is_waited_for),
		TEST(test_first_reason_counts),
		TEST(test_not_filesystems),
		TEST(test_names),
		TEST(test_simulation),
		TEST(test_hibernated_windows),
		TEST(test_woken_windows),
		TEST(test_busy_unmount_is_detached),
		TEST(test_target),
		TEST(test_bad_targets),
		TEST(test_subvolume),
		TEST(test_options),
		TEST(test_hibernated_linux),
		TEST(test_simulated_subvolume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
