/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "gpt.h"
#include "kboot/scan/block.h"
#include "value.h"

enum {
	AMBIVALENT = -2, /* blkid_do_safeprobe */
	TYPES_SHOWN = 4,
};

static void cleanup_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

static void cleanup_text(char **text)
{
	free(*text);
}

/* The clean text of a value libblkid has found; *ret_text stays NULL where it has none. */
static int take(struct kb_arena *arena, blkid_probe probe, const char *name, const char **ret_text)
{
	const char *data;
	size_t len;

	if (blkid_probe_lookup_value(probe, name, &data, &len) < 0) {
		return 0;
	}
	return kb_scan_value(arena, kb_str_of(data, len), ret_text);
}

/* "ext4, vfat": every signature there is. Stops by itself: each step moves on in a fixed list. */
static void list_types(blkid_probe probe, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	blkid_reset_probe(probe);
	for (int i = 0; i < TYPES_SHOWN && blkid_do_probe(probe) == 0; i++) {
		const char *type;
		int n;

		if (blkid_probe_lookup_value(probe, "TYPE", &type, NULL) < 0) {
			continue;
		}
		n = snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", type);
		if (n < 0 || (size_t)n >= size - used) {
			return;
		}
		used += (size_t)n;
	}
}

static int ambivalent(blkid_probe probe, const char *name, struct kb_error *err)
{
	char types[128];

	list_types(probe, types, sizeof(types));
	return kb_error_set(err, -EUCLEAN,
			    "%s carries the signatures of several filesystems (%s), so kboot does "
			    "not guess which one counts; wipefs can remove the stale one",
			    name, types);
}

static int read_superblock(struct kb_arena *arena, blkid_probe probe, struct kb_device *device,
			   struct kb_error *err)
{
	int r;

	if (blkid_probe_enable_superblocks(probe, 1) < 0 ||
	    blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID |
							     BLKID_SUBLKS_LABEL) < 0) {
		return kb_error_set(err, -EINVAL, "libblkid does not look for filesystems");
	}
	errno = 0;
	r = blkid_do_safeprobe(probe);
	if (r == AMBIVALENT) {
		return ambivalent(probe, device->name, err);
	}
	if (r < 0) {
		r = errno > 0 ? -errno : -EIO;
		return kb_error_set(err, r, "%s cannot be read: %s", device->name, strerror(-r));
	}
	if (r > 0) {
		return 0; /* nothing known on it */
	}
	r = take(arena, probe, "TYPE", &device->fstype);
	if (r == 0) {
		r = take(arena, probe, "UUID", &device->uuid);
	}
	if (r == 0) {
		r = take(arena, probe, "LABEL", &device->label);
	}
	return r < 0 ? kb_error_set(err, r, "%s: out of memory", device->name) : 0;
}

/* Opened here only for the check; libblkid finds and opens the whole disk in the same way. */
static bool whole_disk_is_bounded(blkid_probe probe)
{
	KB_CLEANUP(cleanup_text) char *path = NULL;
	KB_CLOSE int fd = -1;
	dev_t disk = blkid_probe_get_wholedisk_devno(probe);

	if (disk == 0) {
		return false; /* an image file: no partition of anything */
	}
	path = blkid_devno_to_devname(disk);
	fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	return fd >= 0 && kb_scan_gpt_is_bounded(fd);
}

/*
 * What the whole disk's table says about this partition. That is beside the point of a scan: where
 * the table cannot be read, the partition simply has no PARTUUID.
 */
static int read_partition_entry(struct kb_arena *arena, blkid_probe probe, struct kb_device *device)
{
	static char *const no_tables[] = {NULL};
	int r;

	if (!whole_disk_is_bounded(probe) || blkid_probe_enable_superblocks(probe, 0) < 0 ||
	    blkid_probe_enable_partitions(probe, 1) < 0 ||
	    blkid_probe_set_partitions_flags(probe, BLKID_PARTS_ENTRY_DETAILS) < 0 ||
	    /* Not a table inside the partition: a FAT boot sector looks like one. */
	    blkid_probe_filter_partitions_type(probe, BLKID_FLTR_ONLYIN, (char **)no_tables) < 0 ||
	    blkid_do_safeprobe(probe) != 0) {
		return 0;
	}
	r = take(arena, probe, "PART_ENTRY_UUID", &device->partuuid);
	return r < 0 ? r : take(arena, probe, "PART_ENTRY_NAME", &device->partlabel);
}

int kb_scan_probe(struct kb_arena *arena, int fd, const struct kb_block *block,
		  struct kb_device *ret_device, struct kb_error *err)
{
	KB_CLEANUP(cleanup_probe) blkid_probe probe = blkid_new_probe();
	struct kb_device device = {
		.name = kb_arena_strdup(arena, block->name),
		.size_bytes = block->size_bytes,
		.removable = block->removable,
	};
	int r;

	if (!probe || !device.name) {
		return kb_error_set(err, -ENOMEM, "%s: out of memory", block->name);
	}
	errno = 0;
	if (blkid_probe_set_device(probe, fd, 0, 0) != 0) {
		r = errno > 0 ? -errno : -EIO;
		return kb_error_set(err, r, "%s cannot be read: %s", block->name, strerror(-r));
	}
	r = read_superblock(arena, probe, &device, err);
	if (r < 0) {
		return r;
	}
	r = read_partition_entry(arena, probe, &device);
	if (r < 0) {
		return kb_error_set(err, r, "%s: out of memory", block->name);
	}
	*ret_device = device;
	return 0;
}
