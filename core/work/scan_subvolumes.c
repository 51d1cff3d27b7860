/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan_subvolumes.h"

void kb_scan_subvolumes_open(struct kb_scan_subvolumes *s, const struct kb_sys *sys,
			     const struct kb_device *device, const struct kb_mount *mount,
			     const struct kb_mount_options *options)
{
	struct kb_mount_options whole = *options;
	struct kb_error err = {0};

	whole.subvolume = "/";
	if (mount->subvolume[0] && kb_mount_device(sys, device, &whole, &s->top, &err) == 0) {
		kb_mount_detach(&s->top);
	}
}

static void lay(struct kb_scan_subvolumes *s, struct kb_arena *arena,
		const struct kb_fstab_line *line)
{
	struct kb_tree_mount mount = {.at = line->dir};

	if (kb_tree_open_dir(&s->top.tree, line->subvolume, &mount.root_fd) < 0) {
		return;
	}
	mount.subvolume = kb_arena_printf(arena, "/%s", line->subvolume);
	if (!mount.subvolume) {
		(void)kb_close(mount.root_fd);
		return;
	}
	s->mounts[s->n++] = mount;
}

void kb_scan_subvolumes_lay(struct kb_scan_subvolumes *s, struct kb_arena *arena,
			    const struct kb_device *device, const struct kb_mount *mount,
			    const struct kb_fstab *fstab, struct kb_tree *tree)
{
	if (!s->top.sys) {
		return;
	}
	s->mounts[s->n++] = (struct kb_tree_mount){"", mount->subvolume, tree->root_fd};
	for (size_t i = 0; i < fstab->n_lines && s->n < KB_SCAN_SUBVOLUMES_MAX; i++) {
		const struct kb_fstab_line *line = &fstab->lines[i];

		if (line->subvolume && !line->is_bind && line->dir[1] &&
		    kb_device_matches(device, kb_str_from(line->source))) {
			lay(s, arena, line);
		}
	}
	tree->mounts = s->mounts;
	tree->n_mounts = s->n;
}

void kb_scan_subvolumes_done(struct kb_scan_subvolumes *s)
{
	/* The first is the tree's own. */
	for (size_t i = 1; i < s->n; i++) {
		(void)kb_close(s->mounts[i].root_fd);
	}
	kb_mount_done(&s->top);
}
