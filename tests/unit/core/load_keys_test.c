/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What opened a volume, handed over: to whom, and by which names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "work/load_keys.h"

enum { ROOM = 1 << 20, ARCHIVE_BYTES = 16384 };

static struct machine {
	struct kb_place disk;   /* sda3: encrypted */
	struct kb_place volume; /* dm-0 on it: a physical volume */
	struct kb_place root;   /* dm-1 on that, with a system */
	struct kb_place other;  /* sdb1 */
	struct kb_places places;
	struct kb_keys keys;
	struct kb_boot_request request;
	struct kb_buf said;
	struct kb_load_uki load;
	struct kb_entry entry;
} m;

static struct kb_place device(uint64_t id, const char *name, const char *members)
{
	struct kb_place place = {.id = id,
				 .kind = KB_PLACE_DEVICE,
				 .found = {.has_device = true, .device = {.name = name}}};

	(void)snprintf(place.block.name, sizeof(place.block.name), "%s", name);
	(void)snprintf(place.block.members, sizeof(place.block.members), "%s", members);
	return place;
}

static int setup(void **state)
{
	const struct kb_str phrase = KB_STR("a phrase");
	KB_SECRET struct kb_secret secret = {0};

	(void)state;
	m = (struct machine){0};
	m.disk = device(7, "sda3", "");
	m.disk.found.device.uuid = "11-22";
	m.disk.found.device.set = "luks";
	m.volume = device(8, "dm-0", "sda3");
	m.root = device(9, "dm-1", "dm-0");
	m.root.found.device.mapper = "vg-root";
	m.root.found.n_systems = 1;
	m.root.found.systems[0].says.crypttab = "sda3_crypt UUID=11-22 none luks,discard\n"
						"home UUID=99 /home.key luks\n"
						"wake UUID=98 none luks\n";
	m.other = device(10, "sdb1", "");
	m.places.first = &m.disk;
	m.disk.next = &m.volume;
	m.volume.next = &m.root;
	m.root.next = &m.other;
	m.load = (struct kb_load_uki){.request = &m.request, .room = ROOM, .said = &m.said};
	m.entry = (struct kb_entry){.device = &m.root.found.device, .args = "ro"};
	assert_int_equal(kb_secret_set(&secret, phrase), 0);
	assert_int_equal(kb_keys_keep(&m.keys, 7, &secret, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < m.request.n_initrd; i++) {
		(void)close(m.request.initrd[i].fd);
	}
	kb_keys_forget(&m.keys, 0);
	kb_buf_done(&m.said);
	return 0;
}

static void load(void)
{
	struct kb_error err = {0};

	assert_int_equal(kb_load_keys(&m.load, &m.keys, &m.places, &m.entry, &err), 0);
}

/* Is there a file of this name with that text right behind its header? */
static bool archive_has(size_t n, const char *name, const char *text)
{
	static char bytes[ARCHIVE_BYTES];
	ssize_t len = pread(m.request.initrd[n].fd, bytes, sizeof(bytes) - 1, 0);
	const char *at;

	assert_true(len > 0);
	at = memmem(bytes, (size_t)len, name, strlen(name) + 1);
	return at && memmem(at, strlen(name) + 4 + strlen(text), text, strlen(text));
}

static void its_own_system_gets_the_key_by_each_name(void **state)
{
	(void)state;
	m.entry.args = "ro rd.luks.name=11-22=cryptroot rd.luks.name=99=no";
	load();
	assert_int_equal(m.request.n_initrd, 2);
	assert_true(archive_has(0, "etc/cryptsetup-keys.d/sda3_crypt.key", "a phrase"));
	assert_true(archive_has(0, "etc/cryptsetup-keys.d/cryptroot.key", "a phrase"));
	assert_true(archive_has(0, "etc/cryptsetup-keys.d/luks-11-22.key", "a phrase"));
	assert_false(archive_has(0, "etc/cryptsetup-keys.d/home.key", ""));
	assert_false(archive_has(0, "etc/cryptsetup-keys.d/no.key", ""));
	assert_true(archive_has(1, "cryptroot/crypttab",
				"sda3_crypt UUID=11-22 /etc/cryptsetup-keys.d/sda3_crypt.key "
				"luks,discard\nwake UUID=98 none luks\n"));
	assert_false(archive_has(1, "cryptroot/crypttab", "home"));
	assert_non_null(strstr(m.said.data, "key      of sda3, for its own system (sda3_crypt)"));
	assert_null(strstr(m.said.data, "phrase"));
}

static void another_system_gets_nothing(void **state)
{
	(void)state;
	m.entry.device = &m.other.found.device;
	load();
	assert_int_equal(m.request.n_initrd, 0);
	m.entry.device = NULL;
	load();
	assert_int_equal(m.request.n_initrd, 0);
	/* Nor the disk's own: nothing of it is behind itself. */
	m.entry.device = &m.disk.found.device;
	load();
	assert_int_equal(m.request.n_initrd, 0);
}

/* A kernel on /boot whose root is on the volume. */
static void what_has_its_root_there_is_its_own_system(void **state)
{
	(void)state;
	m.entry.device = &m.other.found.device;
	m.entry.root = "/dev/mapper/vg-root";
	load();
	assert_int_equal(m.request.n_initrd, 2);
}

static void without_a_crypttab_there_is_one_name(void **state)
{
	(void)state;
	m.root.found.systems[0].says.crypttab = NULL;
	load();
	assert_int_equal(m.request.n_initrd, 1);
	assert_true(archive_has(0, "etc/cryptsetup-keys.d/luks-11-22.key", "a phrase"));
}

static void what_was_forgotten_is_not_handed_over(void **state)
{
	(void)state;
	kb_keys_forget(&m.keys, 8);
	assert_int_equal(m.keys.n, 1);
	kb_keys_forget(&m.keys, 7);
	assert_int_equal(m.keys.n, 0);
	load();
	assert_int_equal(m.request.n_initrd, 0);
}

static void the_newest_key_of_a_volume_counts(void **state)
{
	KB_SECRET struct kb_secret secret = {0};

	(void)state;
	assert_int_equal(kb_secret_set(&secret, KB_STR("newer")), 0);
	assert_int_equal(kb_keys_keep(&m.keys, 7, &secret, NULL), 0);
	assert_int_equal(m.keys.n, 1);
	for (uint64_t id = 100; id < 100 + KB_KEYS_MAX - 1; id++) {
		assert_int_equal(kb_keys_keep(&m.keys, id, &secret, NULL), 0);
	}
	assert_int_equal(kb_keys_keep(&m.keys, 500, &secret, NULL), -28 /* ENOSPC */);
	load();
	assert_true(archive_has(0, "etc/cryptsetup-keys.d/luks-11-22.key", "newer"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_own_system_gets_the_key_by_each_name),
		TEST(another_system_gets_nothing),
		TEST(what_has_its_root_there_is_its_own_system),
		TEST(without_a_crypttab_there_is_one_name),
		TEST(what_was_forgotten_is_not_handed_over),
		TEST(the_newest_key_of_a_volume_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
