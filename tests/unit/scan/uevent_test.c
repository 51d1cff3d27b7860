/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/scan/uevent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Sizes without the NUL that C adds, so that the last variable is terminated by our own. */
#define PARSE(literal, event)                                                                      \
	({                                                                                         \
		static char message_[] = literal;                                                  \
		kb_uevent_parse(message_, sizeof(message_) - 1, (event));                          \
	})

static void test_add_partition(void **state)
{
	struct kb_uevent e;

	(void)state;
	assert_int_equal(PARSE("add@/devices/pci0000:00/block/sda/sda1\0ACTION=add\0"
			       "DEVPATH=/devices/x\0SUBSYSTEM=block\0MAJOR=8\0DEVNAME=sda1\0"
			       "DEVTYPE=partition\0SEQNUM=77\0",
			       &e),
			 0);
	assert_int_equal(e.action, KB_UEVENT_ADD);
	assert_string_equal(e.devpath, "/devices/pci0000:00/block/sda/sda1");
	assert_string_equal(e.subsystem, "block");
	assert_string_equal(e.devname, "sda1");
	assert_string_equal(e.devtype, "partition");
	assert_string_equal(e.modalias, "");
}

static void test_actions(void **state)
{
	struct kb_uevent e;

	(void)state;
	assert_int_equal(PARSE("remove@/devices/x", &e), 0);
	assert_int_equal(e.action, KB_UEVENT_REMOVE);
	assert_string_equal(e.devpath, "/devices/x");
	assert_int_equal(PARSE("change@/devices/x\0DISK_MEDIA_CHANGE=1", &e), 0);
	assert_int_equal(e.action, KB_UEVENT_CHANGE);
	assert_int_equal(PARSE("bind@/devices/x\0MODALIAS=pci:v1\0", &e), 0);
	assert_int_equal(e.action, KB_UEVENT_OTHER);
	assert_string_equal(e.modalias, "pci:v1");
	assert_int_equal(PARSE("adding@/devices/x", &e), 0);
	assert_int_equal(e.action, KB_UEVENT_OTHER);
}

static void test_malformed(void **state)
{
	struct kb_uevent e = {.devpath = "untouched"};

	(void)state;
	assert_int_equal(PARSE("", &e), -EINVAL);
	assert_int_equal(PARSE("libudev\0\xfe\xed\xca\xfe", &e), -EINVAL);
	assert_int_equal(PARSE("@/devices/x", &e), -EINVAL);
	assert_int_equal(PARSE("add@", &e), -EINVAL);
	assert_int_equal(PARSE("add@devices", &e), -EINVAL);
	assert_int_equal(PARSE("add", &e), -EINVAL);
	assert_int_equal(PARSE("add\0@/x", &e), -EINVAL);
	assert_string_equal(e.devpath, "untouched");
	assert_int_equal(PARSE("add@/x\0\0\0\0DEVNAME\0=\0DEVNAME=", &e), 0);
	assert_string_equal(e.devname, "");
}

struct seen {
	bool null; /* the kernel's event of /dev/null */
	bool forged;
};

static void on_event(void *ctx, const struct kb_uevent *event)
{
	struct seen *seen = ctx;

	seen->null = seen->null || strcmp(event->devname, "null") == 0;
	seen->forged = seen->forged || strcmp(event->devname, "kboot-forged") == 0;
}

/* The kernel repeats the event of /dev/null when root asks for it. -1 for others. */
static int open_trigger(void)
{
	return open("/sys/class/mem/null/uevent", O_WRONLY | O_CLOEXEC);
}

/* Reads up to the event that trigger brings about. */
static void receive_until_null(int fd, int trigger, struct seen *seen)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	assert_int_equal(write(trigger, "change", 6), 6);
	while (!seen->null) {
		int r = poll(&p, 1, 10000) > 0 ? kb_uevent_receive(fd, on_event, seen) : -ETIME;

		assert_true(r == 0 || r == -EAGAIN);
	}
}

static void test_nothing_there(void **state)
{
	KB_CLOSE int fd = -1;
	struct seen seen = {0};
	int r = kb_uevent_open(&fd);

	(void)state;
	assert_int_equal(r, 0);
	do {
		r = kb_uevent_receive(fd, on_event, &seen);
	} while (r == 0); /* this machine may plug something in just now */
	assert_int_equal(r, -EAGAIN);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void test_from_kernel(void **state)
{
	KB_CLOSE int trigger = open_trigger();
	KB_CLOSE int fd = -1;
	struct seen seen = {0};

	(void)state;
	if (trigger < 0) {
		skip();
	}
	assert_int_equal(kb_uevent_open(&fd), 0);
	receive_until_null(fd, trigger, &seen);
}

/* Another process speaks to the same group, as udevd does to its own. */
static void test_forged(void **state)
{
	static const char message[] = "add@/devices/x\0SUBSYSTEM=block\0DEVNAME=kboot-forged";
	const struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1};
	KB_CLOSE int from = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	KB_CLOSE int trigger = open_trigger();
	KB_CLOSE int fd = -1;
	struct seen seen = {0};

	(void)state;
	assert_int_equal(kb_uevent_open(&fd), 0);
	if (trigger < 0 || sendto(from, message, sizeof(message), 0,
				  (const struct sockaddr *)&group, sizeof(group)) < 0) {
		skip(); /* only root may speak */
	}
	receive_until_null(fd, trigger, &seen);
	assert_false(seen.forged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_partition), cmocka_unit_test(test_actions),
		cmocka_unit_test(test_malformed),     cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_from_kernel),   cmocka_unit_test(test_forged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
