/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lvm/map.h"

#include <errno.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kboot/model/volume_name.h"
#include "lvm/image.h"
#include "lvm/targets.h"
#include "part/name.h"

/* MADE: devices that one volume takes, itself included. */
enum { SECTOR = 512, MAX_DEPTH = 8, MADE = 256, PLACES = 16384 };

/* One volume on its way, and what was made for it, which goes again where it fails. */
struct job {
	const struct kb_lvm_mapper *m;
	struct kb_error *err;
	unsigned depth;
	dev_t made[MADE];
	size_t n_made;
};

static int device_of(struct job *j, struct kb_lvm_lv *lv, dev_t *ret_dev);
static int fill(struct job *j, struct kb_lvm_lv *lv, struct kb_targets *table);

static uint64_t sectors_of(const struct job *j, uint64_t extents)
{
	return extents * j->m->vg->extent_sectors;
}

/* --- names */

int kb_lvm_dm_name(const char *vg, const char *lv, char ret_name[static KB_DM_NAME_BYTES])
{
	char name[KB_DM_NAME_BYTES];
	int n = snprintf(name, sizeof(name), "%s/%s", vg, lv);

	return (size_t)n >= sizeof(name) ? -ENAMETOOLONG
					 : kb_volume_mapper(name, ret_name, KB_DM_NAME_BYTES);
}

/* LVM's own for what a person sees: its tools take the device for theirs. */
static void make_uuid(const struct job *j, const struct kb_lvm_lv *lv,
		      char uuid[static KB_DM_UUID_BYTES])
{
	const char *const parts[] = {j->m->vg->uuid, lv->uuid};
	char *to = uuid + snprintf(uuid, KB_DM_UUID_BYTES, "%sLVM-",
				   lv->is_hidden || lv->is_pool ? KB_DM_PART : "");

	for (size_t i = 0; i < KB_ARRAY_LEN(parts); i++) {
		for (const char *c = parts[i]; *c; c++) {
			if (*c != '-') {
				*to++ = *c;
			}
		}
	}
	*to = '\0';
}

/* --- places */

static int missing(struct job *j)
{
	return kb_error_set(j->err, -ENODATA, "part of it is on a disk that is missing");
}

/* " MAJOR:MINOR SECTOR" */
static int put_place(struct job *j, const struct kb_lvm_place *place, struct kb_buf *params)
{
	uint64_t at = sectors_of(j, place->extent);
	dev_t dev = place->pv ? place->pv->dev : 0;
	int r = place->pv ? 0 : place->lv ? device_of(j, place->lv, &dev) : missing(j);

	if (r < 0) {
		return r;
	}
	at += place->pv ? place->pv->start_sectors : 0;
	kb_buf_printf(params, "%s%u:%u %llu", params->len > 0 ? " " : "", major(dev), minor(dev),
		      (unsigned long long)at);
	return 0;
}

static int add(struct job *j, struct kb_targets *table, const char *type, uint64_t sectors,
	       struct kb_buf *params)
{
	int r = kb_targets_add(table, type, sectors, params);

	return r < 0 ? kb_error_set(j->err, r, "its table cannot be made: %s", strerror(-r)) : 0;
}

static int fill_striped(struct job *j, const struct kb_lvm_segment *s, struct kb_targets *table)
{
	const bool is_linear = s->n_places == 1;
	KB_BUF struct kb_buf params = {0};

	if (s->n_places == 0) {
		return missing(j);
	}
	if (!is_linear) {
		kb_buf_printf(&params, "%zu %llu", s->n_places,
			      (unsigned long long)s->stripe_sectors);
	}
	for (size_t i = 0; i < s->n_places; i++) {
		int r = put_place(j, &s->places[i], &params);

		if (r < 0) {
			return r;
		}
	}
	return add(j, table, is_linear ? "linear" : "striped", sectors_of(j, s->length), &params);
}

/* --- RAID */

/* budget: of places that are looked at, however they are made of each other. */
static bool is_whole(const struct kb_lvm_lv *lv, unsigned depth, unsigned *budget)
{
	if (depth > MAX_DEPTH || !lv->segments) {
		return false;
	}
	for (const struct kb_lvm_segment *s = lv->segments; s; s = s->next) {
		for (size_t i = 0; i < s->n_places; i++) {
			const struct kb_lvm_place *place = &s->places[i];

			if (*budget == 0 || (!place->pv && !place->lv)) {
				return false;
			}
			--*budget;
			if (place->lv && !is_whole(place->lv, depth + 1, budget)) {
				return false;
			}
		}
	}
	return true;
}

