/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One file as an initrd: what the kernel's own reader of archives wants to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "boot_files.h"
#include "kboot/base/str.h"
#include "kboot/boot/archive.h"

enum { HEADER = 110, MAX_BYTES = 8192, MAX_TEXT = 1024, ROOM = 1 << 20 };

/* Fields of a newc header are eight hexadecimal digits each, behind the magic. */
static unsigned field(const char *head, unsigned i)
{
	char digits[9] = "";

	memcpy(digits, head + 6 + 8 * i, 8);
	return (unsigned)strtoul(digits, NULL, 16);
}

static size_t align(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* "MODE NAME=DATA;" of each, as Linux would take them (init/initramfs.c). */
static void list(int fd, char text[static MAX_TEXT])
{
	static char bytes[MAX_BYTES];
	ssize_t len = pread(fd, bytes, sizeof(bytes), 0);
	size_t at = 0;

	text[0] = '\0';
	assert_true(len > 0 && (size_t)len < sizeof(bytes));
	for (;;) {
		const char *head = bytes + at;
		const char *name = head + HEADER;
		size_t data_at = at + align(HEADER + field(head, 11));
		size_t used = strlen(text);

		assert_memory_equal(head, "070701", 6);
		assert_int_equal(strlen(name) + 1, field(head, 11));
		assert_int_equal(field(head, 4), 1);
		assert_true(data_at + field(head, 6) <= (size_t)len);
		if (strcmp(name, "TRAILER!!!") == 0) {
			assert_int_equal(data_at, len);
			return;
		}
		(void)snprintf(text + used, MAX_TEXT - used, "%o %s=%.*s;", field(head, 1), name,
			       (int)field(head, 6), bytes + data_at);
		at = align(data_at + field(head, 6));
	}
}

static void check(const char *path, unsigned mode, int mkdir, const char *data,
		  const char *expected)
{
	struct kb_boot_file file = {.fd = boot_file_text(data), .name = "http://h/x"};
	struct kb_error err = {0};
	uint64_t room = ROOM;
	char text[MAX_TEXT];
	int fd = -1;

	assert_int_equal(kb_archive_of(path, mode, mkdir, &file, &room, &fd, &err), 0);
	list(fd, text);
	assert_string_equal(text, expected);
	assert_int_equal(ROOM - room, lseek(fd, 0, SEEK_END)); /* each byte is accounted for */
	(void)close(fd);
	(void)close(file.fd);
}

static void one_file_at_its_path(void **state)
{
	(void)state;
	check("/preseed.cfg", 0644, 0, "abc", "100644 preseed.cfg=abc;");
	check("preseed.cfg", 0600, -1, "abcd", "100600 preseed.cfg=abcd;");
	check("//a", 04755, 0, "", "104755 a=;");
}

static void folders_above_it(void **state)
{
	(void)state;
	check("/root/.ssh/keys", 0644, 0, "k", "100644 root/.ssh/keys=k;");
	check("/root/.ssh/keys", 0644, 1, "k", "40755 root/.ssh=;100644 root/.ssh/keys=k;");
	check("/root/.ssh/keys", 0644, -1, "k",
	      "40755 root=;40755 root/.ssh=;100644 root/.ssh/keys=k;");
	check("/root/.ssh/keys", 0644, 9, "k",
	      "40755 root=;40755 root/.ssh=;100644 root/.ssh/keys=k;");
}

static void no_room(void **state)
{
	struct kb_boot_file file = {.fd = boot_file_pattern(4096, 1), .name = "http://h/x"};
	struct kb_error err = {0};
	char path[600];
	uint64_t room = 4000;
	int fd = -1;

	(void)state;
	assert_int_equal(kb_archive_of("/a", 0644, 0, &file, &room, &fd, &err), -ENOMEM);
	assert_string_equal(err.text,
			    "http://h/x takes 4,096 bytes, and there is memory for 4,000");
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	room = ROOM;
	assert_int_equal(kb_archive_of(path, 0644, 0, &file, &room, &fd, &err), -ENAMETOOLONG);
	assert_int_equal(fd, -1);
	(void)close(file.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file_at_its_path),
		cmocka_unit_test(folders_above_it),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests_name("boot/archive", tests, NULL, NULL);
}
