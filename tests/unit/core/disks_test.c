/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person is told of disks: those that give nothing, and those that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"

static int setup(void **state)
{
	static struct core_fixture f;

	core_fixture_init(&f, NULL);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	core_fixture_done(*state);
	return 0;
}

/* Nothing stands for the disk any more: this is what its superblock says. */
static void hold(const struct core_fixture *f, const char *name, const char *fstype)
{
	struct kb_place *place = kb_places_block(&f->core->engine.places, kb_str_from(name));

	kb_engine_place_changing(&f->core->engine);
	place->found.n_entries = 0;
	place->found.device.tree = NULL;
	place->found.device.fstype = fstype;
	place->is_news = true;
}

static void assert_logged(const struct core_fixture *f, const char *text, unsigned times)
{
	const struct kb_log_line *line;
	unsigned n = 0;
	uint64_t seq = 0;

	while ((line = kb_log_next(&f->core->engine.journal.log, seq))) {
		n += strcmp(line->text, text) == 0;
		seq = line->seq;
	}
	assert_int_equal(n, times);
}

/* A configuration of one disk that goes on on another is read again with that, and without it where
 * that is no more to be read. */
static void what_leads_to_another_disk_is_read_with_it(void **state)
{
	struct core_fixture *f = *state;
	const struct kb_catalog *catalog;
	struct kb_device *other;

	core_fixture_disk(f, "sda1", NULL)->uuid = "aaaa";
	other = core_fixture_disk(f, "sdb1", NULL);
	other->uuid = "bbbb";
	temp_dir_text(&f->dir, "sda1/boot/grub/grub.cfg",
		      "search --fs-uuid --set=other bbbb\nsource ($other)/more.cfg\n");
	temp_dir_text(&f->dir, "sdb1/more.cfg", "menuentry 'More' { linux /vmlinuz more }\n");
	core_fixture_start(f);
	catalog = &f->core->engine.catalog;
	assert_non_null(kb_catalog_find(catalog, "More"));
	assert_string_equal(kb_catalog_find(catalog, "More")->device->name, "sda1");
	assert_string_equal(kb_catalog_find(catalog, "More")->file, "sdb1:/more.cfg");

	other->tree = "/nonexistent";
	kb_scanner_read_again(&f->core->engine.scanner);
	core_fixture_run(f);
	assert_null(kb_catalog_find(catalog, "More"));
}

/* What the other disk does to the reader of both costs what is there, not what this one has. */
static void one_that_cannot_be_read_with_another_is_read_alone(void **state)
{
	struct core_fixture *f = *state;
	const struct kb_catalog *catalog;
	struct kb_scanned_place *first;
	struct kb_error err = {0};

	core_fixture_disk(f, "sda1", NULL)->uuid = "aaaa";
	core_fixture_disk(f, "sdb1", NULL)->uuid = "bbbb";
	temp_dir_text(&f->dir, "sda1/boot/grub/grub.cfg",
		      "menuentry Own { linux /vmlinuz own }\nsearch --fs-uuid --set=other bbbb\n"
		      "source ($other)/more.cfg\nmenuentry Last { linux /vmlinuz last }\n");
	temp_dir_text(&f->dir, "sdb1/more.cfg", "while true; do x=$x; done\n");
	assert_int_equal(kb_core_create(&f->options, &f->core, &err), 0);
	first = (struct kb_scanned_place *)kb_places_block(&f->core->engine.places, KB_STR("sda1"));
	while (first->job.n_others == 0 || !first->child) {
		assert_int_equal(kb_loop_step(f->core->engine.loop, 10), 0);
	}
	assert_int_equal(kill(kb_child_pid(first->child), SIGKILL), 0);
	core_fixture_run(f);
	catalog = &f->core->engine.catalog;
	assert_int_equal(first->place.status, KB_PLACE_READ);
	assert_non_null(kb_catalog_find(catalog, "Own"));
	assert_non_null(kb_catalog_find(catalog, "Last"));
	assert_logged(f,
		      "sda1: its reader was ended by signal 9; it is read without the filesystems "
		      "that its configuration leads to",
		      1);
}

