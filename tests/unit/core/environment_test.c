/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which device is the booted environment: a machine as a few lines, and the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "catalog/environment.h"

enum { DEVICES = 4 };

enum reading { READ, UNREAD, AGAIN, SILENT /* it passed its deadline */ };

struct device {
	const char *name;
	const char *bus;
	const char *uuid;
	const char *label; /* of an entry in its kboot.conf; NULL: it has none */
	enum reading reading;
	const char *fstype; /* NULL: ext4 */
	const char *partuuid;
	bool loader; /* the label is of another boot loader's default, there is no kboot.conf */
};

struct machine {
	const char *title;
	const char *image; /* NAME=VALUE of kboot's own configuration, a blank between two */
	const char *session;
	struct device devices[DEVICES]; /* in their order */
	bool more_to_come;
	enum kb_environment_state state;
	const char *name; /* of the environment; NULL: none */
	const char *says; /* a part of why, or of the warning; NULL: any */
	bool warns;
};

#define IN1                                                                                        \
	{                                                                                          \
		.name = "sda1", .bus = "ata", .uuid = "A", .label = "Safe"                         \
	}
#define IN2                                                                                        \
	{                                                                                          \
		.name = "sdb1", .bus = "ata", .uuid = "B", .label = "Other"                        \
	}
#define USB                                                                                        \
	{                                                                                          \
		.name = "sdz1", .bus = "usb", .uuid = "U", .label = "Stick"                        \
	}

#define LOADER                                                                                     \
	{                                                                                          \
		.name = "sdl1", .bus = "ata", .uuid = "L", .label = "Gnu", .loader = true          \
	}
#define LOADER_USB                                                                                 \
	{                                                                                          \
		.name = "sdl9", .bus = "usb", .uuid = "M", .label = "Live", .loader = true         \
	}

