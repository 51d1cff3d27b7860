/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table/partitions.h"

#include <blkid.h>
#include <errno.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "part/group.h"
#include "part/member.h"
#include "part/name.h"

enum { MAX_PARTITIONS = 128, SECTOR = 512 };

struct volume {
	const struct kb_assembly *a;
	const struct kb_dm *dm;
	struct kb_part part;
	struct kb_dm_status parent;
	size_t n_failed;
	size_t n_mapped;
	struct kb_error first; /* why the first one failed */
};

static void cleanup_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

/* "vg-disk" has "vg-disk1", "vg-disk1" has "vg-disk1p1": as the kernel names them. */
static int make_names(const struct volume *v, int number, char name[static KB_DM_NAME_BYTES],
		      char uuid[static KB_DM_UUID_BYTES])
{
	const char *parent = v->parent.name;
	const char *of = v->parent.uuid[0] ? v->parent.uuid : parent;
	const char *p = kb_is_digit(parent[strlen(parent) - 1]) ? "p" : "";
	int n = snprintf(name, KB_DM_NAME_BYTES, "%s%s%d", parent, p, number);
	int u = snprintf(uuid, KB_DM_UUID_BYTES, "part%d-%s", number, of);

	return n >= KB_DM_NAME_BYTES || u >= KB_DM_UUID_BYTES ? -ENAMETOOLONG : 0;
}

static int map(struct volume *v, int number, uint64_t start, uint64_t sectors)
{
	char name[KB_DM_NAME_BYTES];
	char uuid[KB_DM_UUID_BYTES];
	char params[64];
	const struct kb_dm_target target = {.length = sectors, .type = "linear", .params = params};
	const struct kb_dm_id id = {.name = name, .uuid = uuid};
	dev_t dev = 0;
	int r = make_names(v, number, name, uuid);

	r = r < 0 ? r : kb_name_find(v->dm, uuid, &dev);
	if (r != 0) {
		return r < 0 ? r : 0;
	}
	(void)snprintf(params, sizeof(params), "%u:%u %llu", major(v->part.dev), minor(v->part.dev),
		       (unsigned long long)start);
	r = kb_dm_map(v->dm, &id, DM_READONLY_FLAG, &target, 1, &dev);
	if (r == 0) {
		kb_name_link(v->a->dev_dir, name, dev);
	}
	return r;
}

static void map_partition(struct volume *v, blkid_partition partition)
{
	const uint64_t sectors = v->part.size_bytes / SECTOR;
	int64_t start = blkid_partition_get_start(partition);
	int64_t length = blkid_partition_get_size(partition);
	int number = blkid_partition_get_partno(partition);
	int r = -ERANGE;

	if (blkid_partition_is_extended(partition)) {
		return; /* its logical ones are listed, too */
	}
	if (start > 0 && length > 0 && number > 0 && (uint64_t)start < sectors &&
	    (uint64_t)length <= sectors - (uint64_t)start) {
		r = map(v, number, (uint64_t)start, (uint64_t)length);
	}
	v->n_mapped += r == 0;
	if (r < 0 && v->n_failed++ == 0) {
		kb_error_fill(&v->first, r, "partition %d is not opened: %s", number,
			      r == -ERANGE ? "it is outside of its volume" : strerror(-r));
	}
}

static blkid_partlist probe_table(const struct volume *v, blkid_probe probe)
{
	if (!probe || blkid_probe_set_device(probe, v->part.fd, 0, 0) != 0 ||
	    blkid_probe_enable_superblocks(probe, 0) < 0 ||
	    blkid_probe_enable_partitions(probe, 1) < 0 || blkid_do_safeprobe(probe) != 0) {
		return NULL;
	}
	return blkid_probe_get_partitions(probe);
}

/* 0: nothing to be told. */
static int map_all(struct volume *v)
{
	KB_CLEANUP(cleanup_probe) blkid_probe probe = blkid_new_probe();
	blkid_partlist list = probe_table(v, probe);
	int n = list ? blkid_partlist_numof_partitions(list) : 0;

	for (int i = 0; i < n && i < MAX_PARTITIONS; i++) {
		map_partition(v, blkid_partlist_get_partition(list, i));
	}
	return n;
}

static int do_member(struct volume *v, const struct kb_member *member,
		     const struct kb_set_sink *sink, struct kb_error *err)
{
	const struct kb_set set = {.kind = KB_SET_TABLE,
				   .uuid = member->name,
				   .n_wanted = 1,
				   .members = {member->name},
				   .n_members = 1};
	struct kb_error why = {0};
	enum kb_set_state state;
	int r = kb_part_open(v->a, member, &v->part, &why);

	if (r < 0) {
		r = kb_set_tell(sink, set, KB_SET_REFUSED, why.text);
	} else if (kb_dm_status(v->dm, &(struct kb_dm_id){.dev = v->part.dev}, &v->parent) == 0 &&
		   v->parent.name[0] && map_all(v) > 0) {
		state = v->n_mapped > 0 || v->n_failed == 0 ? KB_SET_READY : KB_SET_REFUSED;
		r = kb_set_tell(sink, set, state, v->first.text);
	}
	return r < 0 ? kb_error_set(err, r, "a table cannot be told of: %s", strerror(-r)) : 0;
}

static void volume_done(struct volume *v)
{
	kb_part_done(&v->part);
}

int kb_table_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
		      struct kb_error *err)
{
	KB_CLEANUP(kb_dm_done) struct kb_dm dm = {.control_fd = -1};
	int r = kb_dm_open(a->sys, a->dev_dir, &dm);

	if (r < 0) {
		return kb_error_set(err, r, "no device-mapper: %s", strerror(-r));
	}
	for (size_t i = 0; i < a->n_members && r == 0; i++) {
		KB_CLEANUP(volume_done) struct volume v = {.a = a, .dm = &dm, .part = {.fd = -1}};

		if (!a->members[i].is_refused) {
			r = do_member(&v, &a->members[i], sink, err);
		}
	}
	return r;
}
