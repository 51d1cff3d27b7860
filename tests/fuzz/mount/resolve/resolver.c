/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wherever a name leads (the input: FROM LF NAME), it is inside the trees of the machine, it is
 * really there, and how it is shown leads there again.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "kboot/mount/automount.h"
#include "temp_dir.h"

struct machine {
	struct temp_dir disks;
	char trees[3][96];
	struct kb_device devices[3];
	struct kb_fstab_line lines[4];
};

/* Built once. */
static struct machine machine;

static void forget(void)
{
	temp_dir_done(&machine.disks);
}

static void add_link(struct machine *m, const char *path, const char *target)
{
	temp_dir_symlink(&m->disks, path, target);
}

static void build(struct machine *m)
{
	static const char *const names[] = {"sda1", "sda2", "vg/lv"};

	temp_dir_init(&m->disks);
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		(void)snprintf(m->trees[i], sizeof(m->trees[i]), "%s/%zu", m->disks.path, i);
		temp_dir_mkdir(&m->disks, strrchr(m->trees[i], '/') + 1);
		m->devices[i] = (struct kb_device){.name = names[i], .tree = m->trees[i]};
	}
	m->devices[0].uuid = "boot";
	m->devices[2].label = "a b";
	m->lines[0] = (struct kb_fstab_line){.source = "UUID=boot", .dir = "/boot"};
	m->lines[1] = (struct kb_fstab_line){.source = "/boot/grub", .dir = "/b", .is_bind = true};
	m->lines[2] = (struct kb_fstab_line){.source = "vg/lv", .dir = "/h/u"};
	m->lines[3] = (struct kb_fstab_line){.source = "/c/x", .dir = "/c", .is_bind = true};
	for (size_t i = 0; i < KB_ARRAY_LEN(m->lines); i++) {
		m->lines[i].at = (struct kb_position){"/etc/fstab", (unsigned)i + 1, 1};
	}
	temp_dir_text(&m->disks, "0/k", "");
	temp_dir_text(&m->disks, "0/grub/g", "");
	add_link(m, "0/up", "../../..");
	temp_dir_text(&m->disks, "1/a/b/c", "");
	temp_dir_text(&m->disks, "1/h/u/hidden", "");
	temp_dir_text(&m->disks, "1/a:/b", "");
	add_link(m, "1/l", "/a/b");
	add_link(m, "1/r", "a/../boot/grub");
	add_link(m, "1/loop", "loop/x");
	add_link(m, "1/out", "/../../../../etc/passwd");
	add_link(m, "1/proc", "/proc/self/root");
	temp_dir_text(&m->disks, "2/d/e", "");
	add_link(m, "2/abs", "/boot/k");
	add_link(m, "2/rel", "../../boot/k");
}

static const struct kb_device *find_device(void *ctx, struct kb_str reference,
					   const struct kb_device **ret_other)
{
	const struct machine *m = ctx;
	const struct kb_device *found = NULL;

	*ret_other = NULL;
	for (size_t i = 0; i < KB_ARRAY_LEN(m->devices); i++) {
		if (!kb_device_matches(&m->devices[i], reference)) {
			continue;
		}
		if (found) {
			*ret_other = &m->devices[i];
			break;
		}
		found = &m->devices[i];
	}
	return found;
}

static int give_fstab(void *ctx, struct kb_arena *arena, const struct kb_tree *tree,
		      struct kb_fstab *ret_fstab)
{
	struct machine *m = ctx;

	(void)arena;
	(void)tree;
	*ret_fstab = (struct kb_fstab){m->lines, KB_ARRAY_LEN(m->lines)};
	return 0;
}

static void take_note(void *ctx, const char *sentence)
{
	(void)ctx;
	FUZZ_CHECK(sentence[0] != '\0');
}

/* In the trees, and at its path. */
static void check_place(const struct machine *m, const struct kb_place_found *found)
{
	static char link[KB_TREE_LINK_BYTES];
	enum kb_tree_type type;
	struct stat in_tree;
	struct stat at_path;
	char real[PATH_MAX];
	size_t len = strlen(m->disks.path);
	const char *below = found->resolved.rest + 1;

	FUZZ_CHECK(found->resolved.rest[0] == '/' && found->resolved.path[0] == '/');
	FUZZ_CHECK(kb_tree_look(found->resolved.tree, found->resolved.rest, &type, link) == 0);
	FUZZ_CHECK(type == found->resolved.type && type != KB_TREE_LINK);
	FUZZ_CHECK(fstatat(found->resolved.tree->root_fd, below, &in_tree,
			   AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0);
	FUZZ_CHECK(stat(found->path, &at_path) == 0);
	FUZZ_CHECK(in_tree.st_dev == at_path.st_dev && in_tree.st_ino == at_path.st_ino);
	if (strncmp(found->canonical, "//", 2) != 0) {
		FUZZ_CHECK(realpath(found->path, real) != NULL);
		FUZZ_CHECK(strncmp(real, m->disks.path, len) == 0 && real[len] == '/');
	}
}

static void check_again(struct kb_automount *a, const struct kb_place_found *found,
			const char *name)
{
	struct kb_place_found again;
	struct kb_error err = {0};

	FUZZ_CHECK(kb_automount_find(a, name, NULL, &again, &err) == 0);
	FUZZ_CHECK(strcmp(again.canonical, found->canonical) == 0);
	/* Where one may be is where one goes on from. */
	if (again.resolved.type == KB_TREE_DIR) {
		FUZZ_CHECK(kb_automount_find(a, ".", name, &again, &err) == 0);
		FUZZ_CHECK(strcmp(again.shown, name) == 0);
	}
}

static void resolve(struct machine *m, const char *name, const char *from)
{
	const struct kb_automount_hooks hooks = {.ctx = m,
						 .device = find_device,
						 .fstab = give_fstab,
						 .note = take_note};
	const struct kb_automount_options options = {.run_dir = m->disks.path,
						     .root = "sda2",
						     .no_network = true};
	struct kb_automount a;
	struct kb_place_found found;
	struct kb_error err = {0};
	int r;

	kb_automount_init(&a, &kb_sys_linux, &hooks, &options);
	r = kb_automount_find(&a, name, from, &found, &err);
	FUZZ_CHECK(r <= 0 && (r < 0) == (err.text[0] != '\0'));
	if (r == 0) {
		check_place(m, &found);
		check_again(&a, &found, found.shown);
		check_again(&a, &found, found.canonical);
	}
	kb_automount_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str text = kb_str_of((const char *)data, size);
	size_t line = kb_str_find(text, '\n');
	const char *from = kb_arena_str(&arena, kb_str_head(text, line));
	const char *name = kb_arena_str(&arena, kb_str_skip(text, line + 1));

	if (!machine.devices[0].name) {
		build(&machine);
		FUZZ_CHECK(atexit(forget) == 0);
	}
	resolve(&machine, name, from[0] ? from : NULL);
	return 0;
}