static void read_super(const struct job *j, const struct kb_lvm_lv *metadata,
		       struct kb_lvm_image *image)
{
	const struct kb_lvm_segment *s = metadata ? metadata->segments : NULL;
	const struct kb_lvm_place *place = s && s->n_places == 1 ? &s->places[0] : NULL;
	unsigned char bytes[KB_LVM_IMAGE_BYTES];

	for (size_t i = 0; place && place->pv && i < j->m->n_parts; i++) {
		uint64_t at = place->pv->start_sectors + sectors_of(j, place->extent);

		if (j->m->parts[i].dev == place->pv->dev &&
		    kb_part_read(&j->m->parts[i], at * SECTOR, bytes, sizeof(bytes)) == 0) {
			kb_lvm_image_take(bytes, image);
			return;
		}
	}
}

static void choose(const struct job *j, const struct kb_lvm_segment *s,
		   bool usable[static KB_LVM_MAX_PLACES])
{
	struct kb_lvm_image images[KB_LVM_MAX_PLACES] = {0};
	unsigned budget = PLACES;

	for (size_t i = 0; i < s->n_places; i++) {
		images[i].is_there = s->places[i].lv && is_whole(s->places[i].lv, 0, &budget);
		if (i < s->n_metadata) {
			read_super(j, s->metadata[i], &images[i]);
		}
	}
	kb_lvm_image_choose(images, s->n_places, usable);
}

/* One image has it all: its extents are the volume's. */
static int fill_from_image(struct job *j, const struct kb_lvm_segment *s, struct kb_targets *table)
{
	bool usable[KB_LVM_MAX_PLACES] = {false};
	const uint64_t end = table->sectors + sectors_of(j, s->length);

	choose(j, s, usable);
	if (strcmp(s->type, "mirror") == 0) {
		/* Its log is not read: only the first image is surely what was written. */
		memset(usable + 1, 0, sizeof(usable) - sizeof(usable[0]));
	}
	for (size_t i = 0; i < s->n_places; i++) {
		int r = usable[i] ? fill(j, s->places[i].lv, table) : 0;

		if (r < 0) {
			return r;
		}
		if (usable[i]) {
			return table->sectors == end
				       ? 0
				       : kb_error_set(j->err, -EUCLEAN,
						      "an image of it has another size");
		}
	}
	return kb_error_set(j->err, -ENODATA, "no image of it is there and up to date");
}

/* What dm-raid calls a layout that lvm calls by its level alone. */
static const char *raid_type(const char *segment)
{
	return strcmp(segment, "raid5") == 0   ? "raid5_ls"
	       : strcmp(segment, "raid6") == 0 ? "raid6_zr"
					       : segment;
}

static size_t may_lack(const char *type)
{
	return type[sizeof("raid") - 1] == '6' ? 2 : type[sizeof("raid") - 1] == '0' ? 0 : 1;
}

/*
 * By dm-raid without its metadata ("-"), which it would write: nothing is resynchronised, and what
 * is not up to date is not given to it.
 */
static int fill_parity(struct job *j, const struct kb_lvm_segment *s, struct kb_targets *table)
{
	const char *type = raid_type(s->type);
	bool usable[KB_LVM_MAX_PLACES] = {false};
	KB_BUF struct kb_buf params = {0};
	size_t lacks = 0;

	choose(j, s, usable);
	kb_buf_printf(&params, "%s 2 %llu nosync %zu", type, (unsigned long long)s->stripe_sectors,
		      s->n_places);
	for (size_t i = 0; i < s->n_places; i++) {
		dev_t dev = 0;
		int r = usable[i] ? device_of(j, s->places[i].lv, &dev) : 0;

		if (r < 0) {
			return r;
		}
		lacks += !usable[i];
		if (usable[i]) {
			kb_buf_printf(&params, " - %u:%u", major(dev), minor(dev));
		} else {
			kb_buf_puts(&params, " - -");
		}
	}
	if (lacks > may_lack(type)) {
		return missing(j);
	}
	return add(j, table, "raid", sectors_of(j, s->length), &params);
}

/* Images are copies of each other by this many, one behind the other (dm-raid's "near" layout, the
 * only one of lvm's): stripes over one of each. */
