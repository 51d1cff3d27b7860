/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of EFI variables, honest and hostile ones, and the little that is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/base/tree.h"
#include "kboot/boot/firmware.h"
#include "temp_dir.h"

enum { ACTIVE = 1, HIDDEN = 8, ATTRIBUTES = 4, OPTION_HEAD = 6 };

static struct temp_dir dir;

static int setup(void **state)
{
	(void)state;
	temp_dir_init(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	temp_dir_done(&dir);
	return 0;
}

static const char *path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s-8be4df61-93ca-11d2-aa0d-00e098032b8c", name);
	return path;
}

static void variable(const char *name, const void *data, size_t len)
{
	char file[1 << 15] = {7};

	memcpy(file + ATTRIBUTES, data, len);
	temp_dir_write(&dir, path_of(name), file, ATTRIBUTES + len);
}

/* An ASCII title, then a device path that ends at once. */
static size_t make_option(char *data, unsigned attributes, const char *title)
{
	static const char end[] = {0x7f, (char)0xff, 4, 0};
	size_t len = OPTION_HEAD;

	memset(data, 0, OPTION_HEAD);
	data[0] = (char)attributes;
	data[4] = sizeof(end);
	for (const char *c = title; c == title || c[-1]; c++) {
		data[len++] = *c;
		data[len++] = '\0';
	}
	memcpy(data + len, end, sizeof(end));
	return len + sizeof(end);
}

static void option(const char *name, unsigned attributes, const char *title)
{
	char data[1024];

	variable(name, data, make_option(data, attributes, title));
}

static void a_machine(void)
{
	variable("OsIndicationsSupported", "\x41\0\0\0\0\0\0", 8);
	variable("BootCurrent", "\x01", 2);
	variable("BootOrder", "\x01\0\x03\0\x0a\0\x03\0\x04\0\x05\0\x06", 14);
	option("Boot0001", ACTIVE, "kboot");
	option("Boot0003", ACTIVE, "Windows Boot Manager");
	option("Boot000A", ACTIVE, "EFI Internal Shell");
	option("Boot0004", 0, "Inactive");
	option("Boot0005", ACTIVE | HIDDEN, "Hidden");
	option("Boot0009", ACTIVE, "Not in the order");
}

static void listed(const char *expected)
{
	struct kb_firmware f;
	char text[4096] = "";

	assert_int_equal(kb_firmware_read(dir.fd, &f), 0);
	for (size_t i = 0; i < f.n_targets; i++) {
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s=%s;",
			       f.targets[i].id, f.targets[i].title);
	}
	assert_string_equal(text, expected);
}

static void what_a_machine_offers(void **state)
{
	(void)state;
	a_machine();
	listed("setup=Firmware setup;0003=Windows Boot Manager;000A=EFI Internal Shell;");
	variable("OsIndicationsSupported", "\x40\0\0\0\0\0\0", 8);
	listed("0003=Windows Boot Manager;000A=EFI Internal Shell;");
}

static void what_is_missing_or_broken_is_left_out(void **state)
{
	(void)state;
	listed("");
	a_machine();
	temp_dir_write(&dir, path_of("OsIndicationsSupported"), "\7\0\0\0\1", 5);
	temp_dir_write(&dir, path_of("Boot0003"), "\7\0", 2);
	temp_dir_write(&dir, path_of("BootCurrent"), "", 0);
	listed("0001=kboot;000A=EFI Internal Shell;");
	temp_dir_write(&dir, path_of("BootOrder"), "", 0);
	listed("");
}

static void one_that_is_too_large_is_left_out(void **state)
{
	static char data[20000];

	(void)state;
	a_machine();
	(void)make_option(data, ACTIVE, "Large");
	variable("Boot0003", data, sizeof(data));
	listed("setup=Firmware setup;000A=EFI Internal Shell;");
}

