/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/scan/block.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "bus.h"
#include "kboot/base/checked.h"
#include "kboot/base/tree.h"
#include "order.h"
#include "stack.h"

enum {
	SECTOR_BYTES = 512, /* sysfs counts in these whatever the disk's own sector size is */
	NAMES_MAX = 65536,
	CHILDREN_MAX = 4096,
	/*
	 * What the kernel's sr driver calls the size of an optical drive without a readable medium
	 * (get_sectorsize() in drivers/scsi/sr.c). A medium has 2048-byte sectors, so its size is
	 * a multiple of four and never this.
	 */
	SR_NO_MEDIUM_SECTORS = 0x1fffff,
};

/* "ram" and "3", but not "ramdisk". */
static bool is_numbered(const char *name, const char *kind)
{
	size_t len = strlen(kind);

	return strncmp(name, kind, len) == 0 && isdigit((unsigned char)name[len]);
}

static bool is_left_out(const char *name)
{
	static const char *const kinds[] = {"loop", "ram", "zram", "fd"};

	for (size_t i = 0; i < KB_ARRAY_LEN(kinds); i++) {
		if (is_numbered(name, kinds[i])) {
			return true;
		}
	}
	return false;
}

/* The name as a component of a sysfs path. -ENOENT for what no block device is called. */
static int sysfs_name(const char *name, char ret_name[static KB_SCAN_NAME_BYTES])
{
	size_t len = strlen(name);

	if (len == 0 || len >= KB_SCAN_NAME_BYTES || name[0] == '.' || strstr(name, "/.")) {
		return -ENOENT;
	}
	for (size_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] >= 0x7f) {
			return -ENOENT; /* it is shown on terminals and becomes a path */
		}
	}
	for (size_t i = 0; i <= len; i++) {
		ret_name[i] = (char)(name[i] == '/' ? '!' : name[i]);
	}
	return 0;
}

struct children {
	const struct kb_tree *sysfs;
	const char *disk;
};

/* -EEXIST ends the listing early: found. */
static int is_partition_of(void *ctx, const char *child)
{
	const struct children *c = ctx;
	char attribute[NAME_MAX + sizeof("/partition")];

	if (strncmp(child, c->disk, strlen(c->disk)) != 0) {
		return 0; /* a partition's name starts with its disk's */
	}
	(void)snprintf(attribute, sizeof(attribute), "%s/partition", child);
	return kb_scan_has(c->sysfs, c->disk, attribute) ? -EEXIST : 0;
}

static int has_partitions(const struct kb_tree *sysfs, const char *disk, bool *ret_has)
{
	struct children children = {sysfs, disk};
	char path[KB_SCAN_NAME_BYTES + sizeof("/class/block/")];
	int r;

	(void)snprintf(path, sizeof(path), "/class/block/%s", disk);
	r = kb_tree_list(sysfs, path, CHILDREN_MAX, is_partition_of, &children);
	if (r < 0 && r != -EEXIST) {
		return r;
	}
	*ret_has = r == -EEXIST;
	return 0;
}

static int read_size(const struct kb_tree *sysfs, const char *name, uint64_t *ret_size_bytes)
{
	uint64_t sectors;
	int r = kb_scan_number(sysfs, name, "size", &sectors);

	if (r < 0) {
		return r;
	}
	if (is_numbered(name, "sr") && sectors == SR_NO_MEDIUM_SECTORS) {
		return -ENOENT;
	}
	if (sectors == 0 || sectors > UINT64_MAX / SECTOR_BYTES) {
		return -ENOENT;
	}
	*ret_size_bytes = sectors * SECTOR_BYTES;
	return 0;
}

/* 0 for a whole disk. */
static int read_partition(const struct kb_tree *sysfs, const char *name, uint64_t *ret_number)
{
	uint64_t number = 0;
	int r = kb_scan_number(sysfs, name, "partition", &number);

	if (r < 0 && r != -ENOENT) {
		return r;
	}
	*ret_number = number;
	return 0;
}

static int read_diskseq(const struct kb_tree *sysfs, const char *name, bool is_partition,
			uint64_t *ret_diskseq)
{
	int r = kb_scan_number(sysfs, name, is_partition ? "../diskseq" : "diskseq", ret_diskseq);

	return r == -ENOENT ? 0 : r;
}

/* -ENOENT for what is not to be shown. */
static int check_shown(const struct kb_tree *sysfs, const char *name)
{
	bool hidden = false; /* a path of a multipath NVMe: there is no device file */
	int r = is_left_out(name) ? -ENOENT : kb_scan_flag(sysfs, name, "hidden", &hidden);

	return r == 0 && hidden ? -ENOENT : r;
}

