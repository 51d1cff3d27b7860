/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <errno.h>
#include <fcntl.h>

#include "kboot/base/tree.h"
#include "sysfs.h"

enum {
	TYPE_ETHERNET = 1,
	TYPE_INFINIBAND = 32,
	ONBOARD_MOST = 16383,
	MAX_SLOTS = 256,
	HEADER_TYPE = 0x0e,
	MULTIFUNCTION = 0x80,
	CLASS_BRIDGE = 0x0604,
	NAME_ONBOARD = 0,
	NAME_SLOT,
	NAME_PATH,
	NAME_MAC,
};

/* Where a PCI device is. */
struct pci {
	unsigned domain, bus, slot, function;
	size_t end; /* of its component in the path */
};

struct naming {
	int sysfs_fd;
	int class_fd; /* the interface's own folder */
	const char *path;
	struct kb_interface *interface;
	char prefix[3];
	char port[KB_INTERFACE_NAME]; /* "n…" or "d…", which tells ports of one device apart */
};

/* Names of more than 15 characters are none. */
static void set(struct naming *n, int which, const char *fmt, ...) KB_PRINTF(3, 4);

static void set(struct naming *n, int which, const char *fmt, ...)
{
	char *name = n->interface->names[which];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(name, KB_INTERFACE_NAME, fmt, args);
	va_end(args);
	if (len < 0 || len >= KB_INTERFACE_NAME || !kb_interface_name_ok(kb_str_from(name))) {
		name[0] = '\0';
	}
}

/* "0000:00:1f.6". */
static bool is_pci(struct kb_str component, struct pci *ret)
{
	struct kb_str domain = {0};
	struct kb_str bus = {0};
	struct kb_str slot = {0};

	return kb_str_next_until(&component, ':', &domain) && domain.len >= 4 &&
	       kb_str_next_until(&component, ':', &bus) && bus.len == 2 &&
	       kb_str_next_until(&component, '.', &slot) && slot.len == 2 && component.len == 1 &&
	       kb_sysfs_hex(domain, &ret->domain) == 0 && kb_sysfs_hex(bus, &ret->bus) == 0 &&
	       kb_sysfs_hex(slot, &ret->slot) == 0 && kb_sysfs_hex(component, &ret->function) == 0;
}

/* The next PCI device on the way, from *at on. */
static bool next_pci(const char *path, size_t *at, struct pci *ret)
{
	while (path[*at]) {
		struct kb_str component = kb_str_from(path + *at + (path[*at] == '/'));
		struct pci p = {0};

		component = kb_str_head(component, kb_str_find(component, '/'));
		*at = (size_t)(component.data + component.len - path);
		if (is_pci(component, &p)) {
			p.end = *at;
			*ret = p;
			return true;
		}
	}
	return false;
}

static bool last_pci(const char *path, struct pci *ret)
{
	struct pci p;
	size_t at = 0;
	bool found = false;

	while (next_pci(path, &at, &p)) {
		*ret = p;
		found = true;
	}
	return found;
}

/* The folder of a device on the way to the interface. */
static int open_device(const struct naming *n, size_t end)
{
	char path[PATH_MAX];

	/* The links in class/net start with "../../". */
	if (strncmp(n->path, "../../", 6) != 0 || end <= 6 || end - 6 >= sizeof(path)) {
		return -1;
	}
	memcpy(path, n->path + 6, end - 6);
	path[end - 6] = '\0';
	return kb_sysfs_open(n->sysfs_fd, path);
}

static bool is_multifunction(int device_fd)
{
	KB_CLOSE int fd = openat(device_fd, "config", O_RDONLY | O_CLOEXEC);
	unsigned char type = 0;

	return fd >= 0 && pread(fd, &type, 1, HEADER_TYPE) == 1 && (type & MULTIFUNCTION);
}

/* --- by the slot */

struct slots {
	const struct naming *naming;
	int slots_fd;
	struct pci wanted;
	long found; /* -1: not yet */
};