static void no_more_than_there_is_room_for(void **state)
{
	char order[400] = "";
	char name[16];
	struct kb_firmware f;

	(void)state;
	for (int i = 0; i < 200; i++) {
		order[2 * i] = (char)i;
		(void)snprintf(name, sizeof(name), "Boot%04X", (unsigned)i);
		option(name, ACTIVE, name);
	}
	variable("BootOrder", order, sizeof(order));
	assert_int_equal(kb_firmware_read(dir.fd, &f), 0);
	assert_int_equal(f.n_targets, KB_FIRMWARE_MAX_TARGETS);
}

static void decodes(const char *data, size_t len, int expected, const char *title)
{
	char got[KB_FIRMWARE_TITLE_BYTES] = "untouched";

	assert_int_equal(kb_firmware_decode(kb_str_of(data, len), got), expected);
	assert_string_equal(got, expected < 0 ? "untouched" : title);
}

#define OPTION(text) "\1\0\0\0\0\0" text, sizeof("\1\0\0\0\0\0" text) - 1

static void titles_are_harmless(void **state)
{
	char data[1024];
	char got[KB_FIRMWARE_TITLE_BYTES];
	size_t len;

	(void)state;
	decodes(OPTION("\xfc\0\x61\0\0\0"), 0,
		"\xc3\xbc"
		"a");
	decodes(OPTION("\x3d\xd8\xbf\xdc\0\0"), 0, "\xf0\x9f\x92\xbf");
	/* Halves of pairs, in every order. */
	decodes(OPTION("\x3d\xd8\x61\0\0\0"), 0,
		"\xef\xbf\xbd"
		"a");
	decodes(OPTION("\xbf\xdc\x3d\xd8\0\0"), 0, "\xef\xbf\xbd\xef\xbf\xbd");
	decodes(OPTION("\x1b\0[\0\x9b\0\x0a\0x\0\0\0"), 0, "[  x");
	decodes(OPTION("\0\0"), 0, "");
	/* Long ones are cut between characters. */
	len = make_option(data, ACTIVE, "x");
	memset(data, 0, OPTION_HEAD);
	data[0] = ACTIVE;
	for (len = OPTION_HEAD; len < 500; len += 2) {
		data[len] = '\xac';
		data[len + 1] = '\x20';
	}
	data[len++] = '\0';
	data[len++] = '\0';
	assert_int_equal(kb_firmware_decode(kb_str_of(data, len), got), 0);
	assert_int_equal(strlen(got), 126);
	assert_string_equal(got + 123, "\xe2\x82\xac");
}

static void broken_options(void **state)
{
	char data[64];
	size_t len = make_option(data, ACTIVE, "Windows");

	(void)state;
	decodes(data, len, 0, "Windows");
	for (size_t cut = 0; cut < len; cut++) {
		decodes(data, cut, -EINVAL, "");
	}
	data[4] = 5; /* the device path is said to be longer than what is there */
	decodes(data, len, -EINVAL, "");
	decodes("\0\0\0\0\0\0x\0\0", 10, -ENOENT, "");
	decodes("\11\0\0\0\0\0x\0\0", 10, -ENOENT, "");
}

static const char *found(const char *word)
{
	static struct kb_firmware f;
	static struct kb_error err;
	const struct kb_firmware_target *target;

	err = (struct kb_error){0};
	assert_int_equal(kb_firmware_read(dir.fd, &f), 0);
	return kb_firmware_find(&f, word, &target, &err) < 0 ? err.text : target->id;
}

static void names_of_a_target(void **state)
{
	(void)state;
	a_machine();
	assert_string_equal(found("setup"), "setup");
	assert_string_equal(found("windows boot manager"), "0003");
	assert_string_equal(found("3"), "0003");
	assert_string_equal(found("Boot000a"), "000A");
	assert_string_equal(found("now"),
			    "the firmware cannot be restarted into now; it offers Firmware setup "
			    "(setup), Windows Boot Manager (0003), EFI Internal Shell (000A)");
	assert_non_null(strstr(found("0004"), "cannot be restarted into 0004"));
	option("Boot000A", ACTIVE, "Windows Boot Manager");
	assert_string_equal(found("Windows Boot Manager"),
			    "the firmware has Windows Boot Manager twice: name it by its number, "
			    "0003 or 000A");
	assert_string_equal(found("000A"), "000A");
	temp_dir_write(&dir, path_of("BootOrder"), "", 0);
	temp_dir_write(&dir, path_of("OsIndicationsSupported"), "", 0);
	assert_string_equal(found("setup"),
			    "the firmware cannot be restarted into setup; it offers nothing");
}

