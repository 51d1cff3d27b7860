/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/scan/modalias.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "temp_dir.h"

struct listing {
	char text[4096];
	size_t used;
	size_t count;
};

static int collect(void *ctx, const char *modalias)
{
	struct listing *l = ctx;

	l->count++;
	if (l->used + strlen(modalias) + 2 < sizeof(l->text)) {
		l->used += (size_t)snprintf(l->text + l->used, sizeof(l->text) - l->used, "%s\n",
					    modalias);
	}
	return 0;
}

static int refuse(void *ctx, const char *modalias)
{
	(void)ctx;
	(void)modalias;
	return -ECANCELED;
}

static void test_pc(void **state)
{
	struct listing l = {0};
	KB_CLOSE int fd = open(KB_FIXTURES "/sysfs-pc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(kb_modalias_collect(fd, collect, &l), 0);
	assert_string_equal(l.text, "cpu:type:x86,ven0000fam0006mod009E:feature:,0000,0001,0002\n"
				    "pci:v00008086d000015BBsv00001028sd0000086Fbc02sc00i00\n"
				    "pci:v00008086d0000A36Dsv00001028sd0000086Fbc0Csc03i30\n"
				    "usb:v0781p5581d0100dc00dsc00dp00ic08isc06ip50in00\n");
	assert_int_equal(kb_modalias_collect(fd, refuse, NULL), -ECANCELED);
}

static void test_hostile(void **state)
{
	struct listing l = {0};
	struct temp_dir d;
	char big[KB_MODALIAS_BYTES + 2];

	(void)state;
	memset(big, 'b', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	temp_dir_init(&d);
	temp_dir_text(&d, "outside/modalias", "outside\n");
	temp_dir_symlink(&d, "sys/devices/link", "../../outside");
	temp_dir_symlink(&d, "sys/devices/self", ".");
	temp_dir_symlink(&d, "sys/devices/a/modalias", "../../../outside/modalias");
	temp_dir_text(&d, "sys/devices/b/modalias", big);
	temp_dir_text(&d, "sys/devices/c/modalias", "two words\n");
	temp_dir_text(&d, "sys/devices/d/modalias", "\n");
	temp_dir_text(&d, "sys/devices/e/modalias", "-r\033\n");
	temp_dir_mkdir(&d, "sys/devices/f/modalias");
	temp_dir_text(&d, "sys/devices/g/modalias", "good\n");
	temp_dir_text(&d, "sys/devices/.hidden/modalias", "hidden\n");
	{
		KB_CLOSE int fd = openat(d.fd, "sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		assert_int_equal(kb_modalias_collect(fd, collect, &l), 0);
	}
	assert_string_equal(l.text, "good\n");
	temp_dir_done(&d);
}

static void test_too_deep(void **state)
{
	struct listing l = {0};
	struct temp_dir d;
	char path[512] = "devices/top";
	size_t used = strlen(path);

	(void)state;
	temp_dir_init(&d);
	temp_dir_text(&d, "devices/top/modalias", "top");
	for (int i = 0; i < 60; i++) {
		used += (size_t)snprintf(path + used, sizeof(path) - used, "/d");
	}
	(void)snprintf(path + used, sizeof(path) - used, "/modalias");
	temp_dir_text(&d, path, "bottom");
	assert_int_equal(kb_modalias_collect(d.fd, collect, &l), -E2BIG);
	assert_string_equal(l.text, "top\n");
	temp_dir_done(&d);
}

static void test_too_many(void **state)
{
	struct listing l = {0};
	struct temp_dir d;

	(void)state;
	temp_dir_init(&d);
	for (int i = 0; i < KB_MODALIAS_MAX + 5; i++) {
		char path[64];
		char alias[32];

		(void)snprintf(path, sizeof(path), "devices/d%d/modalias", i);
		(void)snprintf(alias, sizeof(alias), "pci:%d", i);
		temp_dir_text(&d, path, alias);
	}
	assert_int_equal(kb_modalias_collect(d.fd, collect, &l), -E2BIG);
	assert_int_equal(l.count, KB_MODALIAS_MAX);
	temp_dir_done(&d);
}

static void test_no_devices(void **state)
{
	struct listing l = {0};
	struct temp_dir d;

	(void)state;
	temp_dir_init(&d);
	assert_int_equal(kb_modalias_collect(d.fd, collect, &l), -ENOENT);
	temp_dir_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pc),         cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_too_deep),   cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_no_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
