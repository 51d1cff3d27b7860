/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kboot/base/tree.h"
#include "lvm/map.h"

static const char *const uuids[] = {"iUaFQC-JTVI-eGzJ-wT1C-JN9p-eTKh-ZI4XRU",
				    "Ucq2Zz-55Nl-uDQ0-I9ov-sTi3-HeqM-TJwR1M",
				    "T30ELt-C36z-Unzk-JBx3-E3dn-SR2g-JGv9oC",
				    "rciEe8-Drxx-F7z3-yeXL-XASe-7bvs-L6cg37"};

/* The four of the recorded group, the first `without` of them left out. */
static void put_disks(struct storage_case *c, size_t without)
{
	static const char *const names[] = {"vda", "vdb", "vdc", "vdd"};

	for (size_t i = without; i < KB_ARRAY_LEN(names); i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "dev/%s", names[i]);
		temp_dir_text(&c->dir, path, "a disk");
		storage_case_member(c, names[i], uuids[i]);
	}
}

/* The recorded report is what lvm says, with one text in the place of another. */
static void put_report(struct storage_case *c, const char *name, const char *was, const char *is)
{
	static char script[256];
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf changed = {0};
	char path[256];
	KB_CLOSE int fd = -1;
	const char *at;

	(void)snprintf(path, sizeof(path), "%s/%s", KB_FIXTURES, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(kb_read_all(fd, 1 << 20, &text), 0);
	at = strstr(text.data, was);
	assert_non_null(at);
	kb_buf_append(&changed, text.data, (size_t)(at - text.data));
	kb_buf_puts(&changed, is);
	kb_buf_puts(&changed, at + strlen(was));
	temp_dir_write(&c->dir, "report", changed.data, changed.len);
	(void)snprintf(script, sizeof(script), "exec cat %s/report", c->dir.path);
	c->script = script;
}

static void every_kind_has_its_table(void **state)
{
	static const char *const tables[] = {
		"dm_ioctl load vg--x-lin 0x1 16384 linear 253:0 2048",
		"dm_ioctl load vg--x-str 0x1 16384 striped 2 128 253:0 18432 253:16 2048",
		"dm_ioctl load vg--x-r1 0x1 16384 linear 253:0 34816",
		"dm_ioctl load vg--x-mir 0x1 16384 linear 253:0 108544",
		"dm_ioctl load vg--x-r0 0x1 16384 striped 2 128 ",
		"dm_ioctl load vg--x-r10 0x1 32768 striped 2 128 ",
		"dm_ioctl load vg--x-r5 0x1 32768 raid raid5_ls 2 128 nosync 3 - ",
		"dm_ioctl load vg--x-pool 0 32768 thin-pool ",
		" 0 1 read_only",
		"dm_ioctl load vg--x-thin 0x1 16384 thin ",
	};
	struct storage_case *c = *state;

	put_disks(c, 0);
	put_report(c, "lvm-whole.json", "vg-x", "vg-x");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_string_equal(c->told, "lvm ready vg-x 4 vda vdb vdc vdd | linsnap is not opened: it "
				     "is a snapshot of the old kind\n");
	for (size_t i = 0; i < KB_ARRAY_LEN(tables); i++) {
		if (!storage_case_did(c, tables[i])) {
			fail_msg("no %s", tables[i]);
		}
	}
	/* Nothing writable but the pool, whose table says what it is. */
	for (size_t i = 0; i < fake_sys_count(c->fake, FAKE_ANY); i++) {
		const char *text = fake_sys_text(c->fake, i);

		if (strncmp(text, "dm_ioctl load ", 14) == 0 && !strstr(text, " 0x1 ")) {
			assert_non_null(strstr(text, "thin-pool"));
		}
	}
	assert_string_equal(fake_sys_text(c->fake, 3), "set_block_read_only 1");
	assert_non_null(strstr(fake_sys_text(c->fake, 4), "spawn /sbin/lvm fullreport --readonly"));
}

static void without_a_disk_what_is_whole_is_opened(void **state)
{
	struct storage_case *c = *state;

	put_disks(c, 1);
	put_report(c, "lvm-missing.json", "vg-x", "vg-x");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_string_equal(c->told, "lvm waiting vg-x 4 vdb vdc vdd | 3 of 4 disks are there\n");
	assert_false(storage_case_did(c, "dm_ioctl create"));
	c->assembly.may_degrade = true;
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told,
			       "lvm degraded vg-x 4 vdb vdc vdd | 3 of 4 disks are there; "
			       "lin is not opened: part of it is on a disk that is missing; "));
	/* By its other image, and by parity. */
	assert_true(storage_case_did(c, "dm_ioctl load vg--x-r1 0x1 16384 linear 253:48 "));
	assert_true(storage_case_did(c, "raid raid5_ls 2 128 nosync 3 - - - 253:"));
	assert_false(storage_case_did(c, "dm_ioctl load vg--x-lin "));
	assert_false(storage_case_did(c, "dm_ioctl load vg--x-mir "));
}

static void copies_are_refused_by_name(void **state)
{
	struct storage_case *c = *state;

	put_disks(c, 0);
	temp_dir_text(&c->dir, "dev/sdz", "a copy");
	storage_case_member(c, "sdz", uuids[1]);
	put_report(c, "lvm-whole.json", "vg-x", "vg-x");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_string_equal(c->told,
			    "lvm refused vg-x 4 vda vdb vdc vdd | vdb and sdz are the same "
			    "physical volume: one is a copy\n");
	assert_false(storage_case_did(c, "dm_ioctl create"));
	/* The caller knows which one. */
	c->members[4].is_refused = true;
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told, "lvm ready vg-x"));
	assert_non_null(strstr(c->told, "; sdz is left out: it is a copy\n"));
	assert_false(storage_case_did(c, "/dev/sdz"));
}

