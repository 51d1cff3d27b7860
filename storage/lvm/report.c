/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lvm/report.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kboot/base/json.h"

/* LIMIT: of every number, so that products of two fit. */
#define LIMIT ((uint64_t)1 << 46)

enum { NAME_BYTES = 128, UUID_BYTES = 38, MAX_VGS = 256 };

/*
 * Said in full, since there is no lvm.conf: no file is kept anywhere, nobody is asked, nothing is
 * locked, and only the devices that are named are looked at.
 */
const char *const kb_lvm_report_arguments[] = {
	"/sbin/lvm",
	"fullreport",
	"--readonly",
	"--foreign",
	"--shared",
	"--all",
	"--config",
	("devices { scan_lvs=0 use_devicesfile=0 hints=\"none\" obtain_device_list_from_udev=0 "
	 "external_device_info_source=\"none\" md_component_detection=0 "
	 "multipath_component_detection=0 fw_raid_component_detection=0 } "
	 "global { use_lvmpolld=0 use_lvmlockd=0 event_activation=0 } "
	 "backup { backup=0 archive=0 } log { silent=0 verbose=0 }"),
	"--reportformat",
	"json",
	"--units",
	"s",
	"--nosuffix",
	"--configreport",
	"vg",
	"-o",
	"vg_uuid,vg_name,vg_exported,vg_systemid,vg_shared,vg_clustered,vg_extent_size,pv_count",
	"--configreport",
	"pv",
	"-o",
	"pv_uuid,pv_name,pv_major,pv_minor,pe_start,pv_missing,dev_size",
	"--configreport",
	"lv",
	"-o",
	"lv_uuid,lv_name,lv_size,lv_layout,lv_role,lv_merging,origin,pool_lv,data_lv,metadata_lv",
	"--configreport",
	"pvseg",
	"-o",
	"pvseg_start",
	"--configreport",
	"seg",
	"-o",
	("lv_uuid,segtype,seg_start_pe,seg_size_pe,data_copies,stripe_size,region_size,chunk_size,"
	 "reshape_len_le,cache_mode,transaction_id,thin_id,devices,metadata_devices"),
	NULL,
};

struct parser {
	struct kb_arena *arena;
	struct kb_error *err;
	struct kb_lvm_vg *vg;
};

static int damaged(const struct parser *p, const char *what, const char *value)
{
	return kb_error_set(p->err, -EUCLEAN, "lvm reports %s that cannot be: \"%.64s\"", what,
			    value);
}

/* A name of LVM's: nothing that a path or a sentence could trip over. */
static bool is_name(struct kb_str s)
{
	return s.len > 0 && s.len < NAME_BYTES && s.data[0] != '.' && s.data[0] != '-' &&
	       kb_str_is_word(s, "+_.-");
}

static bool is_uuid(const char *s)
{
	return strlen(s) == UUID_BYTES && kb_str_is_word(kb_str_from(s), "-");
}

static int take_number(const struct parser *p, const struct kb_json *row, const char *key,
		       uint64_t *ret_value)
{
	const char *text = kb_json_get_str(row, key, "");

	*ret_value = 0;
	if (text[0] == '\0') {
		return 0;
	}
	if (kb_str_to_u64(kb_str_from(text), ret_value) < 0 || *ret_value > LIMIT) {
		return damaged(p, key, text);
	}
	return 0;
}

/* What can be left out is NULL. The arena has the text already. */
static int take_name(const struct parser *p, const struct kb_json *row, const char *key,
		     const char **ret_name, bool *ret_hidden)
{
	const char *text = kb_json_get_str(row, key, "");
	struct kb_str name = kb_str_from(text);
	bool is_hidden = kb_str_starts(name, KB_STR("[")) && kb_str_ends(name, KB_STR("]"));

	if (is_hidden) {
		name = kb_str_of(name.data + 1, name.len - 2);
	}
	if (ret_hidden) {
		*ret_hidden = is_hidden;
	}
	*ret_name = NULL;
	if (name.len == 0) {
		return 0;
	}
	if (!is_name(name)) {
		return damaged(p, key, text);
	}
	*ret_name = kb_arena_str(p->arena, name);
	return *ret_name ? 0 : kb_error_no_memory(p->err);
}

