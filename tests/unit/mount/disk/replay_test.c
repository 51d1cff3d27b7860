/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/device.h"

#include <errno.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "fake_sys.h"
#include "temp_dir.h"

enum { DISK_BYTES = 1 << 20 };

/* What device-mapper answers. */
struct script {
	uint32_t status_flags;     /* 0: there is no such device */
	unsigned leftovers;        /* how often a creation finds the name taken */
	unsigned long refused;     /* a request that fails */
	const char *mount_refused; /* mounts from a path with this in it fail, */
	int mount_error;           /* so */
};

struct fixture {
	struct fake_sys *fake;
	struct temp_dir dir; /* dev/sda2 and mnt */
	char dev_dir[96];
	char work_dir[96];
	unsigned char disk[DISK_BYTES];
	struct script script;
	struct kb_mount mount;
	struct kb_error err;
};

static int answer_dm(void *ctx, int control_fd, unsigned long request, struct dm_ioctl *command)
{
	struct script *s = ctx;

	(void)control_fd;
	assert_int_equal(command->version[0], 4);
	assert_string_equal(command->name, "kboot-0:0");
	assert_int_equal(command->data_size >= command->data_start, 1);
	if (request == s->refused) {
		return -EIO;
	}
	command->dev = makedev(253, 7);
	if (request == DM_DEV_STATUS) {
		command->flags = s->status_flags;
		return s->status_flags ? 0 : -ENXIO;
	}
	if (request == DM_DEV_REMOVE) {
		s->status_flags = 0;
	}
	if (request == DM_DEV_CREATE) {
		assert_string_equal(command->uuid, "KBOOT-0:0");
	}
	if (request == DM_DEV_CREATE && s->leftovers > 0) {
		s->leftovers--;
		return -EBUSY;
	}
	return 0;
}

static int answer_mount(void *ctx, const char *source, const char *target, const char *fstype,
			unsigned long flags, const char *options)
{
	const struct script *s = ctx;

	(void)target;
	(void)fstype;
	(void)flags;
	(void)options;
	return s->mount_refused && strstr(source, s->mount_refused) ? -s->mount_error : 0;
}

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.fake = fake_sys_create();
	assert_non_null(f.fake);
	f.fake->real.dm_ioctl = answer_dm;
	f.fake->real.mount = answer_mount;
	f.fake->real.ctx = &f.script;
	temp_dir_init(&f.dir);
	temp_dir_text(&f.dir, "dev/mapper/control", "");
	temp_dir_text(&f.dir, "dev/dm-7", "");
	(void)snprintf(f.dev_dir, sizeof(f.dev_dir), "%s/dev", f.dir.path);
	(void)snprintf(f.work_dir, sizeof(f.work_dir), "%s/mnt", f.dir.path);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_mount_done(&f->mount);
	temp_dir_done(&f->dir);
	fake_sys_destroy(f->fake);
	return 0;
}

/* An ext4 whose journal waits, in itself. */
static void make_dirty(struct fixture *f)
{
	f->disk[1024 + 96] = 0x04;
	f->disk[1024 + 224] = 8;
}

static int mount_type(struct fixture *f, const char *fstype)
{
	const struct kb_device device = {.name = "sda2", .fstype = fstype};
	const struct kb_mount_options options = {.dev_dir = f->dev_dir, .work_dir = f->work_dir};

	temp_dir_write(&f->dir, "dev/sda2", f->disk, sizeof(f->disk));
	return kb_mount_device(&f->fake->table, &device, &options, &f->mount, &f->err);
}

/* All calls, in short: a mount shows its device, type and options. */
static void assert_calls(const struct fixture *f, const char *const *expected)
{
	size_t i = 0;

	for (; expected[i]; i++) {
		const char *text = fake_sys_text(f->fake, i);
		char shown[2 * FAKE_TEXT_BYTES];
		char source[FAKE_TEXT_BYTES], target[FAKE_TEXT_BYTES], type[64], flags[64];
		char options[FAKE_TEXT_BYTES];

		(void)snprintf(shown, sizeof(shown), "%s", text);
		if (sscanf(text, "mount %479s %479s %63s %63s %479s", source, target, type, flags,
			   options) == 5) {
			(void)snprintf(shown, sizeof(shown), "mount %.400s %s %.400s",
				       strrchr(source, '/') + 1, type, options);
		} else if (strncmp(text, "memory_disk ", 12) == 0) {
			(void)snprintf(shown, sizeof(shown), "memory_disk");
		}
		assert_string_equal(shown, expected[i]);
	}
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), i);
}

