/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "older.h"

static const struct kb_device sda = {.name = "sda"};
static const struct kb_device sdb = {.name = "sdb"};

/* One of a reader: bare kernels' titles begin with the system, BLS entries' have the version
 * anywhere.
 */
static struct kb_entry bare(const char *title, const char *kernel)
{
	return (struct kb_entry){.id = title,
				 .title = title,
				 .format = KB_FORMAT_FILE,
				 .device = &sda,
				 .kernel = kernel,
				 .tries_left = -1};
}

static struct kb_entry bls(const char *title, const char *kernel)
{
	struct kb_entry entry = bare(title, kernel);

	entry.format = KB_FORMAT_BLS;
	entry.file = title;
	return entry;
}

/* "..AA": a dot for what stays, a letter a submenu for what does not, in the list's order. */
static void expect(const struct kb_entry *entries, size_t n, const char *where, const char *title)
{
	KB_ARENA struct kb_arena arena = {0};
	const char **titles = NULL;
	const char *seen[26] = {0};
	char text[64] = "";

	assert_int_equal(kb_older_find(&arena, entries, n, &titles), 0);
	for (size_t i = 0; i < n; i++) {
		size_t letter = 0;

		while (titles[i] && seen[letter] && seen[letter] != titles[i]) {
			letter++;
		}
		if (titles[i]) {
			seen[letter] = titles[i];
		}
		text[i] = (char)(titles[i] ? 'A' + letter : '.');
	}
	assert_string_equal(text, where);
	if (title) {
		assert_non_null(seen[0]);
		assert_string_equal(seen[0], title);
	}
}

#define EXPECT(entries, where, title) expect(entries, KB_ARRAY_LEN(entries), where, title)

static void the_two_newest_stay(void **state)
{
	struct kb_entry list[] = {
		bare("Debian 12, Linux 6.1.0-26-amd64", "sda:/boot/vmlinuz-6.1.0-26-amd64"),
		bare("Debian 12, Linux 6.1.0-25-amd64", "sda:/boot/vmlinuz-6.1.0-25-amd64"),
		bare("Debian 12, Linux 6.1.0-18-amd64", "sda:/boot/vmlinuz-6.1.0-18-amd64"),
		bare("Debian 12, Linux 6.1.0-9-amd64", "sda:/boot/vmlinuz-6.1.0-9-amd64"),
	};

	(void)state;
	EXPECT(list, "..AA", "Older kernels of Debian 12");
	expect(list, 2, "..", NULL);
	expect(list, 3, "..A", NULL);
	/* Never the default. */
	list[2].is_default = true;
	EXPECT(list, "...A", NULL);
	expect(list, 3, "...", NULL);
}

static void a_version_is_one_however_often_it_is_there(void **state)
{
	const struct kb_entry list[] = {
		bls("Debian 13 (6.13)", "sda:/EFI/Linux/debian-6.13.efi"),
		bls("Debian 13 (6.13) (other)", "sda:/EFI/Linux/debian-6.13.efi"),
		bls("Debian 13 (6.12)", "sda:/EFI/Linux/debian-6.12.efi"),
		bls("Debian 13 (6.11)", "sda:/EFI/Linux/debian-6.11.efi"),
	};

	(void)state;
	EXPECT(list, "...A", "Older kernels of Debian 13");
}

static void rescue_goes_with_its_system(void **state)
{
	const struct kb_entry list[] = {
		bls("Fedora Linux (6.11.10-300.fc41) 41", "sda:/vmlinuz-6.11.10-300.fc41"),
		bls("Fedora Linux (6.11.4-301.fc41) 41", "sda:/vmlinuz-6.11.4-301.fc41"),
		bls("Fedora Linux (6.5.6-300.fc39) 39", "sda:/vmlinuz-6.5.6-300.fc39"),
		bls("Fedora Linux (0-rescue-6f8a) 41", "sda:/vmlinuz-0-rescue-6f8a"),
		bls("Rescue stick", "sda:/vmlinuz-rescue"),
		bls("SystemRescue 11", "sda:/vmlinuz"),
	};

	(void)state;
	EXPECT(list, "..AA..", "Older kernels of Fedora Linux");
	/* Two kernels and their rescue are a short list. */
	expect(list, 2, "..", NULL);
	expect(&list[1], 3, "...", NULL);
}

static void bare_kernels_without_a_name(void **state)
{
	const struct kb_entry list[] = {
		bare("Linux 6.12", "sda:/vmlinuz-6.12"),
		bare("Linux 6.11", "sda:/vmlinuz-6.11"),
		bare("Linux 6.10", "sda:/vmlinuz-6.10"),
		bare("linux-lts", "sda:/vmlinuz-linux-lts"),
		bare("Linux rescue", "sda:/vmlinuz-0-rescue"),
	};

	(void)state;
	EXPECT(list, "..A.A", "Older kernels");
}

