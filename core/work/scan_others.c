/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan_others.h"

void kb_scan_others_open(struct kb_scan_others *o, const struct kb_sys *sys,
			 const struct kb_mount_options *options)
{
	const struct kb_reader_out out = kb_findings_writer_out(o->w);

	for (size_t i = 0; i < o->n; i++) {
		const struct kb_scan_other *other = &o->list[i];
		struct kb_error err = {0};

		o->is_open[i] =
			kb_mount_device(sys, other->device, options, &o->mounts[i], &err) == 0;
		if (o->is_open[i]) {
			kb_mount_detach(&o->mounts[i]);
		} else {
			kb_diag_report(&out.diags, KB_SEVERITY_WARNING, (struct kb_position){0},
				       "%s, to which its configuration leads, cannot be read: %s",
				       other->name, err.text);
		}
	}
}

void kb_scan_others_done(struct kb_scan_others *o)
{
	for (size_t i = 0; i < o->n; i++) {
		if (o->is_open[i]) {
			kb_mount_done(&o->mounts[i]);
		}
	}
}

/* Whether it is there or not: where it comes, goes or changes, all is read once more. */
static void tell(struct kb_scan_others *o, const char *name)
{
	for (size_t i = 0; i < o->n_asked; i++) {
		if (strcmp(o->asked[i], name) == 0) {
			return;
		}
	}
	if (o->n_asked == KB_FINDINGS_MAX_OTHERS) {
		return;
	}
	o->asked[o->n_asked] = kb_arena_strdup(&o->w->arena, name);
	/* Out of memory shows at the next line. */
	if (o->asked[o->n_asked] && kb_findings_write_other(o->w, name) == 0) {
		o->n_asked++;
	}
}

static const struct kb_tree *other(void *others, const char *name)
{
	struct kb_scan_others *o = others;

	tell(o, name);
	for (size_t i = 0; i < o->n; i++) {
		if (o->is_open[i] && strcmp(o->list[i].name, name) == 0) {
			return &o->mounts[i].tree;
		}
	}
	return NULL;
}

void kb_scan_others_give(struct kb_scan_others *o, struct kb_reader_out *out)
{
	out->other = other;
	out->others = o;
}