static int take_uuid(const struct parser *p, const struct kb_json *row, const char *key,
		     const char **ret_uuid)
{
	*ret_uuid = kb_json_get_str(row, key, "");
	return is_uuid(*ret_uuid) ? 0 : damaged(p, key, *ret_uuid);
}

static bool has_text(const struct kb_json *row, const char *key)
{
	return kb_json_get_str(row, key, "")[0] != '\0';
}

static size_t count(const struct kb_json *array)
{
	size_t n = 0;

	for (const struct kb_json *row = kb_json_is(array, KB_JSON_ARRAY) ? array->parts : NULL;
	     row; row = row->next) {
		n++;
	}
	return n;
}

/* --- rows */

static int take_vg(struct parser *p, const struct kb_json *row)
{
	struct kb_lvm_vg *vg = p->vg;
	int r = take_name(p, row, "vg_name", &vg->name, NULL);

	if (r < 0 || !vg->name) {
		return r;
	}
	vg->is_exported = has_text(row, "vg_exported");
	vg->is_shared = has_text(row, "vg_shared") || has_text(row, "vg_clustered");
	vg->system_id =
		has_text(row, "vg_systemid") ? kb_json_get_str(row, "vg_systemid", "") : NULL;
	r = take_uuid(p, row, "vg_uuid", &vg->uuid);
	r = r < 0 ? r : take_number(p, row, "vg_extent_size", &vg->extent_sectors);
	return r < 0 ? r : take_number(p, row, "pv_count", &vg->n_pvs);
}

static int take_pv(struct parser *p, const struct kb_json *row)
{
	struct kb_lvm_pv *pv = &p->vg->pvs[p->vg->n_reported++];
	uint64_t major_number = 0;
	uint64_t minor_number = 0;
	int r = take_uuid(p, row, "pv_uuid", &pv->uuid);

	pv->name = kb_json_get_str(row, "pv_name", "");
	r = r < 0 ? r : take_number(p, row, "pv_major", &major_number);
	r = r < 0 ? r : take_number(p, row, "pv_minor", &minor_number);
	r = r < 0 ? r : take_number(p, row, "pe_start", &pv->start_sectors);
	r = r < 0 ? r : take_number(p, row, "dev_size", &pv->size_sectors);
	pv->dev = makedev((unsigned)major_number, (unsigned)minor_number);
	pv->is_missing = has_text(row, "pv_missing") || major_number == 0;
	return r;
}

static bool has_word(const char *list, const char *word)
{
	struct kb_str rest = kb_str_from(list);
	struct kb_str one;

	while (kb_str_next_until(&rest, ',', &one)) {
		if (kb_str_eq(one, kb_str_from(word))) {
			return true;
		}
	}
	return false;
}

static int take_lv(struct parser *p, const struct kb_json *row)
{
	struct kb_lvm_lv *lv = &p->vg->lvs[p->vg->n_lvs++];
	const char *role = kb_json_get_str(row, "lv_role", "");
	int r = take_name(p, row, "lv_name", &lv->name, &lv->is_hidden);

	if (r == 0 && !lv->name) {
		return damaged(p, "lv_name", "");
	}
	r = r < 0 ? r : take_uuid(p, row, "lv_uuid", &lv->uuid);
	r = r < 0 ? r : take_number(p, row, "lv_size", &lv->size_sectors);
	r = r < 0 ? r : take_name(p, row, "origin", &lv->origin, NULL);
	r = r < 0 ? r : take_name(p, row, "pool_lv", &lv->pool, NULL);
	r = r < 0 ? r : take_name(p, row, "data_lv", &lv->data, NULL);
	r = r < 0 ? r : take_name(p, row, "metadata_lv", &lv->metadata, NULL);
	lv->is_pool = has_word(kb_json_get_str(row, "lv_layout", ""), "pool");
	lv->is_merging = has_text(row, "lv_merging");
	lv->is_thick_snapshot = has_word(role, "thicksnapshot");
	return r;
}