static const char replayed[] = "sda2: its journal was replayed in memory";

static void test_dirty(void **state)
{
	static const char *const calls[] = {
		"dm_ioctl status kboot-0:0 0", /* whether it is mounted from a snapshot */
		"set_block_read_only 1",
		"dm_ioctl status kboot-0:0 0",
		"memory_disk",
		"dm_ioctl create kboot-0:0 0",
		"dm_ioctl load kboot-0:0 0 2048 snapshot 0:0 1:3 N 8",
		"dm_ioctl resume kboot-0:0 0",
		"dm_ioctl remove kboot-0:0 0x20000",
		"mount dm-7 ext4 errors=continue",
		"set_block_read_only 1",
		NULL,
	};
	struct fixture *f = *state;

	make_dirty(f);
	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_calls(f, calls);
	assert_string_equal(f->mount.note, replayed);
}

/* At least 16 MiB, and no more than a quarter of the machine. */
static void test_memory(void **state)
{
	struct fixture *f = *state;
	long long bytes;

	make_dirty(f);
	assert_int_equal(mount_type(f, "ext4"), 0);
	bytes = f->fake->calls[3].numbers[0];
	assert_true(bytes >= 16 << 20);
	assert_int_equal(bytes % 4096, 0);
	assert_true(bytes == 16 << 20 ||
		    bytes <= sysconf(_SC_PHYS_PAGES) / 4 * sysconf(_SC_PAGESIZE));
}

static void test_clean(void **state)
{
	static const char *const calls[] = {
		"dm_ioctl status kboot-0:0 0",
		"set_block_read_only 1",
		"dm_ioctl status kboot-0:0 0",
		"mount sda2 ext4 noload,errors=continue",
		NULL,
	};
	struct fixture *f = *state;

	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_calls(f, calls);
	assert_string_equal(f->mount.note, "");
}

/* One snapshot serves all who look at the disk. */
static void test_shared(void **state)
{
	struct fixture *f = *state;
	size_t n;

	make_dirty(f);
	f->script.status_flags = DM_ACTIVE_PRESENT_FLAG | DM_DEFERRED_REMOVE;
	assert_int_equal(mount_type(f, "ext4"), 0);
	n = fake_sys_count(f->fake, FAKE_DM_IOCTL);
	assert_int_equal(n, 2);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MEMORY_DISK), 0);
	assert_string_equal(f->mount.note, replayed);
}

/* A worker was killed half-way: its device is no use, and in the way. */
static void test_half_made(void **state)
{
	static const uint32_t flags[] = {DM_SUSPEND_FLAG, DM_INACTIVE_PRESENT_FLAG,
					 DM_ACTIVE_PRESENT_FLAG};
	struct fixture *f = *state;

	for (size_t i = 0; i < KB_ARRAY_LEN(flags); i++) {
		fake_sys_forget(f->fake);
		f->script.status_flags = flags[i];
		assert_int_equal(mount_type(f, "ext4"), 0);
		assert_string_equal(fake_sys_text(f->fake, 1), "dm_ioctl remove kboot-0:0 0");
		assert_int_equal(fake_sys_count(f->fake, FAKE_DM_IOCTL), 3);
		kb_mount_done(&f->mount);
	}
}

static void test_name_taken(void **state)
{
	struct fixture *f = *state;

	make_dirty(f);
	f->script.leftovers = 1;
	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_string_equal(fake_sys_text(f->fake, 5), "dm_ioctl remove kboot-0:0 0");
	assert_string_equal(fake_sys_text(f->fake, 6), "dm_ioctl create kboot-0:0 0");
	assert_string_equal(f->mount.note, replayed);
}

static void assert_left_alone(struct fixture *f, const char *why, const char *options)
{
	char note[KB_MOUNT_NOTE_BYTES];
	size_t last = fake_sys_count(f->fake, FAKE_ANY) - 1;

	(void)snprintf(note, sizeof(note),
		       "sda2: its journal could not be replayed in memory (%s); files changed last "
		       "may be missing",
		       why);
	assert_string_equal(f->mount.note, note);
	assert_non_null(strstr(fake_sys_text(f->fake, last), "/dev/sda2 "));
	assert_non_null(strstr(fake_sys_text(f->fake, last), options));
}

