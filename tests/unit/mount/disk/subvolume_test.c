/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which subvolumes of a btrfs hold systems. Folders stand for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kboot/mount/subvolume.h"
#include "temp_dir.h"

struct heard {
	char names[256];
	int answer;
};

static int hear(void *ctx, const struct kb_tree *system)
{
	struct heard *heard = ctx;

	assert_string_equal(system->name, "sda2");
	strcat(strcat(heard->names, system->below), " ");
	return heard->answer;
}

static int list(struct temp_dir *dir, struct heard *heard)
{
	const struct kb_tree top = {.root_fd = dir->fd, .name = "sda2"};

	return kb_subvolumes_list(&top, hear, heard);
}

static void fill(struct temp_dir *dir)
{
	temp_dir_init(dir);
	temp_dir_text(dir, "@rootfs/etc/fstab", "");
	temp_dir_text(dir, "@/usr/lib/os-release", "");
	temp_dir_symlink(dir, "@/etc/os-release", "/usr/lib/os-release");
	temp_dir_text(dir, "@home/user/etc/fstab", "");
	temp_dir_text(dir, ".snapshots/1/snapshot/etc/fstab", "");
	temp_dir_text(dir, "timeshift-btrfs/snapshots/1/@/etc/fstab", "");
	temp_dir_text(dir, "a,rw/etc/fstab", "");
	temp_dir_symlink(dir, "current", "@rootfs");
	temp_dir_text(dir, "file", "");
}

static void systems_are_listed_in_their_order(void **state)
{
	struct heard heard = {0};
	struct temp_dir dir;

	(void)state;
	fill(&dir);
	assert_int_equal(list(&dir, &heard), 0);
	assert_string_equal(heard.names, "/@ /@rootfs ");
	temp_dir_done(&dir);
}

static void an_answer_stops_the_search(void **state)
{
	struct heard enough = {.answer = 1};
	struct heard failed = {.answer = -ENOMEM};
	struct temp_dir dir;

	(void)state;
	fill(&dir);
	assert_int_equal(list(&dir, &enough), 0);
	assert_string_equal(enough.names, "/@ ");
	assert_int_equal(list(&dir, &failed), -ENOMEM);
	assert_string_equal(failed.names, "/@ ");
	temp_dir_done(&dir);
}

static void a_root_of_its_own_has_no_others(void **state)
{
	struct heard heard = {0};
	struct temp_dir dir;

	(void)state;
	fill(&dir);
	temp_dir_mkdir(&dir, "etc");
	assert_int_equal(list(&dir, &heard), 0);
	assert_string_equal(heard.names, "");
	temp_dir_done(&dir);
}

static void too_many_names_are_said(void **state)
{
	struct heard heard = {0};
	struct temp_dir dir;
	char name[32];

	(void)state;
	temp_dir_init(&dir);
	for (int i = 0; i <= KB_SUBVOLUMES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		temp_dir_mkdir(&dir, name);
	}
	assert_int_equal(list(&dir, &heard), -E2BIG);
	temp_dir_done(&dir);
}

static void a_snapshot_says_whose_it_is(void **state)
{
	static const struct {
		const char *below;
		const char *subvolume; /* of / in its fstab */
		bool is_copy;
	} cases[] = {
		{"/@rootfs", "@rootfs", false}, {"/@rootfs", NULL, false},
		{"/@copy", "@rootfs", true},    {"/@copy", "@/.snapshots/1/snapshot", true},
		{"/@copy", "@gone", false},     {"/@copy", "@home", false},
		{"/@copy", "/", false},
	};
	struct temp_dir dir;

	(void)state;
	fill(&dir);
	temp_dir_text(&dir, "@/.snapshots/1/snapshot/etc/fstab", "");
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		const struct kb_tree top = {.root_fd = dir.fd, .name = "sda2"};
		const struct kb_tree system = {.below = cases[i].below};
		struct kb_fstab_line line = {.dir = "/", .subvolume = cases[i].subvolume};
		const struct kb_fstab fstab = {&line, 1};

		assert_int_equal(kb_subvolume_is_copy(&top, &system, &fstab), cases[i].is_copy);
	}
	temp_dir_done(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systems_are_listed_in_their_order),
		cmocka_unit_test(an_answer_stops_the_search),
		cmocka_unit_test(a_root_of_its_own_has_no_others),
		cmocka_unit_test(too_many_names_are_said),
		cmocka_unit_test(a_snapshot_says_whose_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
