/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes with an entry is written when it is started, and never else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_fixture.h"

#define ENTRIES "/loader/entries/"

static struct core_fixture fixture;
static struct kb_device *disk;

static int setup(void **state)
{
	struct core_fixture *f = &fixture;

	core_fixture_init(f, "other=//k\n");
	disk = core_fixture_disk(f, "sda1", NULL);
	disk->uuid = "4B42-4F45";
	disk->fstype = "vfat";
	temp_dir_text(&f->dir, "sda1" ENTRIES "new+3.conf", "title New\nlinux /vmlinuz\n");
	temp_dir_text(&f->dir, "sda1" ENTRIES "old+2.conf", "title Old\nlinux /vmlinuz\n");
	core_fixture_start(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	core_fixture_done(*state);
	return 0;
}

static bool has(const struct core_fixture *f, const char *name)
{
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/sda1" ENTRIES "%s", f->dir.path, name);
	return access(path, F_OK) == 0;
}

static void assert_untouched(const struct core_fixture *f)
{
	assert_true(has(f, "new+3.conf"));
	assert_true(has(f, "old+2.conf"));
}

static int menu(struct core_fixture *f)
{
	int client = core_fixture_connect(f);

	(void)core_fixture_say(f, client, "{\"do\":\"watch\",\"tty\":\"tty1\"}");
	core_fixture_is_machine(f);
	return client;
}

/* Leaves by what the line asks for. */
static void leave(struct core_fixture *f, int client, const char *line)
{
	(void)core_fixture_say(f, client, line);
	core_fixture_hang_up(f, client);
	core_fixture_run(f);
}

static void boot(struct core_fixture *f, int client, const char *label)
{
	char line[256];

	core_fixture_arm(f, label);
	(void)snprintf(line, sizeof(line), "{\"do\":\"boot\",\"id\":\"%s\"}",
		       core_fixture_id(f, label));
	leave(f, client, line);
}

static void the_entry_that_is_started_is_counted(void **state)
{
	struct core_fixture *f = *state;

	boot(f, menu(f), "new.conf");
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	assert_false(has(f, "new+3.conf"));
	assert_true(has(f, "new+2-1.conf"));
	assert_true(has(f, "old+2.conf"));
}

static void looking_and_loading_count_nothing(void **state)
{
	struct core_fixture *f = *state;
	int client = menu(f);

	core_fixture_arm(f, "new.conf");
	(void)core_fixture_say(f, client, "{\"do\":\"explain\",\"id\":\"new.conf\"}");
	assert_non_null(strstr(f->heard, "starting it writes one try less in the name of "
					 "/loader/entries/new+3.conf"));
	assert_untouched(f);
}

static void another_entry_counts_nothing(void **state)
{
	struct core_fixture *f = *state;

	boot(f, menu(f), "other");
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	assert_untouched(f);
}

static void a_restart_counts_nothing(void **state)
{
	struct core_fixture *f = *state;
	int client = menu(f);

	core_fixture_arm(f, "new.conf");
	leave(f, client, "{\"do\":\"reboot\"}");
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	assert_untouched(f);
}

#define VARIABLES "sda1/sys/firmware/efi/efivars/"
#define VENDOR    "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static bool has_variable(const struct core_fixture *f, const char *name)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/" VARIABLES "%s" VENDOR, f->dir.path, name);
	return access(path, F_OK) == 0;
}

/* What sleeps may have the disk mounted. */
static void nothing_is_written_beside_a_hibernated_system(void **state)
{
	struct core_fixture *f = *state;
	int client = menu(f);

	core_fixture_arm(f, "new.conf");
	for (struct kb_place *p = f->core->engine.places.first; p; p = p->next) {
		p->found.device.fstype = "swsuspend";
	}
	temp_dir_text(&f->dir, VARIABLES "LoaderBootCountPath" VENDOR, "of the boot before");
	boot(f, client, "new.conf");
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	assert_untouched(f);
	assert_false(has_variable(f, "LoaderBootCountPath"));
}