static void what_is_not_ours_to_open_is_refused(void **state)
{
	static const struct {
		const char *was;
		const char *is;
		const char *why;
	} cases[] = {
		{"\"vg_exported\":\"\"", "\"vg_exported\":\"exported\"",
		 "it is exported: its system gave it away"},
		{"\"vg_shared\":\"\"", "\"vg_shared\":\"shared\"",
		 "it is shared with other machines"},
		{"\"vg_clustered\":\"\"", "\"vg_clustered\":\"clustered\"",
		 "it is shared with other machines"},
		{"\"vg_systemid\":\"\"", "\"vg_systemid\":\"far\"",
		 "it belongs to another machine (system id far)"},
	};
	struct storage_case *c = *state;

	put_disks(c, 0);
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		char told[256];

		put_report(c, "lvm-whole.json", cases[i].was, cases[i].is);
		assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
		(void)snprintf(told, sizeof(told), "lvm refused vg-x 4 vda vdb vdc vdd | %s\n",
			       cases[i].why);
		assert_string_equal(c->told, told);
		assert_false(storage_case_did(c, "dm_ioctl create"));
	}
}

static void a_volume_that_fails_leaves_nothing_and_no_other_alone(void **state)
{
	struct storage_case *c = *state;

	put_disks(c, 0);
	put_report(c, "lvm-whole.json", "vg-x", "vg-x");
	(void)strcpy(c->refused, "raid");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told, "r5 is not opened: device-mapper does not take it: Invalid "
					"argument"));
	assert_true(storage_case_did(c, "dm_ioctl load vg--x-thin "));
	/* Itself, by its name, and its three images. */
	assert_true(storage_case_did(c, "dm_ioctl remove vg--x-r5 "));
	size_t removed = 0;
	for (size_t i = 0; i < fake_sys_count(c->fake, FAKE_ANY); i++) {
		removed += strncmp(fake_sys_text(c->fake, i), "dm_ioctl remove", 15) == 0;
	}
	assert_int_equal(removed, 4);
}

static void a_merge_and_unknown_kinds_are_said(void **state)
{
	struct storage_case *c = *state;

	put_disks(c, 0);
	put_report(c, "lvm-whole.json", "\"segtype\":\"striped\"", "\"segtype\":\"vdo\"");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told, "str is not opened: its kind (vdo) is not known here"));
	put_report(c, "lvm-whole.json", "\"lv_merging\":\"\"", "\"lv_merging\":\"merging\"");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told, "lin is not opened: a snapshot of it is being merged"));
}

static void a_cache_counts_by_its_mode(void **state)
{
	struct storage_case *c = *state;
	/* The striped volume becomes a cached one, over the hidden half of the mirror. */
	const char *was = "\"segtype\":\"striped\"";

	put_disks(c, 0);
	put_report(c, "lvm-whole.json", was, "\"segtype\":\"cache\"");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told, "str is not opened: its cache keeps writes back"));
}

static void without_lvm_each_disk_says_so(void **state)
{
	struct storage_case *c = *state;

	put_disks(c, 2);
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_string_equal(c->told, "lvm refused - 0 vdc | this image has no lvm\n"
				     "lvm refused - 0 vdd | this image has no lvm\n");
	c->script = "echo bad news >&2; exit 5";
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told, "vdc | lvm: bad news\n"));
	c->script = "yes";
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_non_null(strstr(c->told, "vdc | lvm gives no report: File too large\n"));
}

static void one_that_is_there_already_is_left(void **state)
{
	struct storage_case *c = *state;

	put_disks(c, 0);
	put_report(c, "lvm-whole.json", "vg-x", "vg-x");
	(void)strcpy(c->existing, "LVM-muaB7EPyE83h6JLHCUL31iPkf8DBLoOF"
				  "n9zsKEo1fHhQ6DmwMcGhVvZDw6atk2Nq");
	assert_int_equal(storage_case_assemble(c, KB_SET_LVM), 0);
	assert_false(storage_case_did(c, "create vg--x-lin "));
	assert_true(storage_case_did(c, "create vg--x-str "));
}

static void names_are_escaped_as_lvm_does(void **state)
{
	char name[KB_DM_NAME_BYTES];
	char longest[KB_DM_NAME_BYTES] = "";

	(void)state;
	assert_int_equal(kb_lvm_dm_name("a-b", "c--d", name), 0);
	assert_string_equal(name, "a--b-c----d");
	memset(longest, '-', 70);
	assert_int_equal(kb_lvm_dm_name(longest, "x", name), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, storage_case_setup, storage_case_teardown)
		CASE(every_kind_has_its_table),
		CASE(without_a_disk_what_is_whole_is_opened),
		CASE(copies_are_refused_by_name),
		CASE(what_is_not_ours_to_open_is_refused),
		CASE(a_volume_that_fails_leaves_nothing_and_no_other_alone),
		CASE(a_merge_and_unknown_kinds_are_said),
		CASE(a_cache_counts_by_its_mode),
		CASE(without_lvm_each_disk_says_so),
		CASE(one_that_is_there_already_is_left),
		CASE(names_are_escaped_as_lvm_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