/* name is a component of /sys/class/block. */
static int describe(const struct kb_tree *sysfs, const char *name, struct kb_block *ret_block)
{
	struct kb_block block = {0};
	bool may_change = false;
	char link[PATH_MAX] = "";
	uint64_t partition = 0;
	int r = check_shown(sysfs, name);

	if (r == 0) {
		r = kb_scan_mapper(sysfs, name, &block);
	}
	if (r == 0) {
		r = read_partition(sysfs, name, &partition);
	}
	if (r == 0) {
		r = read_size(sysfs, name, &block.size_bytes);
	}
	if (r == 0) {
		r = kb_scan_link(sysfs, name, link, sizeof(link));
	}
	if (r == 0) {
		r = read_diskseq(sysfs, name, partition > 0, &block.diskseq);
	}
	if (r == 0 && partition == 0) {
		r = has_partitions(sysfs, name, &block.has_partitions);
	}
	if (r == 0) {
		r = kb_scan_flag(sysfs, name, partition > 0 ? "../removable" : "removable",
				 &may_change);
	}
	if (r == 0) {
		kb_scan_order(link, name, partition, block.order, sizeof(block.order));
		r = kb_scan_members(sysfs, name, &block);
	}
	if (r == 0) {
		r = kb_scan_bus(sysfs, name, link, &block.bus, &block.removable);
	}
	if (r < 0) {
		return r;
	}
	block.removable = block.removable || may_change;
	for (size_t i = 0; name[i] != '\0'; i++) {
		block.name[i] = (char)(name[i] == '!' ? '/' : name[i]);
	}
	*ret_block = block;
	return 0;
}

int kb_scan_block(int sysfs_fd, const char *name, struct kb_block *ret_block)
{
	const struct kb_tree sysfs = {.root_fd = sysfs_fd, .name = "sysfs"};
	char component[KB_SCAN_NAME_BYTES] = "";
	int r = sysfs_name(name, component);

	return r < 0 ? r : describe(&sysfs, component, ret_block);
}

struct found {
	int sysfs_fd;
	struct kb_block *blocks;
	size_t count;
	size_t cap;
	bool too_many;
};

static void found_done(struct found *f)
{
	free(f->blocks);
}

static int found_grow(struct found *f)
{
	size_t cap = f->cap ? f->cap * 2 : 32;
	struct kb_block *blocks = reallocarray(f->blocks, cap, sizeof(*blocks));

	if (!blocks) {
		return -ENOMEM;
	}
	f->blocks = blocks;
	f->cap = cap;
	return 0;
}

static int found_add(void *ctx, const char *name)
{
	struct found *f = ctx;
	struct kb_block block;
	int r = kb_scan_block(f->sysfs_fd, name, &block);

	if (r == -ENOMEM || r == -EMFILE || r == -ENFILE) {
		return r;
	}
	if (r < 0) {
		return 0; /* not to be shown, or gone since it was listed */
	}
	if (f->count == KB_SCAN_MAX_DEVICES) {
		f->too_many = true;
		return 0;
	}
	if (f->count == f->cap) {
		r = found_grow(f);
		if (r < 0) {
			return r;
		}
	}
	f->blocks[f->count++] = block;
	return 0;
}

static int by_order(const void *a, const void *b)
{
	const struct kb_block *x = a;
	const struct kb_block *y = b;
	int r = strcmp(x->order, y->order);

	return r != 0 ? r : strcmp(x->name, y->name);
}

int kb_scan_enumerate(int sysfs_fd, int (*fn)(void *ctx, const struct kb_block *block), void *ctx,
		      struct kb_error *err)
{
	KB_CLEANUP(found_done) struct found found = {.sysfs_fd = sysfs_fd};
	const struct kb_tree sysfs = {.root_fd = sysfs_fd, .name = "sysfs"};
	int r = kb_tree_list(&sysfs, "/class/block", NAMES_MAX, found_add, &found);

	if (r < 0) {
		return kb_error_set(err, r, "cannot list the block devices in sysfs: %s",
				    strerror(-r));
	}
	if (found.count > 0) {
		qsort(found.blocks, found.count, sizeof(*found.blocks), by_order);
	}
	for (size_t i = 0; i < found.count; i++) {
		r = fn(ctx, &found.blocks[i]);
		if (r < 0) {
			return r;
		}
	}
	if (found.too_many) {
		return kb_error_set(err, -E2BIG,
				    "there are more than %d block devices; the rest is left out",
				    KB_SCAN_MAX_DEVICES);
	}
	return 0;
}