static void choose(const char *id, int expected)
{
	struct kb_firmware_target target = {.title = "x"};
	struct kb_error err = {0};

	(void)snprintf(target.id, sizeof(target.id), "%s", id);
	assert_int_equal(kb_firmware_choose(dir.fd, &target, &err), expected);
	assert_int_equal(expected < 0, err.text[0] != '\0');
}

static void holds(const char *name, const void *bytes, size_t len)
{
	const struct kb_tree tree = {.root_fd = dir.fd, .name = ""};
	KB_BUF struct kb_buf buf = {0};

	assert_int_equal(kb_tree_read(&tree, path_of(name), 4096, &buf), 0);
	assert_int_equal(buf.len, len);
	assert_memory_equal(buf.data, bytes, len);
}

static void what_is_written(void **state)
{
	(void)state;
	choose("000A", 0);
	holds("BootNext", "\7\0\0\0\x0a", 6);
	choose("0103", 0);
	holds("BootNext", "\7\0\0\0\3\1", 6);
	choose("setup", 0);
	holds("OsIndications", "\7\0\0\0\1\0\0\0\0\0\0", 12);
	/* What else is asked for stays. */
	variable("OsIndications", "\4\0\0\0\0\0\0\x80", 8);
	choose("setup", 0);
	holds("OsIndications", "\7\0\0\0\5\0\0\0\0\0\0\x80", 12);
	/* One whose other bits cannot be told is not overwritten. */
	temp_dir_write(&dir, path_of("OsIndications"), "\7\0\0\0\4", 5);
	choose("setup", -EINVAL);
	holds("OsIndications", "\7\0\0\0\4", 5);
}

static void what_stands_there_is_not_written_again(void **state)
{
	(void)state;
	/* Other attributes than we write show whose it is. */
	temp_dir_write(&dir, path_of("BootNext"), "\3\0\0\0\x0a", 6);
	choose("000A", 0);
	holds("BootNext", "\3\0\0\0\x0a", 6);
	temp_dir_write(&dir, path_of("OsIndications"), "\3\0\0\0\1\0\0\0\0\0\0", 12);
	choose("setup", 0);
	holds("OsIndications", "\3\0\0\0\1\0\0\0\0\0\0", 12);
}

static void a_link_is_not_written_through(void **state)
{
	(void)state;
	temp_dir_text(&dir, "elsewhere", "as it was");
	temp_dir_symlink(&dir, path_of("BootNext"), "elsewhere");
	choose("000A", -ELOOP);
}

static void loader_variable(const char *name, const char *text)
{
	char file[256] = {7};
	char path[128];
	size_t n = ATTRIBUTES;

	/* UTF-16, with its NUL. */
	for (const char *c = text; c == text || c[-1]; c++) {
		file[n++] = *c;
		file[n++] = '\0';
	}
	(void)snprintf(path, sizeof(path), "%s-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", name);
	temp_dir_write(&dir, path, file, n);
}