/* By now its name is another disk's. */
static void another_disk_of_that_name_is_left_alone(void **state)
{
	struct core_fixture *f = *state;
	int client = menu(f);

	core_fixture_arm(f, "new.conf");
	f->core->engine.pipeline.entry.device = &(struct kb_device){.name = "sda1",
								    .uuid = "0000-0000",
								    .fstype = "vfat",
								    .tree = disk->tree};
	f->core->engine.leaving.how = KB_LEAVE_KEXEC;
	f->core->engine.leaving.step = KB_LEAVE_FAREWELL;
	kb_engine_event(&f->core->engine, KB_EVENT_CHOSEN);
	kb_engine_event(&f->core->engine, KB_EVENT_ARMED);
	core_fixture_hang_up(f, client);
	core_fixture_run(f);
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	assert_untouched(f);
	assert_true(
		core_fixture_logged(f, "not written: its disk is gone, or another has its name"));
}

/* What was said for one boot of systemd-boot's entries is over with any of them, and no sooner. */
static void a_one_shot_is_taken_back(void **state)
{
	struct core_fixture *f = &fixture;
	int client;

	(void)state;
	core_fixture_init(f, "other=//k\n");
	f->simulation.vars.values[KB_LOADER_ONE_SHOT] = "old.conf";
	f->simulation.vars.values[KB_LOADER_DEFAULT] = "@saved";
	disk = core_fixture_disk(f, "sda1", NULL);
	disk->uuid = "4B42-4F45";
	disk->fstype = "vfat";
	temp_dir_text(&f->dir, "sda1" ENTRIES "new.conf", "title New\nlinux /vmlinuz\n");
	temp_dir_text(&f->dir, VARIABLES "LoaderEntryOneShot" VENDOR, "any");
	core_fixture_start(f);
	client = menu(f);
	core_fixture_arm(f, "new.conf");
	(void)core_fixture_say(f, client, "{\"do\":\"explain\",\"id\":\"new.conf\"}");
	assert_non_null(strstr(f->heard, "starting it writes no EFI variable LoaderEntryOneShot"));
	assert_non_null(
		strstr(f->heard,
		       "starting it writes the EFI variable LoaderEntryLastBooted=new.conf"));
	assert_true(has_variable(f, "LoaderEntryOneShot"));
	boot(f, client, "new.conf");
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	assert_false(has_variable(f, "LoaderEntryOneShot"));
	assert_true(has_variable(f, "LoaderEntryLastBooted"));
	core_fixture_done(f);
}

static const char *variable(const struct core_fixture *f, const char *name)
{
	static char text[200];
	char path[200];
	size_t n = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/" VARIABLES "%s" VENDOR, f->dir.path, name);
	file = fopen(path, "r");
	assert_non_null(file);
	/* Four bytes of attributes, then UTF-16. */
	for (int i = 0, c; (c = getc(file)) != EOF; i++) {
		if (i >= 4 && i % 2 == 0) {
			text[n++] = (char)c;
		}
	}
	(void)fclose(file);
	return text;
}

/* systemd-bless-boot is told which file was counted; another start takes that back. */
static void a_counted_start_may_be_found_good(void **state)
{
	struct core_fixture *f = *state;

	temp_dir_text(&f->dir, VARIABLES "other" VENDOR, "");
	boot(f, menu(f), "new.conf");
	assert_true(has(f, "new+2-1.conf"));
	assert_string_equal(variable(f, "LoaderBootCountPath"), "\\loader\\entries\\new+2-1.conf");
}

static void one_that_is_not_counted_is_not_found_good(void **state)
{
	struct core_fixture *f = &fixture;

	(void)state;
	core_fixture_init(f, "other=//k\n");
	f->simulation.vars.values[KB_LOADER_COUNT_PATH] = "\\loader\\entries\\bad+2-1.conf";
	disk = core_fixture_disk(f, "sda1", NULL);
	disk->uuid = "4B42-4F45";
	disk->fstype = "vfat";
	temp_dir_text(&f->dir, "sda1/boot/grub/grub.cfg",
		      "menuentry G --id g { linux /vmlinuz }\n");
	temp_dir_text(&f->dir, VARIABLES "LoaderBootCountPath" VENDOR, "any");
	core_fixture_start(f);
	boot(f, menu(f), "g");
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	assert_false(has_variable(f, "LoaderBootCountPath"));
	core_fixture_done(f);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_entry_that_is_started_is_counted),
		TEST(looking_and_loading_count_nothing),
		TEST(another_entry_counts_nothing),
		TEST(a_restart_counts_nothing),
		TEST(nothing_is_written_beside_a_hibernated_system),
		TEST(another_disk_of_that_name_is_left_alone),
		TEST(a_counted_start_may_be_found_good),
		cmocka_unit_test(one_that_is_not_counted_is_not_found_good),
		cmocka_unit_test(a_one_shot_is_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
