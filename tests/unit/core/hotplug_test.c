/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel events: what came, and what has to be looked for because events were lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fake_sys.h"
#include "kboot/scan/uevent.h"
#include "places/hotplug.h"
#include "temp_dir.h"

struct fixture {
	struct fake_sys *fake;
	struct temp_dir sysfs;
	struct kb_loop *loop;
	struct kb_journal journal;
	struct kb_places places;
	struct kb_scanner scanner;
	struct kb_hotplug hotplug;
	int kernel_fd; /* a byte written there is a message: L lost, M a modalias, B a disk, R it
			  goes */
	unsigned n_settled;
};

static struct fixture fixture;

int __wrap_kb_uevent_open(int *ret_fd);
int __wrap_kb_uevent_receive(int fd, void (*fn)(void *ctx, const struct kb_uevent *event),
			     void *ctx);

/* In place of the kernel's socket. */
int __wrap_kb_uevent_open(int *ret_fd)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	*ret_fd = fds[0];
	fixture.kernel_fd = fds[1];
	return 0;
}

int __wrap_kb_uevent_receive(int fd, void (*fn)(void *ctx, const struct kb_uevent *event),
			     void *ctx)
{
	struct kb_uevent event = {KB_UEVENT_ADD, "/devices/x", "block", "sda", "disk", ""};
	char byte;

	if (read(fd, &byte, 1) != 1) {
		return -EAGAIN;
	}
	if (byte == 'L') {
		return -ENOBUFS;
	}
	if (byte == 'M') {
		event = (struct kb_uevent){KB_UEVENT_ADD, "/devices/y", "pci", "", "", "pci:x"};
	} else if (byte == 'R') {
		event.action = KB_UEVENT_REMOVE;
	}
	fn(ctx, &event);
	return 0;
}

/* No child of these tests ever ends by itself. */
static int fork_waiting(void *ctx, pid_t *ret_pid)
{
	int r = kb_sys_linux.fork(ctx, ret_pid);

	while (r == 0 && *ret_pid == 0) {
		(void)pause();
	}
	return r;
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void nothing_removed(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
}

static void settled(void *ctx)
{
	struct fixture *f = ctx;

	f->n_settled++;
	kb_loop_quit(f->loop, 0);
}

static int setup(void **state)
{
	struct fixture *f = &fixture;
	struct kb_error err = {0};

	memset(f, 0, sizeof(*f));
	f->fake = fake_sys_create();
	f->fake->real.fork = fork_waiting;
	f->fake->real.kill = kb_sys_linux.kill;
	temp_dir_init(&f->sysfs);
	temp_dir_mkdir(&f->sysfs, "class/block");
	assert_int_equal(kb_loop_create(&f->loop), 0);
	f->journal.sys = &f->fake->table;
	f->scanner = (struct kb_scanner){.places = &f->places,
					 .loop = f->loop,
					 .sys = &f->fake->table,
					 .journal = &f->journal,
					 .sysfs_fd = f->sysfs.fd,
					 .changing = nothing,
					 .changed = nothing,
					 .removed = nothing_removed};
	f->hotplug = (struct kb_hotplug){.scanner = &f->scanner, .ctx = f, .settled = settled};
	assert_int_equal(kb_hotplug_init(&f->hotplug, &err), 0);
	/* Whether this machine has modules is nobody's business. */
	kb_child_cancel(f->hotplug.modprobe);
	f->hotplug.modprobe = NULL;
	f->hotplug.has_modules = true;
	fake_sys_forget(f->fake);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_hotplug_done(&f->hotplug);
	kb_scanner_done(&f->scanner);
	kb_loop_destroy(f->loop);
	close(f->kernel_fd);
	temp_dir_done(&f->sysfs);
	fake_sys_destroy(f->fake);
	return 0;
}

static void hear(struct fixture *f, const char *messages)
{
	assert_int_equal(write(f->kernel_fd, messages, strlen(messages)), strlen(messages));
	assert_int_equal(kb_loop_step(f->loop, -1), 0);
}

/* A gigabyte. */
static void plug(struct fixture *f, const char *size_path)
{
	temp_dir_text(&f->sysfs, size_path, "2097152\n");
}

static void lost_events_are_looked_for(void **state)
{
	struct fixture *f = *state;

	plug(f, "class/block/sdq/size");
	hear(f, "L");
	assert_non_null(f->places.first);
	assert_string_equal(f->places.first->block.name, "sdq");
	/* Its reader, and modprobe once more. */
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 2);
	assert_non_null(f->hotplug.modprobe);
	assert_false(f->hotplug.wanted_again);
}

/* An event that was lost may be of a disk that stayed, with another content. */
static void known_disks_are_read_again_after_a_loss(void **state)
{
	struct fixture *f = *state;

	plug(f, "class/block/sda/size");
	hear(f, "B");
	assert_non_null(f->places.first);
	f->places.first->known = true;
	hear(f, "L");
	assert_true(((const struct kb_scanned_place *)f->places.first)->again);
	assert_false(f->places.first->known);
}

static void a_running_modprobe_is_followed_by_another(void **state)
{
	struct fixture *f = *state;

	hear(f, "M");
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 1);
	assert_false(f->hotplug.wanted_again);
	hear(f, "L");
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 1);
	assert_true(f->hotplug.wanted_again);
}

static void disks_come_and_go(void **state)
{
	struct fixture *f = *state;

	plug(f, "class/block/sda/size");
	hear(f, "B");
	assert_non_null(f->places.first);
	assert_null(f->hotplug.modprobe);
	hear(f, "R");
	assert_null(f->places.first);
}

static void quiet_is_told_when_modprobe_has_ended(void **state)
{
	struct fixture *f = *state;

	hear(f, "M");
	assert_false(f->hotplug.is_settled);
	assert_int_equal(kb_loop_step(f->loop, -1), 0);
	assert_int_equal(f->n_settled, 0);
	kb_child_cancel(f->hotplug.modprobe);
	f->hotplug.modprobe = NULL;
	hear(f, "B");
	assert_int_equal(kb_loop_run(f->loop), 0);
	assert_true(f->hotplug.is_settled);
	assert_int_equal(f->n_settled, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lost_events_are_looked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(known_disks_are_read_again_after_a_loss, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_running_modprobe_is_followed_by_another, setup,
						teardown),
		cmocka_unit_test_setup_teardown(disks_come_and_go, setup, teardown),
		cmocka_unit_test_setup_teardown(quiet_is_told_when_modprobe_has_ended, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