/* "/dev/sda2(17)" */
static int take_place(struct parser *p, struct kb_str text, struct kb_lvm_place *place)
{
	size_t at = text.len;
	struct kb_str name;

	while (at > 0 && text.data[at - 1] != '(') {
		at--;
	}
	if (at == 0 || !kb_str_ends(text, KB_STR(")")) ||
	    kb_str_to_u64(kb_str_of(text.data + at, text.len - at - 1), &place->extent) < 0 ||
	    place->extent > LIMIT) {
		return damaged(p, "devices", text.len > 0 ? text.data : "");
	}
	name = kb_str_of(text.data, at - 1);
	for (size_t i = 0; i < p->vg->n_reported; i++) {
		const struct kb_lvm_pv *pv = &p->vg->pvs[i];

		if (!pv->is_missing && kb_str_eq(name, kb_str_from(pv->name))) {
			place->pv = pv;
			return 0;
		}
	}
	if (kb_str_starts(name, KB_STR("[")) && kb_str_ends(name, KB_STR("]"))) {
		name = kb_str_of(name.data + 1, name.len - 2);
	}
	for (size_t i = 0; i < p->vg->n_lvs; i++) {
		if (kb_str_eq(name, kb_str_from(p->vg->lvs[i].name))) {
			place->lv = &p->vg->lvs[i];
		}
	}
	return 0;
}

static int take_places(struct parser *p, const struct kb_json *row, struct kb_lvm_segment *s)
{
	struct kb_str rest = kb_str_from(kb_json_get_str(row, "devices", ""));
	struct kb_str metadata = kb_str_from(kb_json_get_str(row, "metadata_devices", ""));
	struct kb_str one;

	while (kb_str_next_until(&rest, ',', &one)) {
		int r;

		if (s->n_places == KB_LVM_MAX_PLACES) {
			return damaged(p, "devices", "too many");
		}
		r = take_place(p, one, &s->places[s->n_places++]);
		if (r < 0) {
			return r;
		}
	}
	while (kb_str_next_until(&metadata, ',', &one)) {
		struct kb_lvm_place place = {0};
		int r = take_place(p, one, &place);

		if (r < 0 || s->n_metadata == KB_LVM_MAX_PLACES) {
			return r < 0 ? r : damaged(p, "metadata_devices", "too many");
		}
		s->metadata[s->n_metadata++] = place.lv;
	}
	return 0;
}

/* In order, whatever order they are told in. */
static void put_segment(struct kb_lvm_lv *lv, struct kb_lvm_segment *s)
{
	struct kb_lvm_segment **at = &lv->segments;

	while (*at && (*at)->start < s->start) {
		at = &(*at)->next;
	}
	s->next = *at;
	*at = s;
}

static int take_segment(struct parser *p, const struct kb_json *row)
{
	struct kb_lvm_segment *s = kb_arena_alloc(p->arena, sizeof(*s));
	const char *uuid;
	uint64_t reshape = 0;
	int r;

	if (!s) {
		return kb_error_no_memory(p->err);
	}
	s->type = kb_json_get_str(row, "segtype", "");
	s->cache_mode = kb_json_get_str(row, "cache_mode", "");
	r = take_uuid(p, row, "lv_uuid", &uuid);
	r = r < 0 ? r : take_number(p, row, "seg_start_pe", &s->start);
	r = r < 0 ? r : take_number(p, row, "seg_size_pe", &s->length);
	r = r < 0 ? r : take_number(p, row, "data_copies", &s->copies);
	r = r < 0 ? r : take_number(p, row, "stripe_size", &s->stripe_sectors);
	r = r < 0 ? r : take_number(p, row, "region_size", &s->region_sectors);
	r = r < 0 ? r : take_number(p, row, "chunk_size", &s->chunk_sectors);
	r = r < 0 ? r : take_number(p, row, "reshape_len_le", &reshape);
	r = r < 0 ? r : take_number(p, row, "transaction_id", &s->transaction_id);
	r = r < 0 ? r : take_number(p, row, "thin_id", &s->thin_id);
	r = r < 0 ? r : take_places(p, row, s);
	s->is_reshaping = reshape > 0;
	for (size_t i = 0; r == 0 && i < p->vg->n_lvs; i++) {
		if (strcmp(p->vg->lvs[i].uuid, uuid) == 0) {
			put_segment(&p->vg->lvs[i], s);
			break;
		}
	}
	return r;
}

