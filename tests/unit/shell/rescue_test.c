/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is to repair in a system, and how its programs are called. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "choose.h"
#include "ext_state.h"
#include "initramfs.h"
#include "temp_dir.h"

static void the_state_of_an_ext_is_its_superblocks(void **state)
{
	char superblock[KB_EXT_BYTES] = {0};
	struct kb_str text = kb_str_of(superblock, sizeof(superblock));

	(void)state;
	superblock[0x3A] = 2;
	superblock[0x60] = 4;
	assert_int_equal(kb_ext_state(text), 0);
	superblock[0x38] = 0x53;
	superblock[0x39] = (char)0xEF;
	assert_int_equal(kb_ext_state(text), KB_EXT_ERRORS | KB_EXT_JOURNAL);
	superblock[0x3A] = 1;
	assert_int_equal(kb_ext_state(text), KB_EXT_JOURNAL);
	superblock[0x60] = 2;
	assert_int_equal(kb_ext_state(text), 0);
	assert_int_equal(kb_ext_state(kb_str_head(text, KB_EXT_BYTES - 1)), 0);
}

static void a_number_is_one_of_the_list(void **state)
{
	(void)state;
	assert_int_equal(kb_choice_number("1", 3), 1);
	assert_int_equal(kb_choice_number("3", 3), 3);
	assert_int_equal(kb_choice_number("4", 3), 0);
	assert_int_equal(kb_choice_number("0", 3), 0);
	assert_int_equal(kb_choice_number("-1", 3), 0);
	assert_int_equal(kb_choice_number("1x", 3), 0);
	assert_int_equal(kb_choice_number("", 3), 0);
	assert_int_equal(kb_choice_number("18446744073709551617", 3), 0);
}

/* --- accounts */

static void accounts_are_those_that_people_log_in_as(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *names[KB_LOOK_ACCOUNTS];
	size_t n = 0;

	(void)state;
	assert_int_equal(kb_look_accounts(&arena,
					  KB_STR("root:x:0:0:root:/root:/bin/bash\n"
						 "daemon:x:1:1:daemon:/:/usr/sbin/nologin\n"
						 "eve:x:1000:1000::/home/eve:/bin/sh\r\n"
						 "none:x:1001:1001::/:/bin/false\n"
						 "system:x:999:999::/:/bin/sh\n"
						 "nobody:x:65534:65534::/:/bin/sh\n"
						 "-x:x:1002:1002::/:/bin/sh\n"
						 "a b:x:1003:1003::/:/bin/sh\n"
						 "\033[2J:x:1004:1004::/:/bin/sh\n"
						 ":x:1005:1005::/:/bin/sh\nshort:x:1006\n\n"
						 "plain:x:1007:1007::/home/plain:"),
					  names, &n),
			 0);
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "root");
	assert_string_equal(names[1], "eve");
	assert_string_equal(names[2], "plain");
}

static void no_more_accounts_than_there_is_room_for(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	const char *names[KB_LOOK_ACCOUNTS];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < KB_LOOK_ACCOUNTS + 5; i++) {
		kb_buf_printf(&text, "u%d:x:%d:1::/:/bin/sh\n", i, 1000 + i);
	}
	assert_int_equal(kb_look_accounts(&arena, kb_buf_view(&text), names, &n), 0);
	assert_int_equal(n, KB_LOOK_ACCOUNTS);
}

static void an_option_is_no_account(void **state)
{
	(void)state;
	assert_true(kb_look_is_account(KB_STR("eve.x_1-2")));
	assert_false(kb_look_is_account(KB_STR("")));
	assert_false(kb_look_is_account(KB_STR("-d")));
	assert_false(kb_look_is_account(KB_STR("a;b")));
	assert_false(kb_look_is_account(KB_STR("a b")));
}

/* --- kernels */

