/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "attribute.h"
#include "kboot/model/device.h"

enum { STACK_MAX = 8, SLAVES_MAX = 1024, CLIMB_MAX = 48, UP_BYTES = 3 };

/* What of a sysfs path tells the bus: a word with a number behind it. */
static const struct {
	struct kb_str word;
	const char *bus;
} words[] = {
	{KB_STR("usb"), "usb"},   {KB_STR("fw"), "firewire"},      {KB_STR("mmc"), "mmc"},
	{KB_STR("nvme"), "nvme"}, {KB_STR("nvme-subsys"), "nvme"}, {KB_STR("ata"), "ata"},
	{KB_STR("ide"), "ata"},   {KB_STR("virtio"), "virtio"},    {KB_STR("vbd-"), "xen"},
	{KB_STR("host"), "scsi"},
};

static bool has_number(struct kb_str component, struct kb_str word)
{
	return kb_str_starts(component, word) && component.len > word.len &&
	       isdigit((unsigned char)component.data[word.len]);
}

static struct kb_str path_of(const char *link)
{
	const char *devices = strstr(link, "devices/");

	return kb_str_from(devices ? devices + strlen("devices/") : "");
}

/* The first word counts: the host adapter of a USB disk comes behind "usb1". */
static const char *bus_of_path(struct kb_str rest)
{
	while (rest.len > 0) {
		struct kb_str component = kb_str_head(rest, kb_str_find(rest, '/'));

		for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
			if (has_number(component, words[i].word)) {
				return words[i].bus;
			}
		}
		rest = kb_str_skip(rest, component.len + 1);
	}
	return NULL;
}

/* Soldered memory says MMC (as a card of that old kind does, which is told apart by its slot). The
 * card's folder is that of the disk, its partition or its boot area. */
static int check_card(const struct kb_tree *sysfs, const char *name, const char **bus)
{
	static const char *const types[] = {"device/type", "../device/type", "device/device/type"};
	bool is_mmc = false;
	int r = 0;

	for (size_t i = 0; r == 0 && !is_mmc && i < KB_ARRAY_LEN(types); i++) {
		r = kb_scan_begins(sysfs, name, types[i], KB_STR("MMC"), &is_mmc);
	}
	*bus = is_mmc ? "mmc" : "sd";
	return r;
}

/* Whether anything on the way to the device hangs on a socket that people reach: so the kernel says
 * of the PCI devices behind a Thunderbolt port, and of cards in a slot. */
static int check_sockets(const struct kb_tree *sysfs, const char *name, struct kb_str path,
			 bool *ret_external)
{
	char attribute[(size_t)CLIMB_MAX * UP_BYTES + sizeof("removable")];
	int r = 0;

	*ret_external = false;
	for (size_t up = 1; r == 0 && !*ret_external && up < CLIMB_MAX && path.len > 0; up++) {
		for (size_t i = 0; i < up; i++) {
			memcpy(attribute + i * (size_t)UP_BYTES, "../", UP_BYTES);
		}
		memcpy(attribute + up * UP_BYTES, "removable", sizeof("removable"));
		r = kb_scan_begins(sysfs, name, attribute, KB_STR("removable"), ret_external);
		path = kb_str_skip(path, kb_str_find(path, '/') + 1);
	}
	return r;
}

/* A device that is made of others: what it is made of, or the controllers that lead to it. */
struct below {
	const struct kb_tree *sysfs;
	const char *name;
	const char *folder; /* the one that is being listed, as seen from the device */
	unsigned depth;
	const char *bus;
	bool removable;
};

static int look(struct below *b, const char *name, const char *link);

static int look_at_slave(void *ctx, const char *slave)
{
	struct below *above = ctx;
	struct below b = {.sysfs = above->sysfs, .name = slave, .depth = above->depth + 1};
	char link[PATH_MAX] = "";
	int r = kb_scan_link(b.sysfs, slave, link, sizeof(link));

	if (r == 0 && b.depth < STACK_MAX) {
		r = look(&b, slave, link);
	}
	if (r == 0 && !above->removable) {
		above->bus = b.bus;
		above->removable = b.removable;
	}
	return r == -ENOENT ? 0 : r;
}

static int look_at_controller(void *ctx, const char *child)
{
	struct below *b = ctx;
	char attribute[NAME_MAX + sizeof("../..//device/removable")];
	bool removable = false;
	int r;

	if (!has_number(kb_str_from(child), KB_STR("nvme"))) {
		return 0;
	}
	(void)snprintf(attribute, sizeof(attribute), "%s/%s/device/removable", b->folder, child);
	r = kb_scan_begins(b->sysfs, b->name, attribute, KB_STR("removable"), &removable);
	b->removable = b->removable || removable;
	return r;
}

static int list_below(struct below *b, const char *name, const char *folder,
		      int (*fn)(void *ctx, const char *child))
{
	char path[PATH_MAX];
	int r;

	b->folder = folder;
	(void)snprintf(path, sizeof(path), "/class/block/%s/%s", name, folder);
	r = kb_tree_list(b->sysfs, path, SLAVES_MAX, fn, b);
	return r == -ENOENT || r == -ENOTDIR || r == -E2BIG ? 0 : r;
}

static int look(struct below *b, const char *name, const char *link)
{
	/* Of a disk, and of a partition. */
	static const char *const above[] = {"..", "../.."};
	static const char *const slaves[] = {"slaves", "../slaves"};
	struct kb_str path = path_of(link);
	bool external = false;
	int r = 0;

	b->bus = bus_of_path(path);
	if (b->bus && strcmp(b->bus, "mmc") == 0) {
		r = check_card(b->sysfs, name, &b->bus);
	}
	b->removable = kb_bus_is_removable(b->bus);
	if (r < 0 || b->removable) {
		return r;
	}
	r = check_sockets(b->sysfs, name, path, &external);
	for (size_t i = 0; r == 0 && strstr(link, "/nvme-subsys") && i < KB_ARRAY_LEN(above); i++) {
		r = list_below(b, name, above[i], look_at_controller);
	}
	if (external || b->removable) {
		b->bus = b->bus && strcmp(b->bus, "mmc") == 0 ? b->bus : "thunderbolt";
		b->removable = true;
	}
	for (size_t i = 0; r == 0 && !b->bus && i < KB_ARRAY_LEN(slaves); i++) {
		r = list_below(b, name, slaves[i], look_at_slave);
	}
	return r;
}

int kb_scan_bus(const struct kb_tree *sysfs, const char *name, const char *link,
		const char **ret_bus, bool *ret_removable)
{
	struct below b = {.sysfs = sysfs, .name = name};
	int r = look(&b, name, link);

	if (r < 0) {
		return r;
	}
	*ret_bus = b.bus;
	*ret_removable = b.removable;
	return 0;
}