static void what_systemd_boot_is_told(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_loader_vars vars;
	int fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	loader_variable("LoaderEntryOneShot", "a.conf");
	loader_variable("LoaderConfigTimeoutOneShot", "menu-force");
	loader_variable("LoaderEntryDefault", "");
	temp_dir_write(&dir, "LoaderEntryLastBooted-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
		       "\7\0\0\0a\0b", 7);
	/* Somebody else's of that name. */
	variable("LoaderEntryPreferred", "x\0\0\0", 4);
	assert_int_equal(kb_firmware_read_loader(fd, &arena, &vars), 0);
	assert_string_equal(vars.values[KB_LOADER_ONE_SHOT], "a.conf");
	assert_string_equal(vars.values[KB_LOADER_TIMEOUT_ONCE], "menu-force");
	assert_null(vars.values[KB_LOADER_DEFAULT]);
	assert_null(vars.values[KB_LOADER_LAST_BOOTED]);
	assert_null(vars.values[KB_LOADER_PREFERRED]);
	loader_variable("LoaderEntryDefault", "b.conf");
	assert_int_equal(kb_firmware_write_loader(fd, "LoaderEntryOneShot", NULL), 0);
	assert_int_equal(kb_firmware_write_loader(fd, "LoaderConfigTimeoutOneShot", NULL), 0);
	assert_int_equal(kb_firmware_write_loader(fd, "LoaderEntryLastBooted", "c.conf"), 0);
	assert_int_equal(kb_firmware_read_loader(fd, &arena, &vars), 0);
	assert_null(vars.values[KB_LOADER_ONE_SHOT]);
	assert_null(vars.values[KB_LOADER_TIMEOUT_ONCE]);
	assert_string_equal(vars.values[KB_LOADER_DEFAULT], "b.conf");
	assert_string_equal(vars.values[KB_LOADER_LAST_BOOTED], "c.conf");
	/* There is nothing left to take back. */
	assert_int_equal(kb_firmware_write_loader(fd, "LoaderEntryOneShot", NULL), 0);
	/* What a disk could ask for. */
	assert_int_equal(kb_firmware_write_loader(fd, "LoaderEntryDefault", NULL), -EPERM);
	assert_int_equal(kb_firmware_write_loader(fd, "LoaderEntryOneShot", "x"), -EPERM);
	assert_int_equal(kb_firmware_write_loader(fd, "../BootOrder", NULL), -EPERM);
	assert_int_equal(kb_firmware_write_loader(fd, "LoaderEntryLastBooted", "\xc3\xa4"),
			 -EINVAL);
	(void)close(fd);
}

#define SCAN "KbootScan-5f2b6c1e-9d0a-4b57-8c53-2a7f41e6d9b8"

static int64_t changed_at(int fd)
{
	struct stat st;

	assert_int_equal(fstatat(fd, SCAN, &st, 0), 0);
	return st.st_mtim.tv_sec;
}

/* A variable wears the memory that it is in, and there is little of that. */
static void the_list_is_written_where_it_changes(void **state)
{
	static const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	static char much[4097];
	KB_CLOSE int fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KB_BUF struct kb_buf text = {0};

	(void)state;
	assert_int_equal(kb_firmware_read_scan(fd, &text), -ENOENT);
	assert_int_equal(kb_firmware_write_scan(fd, KB_STR("a list")), 0);
	assert_int_equal(kb_firmware_read_scan(fd, &text), 0);
	assert_string_equal(text.data, "a list");
	assert_int_equal(utimensat(fd, SCAN, long_ago, 0), 0);
	assert_int_equal(kb_firmware_write_scan(fd, KB_STR("a list")), 0);
	assert_int_equal(changed_at(fd), 1);
	assert_int_equal(kb_firmware_write_scan(fd, KB_STR("A list")), 0);
	assert_int_not_equal(changed_at(fd), 1);
	memset(much, 'x', sizeof(much));
	assert_int_equal(kb_firmware_write_scan(fd, kb_str_of(much, sizeof(much))), -EFBIG);
	assert_int_equal(kb_firmware_write_scan(fd, KB_STR("")), 0);
	assert_int_equal(kb_firmware_read_scan(fd, &text), -ENOENT);
	assert_int_equal(kb_firmware_write_scan(fd, KB_STR("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_list_is_written_where_it_changes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_a_machine_offers, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_missing_or_broken_is_left_out, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_that_is_too_large_is_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(no_more_than_there_is_room_for, setup, teardown),
		cmocka_unit_test(titles_are_harmless),
		cmocka_unit_test(broken_options),
		cmocka_unit_test_setup_teardown(names_of_a_target, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_written, setup, teardown),
		cmocka_unit_test_setup_teardown(what_stands_there_is_not_written_again, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_link_is_not_written_through, setup, teardown),
		cmocka_unit_test_setup_teardown(what_systemd_boot_is_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