/* slots/NUMBER/address is "0000:00:03" of the device in it. */
static int look_at_slot(void *ctx, const char *name)
{
	struct slots *s = ctx;
	char path[KB_INTERFACE_TEXT + 16];
	char address[KB_INTERFACE_TEXT];
	char wanted[KB_INTERFACE_TEXT];
	uint64_t number;

	(void)snprintf(path, sizeof(path), "%.24s/address", name);
	(void)snprintf(wanted, sizeof(wanted), "%04x:%02x:%02x", s->wanted.domain, s->wanted.bus,
		       s->wanted.slot);
	if (kb_str_to_u64(kb_str_from(name), &number) == 0 && number > 0 && number < UINT16_MAX &&
	    kb_sysfs_text(s->slots_fd, path, address, sizeof(address)) == 0 &&
	    strcmp(address, wanted) == 0) {
		s->found = (long)number;
	}
	return 0;
}

static bool is_bridge(const struct naming *n, const struct pci *p)
{
	KB_CLOSE int fd = open_device(n, p->end);
	unsigned long class;

	return fd >= 0 && kb_sysfs_number(fd, "class", &class) == 0 && class >> 8 == CLASS_BRIDGE;
}

/* The slot of the device, or of the nearest above it that is in one; not of a bridge, which may
 * have others behind it. */
static void name_by_slot(struct naming *n, const struct pci *device, const char *function)
{
	KB_CLOSE int slots_fd = kb_sysfs_open(n->sysfs_fd, "bus/pci/slots");
	struct kb_tree tree = {.root_fd = slots_fd};
	struct slots slots = {.naming = n, .slots_fd = slots_fd, .found = -1};
	struct pci p;
	size_t at = 0;

	while (slots_fd >= 0 && next_pci(n->path, &at, &p)) {
		long before = slots.found;

		slots.wanted = p;
		slots.found = -1;
		if (kb_tree_list(&tree, "/", MAX_SLOTS, look_at_slot, &slots) < 0 ||
		    slots.found < 0) {
			slots.found = before;
		} else if (is_bridge(n, &p)) {
			slots.found = -1;
		}
	}
	if (slots.found < 0) {
		return;
	}
	if (device->domain > 0) {
		set(n, NAME_SLOT, "%sP%us%ld%s%s", n->prefix, device->domain, slots.found, function,
		    n->port);
	} else {
		set(n, NAME_SLOT, "%ss%ld%s%s", n->prefix, slots.found, function, n->port);
	}
}

/* --- by the firmware's index, and by the path */

static void name_onboard(struct naming *n, int device_fd)
{
	unsigned long index;

	if ((kb_sysfs_number(device_fd, "acpi_index", &index) == 0 ||
	     kb_sysfs_number(device_fd, "index", &index) == 0) &&
	    index > 0 && index <= ONBOARD_MOST) {
		set(n, NAME_ONBOARD, "%so%lu%s", n->prefix, index, n->port);
	}
}

/* A USB interface "1-1.2:1.0" behind the controller: "u1u2", "c" and "i" where they are not the
 * usual. */
static void usb_part(const char *below, char *buf, size_t size)
{
	const char *colon = strrchr(below, ':');
	const char *start = colon;
	struct kb_str rest = kb_str_from(colon ? colon + 1 : "");
	struct kb_str configuration;
	struct kb_str number;
	size_t len = 0;

	buf[0] = '\0';
	while (start && start > below && start[-1] != '/') {
		start--;
	}
	start = start ? memchr(start, '-', (size_t)(colon - start)) : NULL;
	rest = kb_str_head(rest, kb_str_find(rest, '/'));
	if (!start || !kb_str_next_until(&rest, '.', &configuration)) {
		return;
	}
	number = rest;
	for (const char *c = start; c < colon && len + 2 < size; c++) {
		if (*c == '-' || *c == '.') {
			buf[len++] = 'u';
		} else {
			buf[len++] = *c;
		}
		buf[len] = '\0';
	}
	if (!kb_str_eq(configuration, KB_STR("1"))) {
		len += (size_t)snprintf(buf + len, size - len, "c%.*s", KB_STR_ARG(configuration));
	}
	if (!kb_str_eq(number, KB_STR("0")) && len < size) {
		(void)snprintf(buf + len, size - len, "i%.*s", KB_STR_ARG(number));
	}
}

