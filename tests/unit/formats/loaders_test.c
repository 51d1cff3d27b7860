/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readers of other boot loaders: limits, and what starts by itself. The grammars are in
 * tests/golden/tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "readers.h"
#include "temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct findings {
	size_t n_entries;
	size_t n_defaults;
	size_t max_path;
	size_t n_diags;
	size_t stop_after; /* entries; 0: never */
	char diag[KB_ERROR_TEXT + KB_ERROR_FILE];
	char timeout[16];
	char chosen[64];
	char args[128]; /* of the last entry */
};

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct findings *f = ctx;

	f->n_entries++;
	if (entry->is_default) {
		f->n_defaults++;
		(void)snprintf(f->chosen, sizeof(f->chosen), "%s", entry->label);
	}
	(void)snprintf(f->args, sizeof(f->args), "%s", entry->args ? entry->args : "");
	f->max_path = entry->n_path > f->max_path ? entry->n_path : f->max_path;
	return f->n_entries == f->stop_after ? -ECANCELED : 0;
}

static int take_setting(void *ctx, const struct kb_setting *setting)
{
	struct findings *f = ctx;

	assert_int_equal(setting->variable, KB_VAR_TIMEOUT);
	assert_int_equal(setting->rank, KB_RANK_LOADER);
	(void)snprintf(f->timeout, sizeof(f->timeout), "%s", setting->value);
	return 0;
}

static void take_diag(void *ctx, const struct kb_diag *diag)
{
	struct findings *f = ctx;

	f->n_diags++;
	(void)snprintf(f->diag, sizeof(f->diag), "%s:%u:%u: %s", diag->at.file, diag->at.line,
		       diag->at.column, diag->text);
}

static int read_with(const struct kb_reader *reader, const struct temp_dir *dir, struct findings *f)
{
	struct kb_tree tree = {.root_fd = dir->fd, .name = "sda2"};
	struct kb_reader_out out = {.ctx = f,
				    .entry = take_entry,
				    .setting = take_setting,
				    .diags = {take_diag, f}};
	struct kb_error err;

	return reader->read(&tree, &out, &err);
}

static int read_dir(const struct temp_dir *dir, struct findings *f)
{
	return read_with(&kb_reader_syslinux, dir, f);
}

static int setup(void **state)
{
	static struct temp_dir dir;

	temp_dir_init(&dir);
	temp_dir_text(&dir, "k", "kernel");
	*state = &dir;
	return 0;
}

static int teardown(void **state)
{
	temp_dir_done(*state);
	return 0;
}

static void read_text(struct temp_dir *dir, const char *text, struct findings *f)
{
	*f = (struct findings){0};
	temp_dir_text(dir, "syslinux.cfg", text);
	assert_int_equal(read_dir(dir, f), 0);
}

static void ten_thousand_labels(void **state)
{
	KB_BUF struct kb_buf text = {0};
	struct findings f;

	for (int i = 0; i < 10002; i++) {
		kb_buf_printf(&text, "label l%d\nkernel k\n", i);
	}
	read_text(*state, text.data, &f);
	assert_int_equal(f.n_entries, 10000);
	assert_int_equal(f.n_diags, 1);
	assert_string_equal(f.diag, "sda2:/syslinux.cfg:20001:1: there are too many labels: those "
				    "from here on are left out");
}

static void a_hundred_megabytes(void **state)
{
	static const char line[] = "label x\nkernel k\n";
	struct temp_dir *dir = *state;
	struct findings f = {0};
	FILE *file;

	temp_dir_text(dir, "syslinux.cfg", line);
	file = fdopen(openat(dir->fd, "syslinux.cfg", O_WRONLY), "w");
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), 100 << 20), 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(read_dir(dir, &f), 0);
	assert_int_equal(f.n_entries, 1);
	assert_int_equal(f.n_diags, 1);
	assert_string_equal(f.diag, "sda2:/syslinux.cfg:3:1: the file is above 8192 KiB: the rest "
				    "from here on is left out");
}

static void includes_that_do_not_end(void **state)
{
	struct findings f;

	read_text(*state, "label a\nkernel k\ninclude syslinux.cfg\n", &f);
	assert_int_equal(f.n_entries, 16);
	assert_int_equal(f.n_diags, 1);
	assert_string_equal(f.diag, "sda2:/syslinux.cfg:3:9: the includes are nested too deep: "
				    "this one is left out");
	read_text(*state,
		  "label a\nkernel k\ninclude syslinux.cfg\nmenu include syslinux.cfg sub\n", &f);
	assert_int_equal(f.n_entries, 64);
	assert_int_equal(f.n_diags, 1);
}