/* --- all */

static int take_rows(struct parser *p, const struct kb_json *group, const char *key,
		     int (*take)(struct parser *, const struct kb_json *))
{
	const struct kb_json *rows = kb_json_get(group, key);
	int r = 0;

	for (const struct kb_json *row = kb_json_is(rows, KB_JSON_ARRAY) ? rows->parts : NULL;
	     row && r == 0; row = row->next) {
		r = take(p, row);
	}
	return r;
}

static int take_group(struct parser *p, const struct kb_json *group)
{
	size_t n_pvs = count(kb_json_get(group, "pv"));
	size_t n_lvs = count(kb_json_get(group, "lv"));
	int r;

	if (n_pvs > KB_LVM_MAX_PVS || n_lvs > KB_LVM_MAX_LVS ||
	    count(kb_json_get(group, "seg")) > KB_LVM_MAX_SEGMENTS) {
		return damaged(p, "a volume group", "too large");
	}
	p->vg->pvs = kb_arena_array(p->arena, n_pvs, sizeof(p->vg->pvs[0]));
	p->vg->lvs = kb_arena_array(p->arena, n_lvs, sizeof(p->vg->lvs[0]));
	if (!p->vg->pvs || !p->vg->lvs) {
		return kb_error_no_memory(p->err);
	}
	r = take_rows(p, group, "vg", take_vg);
	r = r < 0 ? r : take_rows(p, group, "pv", take_pv);
	r = r < 0 ? r : take_rows(p, group, "lv", take_lv);
	return r < 0 ? r : take_rows(p, group, "seg", take_segment);
}

int kb_lvm_report_parse(struct kb_arena *arena, struct kb_str text,
			struct kb_lvm_report *ret_report, struct kb_error *err)
{
	struct parser p = {.arena = arena, .err = err};
	struct kb_lvm_report report = {0};
	const struct kb_json *root = NULL;
	const struct kb_json *groups;
	int r = kb_json_parse(arena, text, &root);

	if (r < 0) {
		return kb_error_set(err, r == -EINVAL ? -EUCLEAN : r,
				    "lvm's report cannot be read");
	}
	groups = kb_json_get(root, "report");
	report.n_vgs = count(groups);
	if (!kb_json_is(groups, KB_JSON_ARRAY) || report.n_vgs > MAX_VGS) {
		return kb_error_set(err, -EUCLEAN, "lvm's report cannot be read");
	}
	report.vgs = kb_arena_array(arena, report.n_vgs, sizeof(report.vgs[0]));
	if (!report.vgs) {
		return kb_error_no_memory(err);
	}
	p.vg = report.vgs;
	for (const struct kb_json *group = groups->parts; group && r == 0;
	     group = group->next, p.vg++) {
		r = take_group(&p, group);
	}
	if (r == 0) {
		*ret_report = report;
	}
	return r;
}

struct kb_lvm_lv *kb_lvm_find_lv(const struct kb_lvm_vg *vg, const char *name)
{
	for (size_t i = 0; name && i < vg->n_lvs; i++) {
		if (strcmp(vg->lvs[i].name, name) == 0) {
			return &vg->lvs[i];
		}
	}
	return NULL;
}
