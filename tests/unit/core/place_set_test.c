/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a device that makes another one together with others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "catalog/place.h"

static const struct row {
	const char *fstype;
	const char *set;
	struct kb_set told; /* of kind NONE: nothing yet */
	const char *holder; /* what is made of it; NULL: nothing */
	enum kb_log_level level;
	const char *text;
} rows[] = {
	{"linux_raid_member",
	 "md",
	 {.kind = KB_SET_NONE},
	 NULL,
	 KB_LOG_DEBUG,
	 "sda2 is a disk of the array"},
	{"linux_raid_member",
	 "md",
	 {.kind = KB_SET_MD, .state = KB_SET_READY, .name = "data"},
	 "md127",
	 KB_LOG_DEBUG,
	 "sda2 is a disk of the array data, ready"},
	{"linux_raid_member",
	 "md",
	 {.kind = KB_SET_MD,
	  .state = KB_SET_WAITING,
	  .uuid = "1:2",
	  .why = "2 of 3 disks are there"},
	 NULL,
	 KB_LOG_WARNING,
	 "sda2 is a disk of the array 1:2, waiting: 2 of 3 disks are there"},
	{"LVM2_member",
	 "lvm",
	 {.kind = KB_SET_LVM, .state = KB_SET_REFUSED, .name = "vg", .why = "it is exported"},
	 NULL,
	 KB_LOG_WARNING,
	 "sda2 is a disk of the volume group vg, refused: it is exported"},
	{"btrfs",
	 "btrfs",
	 {.kind = KB_SET_BTRFS, .state = KB_SET_DEGRADED, .uuid = "u", .why = "one is missing"},
	 NULL,
	 KB_LOG_WARNING,
	 "sda2 is a disk of the btrfs u, degraded: one is missing"},
	{"crypto_LUKS",
	 "luks",
	 {.kind = KB_SET_LUKS, .state = KB_SET_LOCKED},
	 NULL,
	 KB_LOG_INFO,
	 "sda2 is encrypted, locked"},
	{"crypto_LUKS",
	 "luks",
	 {.kind = KB_SET_LUKS, .state = KB_SET_LOCKED},
	 "dm-0",
	 KB_LOG_DEBUG,
	 "sda2 is encrypted, unlocked"},
	/* A set of another kind that says to have it is not its. */
	{"crypto_LUKS",
	 "luks",
	 {.kind = KB_SET_MD, .state = KB_SET_READY},
	 NULL,
	 KB_LOG_DEBUG,
	 "sda2 is encrypted"},
};

static void each_state_has_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(rows); i++) {
		struct kb_place holder = {.kind = KB_PLACE_DEVICE,
					  .block = {.members = "sdb sda2"}};
		struct kb_place place = {.kind = KB_PLACE_DEVICE,
					 .status = KB_PLACE_READ,
					 .block = {.name = "sda2"},
					 .found = {.has_device = true,
						   .device = {.name = "sda2",
							      .fstype = rows[i].fstype,
							      .set = rows[i].set}}};
		struct kb_set set = rows[i].told;
		struct kb_places places = {.first = &place};
		KB_BUF struct kb_buf told = {0};

		set.members[set.n_members++] = "sda2";
		if (rows[i].told.kind != KB_SET_NONE) {
			places.sets[places.n_sets++] = &set;
		}
		if (rows[i].holder) {
			(void)snprintf(holder.block.name, sizeof(holder.block.name), "%s",
				       rows[i].holder);
			place.next = &holder;
		}
		assert_int_equal(kb_place_tell(&places, &place, &told), rows[i].level);
		assert_string_equal(told.data, rows[i].text);
	}
}

static void what_is_open_is_not_locked(void **state)
{
	static const struct kb_set set = {.kind = KB_SET_LUKS,
					  .state = KB_SET_LOCKED,
					  .members = {"sda2"},
					  .n_members = 1};
	struct kb_place holder = {.kind = KB_PLACE_DEVICE,
				  .block = {.name = "dm-0", .members = "sda2"}};
	struct kb_place place = {.kind = KB_PLACE_DEVICE,
				 .block = {.name = "sda2"},
				 .found = {.has_device = true, .device = {.set = "luks"}}};
	struct kb_places places = {.first = &place};

	(void)state;
	assert_false(kb_place_is_locked(&places, &place));
	places.sets[places.n_sets++] = &set;
	assert_true(kb_place_is_locked(&places, &place));
	place.next = &holder;
	assert_false(kb_place_is_locked(&places, &place));
	assert_ptr_equal(kb_places_holder(&places, &place), &holder);
}

static void the_first_of_two_copies_counts(void **state)
{
	static const struct {
		struct kb_device a;
		struct kb_device b;
		bool is_copy;
	} pairs[] = {
		{{.fstype = "ext4", .uuid = "1", .partuuid = "2"},
		 {.fstype = "ext4", .uuid = "1", .partuuid = "2"},
		 true},
		{{.fstype = "ext4", .uuid = "1", .partuuid = "2"},
		 {.fstype = "ext4", .uuid = "1", .partuuid = "3"},
		 false},
		{{.fstype = "ext4", .uuid = "1"}, {.fstype = "ext4", .uuid = "1"}, false},
		{{.fstype = "ext4", .uuid = "1", .partuuid = "2", .size_bytes = 1},
		 {.fstype = "ext4", .uuid = "1", .partuuid = "2", .size_bytes = 2},
		 false},
		{{.fstype = "LVM2_member", .set = "lvm", .uuid = "1"},
		 {.fstype = "LVM2_member", .set = "lvm", .uuid = "1"},
		 true},
		{{.fstype = "linux_raid_member", .set = "md", .uuid = "1", .uuid_sub = "2"},
		 {.fstype = "linux_raid_member", .set = "md", .uuid = "1", .uuid_sub = "3"},
		 false},
		{{.fstype = NULL}, {.fstype = NULL}, false},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(pairs); i++) {
		struct kb_place b = {.kind = KB_PLACE_DEVICE,
				     .status = KB_PLACE_READ,
				     .block = {.name = "sdb1"},
				     .found = {.has_device = true, .device = pairs[i].b}};
		struct kb_place a = {.kind = KB_PLACE_DEVICE,
				     .next = &b,
				     .block = {.name = "sda1"},
				     .found = {.has_device = true, .device = pairs[i].a}};
		const struct kb_places places = {.first = &a};
		KB_BUF struct kb_buf told = {0};

		print_message("pair %zu\n", i);
		assert_null(kb_places_original(&places, &a));
		assert_ptr_equal(kb_places_original(&places, &b), pairs[i].is_copy ? &a : NULL);
		(void)kb_place_tell(&places, &b, &told);
		assert_int_equal(told.data && strcmp(told.data, "sdb1 is a copy of sda1, which "
								"counts in its place") == 0,
				 pairs[i].is_copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_its_words),
		cmocka_unit_test(what_is_open_is_not_locked),
		cmocka_unit_test(the_first_of_two_copies_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