static void test_no_mapper(void **state)
{
	struct fixture *f = *state;

	make_dirty(f);
	assert_int_equal(unlinkat(f->dir.fd, "dev/mapper/control", 0), 0);
	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_string_equal(fake_sys_text(f->fake, 1), "spawn /sbin/modprobe -ab loop dm-mod");
	assert_left_alone(f, "no device-mapper: No such file or directory", "noload");
}

static void test_no_loop(void **state)
{
	struct fixture *f = *state;

	make_dirty(f);
	fake_sys_fail(f->fake, FAKE_MEMORY_DISK, 1, ENODEV);
	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_left_alone(f, "no loop device over memory: No such device", "noload");
}

/* Whatever fails, the device that was created does not stay. */
static void test_mapper_refuses(void **state)
{
	static const unsigned long requests[] = {DM_DEV_CREATE, DM_TABLE_LOAD, DM_DEV_SUSPEND};
	struct fixture *f = *state;

	make_dirty(f);
	for (size_t i = 0; i < KB_ARRAY_LEN(requests); i++) {
		size_t before_last;

		fake_sys_forget(f->fake);
		f->script.refused = requests[i];
		assert_int_equal(mount_type(f, "ext4"), 0);
		assert_left_alone(f, "no snapshot by device-mapper: Input/output error", "noload");
		before_last = fake_sys_count(f->fake, FAKE_ANY) - 2;
		assert_string_equal(fake_sys_text(f->fake, before_last),
				    i == 0 ? "dm_ioctl create kboot-0:0 0"
					   : "dm_ioctl remove kboot-0:0 0");
		kb_mount_done(&f->mount);
	}
}

/* The journal itself is a lie, or more than there is memory for. */
static void test_replay_fails(void **state)
{
	struct fixture *f = *state;

	make_dirty(f);
	f->script.mount_refused = "/dm-7";
	f->script.mount_error = EUCLEAN;
	assert_int_equal(mount_type(f, "ext4"), 0);
	assert_left_alone(f, "Structure needs cleaning", "noload");
}

static void test_elsewhere(void **state)
{
	struct fixture *f = *state;

	f->disk[65536 + 96] = 1;
	f->disk[65536 + 136] = 2;
	assert_int_equal(mount_type(f, "btrfs"), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MEMORY_DISK), 0);
	assert_left_alone(f, "other devices belong to it", "rescue=nologreplay");
}

/* Only the driver knows whether an xfs waits: it refuses a read-only device then. */
static void test_asked(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mount_type(f, "xfs"), 0);
	assert_non_null(strstr(fake_sys_text(f->fake, 3), "/dev/sda2 "));
	assert_non_null(strstr(fake_sys_text(f->fake, 3), " nouuid"));
	assert_string_equal(f->mount.note, "");
	kb_mount_done(&f->mount);
	f->script.mount_refused = "/sda2";
	f->script.mount_error = EROFS;
	assert_int_equal(mount_type(f, "xfs"), 0);
	assert_string_equal(f->mount.note, replayed);
	kb_mount_done(&f->mount);
	f->script.mount_error = EPERM; /* xfs, about its quotas */
	assert_int_equal(mount_type(f, "xfs"), 0);
	assert_string_equal(f->mount.note, replayed);
}

/* A log that cannot be read does not take the files along. */
static void test_asked_broken(void **state)
{
	struct fixture *f = *state;

	fake_sys_fail(f->fake, FAKE_MOUNT, 1, EUCLEAN);
	assert_int_equal(mount_type(f, "xfs"), 0);
	assert_left_alone(f, "Structure needs cleaning", "norecovery,nouuid");
	assert_int_equal(fake_sys_count(f->fake, FAKE_MEMORY_DISK), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_dirty),        TEST(test_memory),    TEST(test_clean),
		TEST(test_shared),       TEST(test_half_made), TEST(test_name_taken),
		TEST(test_no_mapper),    TEST(test_no_loop),   TEST(test_mapper_refuses),
		TEST(test_replay_fails), TEST(test_elsewhere), TEST(test_asked),
		TEST(test_asked_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