static void the_log_counts_what_is_shown(void **state)
{
	struct core_fixture *f = *state;

	core_fixture_disk(f, "sda1", "a=/vmlinuz\n");
	core_fixture_disk(f, "sdb1", "a=/vmlinuz\nb=/vmlinuz quiet\n");
	core_fixture_start(f);
	/* The kernel that a label offers is no entry of its own. */
	assert_logged(f, "sda1: 1 entry", 1);
	assert_logged(f, "sdb1: 2 entries", 1);
	core_fixture_say(f, core_fixture_connect(f), "{\"do\":\"explain\"}");
	assert_non_null(strstr(f->heard, "  sda1: 1 entry\\n  sdb1: 2 entries\\n"));
}

static void what_cannot_be_opened_is_told(void **state)
{
	static const char sentence[] = "sdb1 holds apfs: cannot be opened yet";
	struct core_fixture *f = *state;
	int client;

	core_fixture_disk(f, "sda1", "a=/vmlinuz\n");
	core_fixture_disk(f, "sdb1", NULL);
	core_fixture_disk(f, "sdc1", NULL);
	core_fixture_start(f);
	hold(f, "sdb1", "apfs");
	hold(f, "sdc1", "swap");
	core_fixture_run(f);
	assert_logged(f, sentence, 1);
	client = core_fixture_connect(f);
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"explain\"}"), sentence));
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"devices\"}"), sentence));
	assert_non_null(strstr(f->heard, "[\"sdc1\",\"swap\"]"));
	assert_null(strstr(f->heard, "sdc1 holds"));
}

static void a_disk_that_was_given_up_on_is_named(void **state)
{
	static const char sentence[] = "sdb1: no answer within 20 s; left out";
	struct core_fixture *f = *state;
	struct kb_place *place;
	int client;

	core_fixture_disk(f, "sda1", "a=/vmlinuz\n");
	core_fixture_disk(f, "sdb1", NULL);
	core_fixture_start(f);
	hold(f, "sdb1", NULL);
	place = kb_places_block(&f->core->engine.places, KB_STR("sdb1"));
	place->found.has_device = false;
	place->status = KB_PLACE_FAILED;
	(void)kb_error_set(&place->found.error, -ETIMEDOUT, "no answer within 20 s; left out");
	core_fixture_run(f);
	client = core_fixture_connect(f);
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"explain\"}"), sentence));
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"devices\"}"), sentence));
	assert_non_null(strstr(core_fixture_say(f, client, "{\"do\":\"list\"}"), sentence));
}

/* The labels as a menu has them, from the top. */
static void assert_menu(struct core_fixture *f, const char *labels)
{
	const struct kb_catalog *c = &f->core->engine.catalog;
	char all[64] = "";

	for (size_t i = 0; i < c->n_entries; i++) {
		(void)strncat(all, kb_catalog_shown(c, i)->label, 2);
	}
	assert_string_equal(all, labels);
}

/* A disk that stands before or behind the others on its bus. */
static struct kb_place *plug(struct core_fixture *f, const char *name, const char *order,
			     const char *conf)
{
	struct kb_engine *e = &f->core->engine;
	struct kb_place template = {.kind = KB_PLACE_DEVICE};
	struct kb_place *place;

	(void)snprintf(template.block.name, sizeof(template.block.name), "%s", name);
	(void)snprintf(template.block.order, sizeof(template.block.order), "%s", order);
	assert_int_equal(kb_scanner_add(&e->scanner, &template, core_fixture_disk(f, name, conf),
					&place),
			 0);
	kb_scanner_read_again(&e->scanner);
	core_fixture_run(f);
	return place;
}

static void unplug(struct core_fixture *f, struct kb_place *place)
{
	((struct kb_scanned_place *)place)->simulated = NULL;
	kb_scanner_device_removed(&f->core->engine.scanner, place->block.name);
	core_fixture_run(f);
}

static void a_disk_that_comes_later_is_added_below(void **state)
{
	struct core_fixture *f = *state;
	struct kb_place *place;
	int client;

	core_fixture_disk(f, "sda1", "b=/vmlinuz\n");
	core_fixture_disk(f, "sdc1", "d=/vmlinuz\ndefault=d\n");
	core_fixture_start(f);
	assert_menu(f, "bd");
	client = core_fixture_connect(f);
	core_fixture_say(f, client, "{\"do\":\"watch\"}");
	place = plug(f, "sdb1", "0000a", "c=/vmlinuz\n");
	assert_menu(f, "bdc");
	/* So are the lines that a menu gets, and the default is where it was. */
	core_fixture_hear(f, client);
	assert_true(strstr(f->heard, "\"label\":\"d\"") < strstr(f->heard, "\"label\":\"c\""));
	unplug(f, place);
	assert_menu(f, "bd");
	plug(f, "sde1", "0000a", "e=/vmlinuz\n");
	assert_menu(f, "bde");
	plug(f, "sdb1", "0000b", "c=/vmlinuz\n");
	assert_menu(f, "bdec");
	/* Who looks again sees the order of the disks. */
	core_fixture_say(f, client, "{\"do\":\"rescan\"}");
	assert_menu(f, "becd");
	plug(f, "sdf1", "0", "a=/vmlinuz\n");
	assert_menu(f, "becda");
}

