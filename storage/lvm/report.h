/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Volume groups, as `lvm fullreport` tells of them.
 * For the assembler of volume groups.
 * Must not use a number or a name that was not checked: it all comes from disks.
 */
#ifndef KBOOT_STORAGE_LVM_REPORT_H
#define KBOOT_STORAGE_LVM_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"

enum {
	KB_LVM_MAX_LVS = 4096,
	KB_LVM_MAX_SEGMENTS = 16384,
	KB_LVM_MAX_PVS = 1024,
	KB_LVM_MAX_PLACES = 64, /* stripes, images */
};

struct kb_lvm_pv {
	const char *name; /* as devices of segments have it: "/dev/sda2" */
	const char *uuid;
	bool is_missing;
	dev_t dev;
	uint64_t start_sectors; /* of its first extent */
	uint64_t size_sectors;
};

/* Where an extent is: on a physical volume, or in another logical one. */
struct kb_lvm_place {
	const struct kb_lvm_pv *pv; /* one of the two, */
	struct kb_lvm_lv *lv;
	uint64_t extent; /* or neither: its physical volume is missing */
};

struct kb_lvm_segment {
	const char *type; /* "linear", "striped", "raid1", "thin", … */
	uint64_t start;   /* in extents, as length */
	uint64_t length;
	uint64_t stripe_sectors;
	uint64_t region_sectors;
	uint64_t chunk_sectors;
	uint64_t copies;
	bool is_reshaping;
	const char *cache_mode;
	uint64_t transaction_id;
	uint64_t thin_id;
	struct kb_lvm_place places[KB_LVM_MAX_PLACES];
	size_t n_places;
	struct kb_lvm_lv *metadata[KB_LVM_MAX_PLACES]; /* of a RAID's images; NULL: none */
	size_t n_metadata;
	struct kb_lvm_segment *next;
};

struct kb_lvm_lv {
	const char *name; /* without the brackets of a hidden one */
	const char *uuid;
	bool is_hidden;
	bool is_pool;
	bool is_merging;
	bool is_thick_snapshot;
	uint64_t size_sectors;
	const char *origin; /* names; NULL: none */
	const char *pool;
	const char *data;
	const char *metadata;
	struct kb_lvm_segment *segments; /* in order, without a gap */
};

struct kb_lvm_vg {
	const char *name;
	const char *uuid;
	bool is_exported;
	bool is_shared;
	const char *system_id; /* NULL: nobody's */
	uint64_t extent_sectors;
	uint64_t n_pvs; /* that belong to it */
	struct kb_lvm_pv *pvs;
	size_t n_reported;
	struct kb_lvm_lv *lvs;
	size_t n_lvs;
};

struct kb_lvm_report {
	struct kb_lvm_vg *vgs; /* physical volumes of no group have one without a name */
	size_t n_vgs;
};

/* The report of the devices that kb_lvm_report_arguments() asks for; it lives in the arena.
 * -EUCLEAN and a sentence: something in it cannot be. */
KB_MUST_CHECK int kb_lvm_report_parse(struct kb_arena *arena, struct kb_str text,
				      struct kb_lvm_report *ret_report, struct kb_error *err);
struct kb_lvm_lv *kb_lvm_find_lv(const struct kb_lvm_vg *vg, const char *name);

/* What `lvm` is given, but for the devices; NULL at the end. */
extern const char *const kb_lvm_report_arguments[];

#endif
