/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lvm/volumes.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "kboot/base/run.h"
#include "lvm/map.h"
#include "part/group.h"

/* REPORT_MS: lvm reads some KiB of each device; one that hangs is its end. */
enum {
	MAX_PARTS = 256,
	REPORT_BYTES = 16 << 20,
	REPORT_MS = 15 * 1000,
	MEMORY = 96 << 20,
	MAX_TOLD = 4,
	WHY_BYTES = 4096,
};

struct volumes {
	const struct kb_assembly *a;
	const struct kb_set_sink *sink;
	struct kb_arena arena;
	struct kb_dm dm;
	struct kb_part parts[MAX_PARTS];
	size_t n_parts;
	const struct kb_member *copy_of[MAX_PARTS]; /* another member with the same uuid */
	bool is_told[MAX_PARTS];
	struct kb_lvm_report report;
};

static void volumes_done(struct volumes *v)
{
	for (size_t i = 0; i < v->n_parts; i++) {
		kb_part_done(&v->parts[i]);
	}
	kb_dm_done(&v->dm);
	kb_arena_done(&v->arena);
}

static int tell(const struct volumes *v, struct kb_set set, enum kb_set_state state,
		const char *why, struct kb_error *err)
{
	int r = kb_set_tell(v->sink, set, state, why);

	return r < 0 ? kb_error_set(err, r, "a volume group cannot be told of: %s", strerror(-r))
		     : 0;
}

/* --- the physical volumes */

static int tell_refused_part(const struct volumes *v, const struct kb_member *member,
			     const char *why, struct kb_error *err)
{
	const struct kb_set set = {.kind = KB_SET_LVM,
				   .uuid = member->uuid,
				   .members = {member->name},
				   .n_members = 1};

	return tell(v, set, KB_SET_REFUSED, why, err);
}