static void configurations_that_call_each_other(void **state)
{
	struct findings f;

	temp_dir_text(*state, "b.cfg", "label b\nkernel k\nlabel back\nconfig syslinux.cfg\n");
	read_text(*state, "ui menu.c32\nlabel a\nkernel k\nlabel b\nconfig b.cfg\n", &f);
	assert_int_equal(f.n_entries, 2);
	assert_int_equal(f.n_diags, 0);
	temp_dir_text(*state, "c.cfg", "label c\nkernel k\n");
	read_text(*state, "default c\nlabel a\nkernel k\nlabel c\nconfig c.cfg\n", &f);
	assert_int_equal(f.n_entries, 1);
	read_text(*state, "ui menu.c32\ndefault c\nlabel a\nkernel k\nlabel c\nconfig c.cfg\n", &f);
	assert_int_equal(f.n_entries, 2);
	read_text(*state, "default a\nlabel a\nconfig syslinux.cfg\n", &f);
	assert_int_equal(f.n_entries, 0);
	read_text(*state, "ui menu.c32\nlabel a\ncom32 ifcpu64.c32\nappend a -- a\n", &f);
	assert_int_equal(f.n_entries, 1);
}

static void submenus_in_submenus(void **state)
{
	KB_BUF struct kb_buf text = {0};
	struct findings f;

	for (int i = 0; i < 1000; i++) {
		kb_buf_puts(&text, "menu begin x\n");
	}
	kb_buf_puts(&text, "label a\nkernel k\n");
	for (int i = 0; i < 1001; i++) {
		kb_buf_puts(&text, "menu end\n");
	}
	kb_buf_puts(&text, "label b\nkernel k\n");
	read_text(*state, text.data, &f);
	assert_int_equal(f.n_entries, 2);
	assert_int_equal(f.max_path, KB_ENTRY_MAX_PATH);
}

/* What starts by itself, and when: the last two columns. */
static void defaults(void **state)
{
#define LABELS "label a\nkernel k\nlabel b\nkernel k\n"
	static const struct {
		const char *text;
		const char *chosen;
		const char *timeout; /* "": none */
	} rows[] = {
		{LABELS, "", ""},
		{LABELS "default b\n", "b", "0"},
		{LABELS "default b\ntimeout 100\n", "b", "0"},
		{LABELS "default b\nprompt 1\n", "b", ""},
		{LABELS "default b\nprompt 1\ntimeout 101\n", "b", "11"},
		{LABELS "default b\nprompt 1\ntimeout 101\nontimeout a\n", "a", "11"},
		{LABELS "default b\nprompt 1\nontimeout a\n", "b", ""},
		{LABELS "default b\nprompt 1\ntotaltimeout 50\n", "b", "5"},
		{LABELS "default b\nprompt 1\ntimeout 999999999\n", "b", "86400"},
		{LABELS "default b one more\n", "b one more", "0"},
		{LABELS "default k root=/dev/sda1\n", "k", "0"},
		{LABELS "default a\ndefault b\n", "b", "0"},
		{LABELS "ui menu.c32\n", "a", ""},
		{LABELS "ui menu.c32\ntimeout 10\n", "a", "1"},
		{LABELS "ui menu.c32\ndefault b\ntimeout 10\n", "b", "1"},
		{LABELS "ui menu.c32\ntimeout 10\nmenu begin x\ntimeout 50\nmenu end\n", "a", "1"},
		{LABELS "default menu.c32\nmenu default\ntimeout 10\n", "b", "1"},
		{LABELS "default menu.c32\nmenu default\ntimeout 10\nontimeout a\n", "a", "1"},
		{LABELS "default menu.c32\nmenu default\nontimeout a\n", "b", ""},
		{LABELS "menu default\nui menu.c32\ndefault a\n", "a", ""},
		{LABELS "prompt 2\ndefault b\ntimeout 10\n", "b", "1"},
		{LABELS "ontimeout b\ntimeout 10\n", "b", "1"},
		{LABELS "default c\nlabel c\nkernel vesamenu.c32\n", "a", ""},
		{LABELS "ui menu.c32\nmenu begin x\nmenu default\nlabel c\nkernel k\nmenu end\n",
		 "c", ""},
		{LABELS "ui menu.c32\nmenu begin x\nlabel c\nmenu default\nkernel k\nmenu end\n",
		 "a", ""},
		{LABELS "ui menu.c32\ndefault nosuch\n", "a", ""},
		{LABELS "default c\nlabel c\nlocalboot 0\n", "", ""},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(rows); i++) {
		struct findings f;

		read_text(*state, rows[i].text, &f);
		assert_string_equal(f.chosen, rows[i].chosen);
		assert_string_equal(f.timeout, rows[i].timeout);
		assert_int_equal(f.n_defaults, rows[i].chosen[0] != '\0');
	}
}

