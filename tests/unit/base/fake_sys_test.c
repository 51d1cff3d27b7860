/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_sys.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static int setup(void **state)
{
	*state = fake_sys_create();
	return *state == NULL;
}

static int teardown(void **state)
{
	fake_sys_destroy(*state);
	return 0;
}

static void writes_every_call_down(void **state)
{
	struct fake_sys *f = *state;
	const struct kb_sys *sys = &f->table;
	const char *argv[] = {"/bin/true", "-x", NULL};
	const char *envp[] = {NULL};
	struct kb_spawn spawn = {argv, envp, 3, 4, -1, NULL, 0, false, false};
	struct kb_kexec_segment segments[2] = {0};
	pid_t pid = 0;

	assert_int_equal(sys->mount(sys->ctx, "/dev/sda2", "/mnt", "ext4", 1, "noload"), 0);
	assert_int_equal(sys->mount(sys->ctx, NULL, "/", "", 0x44000, NULL), 0);
	assert_int_equal(sys->umount(sys->ctx, "/mnt", 2), 0);
	assert_int_equal(sys->unshare_mounts(sys->ctx), 0);
	assert_int_equal(sys->set_block_read_only(sys->ctx, 5, true), 0);
	assert_int_equal(sys->kexec_load(sys->ctx, 0x100000, 2, segments, 0x3e0000), 0);
	assert_int_equal(sys->kexec_file_load(sys->ctx, 5, -1, "root=/dev/sda2 ro", 4), 0);
	assert_int_equal(sys->reboot(sys->ctx, KB_REBOOT_KEXEC), 0);
	assert_int_equal(sys->spawn(sys->ctx, &spawn, &pid), 0);
	assert_int_equal(pid, FAKE_PID);
	assert_int_equal(sys->fork(sys->ctx, &pid), 0);
	assert_int_equal(pid, FAKE_PID);
	assert_int_equal(sys->kill(sys->ctx, -FAKE_PID, SIGKILL), 0);

	assert_string_equal(fake_sys_text(f, 0), "mount /dev/sda2 /mnt ext4 0x1 noload");
	assert_string_equal(fake_sys_text(f, 1), "mount - / - 0x44000 -");
	assert_string_equal(fake_sys_text(f, 2), "umount /mnt 0x2");
	assert_string_equal(fake_sys_text(f, 3), "unshare_mounts");
	assert_string_equal(fake_sys_text(f, 4), "set_block_read_only 1");
	assert_string_equal(fake_sys_text(f, 5), "kexec_load 2 0x3e0000");
	assert_string_equal(fake_sys_text(f, 6),
			    "kexec_file_load without-initrd 0x4 root=/dev/sda2 ro");
	assert_string_equal(fake_sys_text(f, 7), "reboot kexec");
	assert_string_equal(fake_sys_text(f, 8), "spawn /bin/true -x");
	assert_string_equal(fake_sys_text(f, 9), "fork");
	assert_string_equal(fake_sys_text(f, 10), "kill -1073741824 9");
	assert_string_equal(fake_sys_text(f, 11), "");
	assert_int_equal(f->calls[5].numbers[0], 0x100000);
	assert_int_equal(f->calls[8].numbers[1], 4);
	assert_int_equal(fake_sys_count(f, FAKE_ANY), 11);
	assert_int_equal(fake_sys_count(f, FAKE_MOUNT), 2);
	fake_sys_forget(f);
	assert_int_equal(fake_sys_count(f, FAKE_ANY), 0);
	assert_string_equal(fake_sys_text(f, 0), "");
}

static void fails_the_nth_call(void **state)
{
	struct fake_sys *f = *state;
	const struct kb_sys *sys = &f->table;

	fake_sys_fail(f, FAKE_ANY, 2, EBUSY);
	assert_int_equal(sys->umount(sys->ctx, "/a", 0), 0);
	assert_false(fake_sys_has_failed(f));
	assert_int_equal(sys->unshare_mounts(sys->ctx), -EBUSY);
	assert_true(fake_sys_has_failed(f));
	assert_int_equal(sys->unshare_mounts(sys->ctx), 0);
	fake_sys_fail(f, FAKE_UMOUNT, 2, EIO);
	assert_int_equal(sys->umount(sys->ctx, "/a", 0), 0);
	assert_int_equal(sys->unshare_mounts(sys->ctx), 0);
	assert_int_equal(sys->umount(sys->ctx, "/b", 0), -EIO);
	assert_true(f->calls[fake_sys_count(f, FAKE_ANY) - 1].failed);
	fake_sys_fail(f, FAKE_ANY, 0, EIO);
	assert_int_equal(sys->umount(sys->ctx, "/b", 0), 0);
	assert_false(fake_sys_has_failed(f));
}

static void the_clock_is_set_by_hand(void **state)
{
	struct fake_sys *f = *state;

	f->now_ms = 12345;
	assert_int_equal(f->table.now_ms(f->table.ctx), 12345);
	f->real.now_ms = kb_sys_linux.now_ms;
	assert_int_not_equal(f->table.now_ms(f->table.ctx), 12345);
	assert_int_equal(fake_sys_count(f, FAKE_ANY), 0);
}

static int refuse(void *ctx, const char *target, int flags)
{
	(void)flags;
	*(const char **)ctx = target;
	return -EINVAL;
}

static void lets_calls_through_and_sees_those_of_workers(void **state)
{
	struct fake_sys *f = *state;
	const struct kb_sys *sys = &f->table;
	const char *seen = NULL;
	pid_t pid = -1;

	f->real.ctx = &seen;
	f->real.umount = refuse;
	assert_int_equal(sys->umount(sys->ctx, "/here", 0), -EINVAL);
	assert_string_equal(seen, "/here");
	fake_sys_let_processes_through(f);
	assert_int_equal(sys->fork(sys->ctx, &pid), 0);
	if (pid == 0) {
		_exit(sys->unshare_mounts(sys->ctx));
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(fake_sys_count(f, FAKE_UNSHARE_MOUNTS), 1);
	assert_int_equal(f->calls[2].by, pid);
}

#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FAKE(writes_every_call_down),
		WITH_FAKE(fails_the_nth_call),
		WITH_FAKE(the_clock_is_set_by_hand),
		WITH_FAKE(lets_calls_through_and_sees_those_of_workers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
