/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one visit of the prompt has mounted, the next one finds. In a mount namespace of our own;
 * exit code 77 where this machine has no such privilege.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "automount_machine.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kboot/mount/table.h"

enum { NO_PRIVILEGE = 77, VISITORS = 4 };

static int setup(void **state)
{
	struct machine *m = machine_create();

	assert_int_equal(mkdir(m->run_dir, 0700), 0);
	assert_int_equal(mount("tmpfs", m->run_dir, "tmpfs", 0, NULL), 0);
	m->is_real = true;
	m->options.keep = true;
	m->options.may_exec = true;
	machine_line(m, "/srv", "/home")->is_bind = true;
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct machine *m = *state;

	machine_stop(m);
	assert_int_equal(umount2(m->run_dir, MNT_DETACH), 0);
	machine_destroy(m);
	return 0;
}

static int find(struct machine *m, const char *name)
{
	struct kb_place_found found;
	struct kb_error err = {0};
	int r;

	machine_start(m);
	r = kb_automount_find(&m->automount, name, NULL, &found, &err);
	if (r < 0) {
		print_error("%s\n", err.text);
	}
	machine_stop(m);
	return r;
}

static int count(void *ctx, const struct kb_mount_row *m)
{
	(void)m;
	++*(unsigned *)ctx;
	return 0;
}

static unsigned mounts(const struct machine *m)
{
	unsigned n = 0;

	assert_int_equal(kb_mount_table("/proc/self/mountinfo", m->run_dir, count, &n), 0);
	return n;
}

static void what_is_mounted_is_found_again(void **state)
{
	struct machine *m = *state;

	assert_int_equal(find(m, "sda3:/u"), 0);
	assert_int_equal(mounts(m), 1);
	assert_int_equal(find(m, "sda3:/u"), 0);
	assert_int_equal(mounts(m), 1);
	assert_int_equal(find(m, "/srv"), 0);
	assert_int_equal(mounts(m), 3);
	m->log[0] = '\0';
	for (int i = 0; i < 3; i++) {
		assert_int_equal(find(m, "/srv"), 0);
	}
	assert_int_equal(mounts(m), 3);
	assert_string_equal(m->log, "");
}

/* By either name: the line is mounted where its links lead. */
static void what_links_lead_to_is_found_again(void **state)
{
	struct machine *m = *state;

	machine_line(m, "/var/run/x", "sdb1");
	assert_int_equal(find(m, "/var/run/x/bzImage"), 0);
	assert_int_equal(mounts(m), 2);
	m->log[0] = '\0';
	assert_int_equal(find(m, "/run/x/bzImage"), 0);
	assert_int_equal(find(m, "/var/run/x/bzImage"), 0);
	assert_int_equal(mounts(m), 2);
	assert_string_equal(m->log, "");
}

/* Programs may be run there, whichever way one came. */
static void what_is_bound_may_be_executed(void **state)
{
	struct machine *m = *state;
	struct kb_place_found found;
	struct kb_error err = {0};
	struct statvfs fs;

	machine_start(m);
	assert_int_equal(kb_automount_find(&m->automount, "/srv", NULL, &found, &err), 0);
	assert_int_equal(statvfs(found.path, &fs), 0);
	assert_int_equal(fs.f_flag & (ST_NOEXEC | ST_NODEV | ST_NOSUID), ST_NODEV | ST_NOSUID);
}

static void two_prompts_may_come_at_once(void **state)
{
	struct machine *m = *state;
	pid_t visitors[VISITORS];
	int gate[2];

	assert_int_equal(find(m, "/"), 0);
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < VISITORS; i++) {
		visitors[i] = fork();
		assert_true(visitors[i] >= 0);
		if (visitors[i] == 0) {
			char byte;

			(void)close(gate[1]);
			(void)!read(gate[0], &byte, 1);
			_exit(find(m, "/srv") < 0);
		}
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (int i = 0; i < VISITORS; i++) {
		int status = -1;

		assert_int_equal(waitpid(visitors[i], &status, 0), visitors[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(mounts(m), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_mounted_is_found_again),
		TEST(what_links_lead_to_is_found_again),
		TEST(what_is_bound_may_be_executed),
		TEST(two_prompts_may_come_at_once),
	};

	if (kb_sys_linux.unshare_mounts(NULL) < 0) {
		return NO_PRIVILEGE;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