static int fill_copies(struct job *j, const struct kb_lvm_segment *s, uint64_t copies,
		       struct kb_targets *table)
{
	bool usable[KB_LVM_MAX_PLACES] = {false};
	KB_BUF struct kb_buf params = {0};

	if (copies == 0 || s->n_places == 0 || s->n_places % copies != 0) {
		return kb_error_set(j->err, -EOPNOTSUPP, "its copies overlap");
	}
	choose(j, s, usable);
	kb_buf_printf(&params, "%llu %llu", (unsigned long long)(s->n_places / copies),
		      (unsigned long long)s->stripe_sectors);
	for (size_t first = 0; first < s->n_places; first += copies) {
		size_t i = first;
		dev_t dev = 0;
		int r;

		while (i < first + copies && !usable[i]) {
			i++;
		}
		if (i == first + copies) {
			return missing(j);
		}
		r = device_of(j, s->places[i].lv, &dev);
		if (r < 0) {
			return r;
		}
		kb_buf_printf(&params, " %u:%u 0", major(dev), minor(dev));
	}
	return add(j, table, "striped", sectors_of(j, s->length), &params);
}

static int fill_raid(struct job *j, const struct kb_lvm_segment *s, struct kb_targets *table)
{
	if (s->is_reshaping) {
		return kb_error_set(j->err, -EBUSY, "it has been or is being reshaped");
	}
	if (kb_str_starts(kb_str_from(s->type), KB_STR("raid10"))) {
		return fill_copies(j, s, s->copies, table);
	}
	if (kb_str_starts(kb_str_from(s->type), KB_STR("raid0"))) {
		return fill_copies(j, s, 1, table);
	}
	return fill_parity(j, s, table);
}

/* --- pools */

static int fill_pool(struct job *j, const struct kb_lvm_lv *pool, const struct kb_lvm_segment *s,
		     struct kb_targets *table)
{
	struct kb_lvm_lv *data = kb_lvm_find_lv(j->m->vg, pool->data);
	struct kb_lvm_lv *metadata = kb_lvm_find_lv(j->m->vg, pool->metadata);
	KB_BUF struct kb_buf params = {0};
	dev_t data_dev = 0;
	dev_t metadata_dev = 0;
	int r;

	if (!data || !metadata) {
		return kb_error_set(j->err, -EUCLEAN, "its pool has no data or metadata");
	}
	r = device_of(j, metadata, &metadata_dev);
	r = r < 0 ? r : device_of(j, data, &data_dev);
	if (r < 0) {
		return r;
	}
	kb_buf_printf(&params, "%u:%u %u:%u %llu 0 1 read_only", major(metadata_dev),
		      minor(metadata_dev), major(data_dev), minor(data_dev),
		      (unsigned long long)s->chunk_sectors);
	return add(j, table, "thin-pool", sectors_of(j, s->length), &params);
}

static int fill_thin(struct job *j, const struct kb_lvm_lv *lv, const struct kb_lvm_segment *s,
		     struct kb_targets *table)
{
	struct kb_lvm_lv *pool = kb_lvm_find_lv(j->m->vg, lv->pool);
	struct kb_lvm_lv *origin = kb_lvm_find_lv(j->m->vg, lv->origin);
	KB_BUF struct kb_buf params = {0};
	dev_t dev = 0;
	int r;

	if (!pool || !pool->is_pool) {
		return kb_error_set(j->err, -EUCLEAN, "it has no pool");
	}
	r = device_of(j, pool, &dev);
	if (r < 0) {
		return r;
	}
	kb_buf_printf(&params, "%u:%u %llu", major(dev), minor(dev),
		      (unsigned long long)s->thin_id);
	/* One that is outside of the pool is read through. */
	if (origin && (!origin->pool || strcmp(origin->pool, lv->pool) != 0)) {
		r = device_of(j, origin, &dev);
		kb_buf_printf(&params, " %u:%u", major(dev), minor(dev));
	}
	return r < 0 ? r : add(j, table, "thin", sectors_of(j, s->length), &params);
}

/* What was written is on the origin as well, unless the cache keeps some back. */
static int fill_cached(struct job *j, const struct kb_lvm_segment *s, struct kb_targets *table)
{
	if (strcmp(s->cache_mode, "writethrough") != 0 &&
	    strcmp(s->cache_mode, "passthrough") != 0) {
		return kb_error_set(j->err, -EOPNOTSUPP,
				    "its cache keeps writes back, and cannot be read without "
				    "writing");
	}
	if (s->n_places != 1 || !s->places[0].lv) {
		return missing(j);
	}
	return fill(j, s->places[0].lv, table);
}