static void defaults_of_u_boot(void **state)
{
	static const struct {
		const char *text;
		const char *chosen;
		const char *timeout;
	} rows[] = {
		{LABELS, "a", "0"},
		{LABELS "menu default\nprompt 1\ntimeout 11\n", "b", "0"},
		{"menu title m\n" LABELS "menu default\n", "b", ""},
		{"menu title m\n" LABELS "menu default\ntimeout 11\n", "b", "2"},
		{LABELS "default a\nontimeout b\n", "b", "0"},
		{LABELS "ontimeout b\ndefault a\n", "a", "0"},
		{LABELS "default nosuch\n", "a", "0"},
		{LABELS "default c\nlabel c\nkernel missing\n", "a", "0"},
		{"label c\nkernel k\nfdt missing\n" LABELS, "a", "0"},
		{"label c\nkernel k\ninitrd missing\n" LABELS, "a", "0"},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(rows); i++) {
		struct findings f = {0};

		temp_dir_text(*state, "extlinux/k", "kernel");
		temp_dir_text(*state, "extlinux/extlinux.conf", rows[i].text);
		assert_int_equal(read_dir(*state, &f), 0);
		assert_string_equal(f.chosen, rows[i].chosen);
		assert_string_equal(f.timeout, rows[i].timeout);
	}
}

/* One of all configurations on a tree. */
static void has_one_default(void **state)
{
	struct findings f;

	temp_dir_text(*state, "extlinux.conf", "default x\nlabel x\nkernel k\n");
	read_text(*state, LABELS "default b\n", &f);
	assert_int_equal(f.n_entries, 3);
	assert_int_equal(f.n_defaults, 1);
	assert_string_equal(f.chosen, "x");
}

/* The readers of formats/others. */
static void others_have_caps(void **state)
{
	static const struct {
		const struct kb_reader *reader;
		const char *path;
		const char *text; /* of one entry, of two lines */
	} rows[] = {
		{&kb_reader_grub_legacy, "grub/menu.lst", "title x\nkernel /k\n"},
		{&kb_reader_lilo, "etc/lilo.conf", "image=/k\nlabel=x\n"},
		{&kb_reader_lilo, "etc/yaboot.conf", "image=/k\nlabel=x\n"},
		{&kb_reader_petitboot, "petitboot.conf", "name x\nimage /k\n"},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(rows); i++) {
		KB_BUF struct kb_buf text = {0};
		struct findings f = {0};
		char expected[128];

		for (int n = 0; n < 10002; n++) {
			kb_buf_puts(&text, rows[i].text);
		}
		temp_dir_text(*state, rows[i].path, text.data);
		assert_int_equal(read_with(rows[i].reader, *state, &f), 0);
		assert_int_equal(f.n_entries, 10000);
		assert_int_equal(f.n_diags, 1);
		(void)snprintf(expected, sizeof(expected),
			       "sda2:/%s:20001:1: there are too many entries: those from here on "
			       "are left out",
			       rows[i].path);
		assert_string_equal(f.diag, expected);
		temp_dir_text(*state, rows[i].path, "");
	}
}

