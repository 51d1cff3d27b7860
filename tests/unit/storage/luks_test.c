/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <errno.h>
#include <linux/fs.h>
#include <string.h>

#include "kboot/storage/luks.h"

enum { HEADER_BYTES = 16 << 10, DISK_BYTES = 64 << 10 };

#define MIB ((uint64_t)1 << 20)

/* Two typed slots, the dear one first; one of a TPM; one that is not to be tried. */
static const char json[] =
	"{\"keyslots\":{"
	"\"0\":{\"type\":\"luks2\",\"kdf\":{\"type\":\"argon2id\",\"memory\":1048576}},"
	"\"1\":{\"type\":\"luks2\",\"kdf\":{\"type\":\"pbkdf2\"}},"
	"\"2\":{\"type\":\"luks2\",\"kdf\":{\"type\":\"argon2id\",\"memory\":65536}},"
	"\"3\":{\"type\":\"luks2\",\"kdf\":{\"type\":\"pbkdf2\"}},"
	"\"4\":{\"type\":\"luks2\",\"priority\":0,\"kdf\":{\"type\":\"pbkdf2\"}}},"
	"\"tokens\":{\"0\":{\"type\":\"systemd-tpm2\",\"keyslots\":[\"3\"]},"
	"\"1\":{\"type\":\"systemd-recovery\",\"keyslots\":[\"2\"]}},"
	"\"config\":{}}";

static void put_luks2(struct storage_case *c, const char *text, size_t at)
{
	static unsigned char disk[DISK_BYTES];

	memset(disk, 0, sizeof(disk));
	storage_case_put(disk, at, at ? "SKUL\xba\xbe\0\2" : "LUKS\xba\xbe\0\2", 8);
	disk[at + 14] = HEADER_BYTES >> 8;
	memcpy(disk + at + 4096, text, strlen(text) + 1);
	temp_dir_write(&c->dir, "dev/sda3", disk, sizeof(disk));
}

static void put_luks1(struct storage_case *c)
{
	static unsigned char disk[DISK_BYTES];

	memset(disk, 0, sizeof(disk));
	storage_case_put(disk, 0, "LUKS\xba\xbe\0\1", 8);
	storage_case_put(disk, 208 + 48, "\x00\xac\x71\xf3", 4);
	storage_case_put(disk, 208, "\x00\x00\xde\xad", 4);
	temp_dir_write(&c->dir, "dev/sda3", disk, sizeof(disk));
}

static int look(struct storage_case *c, struct kb_luks *ret_luks)
{
	return kb_luks_look(&c->fake->table, c->dev_dir, "sda3", ret_luks, &c->err);
}

static void a_header_says_what_its_slots_need(void **state)
{
	struct storage_case *c = *state;
	struct kb_luks luks;

	put_luks2(c, json, 0);
	assert_int_equal(look(c, &luks), 0);
	assert_int_equal(luks.version, 2);
	assert_int_equal(luks.n_slots, 3);
	assert_int_equal(luks.least_bytes, 0);
	assert_int_equal(luks.most_bytes, 1024 * MIB);
	assert_true(luks.has_token);
	assert_false(luks.is_reencrypting);
	assert_string_equal(fake_sys_text(c->fake, 0), "set_block_read_only 1");
	/* The second header, where the first is gone. */
	put_luks2(c, json, HEADER_BYTES);
	assert_int_equal(look(c, &luks), 0);
	assert_int_equal(luks.n_slots, 3);
	put_luks1(c);
	assert_int_equal(look(c, &luks), 0);
	assert_int_equal(luks.version, 1);
	assert_int_equal(luks.n_slots, 1);
	assert_int_equal(luks.most_bytes, 0);
}

static void a_damaged_header_is_said(void **state)
{
	static const char *const texts[] = {"", "{", "[]", "{\"keyslots\":7}"};
	struct storage_case *c = *state;
	struct kb_luks luks;

	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		put_luks2(c, texts[i], 0);
		assert_int_equal(look(c, &luks), -EUCLEAN);
		assert_string_equal(c->err.text, "the LUKS header of sda3 is damaged");
	}
	temp_dir_text(&c->dir, "dev/sda3", "short");
	assert_int_equal(look(c, &luks), -EUCLEAN);
}

static void flipped_headers_are_survived(void **state)
{
	struct storage_case *c = *state;
	unsigned seed = 3;

	for (int round = 0; round < 400; round++) {
		char text[sizeof(json)];
		struct kb_luks luks;

		memcpy(text, json, sizeof(text));
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 4) % (sizeof(json) - 1)] = "0\"[{(,9}"[seed >> 29];
		}
		put_luks2(c, text, 0);
		(void)!look(c, &luks);
	}
}

/* --- unlocking: what stands in for cryptsetup keeps what it is given in the folder */

static int answer_read_only(struct storage_case *c, unsigned long request, void *argument)
{
	(void)c;
	if (request == BLKROGET) {
		*(int *)argument = 1;
	}
	return 0;
}

