/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/interfaces.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>

#include "kboot/base/tree.h"
#include "names.h"
#include "sysfs.h"

enum { UEVENT_TEXT = 512 };

static void read_driver(int class_fd, struct kb_interface *interface)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(class_fd, "device/driver", target, sizeof(target) - 1);
	const char *name;

	if (n > 0) {
		target[n] = '\0';
		name = strrchr(target, '/');
		(void)snprintf(interface->driver, sizeof(interface->driver), "%.31s",
			       name ? name + 1 : target);
	}
}

static bool is_made(int class_fd)
{
	static const char *const types[] = {"DEVTYPE=vlan", "DEVTYPE=bond", "DEVTYPE=bridge"};
	char text[UEVENT_TEXT];

	for (size_t i = 0;
	     kb_sysfs_text(class_fd, "uevent", text, sizeof(text)) == 0 && i < KB_ARRAY_LEN(types);
	     i++) {
		if (strstr(text, types[i])) {
			return true;
		}
	}
	return false;
}

static void read_state(int class_fd, struct kb_interface *interface)
{
	unsigned long number = 0;
	char text[KB_INTERFACE_TEXT];

	interface->is_card = faccessat(class_fd, "device", F_OK, 0) == 0;
	interface->is_made = is_made(class_fd);
	if (kb_sysfs_text(class_fd, "address", text, sizeof(text)) < 0 ||
	    kb_mac_parse(kb_str_from(text), &interface->mac) < 0) {
		interface->mac.is_set = false;
	}
	interface->is_on = kb_sysfs_number(class_fd, "flags", &number) == 0 && (number & IFF_UP);
	/* Reading it of one that is off fails. */
	interface->has_link = kb_sysfs_number(class_fd, "carrier", &number) == 0 && number == 1;
	if (kb_sysfs_text(class_fd, "operstate", interface->operstate,
			  sizeof(interface->operstate)) < 0) {
		interface->operstate[0] = '\0';
	}
	if (kb_sysfs_number(class_fd, "speed", &number) == 0 && number < UINT32_MAX) {
		interface->speed_mbit = (unsigned)number;
	}
}

int kb_interface_read(int sysfs_fd, const char *name, struct kb_interface *ret)
{
	struct kb_interface interface = {0};
	char link[KB_INTERFACE_NAME + 16];
	char path[PATH_MAX];
	KB_CLOSE int class_fd = -1;
	ssize_t n;

	if (!kb_interface_name_ok(kb_str_from(name))) {
		return -ENODEV;
	}
	(void)snprintf(interface.name, sizeof(interface.name), "%s", name);
	(void)snprintf(link, sizeof(link), "class/net/%s", name);
	class_fd = kb_sysfs_open(sysfs_fd, link);
	if (class_fd < 0 || faccessat(class_fd, "flags", F_OK, 0) < 0) {
		return -ENODEV;
	}
	read_state(class_fd, &interface);
	read_driver(class_fd, &interface);
	n = readlinkat(sysfs_fd, link, path, sizeof(path) - 1);
	if (n > 0) {
		path[n] = '\0';
		kb_interface_names(sysfs_fd, path, &interface);
	}
	*ret = interface;
	return 0;
}

struct list {
	int sysfs_fd;
	struct kb_interface *all;
	unsigned n;
};

static int add(void *ctx, const char *name)
{
	struct list *list = ctx;

	/* bonding_masters is no interface. */
	if (list->n < KB_INTERFACES_MAX &&
	    kb_interface_read(list->sysfs_fd, name, &list->all[list->n]) == 0) {
		list->n++;
	}
	return 0;
}

/* eth2 before eth10. */
static int compare(const void *a, const void *b)
{
	const struct kb_interface *one = a;
	const struct kb_interface *two = b;

	return strverscmp(one->name, two->name);
}

int kb_interfaces_read(int sysfs_fd, struct kb_interface ret[KB_INTERFACES_MAX], unsigned *ret_n)
{
	KB_CLOSE int fd = kb_sysfs_open(sysfs_fd, "class/net");
	struct kb_tree tree = {.root_fd = fd};
	struct list list = {.sysfs_fd = sysfs_fd, .all = ret};
	int r = fd < 0 ? -errno
		       : kb_tree_list(&tree, "/", (size_t)KB_INTERFACES_MAX * 4, add, &list);

	if (r < 0) {
		return r;
	}
	qsort(ret, list.n, sizeof(*ret), compare);
	*ret_n = list.n;
	return 0;
}

static bool is_called(const struct kb_interface *interface, const char *name)
{
	for (size_t i = 0; i < KB_INTERFACE_NAMES; i++) {
		if (interface->names[i][0] && strcmp(interface->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

const struct kb_interface *kb_interfaces_find(const struct kb_interface *list, unsigned n,
					      const char *name)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(list[i].name, name) == 0) {
			return &list[i];
		}
	}
	for (unsigned i = 0; i < n; i++) {
		if (is_called(&list[i], name)) {
			return &list[i];
		}
	}
	return NULL;
}
