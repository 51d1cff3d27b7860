/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/scan/block.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk_image.h"
#include "temp_dir.h"

/* As everywhere else, an allocation that cannot be had answers NULL under the sanitizer too. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static const struct kb_block block = {.name = "sdq2", .size_bytes = DISK_IMAGE_BYTES};

struct fixture {
	struct kb_arena arena;
	struct kb_error err;
	struct kb_device device;
	int fd;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.fd = disk_image_create()};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->fd = kb_close(f->fd);
	kb_arena_done(&f->arena);
	return 0;
}

static int probe(struct fixture *f)
{
	return kb_scan_probe(&f->arena, f->fd, &block, &f->device, &f->err);
}

static void test_ext4(void **state)
{
	struct fixture *f = *state;

	disk_image_put_ext4(f->fd, "ROOT", 4);
	assert_int_equal(probe(f), 0);
	assert_string_equal(f->device.name, "sdq2");
	assert_string_equal(f->device.fstype, "ext4");
	assert_string_equal(f->device.uuid, "00112233-4455-6677-8899-aabbccddeeff");
	assert_string_equal(f->device.label, "ROOT");
	assert_null(f->device.partuuid);
	assert_null(f->device.partlabel);
	assert_null(f->device.tree);
	assert_int_equal(f->device.size_bytes, DISK_IMAGE_BYTES);
}

static void test_no_filesystems(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(probe(f), 0);
	assert_string_equal(f->device.name, "sdq2");
	assert_null(f->device.fstype);
	assert_null(f->device.uuid);
}

static void test_containers(void **state)
{
	struct fixture *f = *state;

	disk_image_put_luks(f->fd);
	assert_int_equal(probe(f), 0);
	assert_string_equal(f->device.fstype, "crypto_LUKS");
	assert_int_equal(ftruncate(f->fd, 0), 0);
	assert_int_equal(ftruncate(f->fd, DISK_IMAGE_BYTES), 0);
	disk_image_put_swap(f->fd);
	assert_int_equal(probe(f), 0);
	assert_string_equal(f->device.fstype, "swap");
}

/* A sleeping Linux has put its signature over the swap's: its filesystems are in use. */
static void test_hibernated(void **state)
{
	static const char *const signatures[] = {"S1SUSPEND", "ULSUSPEND", "LINHIB0001"};
	enum { SIGNATURE = 4096 - 10 };
	struct fixture *f = *state;

	for (size_t i = 0; i < KB_ARRAY_LEN(signatures); i++) {
		disk_image_put_swap(f->fd);
		disk_image_write(f->fd, SIGNATURE, "\0\0\0\0\0\0\0\0\0", 10);
		disk_image_write(f->fd, SIGNATURE, signatures[i], strlen(signatures[i]));
		assert_int_equal(probe(f), 0);
		assert_string_equal(f->device.fstype, "swsuspend");
	}
}

static void test_contradiction(void **state)
{
	struct fixture *f = *state;

	disk_image_put_ext4(f->fd, "ROOT", 4);
	disk_image_put_squashfs(f->fd);
	f->device.name = "before";
	assert_int_equal(probe(f), -EUCLEAN);
	assert_string_equal(
		f->err.text,
		"sdq2 carries the signatures of several filesystems (ext4, squashfs), so "
		"kboot does not guess which one counts; wipefs can remove the stale one");
	assert_string_equal(f->device.name, "before");
}

static void test_hostile_label(void **state)
{
	struct fixture *f = *state;

	disk_image_put_ext4(f->fd, "\033[2J\x9b\xc2\x9bxxxxxxxxx", 16);
	assert_int_equal(probe(f), 0);
	assert_string_equal(f->device.label, "?[2J??xxxxxxxxx");
}

/* Geometry is the mount's business: identity is still told, in no time and no memory. */
static void test_lying_superblock(void **state)
{
	struct fixture *f = *state;
	enum { AFTER_LABEL = 136, FLAGS = 352 };
	char ones[FLAGS];

	memset(ones, 0xff, sizeof(ones));
	disk_image_write(f->fd, 1024, ones, 56);
	disk_image_put_ext4(f->fd, "LIAR", 4);
	disk_image_write(f->fd, 1024 + AFTER_LABEL, ones, FLAGS - AFTER_LABEL);
	assert_int_equal(probe(f), 0);
	assert_string_equal(f->device.fstype, "ext4");
	assert_string_equal(f->device.label, "LIAR");
}

/* libblkid would read 1 GiB into memory, twice. The memory the file has is holes. */
static void test_greedy_superblock(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ftruncate(f->fd, (off_t)8 << 30), 0);
	disk_image_put_greedy_ntfs(f->fd);
	assert_int_equal(probe(f), -ENOMEM);
	assert_string_equal(f->err.text, "sdq2 cannot be read within 32 MiB of memory; its "
					 "superblock is probably damaged");
	/* The ceiling has gone with the probe. */
	{
		void *memory = malloc(64 << 20);

		assert_non_null(memory);
		free(memory);
	}
}

static void test_noise(void **state)
{
	struct fixture *f = *state;
	static uint8_t noise[DISK_IMAGE_BYTES];
	uint32_t x = 12345;

	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < sizeof(noise); i++) {
			x = x * 1664525 + 1013904223;
			noise[i] = round == 3 ? 0xff : (uint8_t)(x >> 24);
		}
		disk_image_write(f->fd, 0, noise, sizeof(noise));
		assert_int_equal(probe(f), 0);
		assert_null(f->device.fstype);
	}
}

static void test_tiny_and_empty(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ftruncate(f->fd, 512), 0);
	assert_int_equal(probe(f), 0);
	assert_null(f->device.fstype);
	assert_int_equal(ftruncate(f->fd, 0), 0);
	assert_int_equal(probe(f), 0);
	assert_null(f->device.fstype);
}

static void test_not_a_disk(void **state)
{
	struct fixture *f = *state;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(kb_scan_probe(&f->arena, ends[0], &block, &f->device, &f->err), -EINVAL);
	assert_string_equal(f->err.text, "sdq2 cannot be read: Invalid argument");
	assert_int_equal(kb_scan_probe(&f->arena, -1, &block, &f->device, &f->err), -EIO);
	(void)kb_close(ends[0]);
	(void)kb_close(ends[1]);
}

/* A descriptor that cannot be read stands for a disk that answers every read with an error. */
static void test_read_error(void **state)
{
	struct fixture *f = *state;
	struct temp_dir d;
	KB_CLOSE int fd = -1;

	temp_dir_init(&d);
	temp_dir_text(&d, "disk", "");
	fd = openat(d.fd, "disk", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, DISK_IMAGE_BYTES), 0);
	assert_int_equal(kb_scan_probe(&f->arena, fd, &block, &f->device, &f->err), -EBADF);
	assert_string_equal(f->err.text, "sdq2 cannot be read: Bad file descriptor");
	temp_dir_done(&d);
}

static void test_out_of_memory(void **state)
{
	struct fixture *f = *state;

	disk_image_put_ext4(f->fd, "ROOT", 4);
	f->arena.max_bytes = 1;
	assert_int_equal(probe(f), -ENOMEM);
	assert_string_equal(f->err.text, "sdq2: out of memory");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ext4),
		TEST(test_no_filesystems),
		TEST(test_containers),
		TEST(test_hibernated),
		TEST(test_contradiction),
		TEST(test_hostile_label),
		TEST(test_lying_superblock),
		TEST(test_greedy_superblock),
		TEST(test_noise),
		TEST(test_tiny_and_empty),
		TEST(test_not_a_disk),
		TEST(test_read_error),
		TEST(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