/* The first look goes on: what is found is sorted until a person is there. */
static void a_key_keeps_the_order(void **state)
{
	struct core_fixture *f = *state;

	core_fixture_disk(f, "sdc1", "c=/vmlinuz\n");
	core_fixture_start(f);
	core_fixture_is_machine(f);
	f->core->engine.hotplug.is_settled = false;
	f->core->engine.keeps_order = false;
	plug(f, "sdb1", "00", "b=/vmlinuz\n");
	assert_menu(f, "bc");
	core_fixture_say(f, core_fixture_connect(f), "{\"do\":\"activity\"}");
	plug(f, "sda1", "0", "a=/vmlinuz\n");
	assert_menu(f, "bca");
}

static void an_empty_menu_has_each_disk_with_its_reason(void **state)
{
	struct core_fixture *f = *state;
	int client;

	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {"sda1", "sdb1", "sdc1"};

		core_fixture_disk(f, names[i], NULL);
	}
	core_fixture_start(f);
	client = core_fixture_connect(f);
	core_fixture_say(f, client, "{\"do\":\"watch\"}");
	assert_null(strstr(f->heard, "\"disks\""));
	hold(f, "sda1", "swap");
	hold(f, "sdb1", "apfs");
	hold(f, "sdc1", NULL);
	assert_non_null(strstr(core_fixture_hear(f, client),
			       "\"disks\":\"sdb1 holds apfs: cannot be opened yet\\n"
			       "sdc1 holds no filesystem that kboot knows\\n\""));
	/* Nothing is said of disks while there may be more to come. */
	core_fixture_is_machine(f);
	f->core->engine.hotplug.is_settled = false;
	kb_engine_changed(&f->core->engine);
	assert_null(strstr(core_fixture_hear(f, client), "\"disks\""));
	assert_non_null(strstr(f->heard, "\"state\""));
}

static void no_disk_at_all_is_said(void **state)
{
	struct core_fixture *f = *state;

	core_fixture_start(f);
	core_fixture_say(f, core_fixture_connect(f), "{\"do\":\"watch\"}");
	assert_non_null(strstr(f->heard, "\"disks\":\"There is no disk "));
}

static void who_looks_again_is_told_what_it_brought(void **state)
{
	struct core_fixture *f = *state;
	int client;

	core_fixture_disk(f, "sda1", "a=/vmlinuz\n");
	core_fixture_disk(f, "sdb1", "b=/vmlinuz\n");
	core_fixture_start(f);
	assert_logged(f, "Scanned 2 devices: nothing new.", 0);
	client = core_fixture_connect(f);
	core_fixture_say(f, client, "{\"do\":\"rescan\"}");
	assert_logged(f, "Looking at all disks again ...", 1);
	assert_logged(f, "Scanned 2 devices: nothing new.", 1);
	temp_dir_text(&f->dir, "sdb1/kboot.conf", "c=/vmlinuz\nd=/vmlinuz 2\n");
	core_fixture_say(f, client, "{\"do\":\"rescan\"}");
	assert_logged(f, "Scanned 2 devices: 2 entries more, 1 entry gone.", 1);
	assert_string_equal(f->core->engine.notice,
			    "Scanned 2 devices: 2 entries more, 1 entry gone.");
	assert_int_equal(f->core->engine.notice_level, KB_NOTICE_INFO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_that_cannot_be_read_with_another_is_read_alone,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_leads_to_another_disk_is_read_with_it, setup,
						teardown),
		TEST(the_log_counts_what_is_shown),
		TEST(what_cannot_be_opened_is_told),
		TEST(a_disk_that_was_given_up_on_is_named),
		TEST(a_disk_that_comes_later_is_added_below),
		TEST(a_key_keeps_the_order),
		TEST(an_empty_menu_has_each_disk_with_its_reason),
		TEST(no_disk_at_all_is_said),
		TEST(who_looks_again_is_told_what_it_brought),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