static void kernels_are_listed_newest_first(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_look_kernel kernels[KB_LOOK_KERNELS];
	struct temp_dir dir;
	struct kb_tree tree = {.name = "sda2"};
	size_t n = 0;

	(void)state;
	temp_dir_init(&dir);
	tree.root_fd = dir.fd;
	temp_dir_text(&dir, "lib/modules/6.1.0-9-amd64/modules.builtin", "");
	temp_dir_text(&dir, "lib/modules/6.1.0-13-amd64/modules.dep", "");
	temp_dir_text(&dir, "lib/modules/6.1.0-1-gone/leftover", "");
	temp_dir_text(&dir, "lib/modules/6;rm/modules.dep", "");
	temp_dir_text(&dir, "lib/modules/--help/modules.dep", "");
	temp_dir_text(&dir, "boot/initrd.img-6.1.0-9-amd64", "x");
	assert_int_equal(kb_look_kernels(&arena, &tree, kernels, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(kernels[0].version, "6.1.0-13-amd64");
	assert_null(kernels[0].initrd);
	assert_string_equal(kernels[1].initrd, "/boot/initrd.img-6.1.0-9-amd64");
	temp_dir_done(&dir);
}

static void files_that_came_or_changed_are_new(void **state)
{
	struct kb_look_files before = {0};
	struct kb_look_files after = {0};
	struct temp_dir dir;
	struct kb_tree tree = {.name = "sda2"};
	unsigned n = 0;

	(void)state;
	temp_dir_init(&dir);
	tree.root_fd = dir.fd;
	temp_dir_text(&dir, "boot/same", "x");
	temp_dir_text(&dir, "boot/longer", "x");
	assert_int_equal(kb_look_files(&tree, "/boot", &before), 0);
	assert_int_equal(kb_look_files(&tree, "/efi", &before), 0);
	temp_dir_text(&dir, "boot/longer", "xx");
	temp_dir_text(&dir, "boot/a/b/new", "x");
	temp_dir_text(&dir, "boot/a/b/c/d/too-deep", "x");
	temp_dir_symlink(&dir, "boot/link", "/etc");
	assert_int_equal(kb_look_files(&tree, "/boot", &after), 0);
	for (size_t i = 0; i < after.n; i++) {
		bool is_new = kb_look_is_new(&before, &after.files[i]);

		assert_int_equal(is_new, strcmp(after.files[i].path, "/boot/same") != 0);
		n += is_new;
	}
	assert_int_equal(n, 2);
	kb_look_files_done(&before);
	kb_look_files_done(&after);
	temp_dir_done(&dir);
}

/* --- what makes an initramfs */

static bool is_program(const void *ctx, const char *name)
{
	return strcmp(ctx, name) == 0;
}

static void is(const char *program, const char *initrd, const char *package, const char *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf line = {0};
	const struct kb_initramfs_maker *maker = kb_initramfs_find(is_program, program);
	const struct kb_look_kernel kernel = {.version = "6.1", .initrd = initrd};
	const char *argv[KB_INITRAMFS_WORDS];

	assert_non_null(maker);
	assert_int_equal(kb_initramfs_command(&arena, maker, &kernel, package, argv), 0);
	for (size_t i = 0; argv[i]; i++) {
		kb_buf_printf(&line, "%s%s", i > 0 ? " " : "", argv[i]);
	}
	assert_string_equal(line.data, expected);
}

static void each_program_is_called_in_its_own_way(void **state)
{
	(void)state;
	is("update-initramfs", NULL, NULL, "update-initramfs -c -k 6.1");
	is("update-initramfs", "/boot/x", NULL, "update-initramfs -u -k 6.1");
	is("dracut", "/boot/x", NULL, "dracut --force --kver 6.1");
	is("mkinitcpio", NULL, "linux-lts", "mkinitcpio -p linux-lts");
	is("booster", NULL, "linux",
	   "booster build --force --kernel-version 6.1 /boot/booster-linux.img");
	is("mkinitfs", NULL, NULL, "mkinitfs 6.1");
	assert_null(kb_initramfs_find(is_program, "mkinitrd"));
}

static void what_has_a_command_for_all_is_called_once(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *argv[KB_INITRAMFS_WORDS];
	const struct kb_look_kernel kernel = {.version = "6.1"};

	(void)state;
	assert_false(kb_initramfs_command_for_all(&arena,
						  kb_initramfs_find(is_program, "update-initramfs"),
						  argv));
	assert_true(kb_initramfs_command_for_all(&arena,
						 kb_initramfs_find(is_program, "mkinitcpio"),
						 argv));
	assert_string_equal(argv[1], "-P");
	assert_null(argv[2]);
	assert_int_equal(kb_initramfs_command(&arena, kb_initramfs_find(is_program, "mkinitcpio"),
					      &kernel, NULL, argv),
			 -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_state_of_an_ext_is_its_superblocks),
		cmocka_unit_test(a_number_is_one_of_the_list),
		cmocka_unit_test(accounts_are_those_that_people_log_in_as),
		cmocka_unit_test(no_more_accounts_than_there_is_room_for),
		cmocka_unit_test(an_option_is_no_account),
		cmocka_unit_test(kernels_are_listed_newest_first),
		cmocka_unit_test(files_that_came_or_changed_are_new),
		cmocka_unit_test(each_program_is_called_in_its_own_way),
		cmocka_unit_test(what_has_a_command_for_all_is_called_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
