/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a disk that gives no entry is said to hold, and how much that matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "catalog/place.h"

static struct kb_place disk(const char *fstype)
{
	return (struct kb_place){.kind = KB_PLACE_DEVICE,
				 .status = KB_PLACE_READ,
				 .block = {.name = "sdc"},
				 .found = {.has_device = true,
					   .device = {.name = "sdc", .fstype = fstype}}};
}

static const struct kb_places none;

static void assert_told(const struct kb_place *place, enum kb_log_level level, const char *text)
{
	KB_BUF struct kb_buf told = {0};

	assert_int_equal(kb_place_tell(&none, place, &told), level);
	assert_string_equal(told.data, text);
}

static void what_cannot_be_opened_is_named(void **state)
{
	static const char *const types[] = {"drbd",       "stratis", "bcache",
					    "zfs_member", "apfs",    "BitLocker"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(types); i++) {
		const struct kb_place place = disk(types[i]);
		char text[80];

		(void)snprintf(text, sizeof(text), "sdc holds %s: cannot be opened yet", types[i]);
		assert_told(&place, KB_LOG_WARNING, text);
	}
}

static void a_system_that_sleeps_is_said_in_words(void **state)
{
	const struct kb_place place = disk("swsuspend");

	(void)state;
	assert_told(&place, KB_LOG_WARNING,
		    "sdc holds a hibernated system: this machine's disks stay read-only, also "
		    "with mount_rw=true");
}

static void swap_is_no_complaint(void **state)
{
	const struct kb_place place = disk("swap");

	(void)state;
	assert_told(&place, KB_LOG_DEBUG, "sdc holds swap");
}

static void what_can_be_opened_and_has_nothing_says_so(void **state)
{
	struct kb_place place = disk("ext4");

	(void)state;
	assert_told(&place, KB_LOG_INFO, "sdc (ext4) has no kernel and no configuration");
	/* A folder stands for it. */
	place.found.device.fstype = "apfs";
	place.found.device.tree = "/tmp";
	assert_told(&place, KB_LOG_INFO, "sdc (apfs) has no kernel and no configuration");
	place.found.device.fstype = NULL;
	assert_told(&place, KB_LOG_INFO, "sdc has no kernel and no configuration");
	place.found.n_settings = 1;
	assert_told(&place, KB_LOG_INFO, "sdc has a configuration and no entry");
	place.found.n_lost = 1;
	assert_told(&place, KB_LOG_INFO, "sdc has no entry that could be read");
	place.found.others[place.found.n_others++] = "UUID=1";
	assert_told(&place, KB_LOG_INFO,
		    "sdc has a configuration that leads to UUID=1, where nothing was found");
}

static void an_unknown_disk_says_so(void **state)
{
	const struct kb_place place = disk(NULL);

	(void)state;
	assert_told(&place, KB_LOG_INFO, "sdc holds no filesystem that kboot knows");
}

static void what_failed_has_its_reason_and_one_name(void **state)
{
	struct kb_place place = disk(NULL);

	(void)state;
	place.status = KB_PLACE_FAILED;
	(void)kb_error_set(&place.found.error, -ETIMEDOUT, "no answer within 20 s; left out");
	assert_told(&place, KB_LOG_WARNING, "sdc: no answer within 20 s; left out");
	(void)kb_error_set(&place.found.error, -EIO, "sdc cannot be read: Input/output error");
	assert_told(&place, KB_LOG_WARNING, "sdc cannot be read: Input/output error");
	(void)kb_error_set(&place.found.error, -EIO, "sdc1 is another name");
	assert_told(&place, KB_LOG_WARNING, "sdc: sdc1 is another name");
}

static void what_has_entries_or_partitions_has_nothing_to_say(void **state)
{
	struct kb_place place = disk("ext4");
	KB_BUF struct kb_buf told = {0};

	(void)state;
	place.found.n_entries = 1;
	assert_int_equal(kb_place_tell(&none, &place, &told), KB_LOG_DEBUG);
	place = disk(NULL);
	place.block.has_partitions = true;
	assert_int_equal(kb_place_tell(&none, &place, &told), KB_LOG_DEBUG);
	place = disk("crypto_LUKS");
	place.status = KB_PLACE_SCANNING;
	assert_int_equal(kb_place_tell(&none, &place, &told), KB_LOG_DEBUG);
	place = disk(NULL);
	place.kind = KB_PLACE_OWN;
	assert_int_equal(kb_place_tell(&none, &place, &told), KB_LOG_DEBUG);
	assert_int_equal(told.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_opened_is_named),
		cmocka_unit_test(a_system_that_sleeps_is_said_in_words),
		cmocka_unit_test(swap_is_no_complaint),
		cmocka_unit_test(what_can_be_opened_and_has_nothing_says_so),
		cmocka_unit_test(an_unknown_disk_says_so),
		cmocka_unit_test(what_failed_has_its_reason_and_one_name),
		cmocka_unit_test(what_has_entries_or_partitions_has_nothing_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