/* --- all kinds */

static int fill_segment(struct job *j, const struct kb_lvm_lv *lv, const struct kb_lvm_segment *s,
			struct kb_targets *table)
{
	struct kb_str type = kb_str_from(s->type);

	if (strcmp(s->type, "linear") == 0 || strcmp(s->type, "striped") == 0) {
		return fill_striped(j, s, table);
	}
	if (strcmp(s->type, "raid1") == 0 || strcmp(s->type, "mirror") == 0) {
		return fill_from_image(j, s, table);
	}
	if (strcmp(s->type, "thin-pool") == 0) {
		return fill_pool(j, lv, s, table);
	}
	if (strcmp(s->type, "thin") == 0) {
		return fill_thin(j, lv, s, table);
	}
	if (strcmp(s->type, "cache") == 0) {
		return fill_cached(j, s, table);
	}
	if (kb_str_starts(type, KB_STR("raid")) && kb_is_digit(s->type[sizeof("raid") - 1])) {
		return fill_raid(j, s, table);
	}
	return kb_error_set(j->err, -EOPNOTSUPP, "its kind (%.32s) is not known here", s->type);
}

static int fill(struct job *j, struct kb_lvm_lv *lv, struct kb_targets *table)
{
	const uint64_t begin = table->sectors;
	int r = 0;

	if (++j->depth > MAX_DEPTH) {
		return kb_error_set(j->err, -ELOOP, "it is made of itself");
	}
	for (const struct kb_lvm_segment *s = lv->segments; s && r == 0; s = s->next) {
		if (table->sectors - begin != sectors_of(j, s->start) || s->length == 0) {
			return kb_error_set(j->err, -EUCLEAN, "its segments have gaps");
		}
		r = fill_segment(j, lv, s, table);
	}
	j->depth--;
	if (r == 0 && table->sectors == begin) {
		return kb_error_set(j->err, -EUCLEAN, "it has no segment");
	}
	return r;
}

static int make(struct job *j, const struct kb_lvm_lv *lv, const char *uuid,
		const struct kb_targets *table, dev_t *ret_dev)
{
	char name[KB_DM_NAME_BYTES];
	int r = kb_lvm_dm_name(j->m->vg->name, lv->name, name);

	if (r == 0 && j->n_made == MADE) {
		r = -E2BIG;
	}
	if (r == 0) {
		const struct kb_dm_id id = {.name = name, .uuid = uuid};

		/* A pool must be writable for the kernel; its table says read_only instead. */
		r = kb_dm_map(j->m->dm, &id, lv->is_pool ? 0 : DM_READONLY_FLAG, table->targets,
			      table->n, ret_dev);
	}
	if (r == -EBUSY) {
		return kb_error_set(j->err, r, "there is another device of its name");
	}
	if (r < 0) {
		return kb_error_set(j->err, r, "device-mapper does not take it: %s", strerror(-r));
	}
	j->made[j->n_made++] = *ret_dev;
	if (!lv->is_hidden && !lv->is_pool) {
		kb_name_link(j->m->a->dev_dir, name, *ret_dev);
	}
	return 0;
}

static int device_of(struct job *j, struct kb_lvm_lv *lv, dev_t *ret_dev)
{
	KB_CLEANUP(kb_targets_done) struct kb_targets table = {0};
	char uuid[KB_DM_UUID_BYTES];
	int r;

	make_uuid(j, lv, uuid);
	r = kb_name_find(j->m->dm, uuid, ret_dev);
	if (r != 0) {
		return r < 0 ? kb_error_set(j->err, r, "device-mapper does not answer: %s",
					    strerror(-r))
			     : 0;
	}
	r = fill(j, lv, &table);
	return r < 0 ? r : make(j, lv, uuid, &table, ret_dev);
}

int kb_lvm_map(const struct kb_lvm_mapper *m, struct kb_lvm_lv *lv, struct kb_error *err)
{
	struct job j = {.m = m, .err = err};
	dev_t dev = 0;
	int r = device_of(&j, lv, &dev);

	for (size_t i = j.n_made; r < 0 && i > 0; i--) {
		(void)!kb_dm_remove(m->dm, &(struct kb_dm_id){.dev = j.made[i - 1]}, 0);
	}
	return r;
}