static void systems_are_apart(void **state)
{
	struct kb_entry list[] = {
		bare("Debian 12, Linux 6.3", "sda:/vmlinuz-6.3"),
		bare("Debian 12, Linux 6.2", "sda:/vmlinuz-6.2"),
		bare("Debian 11, Linux 6.1", "sda:/vmlinuz-6.1"),
		bare("Debian 11, Linux 6.0", "sda:/vmlinuz-6.0"),
		bare("Debian 12, Linux 5.9", "sda:/vmlinuz-5.9"),
		bare("Debian 11, Linux 5.8", "sda:/vmlinuz-5.8"),
	};

	(void)state;
	EXPECT(list, "....AB", "Older kernels of Debian 12");
	/* On another device it is another system. */
	list[4].device = &sdb;
	EXPECT(list, ".....A", "Older kernels of Debian 11");
	list[5].format = KB_FORMAT_UKI;
	EXPECT(list, "......", NULL);
}

static void a_kernel_that_came_later_counts_with_its_system(void **state)
{
	struct kb_entry list[] = {
		bls("A (6.3)", "sda:/vmlinuz-6.3"), bls("A (6.2)", "sda:/vmlinuz-6.2"),
		bls("A (6.3)", "sdb:/vmlinuz-6.3"), bls("A (6.2)", "sdb:/vmlinuz-6.2"),
		bls("A (6.1)", "sda:/vmlinuz-6.1"), bls("A (6.1)", "sdb:/vmlinuz-6.1"),
	};

	(void)state;
	list[2].device = list[3].device = list[5].device = &sdb;
	EXPECT(list, "....AB", "Older kernels of A");
}

/* It is a system like others, called so. */
static void systemrescue_is_no_rescue_of_another(void **state)
{
	const struct kb_entry list[] = {
		bls("SystemRescue (6.3)", "sda:/vmlinuz-6.3"),
		bls("SystemRescue (6.2)", "sda:/vmlinuz-6.2"),
		bls("SystemRescue (6.1)", "sda:/vmlinuz-6.1"),
	};

	(void)state;
	EXPECT(list, "..A", "Older kernels of SystemRescue");
}

/* "15.6" is openSUSE's, and no version of a kernel. */
static void a_systems_own_version_is_none(void **state)
{
	const struct kb_entry list[] = {
		bls("openSUSE 15.6 a", "sda:/vmlinuz-6.4.0-default"),
		bls("openSUSE 15.7 b", "sda:/vmlinuz-6.4.0-default"),
		bls("openSUSE 15.8 c", "sda:/vmlinuz-6.4.0-default"),
	};

	(void)state;
	EXPECT(list, "...", NULL);
}

static void what_cannot_boot_neither_counts_nor_hides(void **state)
{
	struct kb_entry list[] = {
		bls("A (6.3)", "sda:/vmlinuz-6.3"), bls("A (6.2)", "sda:/vmlinuz-6.2"),
		bls("A (6.1)", "sda:/vmlinuz-6.1"), bls("A (6.4)", "sda:/vmlinuz-6.4"),
		bls("A (6.0)", "sda:/vmlinuz-6.0"),
	};

	(void)state;
	/* The newest failed, and so comes last: it is no older kernel. */
	list[3].tries_left = 0;
	EXPECT(list, "..A.A", NULL);
	list[0].n_problems = 1;
	EXPECT(list, "....A", NULL);
}

static void who_wrote_a_menu_meant_it(void **state)
{
	struct kb_entry list[] = {
		bls("A (6.3)", "sda:/vmlinuz-6.3"),
		bls("A (6.2)", "sda:/vmlinuz-6.2"),
		bls("A (6.1)", "sda:/vmlinuz-6.1"),
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		list[i].format = KB_FORMAT_GRUB;
		list[i].file = "sda:/boot/grub/grub.cfg";
	}
	EXPECT(list, "...", NULL);
	/* But what blscfg reads is a list that nobody wrote. */
	for (size_t i = 0; i < 3; i++) {
		list[i].file = "sda:/boot/loader/entries/x.conf";
	}
	EXPECT(list, "..A", NULL);
	list[2].path[0] = "Old";
	list[2].n_path = 1;
	EXPECT(list, "...", NULL);
	list[2].n_path = 0;
	list[1].hidden = true;
	EXPECT(list, "...", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_two_newest_stay),
		cmocka_unit_test(a_version_is_one_however_often_it_is_there),
		cmocka_unit_test(rescue_goes_with_its_system),
		cmocka_unit_test(bare_kernels_without_a_name),
		cmocka_unit_test(systems_are_apart),
		cmocka_unit_test(a_kernel_that_came_later_counts_with_its_system),
		cmocka_unit_test(systemrescue_is_no_rescue_of_another),
		cmocka_unit_test(a_systems_own_version_is_none),
		cmocka_unit_test(what_cannot_boot_neither_counts_nor_hides),
		cmocka_unit_test(who_wrote_a_menu_meant_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