static const struct machine machines[] = {
	/* other boot loaders */
	{"a loader", "", "", {LOADER}, false, KB_ENV_FOUND, "sdl1", "loader's conf", false},
	{"a loader and a kboot.conf",
	 "",
	 "",
	 {LOADER, IN1},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"a loader, and a stick with a kboot.conf",
	 "",
	 "",
	 {LOADER, USB},
	 false,
	 KB_ENV_FOUND,
	 "sdl1",
	 NULL,
	 false},
	{"a loader, and a stick that is still read",
	 "",
	 "",
	 {LOADER, {.name = "sdz1", .bus = "usb", .reading = UNREAD}},
	 false,
	 KB_ENV_FOUND,
	 "sdl1",
	 NULL,
	 false},
	{"a loader, and an internal disk that is still read",
	 "",
	 "",
	 {LOADER, {.name = "sda1", .bus = "ata", .reading = UNREAD}},
	 false,
	 KB_ENV_UNKNOWN,
	 NULL,
	 NULL,
	 false},
	{"a live stick alone",
	 "",
	 "",
	 {LOADER_USB},
	 false,
	 KB_ENV_FOUND,
	 "sdl9",
	 "removable",
	 false},
	{"a live stick before one with a kboot.conf",
	 "",
	 "",
	 {LOADER_USB, USB},
	 false,
	 KB_ENV_FOUND,
	 "sdz1",
	 NULL,
	 false},
	{"restricted, a live stick alone",
	 "restricted=true",
	 "",
	 {LOADER_USB},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 NULL,
	 false},
	{"root= on a loader's disk",
	 "root=sdl1",
	 "",
	 {IN1, LOADER},
	 false,
	 KB_ENV_FOUND,
	 "sdl1",
	 NULL,
	 false},
	{"nothing at all",
	 "",
	 "",
	 {{0}},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 "no disk has a kboot.conf",
	 false},
	{"nothing yet", "", "", {{0}}, true, KB_ENV_UNKNOWN, NULL, NULL, false},
	/* the first with a configuration */
	{"one", "", "", {IN1}, false, KB_ENV_FOUND, "sda1", "first with", false},
	{"two", "", "", {IN1, IN2}, false, KB_ENV_FOUND, "sda1", "first with", false},
	{"an internal disk and a stick",
	 "",
	 "",
	 {IN1, USB},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"a stick alone", "", "", {USB}, false, KB_ENV_FOUND, "sdz1", "removable", false},
	{"an internal disk without one",
	 "",
	 "",
	 {{.name = "sda1", .bus = "ata"}, USB},
	 false,
	 KB_ENV_FOUND,
	 "sdz1",
	 NULL,
	 false},
	{"more may come", "", "", {IN1}, true, KB_ENV_UNKNOWN, NULL, NULL, false},
	{"the first is still read",
	 "",
	 "",
	 {{.name = "sda1", .bus = "ata", .reading = UNREAD}, IN2},
	 false,
	 KB_ENV_UNKNOWN,
	 NULL,
	 "not all disks",
	 false},
	{"the second is still read",
	 "",
	 "",
	 {IN1, {.name = "sdb1", .bus = "ata", .reading = UNREAD}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"the internal one is still read",
	 "",
	 "",
	 {{.name = "sda1", .bus = "ata", .reading = UNREAD}, USB},
	 false,
	 KB_ENV_UNKNOWN,
	 NULL,
	 NULL,
	 false},
	{"the stick is still read",
	 "",
	 "",
	 {IN1, {.name = "sdz1", .bus = "usb", .reading = UNREAD}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"the first is read again",
	 "",
	 "",
	 {{.name = "sda1", .bus = "ata", .label = "Safe", .reading = AGAIN}, IN2},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"the first is silent",
	 "",
	 "",
	 {{.name = "sda1", .bus = "ata", .label = "Safe", .reading = SILENT}, IN2},
	 false,
	 KB_ENV_FOUND,
	 "sdb1",
	 NULL,
	 false},
	/* default= */
	{"a label", "default=Other", "", {IN1, IN2}, false, KB_ENV_FOUND, "sdb1", "«Other»", false},
	{"a label on the stick",
	 "default=Stick",
	 "",
	 {IN1, USB},
	 false,
	 KB_ENV_FOUND,
	 "sdz1",
	 NULL,
	 false},
	{"a label on both",
	 "default=Safe",
	 "",
	 {IN1, {.name = "sdz1", .bus = "usb", .uuid = "U", .label = "Safe"}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"a label nowhere",
	 "default=None",
	 "",
	 {IN1, IN2},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"a label that may be on the unread one",
	 "default=None",
	 "",
	 {IN1, {.name = "sdz1", .bus = "usb", .reading = UNREAD}},
	 false,
	 KB_ENV_UNKNOWN,
	 NULL,
	 NULL,
	 false},
	{"a label behind the unread one",
	 "default=Other",
	 "",
	 {{.name = "sda1", .bus = "ata", .reading = UNREAD}, IN2},
	 false,
	 KB_ENV_UNKNOWN,
	 NULL,
	 NULL,
	 false},
	{"a label of this session",
	 "",
	 "default=Other",
	 {IN1, IN2},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	/* root= */
	{"root",
	 "root=UUID=b default=Safe",
	 "",
	 {IN1, IN2},
	 false,
	 KB_ENV_FOUND,
	 "sdb1",
	 "root=UUID=b",
	 false},
	{"root of this session",
	 "root=UUID=A",
	 "root=sdb1",
	 {IN1, IN2},
	 false,
	 KB_ENV_FOUND,
	 "sdb1",
	 NULL,
	 false},
	{"root by a name, more to come",
	 "root=sdb1",
	 "",
	 {IN1, IN2},
	 true,
	 KB_ENV_FOUND,
	 "sdb1",
	 NULL,
	 false},
	{"root by what a second may have",
	 "root=UUID=B",
	 "",
	 {IN1, IN2},
	 true,
	 KB_ENV_UNKNOWN,
	 NULL,
	 NULL,
	 false},
	{"root, an internal one unread",
	 "root=UUID=A",
	 "",
	 {IN1, {.name = "sdb1", .bus = "ata", .reading = UNREAD}},
	 false,
	 KB_ENV_UNKNOWN,
	 NULL,
	 NULL,
	 false},
	{"root, the stick unread",
	 "root=UUID=A",
	 "",
	 {IN1, {.name = "sdz1", .bus = "usb", .reading = UNREAD}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"root on a stick, a stick unread",
	 "root=UUID=U",
	 "",
	 {USB, {.name = "sdy1", .bus = "usb", .reading = UNREAD}},
	 false,
	 KB_ENV_UNKNOWN,
	 NULL,
	 NULL,
	 false},
	{"root that is not there",
	 "root=UUID=X",
	 "",
	 {IN1},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 "waiting for root=UUID=X",
	 false},
	{"root that may come",
	 "root=UUID=X",
	 "",
	 {IN1},
	 true,
	 KB_ENV_UNKNOWN,
	 NULL,
	 "waiting for root=UUID=X",
	 false},
	{"root on a server", "root=h:/x", "", {IN1}, true, KB_ENV_NONE, NULL, NULL, false},
	{"root that is silent",
	 "root=UUID=X",
	 "",
	 {{.name = "sda1", .bus = "ata", .reading = SILENT}},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 NULL,
	 false},
	/* two that fit */
	{"a copy on a stick",
	 "root=UUID=A",
	 "",
	 {IN1, {.name = "sdz1", .bus = "usb", .uuid = "A"}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 "fits sdz1 too",
	 true},
	{"a copy on a stick, without root=",
	 "",
	 "",
	 {IN1, {.name = "sdz1", .bus = "usb", .uuid = "A", .label = "Safe"}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 "sda1 and sdz1 have one UUID",
	 true},
	{"two internal copies",
	 "root=UUID=A",
	 "",
	 {IN1, {.name = "sdb1", .bus = "nvme", .uuid = "A"}},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 "fits sda1 and sdb1: name one",
	 false},
	{"two internal copies, one chosen",
	 "root=UUID=A",
	 "root=sdb1",
	 {IN1, {.name = "sdb1", .bus = "nvme", .uuid = "A"}},
	 false,
	 KB_ENV_FOUND,
	 "sdb1",
	 "have one UUID",
	 true},
	{"a filesystem on two disks",
	 "root=UUID=A",
	 "",
	 {{.name = "sda1",
	   .bus = "ata",
	   .uuid = "A",
	   .label = "Safe",
	   .fstype = "btrfs",
	   .partuuid = "1"},
	  {.name = "sdb1", .bus = "ata", .uuid = "A", .fstype = "btrfs", .partuuid = "2"}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"a copy of such a disk",
	 "root=UUID=A",
	 "",
	 {{.name = "sda1",
	   .bus = "ata",
	   .uuid = "A",
	   .label = "Safe",
	   .fstype = "btrfs",
	   .partuuid = "1"},
	  {.name = "sdb1", .bus = "ata", .uuid = "A", .fstype = "btrfs", .partuuid = "1"}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	/* restricted by the image */
	{"restricted, a stick alone",
	 "restricted=true",
	 "",
	 {USB},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 "removable ones do not count",
	 false},
	{"restricted, the default's label on a stick",
	 "restricted=true default=Stick",
	 "",
	 {IN1, USB},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"restricted, root= on a stick",
	 "restricted=true root=UUID=U",
	 "",
	 {IN1, USB},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 "names a removable disk",
	 false},
	{"restricted, an unread stick is not waited for",
	 "restricted=true default=None",
	 "",
	 {IN1, {.name = "sdz1", .bus = "usb", .reading = UNREAD}},
	 false,
	 KB_ENV_FOUND,
	 "sda1",
	 NULL,
	 false},
	{"restricted, sticks trusted",
	 "restricted=true trust_removable=true",
	 "",
	 {USB},
	 false,
	 KB_ENV_FOUND,
	 "sdz1",
	 NULL,
	 false},
	{"restricted in this session",
	 "",
	 "restricted=true",
	 {USB},
	 false,
	 KB_ENV_NONE,
	 NULL,
	 NULL,
	 false},
};

static void set_all(struct kb_settings *s, const char *text, enum kb_source_rank rank)
{
	struct kb_str rest = kb_str_from(text);
	struct kb_error err = {0};

	while (rest.len > 0) {
		struct kb_str word = kb_str_head(rest, kb_str_find(rest, ' '));
		size_t equals = kb_str_find(word, '=');
		struct kb_setting setting = {.rank = rank, .at.file = "image"};
		char value[64];

		(void)snprintf(value, sizeof(value), "%.*s",
			       KB_STR_ARG(kb_str_skip(word, equals + 1)));
		setting.value = value;
		assert_int_equal(kb_variable_find(kb_str_head(word, equals), &setting.variable), 0);
		assert_int_equal(kb_settings_set(s, &setting, &err), 0);
		rest = kb_str_skip(rest, word.len + 1);
	}
}

/* As places keep them: what is read now may have been known before. */
static void set_place(struct kb_place *p, const struct device *d, uint64_t id,
		      struct kb_entry *entry)
{
	*p = (struct kb_place){.kind = KB_PLACE_DEVICE, .id = id, .known = d->reading != UNREAD};
	p->status = d->reading == READ     ? KB_PLACE_READ
		    : d->reading == SILENT ? KB_PLACE_FAILED
					   : KB_PLACE_SCANNING;
	p->found.error.code = d->reading == SILENT ? -ETIMEDOUT : 0;
	(void)snprintf(p->block.name, sizeof(p->block.name), "%s", d->name);
	p->block.bus = d->bus;
	p->block.removable = kb_bus_is_removable(d->bus);
	p->found.has_device = d->reading != UNREAD;
	p->found.device = (struct kb_device){.name = d->name,
					     .uuid = d->uuid,
					     .partuuid = d->partuuid,
					     .fstype = d->fstype ? d->fstype : "ext4"};
	*entry = (struct kb_entry){.label = d->label,
				   .format = d->loader ? KB_FORMAT_GRUB : KB_FORMAT_KBOOT,
				   .is_default = d->loader};
	p->found.entries = entry;
	p->found.n_entries = d->label != NULL;
}

static void check(const struct machine *m)
{
	static struct kb_place places[DEVICES];
	struct kb_entry entries[DEVICES];
	struct kb_places all = {0};
	struct kb_settings settings = {0};
	struct kb_environment env;
	char text[2 * KB_WHY_BYTES + 2];

	for (size_t i = DEVICES; i-- > 0;) {
		if (m->devices[i].name) {
			set_place(&places[i], &m->devices[i], i + 1, &entries[i]);
			places[i].next = all.first;
			all.first = &places[i];
		}
	}
	set_all(&settings, m->image, KB_RANK_IMAGE);
	set_all(&settings, m->session, KB_RANK_SESSION);
	kb_environment_choose(&all, &settings, !m->more_to_come, &env);
	(void)snprintf(text, sizeof(text), "%s; %s", env.why, env.warning);
	print_message("%s: %s\n", m->title, text);
	assert_int_equal(env.state, m->state);
	assert_int_equal(env.place != NULL, m->name != NULL);
	if (m->name) {
		assert_string_equal(env.place->block.name, m->name);
		assert_true(kb_environment_is(&env.id, env.place));
	}
	if (m->says) {
		assert_non_null(strstr(text, m->says));
	}
	assert_int_equal(env.warning[0] != '\0', m->warns);
	for (size_t i = 0; i < DEVICES && m->devices[i].name; i++) {
		const struct device *d = &m->devices[i];

		if (env.place == &places[i]) {
			assert_int_equal(env.of_loader, !d->label || d->loader);
		}
	}
	kb_settings_done(&settings);
}

static void each_machine_has_its_environment(void **state)
{
	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(machines); i++) {
		check(&machines[i]);
	}
}

/* Whatever changes, it is another device; none is like none. */
static void an_identity_is_of_one_device(void **state)
{
	static struct kb_place place;
	const struct kb_environment_id id = {.place = 7, .uuid = "A", .bus = "ata"};
	const struct kb_environment_id none = {0};
	struct kb_entry entry;

	(void)state;
	set_place(&place, &(const struct device)IN1, 7, &entry);
	assert_true(kb_environment_is(&id, &place));
	assert_false(kb_environment_is(&none, &place));
	place.id = 8;
	assert_false(kb_environment_is(&id, &place));
	place.id = 7;
	place.found.device.uuid = "B";
	assert_false(kb_environment_is(&id, &place));
	place.found.device.uuid = NULL;
	assert_false(kb_environment_is(&id, &place));
	place.found.device.uuid = "A";
	place.block.bus = "usb";
	assert_false(kb_environment_is(&id, &place));
	place.block.bus = NULL;
	assert_false(kb_environment_is(&id, &place));
	place.block.bus = "ata";
	place.block.removable = true;
	assert_false(kb_environment_is(&id, &place));
	place.block.removable = false;
	place.id = 0;
	assert_false(kb_environment_is(&none, &place));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_machine_has_its_environment),
		cmocka_unit_test(an_identity_is_of_one_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
