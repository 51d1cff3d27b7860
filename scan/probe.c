/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <blkid.h>
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kboot/model/set.h"
#include "kboot/scan/block.h"
#include "limit.h"
#include "value.h"

enum {
	/* blkid_do_safeprobe answers these, or -errno */
	UNSPECIFIED = -1,
	AMBIVALENT = -2,
	TYPES_SHOWN = 4,
	/*
	 * libblkid reads what a boot sector claims into memory: NTFS "records" of 1 GiB, partition
	 * tables of 4 GiB. Honest disks stay far below this.
	 */
	MEMORY_MIB = 32,
	/* btrfs: its first superblock, and in it how many devices the filesystem has. */
	BTRFS_SUPERBLOCK = 64 << 10,
	BTRFS_NUM_DEVICES = 0x88,
};

/*
 * What kboot can open, and what it must not take for a filesystem. libblkid knows more, but each
 * further parser is one more that hostile bytes can reach, and more to read from slow disks.
 */
static const char *const looked_for[] = {
	"ext2",
	"ext3",
	"ext4",
	"ext4dev",
	"jbd",
	"xfs",
	"xfs_external_log",
	"btrfs",
	"f2fs",
	"nilfs2",
	"jfs",
	"reiserfs",
	"reiser4",
	"vfat",
	"exfat",
	"ntfs",
	"ReFS",
	"hfs",
	"hfsplus",
	"apfs",
	"iso9660",
	"udf",
	"squashfs",
	"erofs",
	"cramfs",
	"romfs",
	"ufs",
	"gfs2",
	"ocfs2",
	"zfs_member",
	"swap",
	"swsuspend",
	"crypto_LUKS",
	"BitLocker",
	"LVM1_member",
	"LVM2_member",
	"DM_snapshot_cow",
	"DM_integrity",
	"DM_verity_hash",
	"bcache",
	"stratis",
	"vdo",
	"drbd",
	"VMFS",
	"VMFS_volume_member",
	"linux_raid_member",
	"isw_raid_member",
	"ddf_raid_member",
	"adaptec_raid_member",
	"hpt37x_raid_member",
	"hpt45x_raid_member",
	"jmicron_raid_member",
	"lsi_mega_raid_member",
	"nvidia_raid_member",
	"promise_fasttrack_raid_member",
	"silicon_medley_raid_member",
	"via_raid_member",
	NULL,
};

static void cleanup_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
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

static int unreadable(const char *name, int code, struct kb_error *err)
{
	code = code < 0 ? code : -EIO;
	if (code == -ENOMEM) {
		return kb_error_set(err, code,
				    "%s cannot be read within %d MiB of memory; its superblock is "
				    "probably damaged",
				    name, MEMORY_MIB);
	}
	return kb_error_set(err, code, "%s cannot be read: %s", name, strerror(-code));
}

static int read_superblock(struct kb_arena *arena, blkid_probe probe, struct kb_device *device,
			   struct kb_error *err)
{
	int r;

	if (blkid_probe_enable_superblocks(probe, 1) < 0 ||
	    blkid_probe_filter_superblocks_type(probe, BLKID_FLTR_ONLYIN, (char **)looked_for) <
		    0 ||
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
		return unreadable(device->name, r == UNSPECIFIED ? -errno : r, err);
	}
	if (r > 0) {
		return 0; /* nothing known on it */
	}
	r = take(arena, probe, "TYPE", &device->fstype);
	if (r == 0) {
		r = take(arena, probe, "UUID", &device->uuid);
	}
	if (r == 0) {
		r = take(arena, probe, "UUID_SUB", &device->uuid_sub);
	}
	if (r == 0) {
		r = take(arena, probe, "LABEL", &device->label);
	}
	return r < 0 ? kb_error_set(err, r, "%s: out of memory", device->name) : 0;
}

/*
 * What the whole disk's table says about this partition. That is beside the point of a scan: where
 * the table cannot be read, the partition simply has no PARTUUID.
 */
