/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "md/superblock.h"

#include <endian.h>
#include <errno.h>
#include <linux/raid/md_p.h>
#include <string.h>

enum { SECTOR = 512, BLOCK = 4096, HEAD_1 = 256, WORDS_90 = BLOCK / 4 };

_Static_assert(sizeof(struct mdp_superblock_1) == HEAD_1, "version 1: 256 bytes before the roles");
_Static_assert(sizeof(mdp_super_t) == BLOCK, "version 0.90: 4 KiB");

static bool fits(const struct kb_md_super *s)
{
	return s->raid_disks > 0 && s->raid_disks <= KB_MD_ROLES && s->n_roles <= KB_MD_ROLES &&
	       s->number < s->n_roles;
}

static int take_1(const unsigned char *block, unsigned minor, struct kb_md_super *super)
{
	struct mdp_superblock_1 sb;
	uint32_t features;

	memcpy(&sb, block, sizeof(sb));
	features = le32toh(sb.feature_map);
	*super = (struct kb_md_super){
		.major_version = 1,
		.minor_version = minor,
		.level = (int)le32toh(sb.level),
		.raid_disks = le32toh(sb.raid_disks),
		.events = le64toh(sb.events),
		.is_clean = le64toh(sb.resync_offset) == UINT64_MAX,
		.is_reshaping = (features & MD_FEATURE_RESHAPE_ACTIVE) != 0,
		.is_recovering = (features & MD_FEATURE_RECOVERY_OFFSET) != 0,
		.number = le32toh(sb.dev_number),
		.n_roles = le32toh(sb.max_dev),
	};
	memcpy(super->name, sb.set_name, sizeof(sb.set_name));
	if (!fits(super)) {
		return -EUCLEAN;
	}
	for (size_t i = 0; i < super->n_roles; i++) {
		uint16_t role;

		memcpy(&role, block + HEAD_1 + 2 * i, sizeof(role));
		super->roles[i] = le16toh(role);
	}
	return 0;
}

static int read_1(const struct kb_part *part, uint64_t sector, unsigned minor,
		  struct kb_md_super *super)
{
	unsigned char block[HEAD_1 + 2 * KB_MD_ROLES];
	struct mdp_superblock_1 sb;
	int r = kb_part_read(part, sector * SECTOR, block, sizeof(block));

	if (r < 0) {
		return r;
	}
	memcpy(&sb, block, sizeof(sb));
	/* A copy of another place's is none: it says where it belongs. */
	if (le32toh(sb.magic) != MD_SB_MAGIC || le32toh(sb.major_version) != 1 ||
	    le64toh(sb.super_offset) != sector) {
		return -ENOENT;
	}
	return take_1(block, minor, super);
}

/* In the byte order of the machine that made it: ours, or it is none. */
static int read_90(const struct kb_part *part, struct kb_md_super *super)
{
	uint64_t sector = (part->size_bytes / SECTOR & ~(uint64_t)(MD_RESERVED_SECTORS - 1)) -
			  MD_RESERVED_SECTORS;
	KB_FREE mdp_super_t *sb = calloc(1, sizeof(*sb));
	int r;

	if (!sb) {
		return -ENOMEM;
	}
	r = kb_part_read(part, sector * SECTOR, sb, sizeof(*sb));
	if (r < 0) {
		return r;
	}
	if (sb->md_magic != MD_SB_MAGIC || sb->major_version != 0) {
		return -ENOENT;
	}
	*super = (struct kb_md_super){
		.minor_version = sb->minor_version,
		.level = (int)sb->level,
		.raid_disks = sb->raid_disks,
		.events = (uint64_t)sb->events_hi << 32 | sb->events_lo,
		.is_clean = (sb->state & (1 << MD_SB_CLEAN)) != 0,
		.is_reshaping = sb->minor_version > 90 && sb->reshape_position != UINT64_MAX,
		.number = sb->this_disk.number,
		.n_roles = MD_SB_DISKS,
	};
	if (!fits(super)) {
		return -EUCLEAN;
	}
	for (size_t i = 0; i < MD_SB_DISKS; i++) {
		const mdp_disk_t *disk = &sb->disks[i];

		super->roles[i] = (disk->state & (1 << MD_DISK_FAULTY)) ? KB_MD_FAULTY
				  : !(disk->state & (1 << MD_DISK_ACTIVE))
					  ? KB_MD_SPARE
					  : (uint16_t)disk->raid_disk;
	}
	return 0;
}

int kb_md_super_read(const struct kb_part *part, struct kb_md_super *ret_super)
{
	const uint64_t sectors = part->size_bytes / SECTOR;
	const struct {
		uint64_t sector;
		unsigned minor;
	} places[] = {{8, 2}, {0, 1}, {(sectors - 16) & ~(uint64_t)7, 0}};

	if (part->size_bytes < (uint64_t)MD_RESERVED_BYTES * 2) {
		return -ENOENT;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(places); i++) {
		int r = read_1(part, places[i].sector, places[i].minor, ret_super);

		if (r != -ENOENT) {
			return r;
		}
	}
	return read_90(part, ret_super);
}