static int unlock(struct storage_case *c, uint64_t memory_bytes, const char *script)
{
	static char text[512];
	const struct kb_luks_unlock u = {.sys = &c->fake->table,
					 .dev_dir = c->dev_dir,
					 .run_dir = c->run_dir,
					 .device = "sda3",
					 .name = "luks-x",
					 .secret = KB_STR("hid1ng\0place"),
					 .memory_bytes = memory_bytes};

	(void)snprintf(text, sizeof(text), "cd %s; %s", c->dir.path, script);
	c->script = text;
	c->answer = answer_read_only;
	fake_sys_forget(c->fake);
	return kb_luks_unlock(&u, &c->err);
}

static void the_secret_goes_by_a_pipe_alone(void **state)
{
	struct storage_case *c = *state;

	put_luks1(c);
	temp_dir_text(&c->dir, "dev/mapper/luks-x", "");
	assert_int_equal(unlock(c, 0,
				"cmp - right && test \"$(env | grep -c hid1ng)\" = 0 || exit 9"),
			 -EINVAL);
	temp_dir_write(&c->dir, "right", "hid1ng\0place", 12);
	assert_int_equal(unlock(c, 0,
				"cmp - right && test \"$(env | grep -c hid1ng)\" = 0 || exit 9"),
			 0);
	assert_false(storage_case_did(c, "hid1ng"));
	assert_true(storage_case_did(c, "/sbin/cryptsetup open --type luks --readonly --tries 1"));
	assert_false(storage_case_did(c, "--key-slot"));
}

static void cheap_slots_are_tried_first_and_dear_ones_not_at_all(void **state)
{
	struct storage_case *c = *state;

	put_luks2(c, json, 0);
	assert_int_equal(unlock(c, 100 * MIB, "exit 2"), -ENOMEM);
	assert_string_equal(
		c->err.text,
		"sda3 needs 1,024 MiB of memory to be unlocked, 100 are free; a key slot "
		"with PBKDF2 or less Argon2 memory would do");
	assert_int_equal(fake_sys_count(c->fake, FAKE_SPAWN), 2);
	assert_non_null(strstr(fake_sys_text(c->fake, 1), "--key-slot 1"));
	assert_int_equal(unlock(c, 2048 * MIB, "exit 2"), -EPERM);
	assert_int_equal(fake_sys_count(c->fake, FAKE_SPAWN), 3);
	assert_string_equal(c->err.text, "no key slot of sda3 takes this passphrase");
	assert_null(strstr(c->err.text, "hid1ng"));
}

static void what_goes_wrong_is_said(void **state)
{
	struct storage_case *c = *state;

	put_luks1(c);
	assert_int_equal(unlock(c, 0, "echo Device busy. >&2; exit 5"), -EBUSY);
	assert_string_equal(c->err.text, "sda3 cannot be unlocked: Device busy.");
	assert_int_equal(unlock(c, 0, "exit 3"), -ENOMEM);
	assert_int_equal(unlock(c, 0, "kill -9 $$"), -EIO);
	/* It says that it is open, and nothing is there. */
	assert_int_equal(unlock(c, 0, "exit 0"), -ENOENT);
	c->script = NULL;
	fake_sys_fail(c->fake, FAKE_SPAWN, 1, ENOENT);
	assert_int_equal(unlock(c, 0, "exit 0"), -ENOSYS);
	assert_string_equal(c->err.text, "this image has no cryptsetup");
}

static void one_that_is_being_reencrypted_is_refused(void **state)
{
	struct storage_case *c = *state;
	struct kb_luks luks;

	put_luks2(c,
		  "{\"keyslots\":{},\"config\":{\"requirements\":{\"mandatory\":"
		  "[\"online-reencrypt-v2\"]}}}",
		  0);
	assert_int_equal(look(c, &luks), 0);
	assert_true(luks.is_reencrypting);
	assert_int_equal(unlock(c, 0, "exit 0"), -EBUSY);
	assert_int_equal(fake_sys_count(c->fake, FAKE_SPAWN), 0);
}

static void a_name_that_is_a_path_is_refused(void **state)
{
	static const char *const names[] = {"", "../x", "a/b", "-x", "a b"};
	struct storage_case *c = *state;

	put_luks1(c);
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		const struct kb_luks_unlock u = {.sys = &c->fake->table,
						 .dev_dir = c->dev_dir,
						 .device = "sda3",
						 .name = names[i]};

		assert_int_equal(kb_luks_unlock(&u, &c->err), -EINVAL);
	}
	assert_int_equal(fake_sys_count(c->fake, FAKE_SPAWN), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, storage_case_setup, storage_case_teardown)
		CASE(a_header_says_what_its_slots_need),
		CASE(a_damaged_header_is_said),
		CASE(flipped_headers_are_survived),
		CASE(the_secret_goes_by_a_pipe_alone),
		CASE(cheap_slots_are_tried_first_and_dear_ones_not_at_all),
		CASE(what_goes_wrong_is_said),
		CASE(one_that_is_being_reencrypted_is_refused),
		CASE(a_name_that_is_a_path_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
