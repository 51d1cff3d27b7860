/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "md/array.h"

#include <errno.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kboot/base/run.h"
#include "md/verdict.h"
#include "part/group.h"

/* As mdadm does: from 127 down, where no array of a system's own configuration is. */
enum { FIRST_NUMBER = 127, LAST_NUMBER = 0 };

struct array {
	const struct kb_assembly *a;
	struct kb_group group;
	struct kb_part parts[KB_SET_MAX_MEMBERS];
	struct kb_md_member *members;       /* those with a superblock, */
	size_t part_of[KB_SET_MAX_MEMBERS]; /* and which part each is */
	size_t n_members;
	struct kb_md_verdict verdict;
	struct kb_buf why;
};

static void array_done(struct array *array)
{
	for (size_t i = 0; i < array->group.n; i++) {
		kb_part_done(&array->parts[i]);
	}
	free(array->members);
	kb_buf_done(&array->why);
}

int kb_md_stop(const struct kb_sys *sys, int fd)
{
	return sys->device_ioctl(sys->ctx, fd, STOP_ARRAY, NULL);
}

/* --- what is there */

static int read_members(struct array *array, struct kb_error *err)
{
	struct kb_error why = {0};

	if (array->group.n == 0) {
		return 0;
	}
	array->members = calloc(array->group.n, sizeof(array->members[0]));
	if (!array->members) {
		return kb_error_no_memory(err);
	}
	for (size_t i = 0; i < array->group.n; i++) {
		struct kb_md_member *member = &array->members[array->n_members];
		struct kb_part *part = &array->parts[i];
		int r = kb_part_open(array->a, array->group.members[i], part, &why);

		if (r == 0) {
			r = kb_md_super_read(part, &member->super);
			if (r < 0) {
				r = kb_error_set(&why, r, "%s has no superblock that can be read",
						 array->group.members[i]->name);
			}
		}
		if (r < 0) {
			kb_buf_printf(&array->why, "%s%s", array->why.len > 0 ? "; " : "",
				      why.text);
			continue;
		}
		member->name = array->group.members[i]->name;
		array->part_of[array->n_members++] = i;
	}
	return 0;
}

/* --- making it */

static int open_number(const struct kb_sys *sys, unsigned number, int *ret_fd)
{
	static const char *const module[] = {"/sbin/modprobe", "-ab", "md-mod", NULL};
	int r = sys->md_device(sys->ctx, number, ret_fd);

	if (r != -ENOENT) {
		return r;
	}
	kb_run_modprobe(sys, module);
	return sys->md_device(sys->ctx, number, ret_fd);
}

static int find_free(const struct kb_sys *sys, int *ret_fd)
{
	int r = -ENODEV;

	for (unsigned number = FIRST_NUMBER; number > LAST_NUMBER; number--) {
		KB_CLOSE int fd = -1;
		mdu_array_info_t info = {0};

		r = open_number(sys, number, &fd);
		if (r < 0) {
			return r;
		}
		/* The kernel's word for a device without an array. */
		if (sys->device_ioctl(sys->ctx, fd, GET_ARRAY_INFO, &info) == -ENODEV) {
			*ret_fd = kb_steal_fd(&fd);
			return 0;
		}
		r = -ENODEV;
	}
	return r;
}

static int add_members(const struct array *array, int fd)
{
	const struct kb_sys *sys = array->a->sys;
	const struct kb_md_super *super = &array->members[array->verdict.freshest].super;
	mdu_array_info_t info = {.major_version = (int)super->major_version,
				 .minor_version = (int)super->minor_version};
	int r = sys->device_ioctl(sys->ctx, fd, SET_ARRAY_INFO, &info);

	for (size_t i = 0; r >= 0 && i < array->n_members; i++) {
		dev_t dev = array->parts[array->part_of[i]].dev;
		mdu_disk_info_t disk = {.major = (int)major(dev), .minor = (int)minor(dev)};

		if (array->verdict.takes[i]) {
			r = sys->device_ioctl(sys->ctx, fd, ADD_NEW_DISK, &disk);
		}
	}
	return r;
}

/* It may only stay if nobody can write to it. */
static int check_read_only(const struct kb_sys *sys, int fd)
{
	int read_only = 0;
	int r = sys->device_ioctl(sys->ctx, fd, BLKROGET, &read_only);

	return r < 0 ? r : read_only ? 0 : -EROFS;
}

static int make(const struct array *array)
{
	const struct kb_sys *sys = array->a->sys;
	KB_CLOSE int fd = -1;
	int r = find_free(sys, &fd);

	if (r < 0) {
		return r;
	}
	r = add_members(array, fd);
	r = r < 0 ? r : sys->device_ioctl(sys->ctx, fd, RUN_ARRAY, NULL);
	r = r < 0 ? r : check_read_only(sys, fd);
	if (r < 0) {
		(void)!kb_md_stop(sys, fd);
	}
	return r;
}

/* --- telling */

/* "data" of "host:data". */
static const char *name_of(const struct kb_md_super *super)
{
	const char *colon = strchr(super->name, ':');

	return !super->name[0] ? NULL : colon && colon[1] ? colon + 1 : super->name;
}

static bool is_assembled(const struct array *array)
{
	for (size_t i = 0; i < array->group.n; i++) {
		if (kb_part_is_held(array->a, array->group.members[i]->name, "md")) {
			return true;
		}
	}
	return false;
}

static void assemble(struct array *array)
{
	enum kb_set_state *state = &array->verdict.state;
	bool starts;
	int r;

	kb_md_judge(array->members, array->n_members, array->a->may_degrade, &array->verdict,
		    &array->why);
	starts = *state == KB_SET_READY || *state == KB_SET_DEGRADED;
	if (is_assembled(array)) {
		/* Whatever would be said of it today: it runs. */
		*state = starts && *state == KB_SET_READY ? KB_SET_READY : KB_SET_DEGRADED;
		return;
	}
	r = starts ? make(array) : 0;
	if (r < 0) {
		*state = KB_SET_REFUSED;
		kb_buf_printf(&array->why, "%sthe kernel does not start it: %s",
			      array->why.len > 0 ? "; " : "", strerror(-r));
	}
}

static int do_group(struct array *array, const struct kb_set_sink *sink, struct kb_error *err)
{
	struct kb_set set = kb_group_set(&array->group, KB_SET_MD);
	int r = read_members(array, err);

	if (r < 0) {
		return r;
	}
	if (array->n_members == 0) {
		array->verdict.state = KB_SET_REFUSED;
	} else {
		assemble(array);
		set.n_wanted = array->verdict.n_wanted;
		set.name = name_of(&array->members[array->verdict.freshest].super);
	}
	kb_group_put_copies(array->a, array->group.uuid, &array->why);
	if (kb_buf_error(&array->why) < 0) {
		return kb_error_no_memory(err);
	}
	r = kb_set_tell(sink, set, array->verdict.state, array->why.data);
	return r < 0 ? kb_error_set(err, r, "an array cannot be told of: %s", strerror(-r)) : 0;
}

int kb_md_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
		   struct kb_error *err)
{
	size_t at = 0;
	int r = 0;

	while (r == 0) {
		KB_CLEANUP(array_done) struct array array = {.a = a};

		if (!kb_group_next(a, &at, &array.group)) {
			break;
		}
		for (size_t i = 0; i < array.group.n; i++) {
			array.parts[i].fd = -1;
		}
		r = do_group(&array, sink, err);
	}
	return r;
}