static int open_parts(struct volumes *v, struct kb_error *err)
{
	struct kb_group group;
	size_t at = 0;

	while (v->n_parts < MAX_PARTS && kb_group_next(v->a, &at, &group)) {
		struct kb_error why = {0};
		int r = kb_part_open(v->a, group.members[0], &v->parts[v->n_parts], &why);

		if (r == 0) {
			v->copy_of[v->n_parts++] = group.n > 1 ? group.members[1] : NULL;
			continue;
		}
		r = tell_refused_part(v, group.members[0], why.text, err);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static struct kb_part *find_part(struct volumes *v, const struct kb_lvm_pv *pv)
{
	for (size_t i = 0; i < v->n_parts; i++) {
		if (strcmp(v->parts[i].member->uuid, pv->uuid) == 0) {
			v->is_told[i] = true;
			return &v->parts[i];
		}
	}
	return NULL;
}

/* --- what lvm says of them */

static int make_arguments(struct volumes *v, const char ***ret_argv)
{
	size_t n = 0;
	const char **argv;

	while (kb_lvm_report_arguments[n]) {
		n++;
	}
	argv = kb_arena_array(&v->arena, n + 2 * v->n_parts + 1, sizeof(argv[0]));
	if (!argv) {
		return -ENOMEM;
	}
	memcpy(argv, kb_lvm_report_arguments, n * sizeof(argv[0]));
	for (size_t i = 0; i < v->n_parts; i++) {
		argv[n++] = "--devices";
		argv[n] = kb_arena_printf(&v->arena, "%s/%s", v->a->dev_dir,
					  v->parts[i].member->name);
		if (!argv[n++]) {
			return -ENOMEM;
		}
	}
	*ret_argv = argv;
	return 0;
}

/* 0: there is a report. 1: there is none, for a reason that is told of each member. */
static int ask_lvm(struct volumes *v, struct kb_error *why, struct kb_error *err)
{
	static const char *const envp[] = {"PATH=/sbin:/bin", "LC_ALL=C", "DM_DISABLE_UDEV=1",
					   "LVM_SUPPRESS_FD_WARNINGS=1", NULL};
	const char **argv = NULL;
	struct kb_run run = {.sys = v->a->sys,
			     .envp = envp,
			     .most_bytes = REPORT_BYTES,
			     .most_ms = REPORT_MS};
	struct kb_run_result result = {0};
	struct kb_error parsed = {0};
	int r = make_arguments(v, &argv);

	if (r < 0) {
		return kb_error_no_memory(err);
	}
	run.argv = argv;
	r = kb_run(&run, &result);
	if (r == 0) {
		r = kb_lvm_report_parse(&v->arena, kb_buf_view(&result.out), &v->report, &parsed);
		if (r < 0 && result.out.len == 0 && result.last_words[0]) {
			kb_error_fill(&parsed, r, "lvm: %s", result.last_words);
		}
		kb_error_fill(why, r, "%s", parsed.text);
	} else if (r == -ENOENT) {
		kb_error_fill(why, r, "this image has no lvm");
	} else {
		kb_error_fill(why, r, "lvm gives no report: %s",
			      r == -ETIMEDOUT ? "it took too long" : strerror(-r));
	}
	kb_run_result_done(&result);
	return r == -ENOMEM ? kb_error_no_memory(err) : r < 0;
}

/* --- a group */

struct volume_group {
	struct volumes *v;
	const struct kb_lvm_vg *vg;
	struct kb_set set;
	const struct kb_member *copies[2];
	size_t n_missing;
	size_t n_mapped;
	size_t n_failed;
	struct kb_buf why;
};

static void take_members(struct volume_group *g)
{
	for (size_t i = 0; i < g->vg->n_reported; i++) {
		struct kb_part *part = find_part(g->v, &g->vg->pvs[i]);

		if (!part) {
			continue;
		}
		if (g->set.n_members < KB_SET_MAX_MEMBERS) {
			g->set.members[g->set.n_members++] = part->member->name;
		}
		if (g->v->copy_of[part - g->v->parts]) {
			g->copies[0] = part->member;
			g->copies[1] = g->v->copy_of[part - g->v->parts];
		}
	}
	for (size_t i = 0; i < g->vg->n_reported; i++) {
		g->n_missing += g->vg->pvs[i].is_missing;
	}
}

/* Whether it is nobody's to open here. */
static bool is_refused(struct volume_group *g)
{
	if (g->copies[0]) {
		kb_buf_printf(&g->why, "%s and %s are the same physical volume: one is a copy",
			      g->copies[0]->name, g->copies[1]->name);
	} else if (g->vg->is_exported) {
		kb_buf_puts(&g->why, "it is exported: its system gave it away");
	} else if (g->vg->is_shared) {
		kb_buf_puts(&g->why, "it is shared with other machines");
	} else if (g->vg->system_id) {
		kb_buf_printf(&g->why, "it belongs to another machine (system id %.64s)",
			      g->vg->system_id);
	}
	return g->why.len > 0;
}

static void put_failure(struct volume_group *g, const struct kb_lvm_lv *lv, const char *text)
{
	if (++g->n_failed <= MAX_TOLD) {
		kb_buf_printf(&g->why, "%s%s is not opened: %s", g->why.len > 0 ? "; " : "",
			      lv->name, text);
	} else if (g->n_failed == MAX_TOLD + 1) {
		kb_buf_puts(&g->why, "; others are not either");
	}
}

static void map_volumes(struct volume_group *g)
{
	const struct kb_lvm_mapper mapper = {.a = g->v->a,
					     .dm = &g->v->dm,
					     .arena = &g->v->arena,
					     .vg = g->vg,
					     .parts = g->v->parts,
					     .n_parts = g->v->n_parts};

	for (size_t i = 0; i < g->vg->n_lvs; i++) {
		struct kb_lvm_lv *lv = &g->vg->lvs[i];
		struct kb_error err = {0};

		if (lv->is_hidden || lv->is_pool) {
			continue;
		}
		if (lv->is_merging) {
			put_failure(g, lv, "a snapshot of it is being merged");
		} else if (lv->is_thick_snapshot) {
			put_failure(g, lv, "it is a snapshot of the old kind");
		} else if (kb_lvm_map(&mapper, lv, &err) < 0) {
			put_failure(g, lv, err.text);
		} else {
			g->n_mapped++;
		}
	}
}

static enum kb_set_state open_group(struct volume_group *g)
{
	size_t n_there = g->vg->n_pvs > g->n_missing ? g->vg->n_pvs - g->n_missing : 0;

	if (is_refused(g)) {
		return KB_SET_REFUSED;
	}
	if (g->n_missing > 0) {
		kb_buf_printf(&g->why, "%zu of %llu disks %s there", n_there,
			      (unsigned long long)g->vg->n_pvs, n_there == 1 ? "is" : "are");
		if (!g->v->a->may_degrade) {
			return KB_SET_WAITING;
		}
	}
	map_volumes(g);
	if (g->n_missing > 0) {
		return g->n_mapped > 0 ? KB_SET_DEGRADED : KB_SET_WAITING;
	}
	return KB_SET_READY;
}

static int do_group(struct volumes *v, const struct kb_lvm_vg *vg, struct kb_error *err)
{
	struct volume_group g = {
		.v = v,
		.vg = vg,
		.set = {.kind = KB_SET_LVM,
			.uuid = vg->uuid,
			.name = vg->name,
			.n_wanted = vg->n_pvs > UINT_MAX ? 0 : (unsigned)vg->n_pvs},
		.why = {.max_bytes = WHY_BYTES},
	};
	enum kb_set_state state;
	int r;

	take_members(&g);
	if (!vg->name || !vg->uuid || g.set.n_members == 0) {
		return 0; /* of no group: nothing to be made of them */
	}
	state = open_group(&g);
	for (size_t i = 0; i < vg->n_reported; i++) {
		kb_group_put_copies(v->a, vg->pvs[i].uuid, &g.why);
	}
	r = tell(v, g.set, state, g.why.data, err);
	kb_buf_done(&g.why);
	return r;
}

static int tell_rest(const struct volumes *v, const char *why, struct kb_error *err)
{
	int r = 0;

	for (size_t i = 0; i < v->n_parts && r == 0; i++) {
		if (!v->is_told[i]) {
			r = tell_refused_part(v, v->parts[i].member, why, err);
		}
	}
	return r;
}

static int assemble(struct volumes *v, struct kb_error *err)
{
	struct kb_error why = {0};
	int r = open_parts(v, err);

	if (r < 0 || v->n_parts == 0) {
		return r;
	}
	r = kb_dm_open(v->a->sys, v->a->dev_dir, &v->dm);
	if (r < 0) {
		return kb_error_set(err, r, "no device-mapper: %s", strerror(-r));
	}
	r = ask_lvm(v, &why, err);
	if (r != 0) {
		return r < 0 ? r : tell_rest(v, why.text, err);
	}
	for (size_t i = 0; i < v->report.n_vgs && r == 0; i++) {
		r = do_group(v, &v->report.vgs[i], err);
	}
	return r < 0 ? r : tell_rest(v, "lvm finds no volume group on it", err);
}

int kb_lvm_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
		    struct kb_error *err)
{
	struct volumes *v = calloc(1, sizeof(*v));
	int r;

	if (!v) {
		return kb_error_no_memory(err);
	}
	v->a = a;
	v->sink = sink;
	v->arena.max_bytes = MEMORY;
	v->dm.control_fd = -1;
	r = assemble(v, err);
	volumes_done(v);
	free(v);
	return r;
}