static void defaults_of_others(void **state)
{
#define TITLES "title a\nkernel /k\ntitle b\nkernel /k\n"
#define IMAGES "image=/k label=a\nimage=/k label=b alias=c\n"
	static const struct {
		const struct kb_reader *reader;
		const char *path;
		const char *text;
		const char *chosen;
		const char *timeout; /* "": none */
	} rows[] = {
		{&kb_reader_grub_legacy, "grub/menu.lst", TITLES, "a", ""},
		{&kb_reader_grub_legacy, "grub/menu.lst", "default 1\ntimeout 0\n" TITLES, "b",
		 "0"},
		{&kb_reader_grub_legacy, "grub/menu.lst", "default=2\ntimeout=3\n" TITLES, "a",
		 "3"},
		{&kb_reader_grub_legacy, "grub/menu.lst", "default 7\nfallback 9 1\n" TITLES, "b",
		 ""},
		{&kb_reader_grub_legacy, "grub/menu.lst", "default saved\n" TITLES, "a", ""},
		{&kb_reader_grub_legacy, "grub/menu.lst", TITLES "default 1\n", "a", ""},
		{&kb_reader_lilo, "etc/lilo.conf", IMAGES, "a", "0"},
		{&kb_reader_lilo, "etc/lilo.conf", "default=c\ntimeout=50\n" IMAGES, "b", "0"},
		{&kb_reader_lilo, "etc/lilo.conf", "default=no\nprompt\n" IMAGES, "a", ""},
		{&kb_reader_lilo, "etc/lilo.conf", "prompt timeout=51\n" IMAGES, "a", "6"},
		{&kb_reader_lilo, "etc/lilo.conf", "other=/dev/sda1\n" IMAGES, "", ""},
		{&kb_reader_lilo, "etc/yaboot.conf", "default=b\n" IMAGES, "b", ""},
		{&kb_reader_lilo, "etc/yaboot.conf", "default=b\ntimeout=20\n" IMAGES, "b", "2"},
		{&kb_reader_petitboot, "petitboot.conf", "name a\nimage /k\n", "", ""},
		{&kb_reader_petitboot, "petitboot.conf", "default a\nname a\nimage /k\n", "a", ""},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(rows); i++) {
		struct findings f = {0};

		temp_dir_text(*state, rows[i].path, rows[i].text);
		assert_int_equal(read_with(rows[i].reader, *state, &f), 0);
		assert_string_equal(f.chosen, rows[i].chosen);
		assert_string_equal(f.timeout, rows[i].timeout);
		temp_dir_text(*state, rows[i].path, "");
	}
}

/* What LILO and yaboot make of global options and those of a section. */
static void words_of_lilo_and_yaboot(void **state)
{
	static const struct {
		const char *text;
		const char *lilo;
		const char *yaboot;
	} rows[] = {
		{"read-only image=/k", "BOOT_IMAGE=k ro", "ro"},
		{"read-only image=/k read-write", "BOOT_IMAGE=k rw", "ro rw"},
		{"read-write image=/k read-only", "BOOT_IMAGE=k ro", "ro rw"},
		{"root=/dev/a image=/k root=/dev/b", "BOOT_IMAGE=k root=/dev/b", "root=/dev/b"},
		{"append=a image=/k append=b", "BOOT_IMAGE=k b", "b"},
		{"append=a root=/dev/b image=/k label=l literal=c", "BOOT_IMAGE=l c", "c"},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(rows); i++) {
		struct findings f = {0};

		temp_dir_text(*state, "etc/lilo.conf", rows[i].text);
		assert_int_equal(read_with(&kb_reader_lilo, *state, &f), 0);
		assert_string_equal(f.args, rows[i].lilo);
		temp_dir_text(*state, "etc/lilo.conf", "");
		temp_dir_text(*state, "etc/yaboot.conf", rows[i].text);
		assert_int_equal(read_with(&kb_reader_lilo, *state, &f), 0);
		assert_string_equal(f.args, rows[i].yaboot);
		temp_dir_text(*state, "etc/yaboot.conf", "");
	}
}

static void ends_when_nobody_listens(void **state)
{
	struct findings f = {.stop_after = 1};

	temp_dir_text(*state, "syslinux.cfg", LABELS);
	assert_int_equal(read_dir(*state, &f), -ECANCELED);
	assert_int_equal(f.n_entries, 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(ten_thousand_labels),      CASE(a_hundred_megabytes),
		CASE(includes_that_do_not_end), CASE(configurations_that_call_each_other),
		CASE(submenus_in_submenus),     CASE(defaults),
		CASE(defaults_of_u_boot),       CASE(has_one_default),
		CASE(others_have_caps),         CASE(defaults_of_others),
		CASE(words_of_lilo_and_yaboot), CASE(ends_when_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
