/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which partitions are one menu of systemd-boot, and which entries are the same twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>
#include <stdio.h>

#include "catalog/loader.h"

#define ESP      "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define XBOOTLDR "bc13c2ff-59e6-4262-a352-b275fd6f7172"
#define ROOT     "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"

static struct kb_place place(const char *name, const char *type, const char *disk)
{
	return (struct kb_place){
		.kind = KB_PLACE_DEVICE,
		.status = KB_PLACE_READ,
		.found = {.has_device = true,
			  .device = {.name = name, .parttype = type, .disk = disk}}};
}

static void partners_are_on_one_disk(void **state)
{
	static const struct {
		const char *names[2];
		const char *types[2];
		const char *disks[2];
		bool are;
	} pairs[] = {
		{{"sda1", "sda2"}, {ESP, XBOOTLDR}, {NULL, NULL}, true},
		{{"sda2", "sda11"}, {XBOOTLDR, ESP}, {NULL, NULL}, true},
		{{"nvme0n1p1", "nvme0n1p2"}, {"0xef", "0xea"}, {NULL, NULL}, true},
		{{"nvme0n1p1", "nvme1n1p2"}, {ESP, XBOOTLDR}, {NULL, NULL}, false},
		{{"mmcblk0p1", "mmcblk1p1"}, {ESP, XBOOTLDR}, {NULL, NULL}, false},
		{{"sda1", "sdb2"}, {ESP, XBOOTLDR}, {NULL, NULL}, false},
		{{"dm-1", "dm-2"}, {ESP, XBOOTLDR}, {"253:0", "253:0"}, true},
		{{"sda1", "sda2"}, {ESP, XBOOTLDR}, {"8:0", "8:16"}, false},
		{{"sda1", "sda2"}, {ESP, ESP}, {NULL, NULL}, false},
		{{"sda1", "sda2"}, {ESP, ROOT}, {NULL, NULL}, false},
		{{"sda1", "sda2"}, {ESP, NULL}, {NULL, NULL}, false},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(pairs); i++) {
		struct kb_place b = place(pairs[i].names[1], pairs[i].types[1], pairs[i].disks[1]);
		struct kb_place a = place(pairs[i].names[0], pairs[i].types[0], pairs[i].disks[0]);
		const struct kb_places places = {.first = &a, .simulated = true};

		a.next = &b;
		if (pairs[i].are) {
			assert_ptr_equal(kb_loader_partner(&places, &a), &b);
			assert_ptr_equal(kb_loader_partner(&places, &b), &a);
		} else {
			assert_null(kb_loader_partner(&places, &a));
		}
	}
}

static struct kb_entry entry(const struct kb_place *p, const char *label, enum kb_format format)
{
	return (struct kb_entry){.label = label,
				 .format = format,
				 .device = &p->found.device,
				 .kernel = "/k",
				 .kernel_bytes = 100,
				 .tries_left = -1};
}

static void assert_labels(const struct kb_entry *entries, size_t n, const char *expected)
{
	char text[256] = "";

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(text);

		(void)snprintf(text + len, sizeof(text) - len, "%s ", entries[i].label);
	}
	assert_string_equal(text, expected);
}

/* What is not of their list keeps its order, behind it where it stood between. */
static void two_partitions_are_one_list(void **state)
{
	struct kb_place boot = place("sda3", XBOOTLDR, NULL);
	struct kb_place root = place("sda2", ROOT, NULL);
	struct kb_place esp = place("sda1", ESP, NULL);
	const struct kb_places places = {.first = &esp, .simulated = true};
	struct kb_entry entries[] = {
		entry(&root, "kboot", KB_FORMAT_KBOOT), entry(&esp, "9.conf", KB_FORMAT_BLS),
		entry(&esp, "4.conf", KB_FORMAT_BLS),   entry(&esp, "bare", KB_FORMAT_FILE),
		entry(&root, "grub", KB_FORMAT_GRUB),   entry(&boot, "10.conf", KB_FORMAT_BLS),
		entry(&boot, "5.efi", KB_FORMAT_UKI),   entry(&boot, "5.efi@x", KB_FORMAT_UKI),
		entry(&boot, "3.conf", KB_FORMAT_BLS),
	};

	(void)state;
	esp.next = &root;
	root.next = &boot;
	assert_int_equal(kb_loader_merge(entries, KB_ARRAY_LEN(entries), &places), 0);
	assert_labels(entries, KB_ARRAY_LEN(entries),
		      "kboot 10.conf 9.conf 5.efi 5.efi@x 4.conf 3.conf bare grub ");
}

static void the_same_on_another_esp_is_a_mirrors(void **state)
{
	struct kb_place other = place("sdb1", ESP, NULL);
	struct kb_place esp = place("sda1", ESP, NULL);
	const struct kb_places places = {.first = &esp, .simulated = true};
	const struct kb_entry one = entry(&esp, "a.conf", KB_FORMAT_BLS);
	struct kb_entry two = entry(&other, "a.conf", KB_FORMAT_BLS);
	struct kb_entry different[5];

	(void)state;
	esp.next = &other;
	assert_ptr_equal(kb_loader_mirror(&one, 1, &places, &other, &two), &esp);
	for (size_t i = 0; i < KB_ARRAY_LEN(different); i++) {
		different[i] = two;
	}
	different[0].label = "b.conf";
	different[1].machine_id = "1";
	different[2].args = "quiet";
	different[3].kernel_bytes = 101;
	different[4].kernel_bytes = 0;
	for (size_t i = 0; i < KB_ARRAY_LEN(different); i++) {
		assert_null(kb_loader_mirror(&one, 1, &places, &other, &different[i]));
	}
	other.found.device.parttype = XBOOTLDR;
	assert_null(kb_loader_mirror(&one, 1, &places, &other, &two));
	other.found.device.parttype = ESP;
	/* A stick with a copy is not the disk. */
	other.block.removable = true;
	assert_null(kb_loader_mirror(&one, 1, &places, &other, &two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partners_are_on_one_disk),
		cmocka_unit_test(two_partitions_are_one_list),
		cmocka_unit_test(the_same_on_another_esp_is_a_mirrors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