static int read_partition_entry(struct kb_arena *arena, blkid_probe probe, struct kb_device *device)
{
	static char *const no_tables[] = {NULL};
	int r;

	if (blkid_probe_enable_superblocks(probe, 0) < 0 ||
	    blkid_probe_enable_partitions(probe, 1) < 0 ||
	    blkid_probe_set_partitions_flags(probe, BLKID_PARTS_ENTRY_DETAILS) < 0 ||
	    /* Not a table inside the partition: a FAT boot sector looks like one. */
	    blkid_probe_filter_partitions_type(probe, BLKID_FLTR_ONLYIN, (char **)no_tables) < 0 ||
	    blkid_do_safeprobe(probe) != 0) {
		return 0;
	}
	r = take(arena, probe, "PART_ENTRY_UUID", &device->partuuid);
	if (r == 0) {
		r = take(arena, probe, "PART_ENTRY_NAME", &device->partlabel);
	}
	if (r == 0) {
		r = take(arena, probe, "PART_ENTRY_TYPE", &device->parttype);
	}
	return r < 0 ? r : take(arena, probe, "PART_ENTRY_DISK", &device->disk);
}

/* A filesystem on one device is whole as it is. */
static bool is_one_of_several(int fd)
{
	uint64_t n = 0;

	return pread(fd, &n, sizeof(n), BTRFS_SUPERBLOCK + BTRFS_NUM_DEVICES) == sizeof(n) &&
	       le64toh(n) > 1;
}

static enum kb_set_kind kind_of(const char *fstype, int fd)
{
	return strcmp(fstype, "btrfs") == 0 && is_one_of_several(fd) ? KB_SET_BTRFS
								     : kb_set_kind_of_type(fstype);
}

/* The kernel looks for partitions on disks and arrays, not on what device-mapper makes. */
static bool has_table(blkid_probe probe, const struct kb_block *block)
{
	blkid_partlist list = NULL;

	if (!block->mapper[0] || blkid_probe_enable_superblocks(probe, 0) < 0 ||
	    blkid_probe_enable_partitions(probe, 1) < 0 ||
	    blkid_probe_reset_partitions_filter(probe) < 0) {
		return false;
	}
	list = blkid_probe_get_partitions(probe);
	return list && blkid_partlist_numof_partitions(list) > 0;
}

static void find_set(blkid_probe probe, int fd, const struct kb_block *block,
		     struct kb_device *device)
{
	enum kb_set_kind kind = device->fstype            ? kind_of(device->fstype, fd)
				: has_table(probe, block) ? KB_SET_TABLE
							  : KB_SET_NONE;

	device->set = kind == KB_SET_NONE ? NULL : kb_set_kind_name(kind);
}

static int read_device(struct kb_arena *arena, blkid_probe probe, int fd,
		       const struct kb_block *block, struct kb_device *device, struct kb_error *err)
{
	KB_CLEANUP(kb_memory_limit_done) struct kb_memory_limit limit;
	int r;

	kb_memory_limit_init(&limit, (size_t)MEMORY_MIB << 20);
	errno = 0;
	if (blkid_probe_set_device(probe, fd, 0, 0) != 0) {
		return unreadable(device->name, -errno, err);
	}
	r = read_superblock(arena, probe, device, err);
	if (r < 0) {
		return r;
	}
	find_set(probe, fd, block, device);
	r = read_partition_entry(arena, probe, device);
	return r < 0 ? kb_error_set(err, r, "%s: out of memory", device->name) : 0;
}

static const char *text_of(struct kb_arena *arena, const char *text)
{
	return text[0] ? kb_arena_strdup(arena, text) : NULL;
}

int kb_scan_probe(struct kb_arena *arena, int fd, const struct kb_block *block,
		  struct kb_device *ret_device, struct kb_error *err)
{
	KB_CLEANUP(cleanup_probe) blkid_probe probe = blkid_new_probe();
	struct kb_device device = {
		.name = kb_arena_strdup(arena, block->name),
		.alias = text_of(arena, block->alias),
		.mapper = text_of(arena, block->mapper),
		.set_uuid = text_of(arena, block->set_uuid),
		.members = text_of(arena, block->members),
		.size_bytes = block->size_bytes,
		.bus = block->bus,
		.removable = block->removable,
	};
	int r;

	if (!probe || !device.name) {
		return kb_error_set(err, -ENOMEM, "%s: out of memory", block->name);
	}
	r = read_device(arena, probe, fd, block, &device, err);
	if (r == 0) {
		*ret_device = device;
	}
	return r;
}