static void name_by_path(struct naming *n, const struct pci *p, const char *function)
{
	char domain[KB_INTERFACE_NAME] = "";
	char usb[KB_INTERFACE_TEXT];

	if (p->domain > 0) {
		(void)snprintf(domain, sizeof(domain), "P%u", p->domain);
	}
	usb_part(n->path + p->end, usb, sizeof(usb));
	set(n, NAME_PATH, "%s%sp%us%u%s%s%s", n->prefix, domain, p->bus, p->slot, function, n->port,
	    usb);
}

static void read_port(struct naming *n)
{
	char name[KB_INTERFACE_NAME];
	unsigned long port;

	if (kb_sysfs_text(n->class_fd, "phys_port_name", name, sizeof(name)) == 0 && name[0]) {
		(void)snprintf(n->port, sizeof(n->port), "n%.13s", name);
	} else if (kb_sysfs_number(n->class_fd, "dev_port", &port) == 0 && port > 0) {
		(void)snprintf(n->port, sizeof(n->port), "d%lu", port);
	}
}

static bool read_prefix(struct naming *n)
{
	KB_CLOSE int wireless_fd = kb_sysfs_open(n->class_fd, "phy80211");
	unsigned long type = 0;

	if (kb_sysfs_number(n->class_fd, "type", &type) < 0 ||
	    (type != TYPE_ETHERNET && type != TYPE_INFINIBAND)) {
		return false;
	}
	(void)snprintf(n->prefix, sizeof(n->prefix), "%s",
		       type == TYPE_INFINIBAND ? "ib"
		       : wireless_fd >= 0      ? "wl"
					       : "en");
	return true;
}

static void name_by_mac(struct naming *n)
{
	const unsigned char *b = n->interface->mac.bytes;
	unsigned long assigned = 0;

	/* Only one that is the card's own. */
	if (n->interface->mac.is_set && n->prefix[0] != 'i' &&
	    kb_sysfs_number(n->class_fd, "addr_assign_type", &assigned) == 0 && assigned == 0) {
		set(n, NAME_MAC, "%sx%02x%02x%02x%02x%02x%02x", n->prefix, b[0], b[1], b[2], b[3],
		    b[4], b[5]);
	}
}

void kb_interface_names(int sysfs_fd, const char *path, struct kb_interface *interface)
{
	struct naming n = {.sysfs_fd = sysfs_fd, .path = path, .interface = interface};
	char class[KB_INTERFACE_NAME + 16];
	char function[KB_INTERFACE_NAME] = "";
	struct pci device;

	(void)snprintf(class, sizeof(class), "class/net/%s", interface->name);
	n.class_fd = kb_sysfs_open(sysfs_fd, class);
	if (n.class_fd >= 0 && read_prefix(&n)) {
		read_port(&n);
		name_by_mac(&n);
	}
	if (last_pci(path, &device)) {
		KB_CLOSE int device_fd = open_device(&n, device.end);

		(void)snprintf(interface->bus, sizeof(interface->bus), "%04x:%02x:%02x.%x",
			       device.domain, device.bus, device.slot, device.function);
		if (device.function > 0 || is_multifunction(device_fd)) {
			(void)snprintf(function, sizeof(function), "f%u", device.function);
		}
		if (n.prefix[0]) {
			name_onboard(&n, device_fd);
			name_by_slot(&n, &device, function);
			name_by_path(&n, &device, function);
		}
	}
	(void)kb_close(n.class_fd);
}
