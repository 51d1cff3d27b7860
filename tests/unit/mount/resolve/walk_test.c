/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kboot/mount/walk.h"
#include "temp_dir.h"

enum { HUGE = 64 << 10 };

/* A tree that is mounted on dir. */
struct mounted {
	const char *dir;
	struct temp_dir folder;
	struct kb_tree tree;
};

enum { ROOT, HOME, DEEP, SRV, TREES };

struct fixture {
	struct mounted trees[TREES];
	struct kb_arena arena;
	struct kb_namespace namespace;
	struct kb_resolved resolved;
	struct kb_error err;
	unsigned n_located;
	const char *broken; /* what is there cannot be mounted */
	bool silent;        /* nor does it say why */
	const char *later;  /* what is there is not mounted yet */
	bool unchecked;     /* a start that is no clean path */
};

static const char *below(const char *dir, const char *path)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0') ? path + len
										       : NULL;
}

static int locate(void *ctx, const char *dir, const struct kb_tree **ret_tree,
		  const char **ret_rest, struct kb_error *err)
{
	struct fixture *f = ctx;

	f->n_located++;
	/* What walk.h promises to whoever locates. */
	assert_int_equal(dir[0], '/');
	assert_true(f->unchecked || !strstr(dir, "/."));
	assert_null(strstr(dir, "//"));
	assert_true(strlen(dir) < KB_WALK_MAX_BYTES);
	if (f->broken && below(f->broken, dir)) {
		return f->silent ? -EIO : kb_error_set(err, -EIO, "%s is broken", f->broken);
	}
	if (f->later && below(f->later, dir)) {
		return -EAGAIN;
	}
	for (size_t i = TREES; i > 0; i--) {
		struct mounted *m = &f->trees[i - 1];
		const char *rest = below(m->dir, dir);

		if (rest) {
			*ret_tree = &m->tree;
			*ret_rest = rest[0] ? rest : "/";
			return 0;
		}
	}
	return -ENOENT;
}

static void fill(struct fixture *f)
{
	struct temp_dir *root = &f->trees[ROOT].folder;

	temp_dir_text(root, "etc/fstab", "");
	temp_dir_mkdir(root, "home");
	/* Where /srv is mounted there is a link, as where an admin moved it first. */
	temp_dir_symlink(root, "srv", "/home");
	temp_dir_symlink(root, "absolute", "/etc/fstab");
	temp_dir_symlink(root, "relative", "etc/fstab");
	temp_dir_symlink(root, "out", "../../../../etc/fstab");
	temp_dir_symlink(root, "to-home", "/home/");
	temp_dir_symlink(root, "to-file", "/home/file");
	temp_dir_symlink(root, "loop", "loop");
	temp_dir_symlink(root, "dangling", "/etc/none");
	temp_dir_symlink(root, "ping", "/home/pong");
	temp_dir_text(&f->trees[HOME].folder, "file", "");
	temp_dir_text(&f->trees[HOME].folder, "u/k/x", "");
	temp_dir_symlink(&f->trees[HOME].folder, "back", "../etc/fstab");
	temp_dir_symlink(&f->trees[HOME].folder, "etc", "/etc");
	temp_dir_symlink(&f->trees[HOME].folder, "pong", "../ping");
	temp_dir_mkdir(&f->trees[HOME].folder, "deep");
	temp_dir_text(&f->trees[DEEP].folder, "bottom", "");
	temp_dir_symlink(&f->trees[DEEP].folder, "up", "..");
	temp_dir_text(&f->trees[SRV].folder, "own", "");
	assert_int_equal(mkfifoat(root->fd, "fifo", 0600), 0);
}

static int setup(void **state)
{
	static const char *const dirs[TREES] = {"/", "/home", "/home/deep", "/srv"};
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	for (size_t i = 0; i < TREES; i++) {
		f.trees[i].dir = dirs[i];
		temp_dir_init(&f.trees[i].folder);
		f.trees[i].tree =
			(struct kb_tree){.root_fd = f.trees[i].folder.fd, .name = dirs[i]};
	}
	f.namespace = (struct kb_namespace){.prefix = "sda2:", .ctx = &f, .locate = locate};
	fill(&f);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < TREES; i++) {
		temp_dir_done(&f->trees[i].folder);
	}
	kb_arena_done(&f->arena);
	return 0;
}

static int walk_from(struct fixture *f, const char *start, const char *path)
{
	kb_error_clear(&f->err);
	return kb_walk(&f->namespace, &f->arena, start, path, &f->resolved, &f->err);
}

static void assert_at(struct fixture *f, const char *start, const char *path, int tree,
		      const char *rest, const char *namespace_path, enum kb_tree_type type)
{
	assert_int_equal(walk_from(f, start, path), 0);
	assert_ptr_equal(f->resolved.tree, &f->trees[tree].tree);
	assert_string_equal(f->resolved.rest, rest);
	assert_string_equal(f->resolved.path, namespace_path);
	assert_int_equal(f->resolved.type, type);
}

static void assert_fails(struct fixture *f, const char *path, int code, const char *sentence)
{
	struct kb_resolved before = f->resolved;

	assert_int_equal(walk_from(f, "/", path), code);
	assert_string_equal(f->err.text, sentence);
	assert_memory_equal(&before, &f->resolved, sizeof(before));
	/* Without anybody to tell it is the same. */
	assert_int_equal(kb_walk(&f->namespace, &f->arena, "/", path, &f->resolved, NULL), code);
}

static void goes_through_trees(void **state)
{
	struct fixture *f = *state;

	assert_at(f, "/", "/", ROOT, "/", "/", KB_TREE_DIR);
	assert_at(f, "/", "", ROOT, "/", "/", KB_TREE_DIR);
	assert_at(f, "/", "/etc/fstab", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_at(f, "/", "/home", HOME, "/", "/home", KB_TREE_DIR);
	assert_at(f, "/", "/home/u/k/x", HOME, "/u/k/x", "/home/u/k/x", KB_TREE_FILE);
	assert_at(f, "/", "/home/deep/bottom", DEEP, "/bottom", "/home/deep/bottom", KB_TREE_FILE);
	assert_at(f, "/", "fifo", ROOT, "/fifo", "/fifo", KB_TREE_OTHER);
}

static void starts_where_one_is(void **state)
{
	struct fixture *f = *state;

	assert_at(f, "/home/u", "k/x", HOME, "/u/k/x", "/home/u/k/x", KB_TREE_FILE);
	assert_at(f, "/home/u", "", HOME, "/u", "/home/u", KB_TREE_DIR);
	assert_at(f, "/home/u", ".", HOME, "/u", "/home/u", KB_TREE_DIR);
	assert_at(f, "/home/u", "/etc", ROOT, "/etc", "/etc", KB_TREE_DIR);
	assert_at(f, "/home/deep", "..", HOME, "/", "/home", KB_TREE_DIR);
	assert_at(f, "/home/deep", "../..", ROOT, "/", "/", KB_TREE_DIR);
}

static void dots_end_at_the_root(void **state)
{
	struct fixture *f = *state;
	static const char up[] = "../";
	char path[KB_WALK_MAX_BYTES] = "";

	assert_at(f, "/", "/..", ROOT, "/", "/", KB_TREE_DIR);
	assert_at(f, "/", "/../../etc/./fstab", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_at(f, "/", "/home/deep/../../etc", ROOT, "/etc", "/etc", KB_TREE_DIR);
	for (size_t len = 0; len + sizeof(up) + sizeof("etc") < sizeof(path); len += 3) {
		memcpy(path + len, up, sizeof(up));
	}
	strcat(path, "etc");
	assert_at(f, "/home/u/k", path, ROOT, "/etc", "/etc", KB_TREE_DIR);
	/* Up from what is not there is no way back. */
	assert_fails(f, "/none/../etc", -ENOENT, "sda2:/none: there is no such file or directory");
	assert_fails(f, "/etc/fstab/..", -ENOTDIR, "sda2:/etc/fstab: not a directory");
	assert_fails(f, "/etc/fstab/.", -ENOTDIR, "sda2:/etc/fstab: not a directory");
}

static void slashes_at_the_end_want_a_directory(void **state)
{
	struct fixture *f = *state;

	assert_at(f, "/", "//home///u//", HOME, "/u", "/home/u", KB_TREE_DIR);
	assert_at(f, "/", "/to-home/", HOME, "/", "/home", KB_TREE_DIR);
	assert_fails(f, "/etc/fstab/", -ENOTDIR, "sda2:/etc/fstab: not a directory");
	assert_fails(f, "/etc/fstab///", -ENOTDIR, "sda2:/etc/fstab: not a directory");
	assert_fails(f, "/absolute/", -ENOTDIR, "sda2:/etc/fstab: not a directory");
	assert_fails(f, "/fifo/x", -ENOTDIR, "sda2:/fifo: not a directory");
}

static void links_stay_in_the_namespace(void **state)
{
	struct fixture *f = *state;

	assert_at(f, "/", "/absolute", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_at(f, "/", "/relative", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_at(f, "/", "/out", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_at(f, "/", "/to-file", HOME, "/file", "/home/file", KB_TREE_FILE);
	assert_at(f, "/", "/to-home/u/k/x", HOME, "/u/k/x", "/home/u/k/x", KB_TREE_FILE);
	assert_at(f, "/", "/home/back", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_at(f, "/", "/home/etc/fstab", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_at(f, "/", "/home/deep/up/u", HOME, "/u", "/home/u", KB_TREE_DIR);
	assert_at(f, "/", "/home/deep/up/../etc", ROOT, "/etc", "/etc", KB_TREE_DIR);
	assert_fails(f, "/dangling", -ENOENT, "sda2:/etc/none: there is no such file or directory");
}

static void what_is_mounted_hides_a_link(void **state)
{
	struct fixture *f = *state;

	assert_at(f, "/", "/srv", SRV, "/", "/srv", KB_TREE_DIR);
	assert_at(f, "/", "/srv/own", SRV, "/own", "/srv/own", KB_TREE_FILE);
}

static void make_chain(struct fixture *f, int links)
{
	char name[16];
	char target[16];

	for (int i = 0; i < links; i++) {
		(void)snprintf(name, sizeof(name), "c%d", i);
		(void)snprintf(target, sizeof(target), "c%d", i + 1);
		temp_dir_symlink(&f->trees[ROOT].folder, name,
				 i + 1 < links ? target : "etc/fstab");
	}
}

static void links_are_counted(void **state)
{
	struct fixture *f = *state;

	make_chain(f, KB_WALK_MAX_LINKS + 1);
	assert_at(f, "/", "c1", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_fails(f, "c0", -ELOOP, "sda2:/c40: too many symbolic links");
	assert_fails(f, "loop", -ELOOP, "sda2:/loop: too many symbolic links");
	/* Over two trees too. */
	assert_int_equal(walk_from(f, "/", "ping"), -ELOOP);
}

static void names_have_a_longest(void **state)
{
	struct fixture *f = *state;
	char name[300];

	memset(name, 'n', sizeof(name));
	name[KB_WALK_MAX_NAME] = '\0';
	temp_dir_text(&f->trees[ROOT].folder, name, "");
	assert_int_equal(walk_from(f, "/", name), 0);
	assert_int_equal(strlen(f->resolved.path), 1 + KB_WALK_MAX_NAME);
	name[KB_WALK_MAX_NAME] = 'n';
	name[KB_WALK_MAX_NAME + 1] = '\0';
	f->n_located = 0;
	assert_fails(f, name, -ENAMETOOLONG, "sda2:/: the next part of the name is too long");
	assert_int_equal(f->n_located, 0);
}

/* A path of len bytes that leads nowhere far: "/./././etc". */
static char *dotted(size_t len, const char *end)
{
	char *path = malloc(len + 1);
	size_t end_len = strlen(end);

	assert_non_null(path);
	for (size_t i = 0; i < len; i++) {
		path[i] = (len - end_len - i) % 2 ? '.' : '/';
	}
	memcpy(path + len - end_len, end, end_len + 1);
	return path;
}

static void paths_have_a_longest(void **state)
{
	struct fixture *f = *state;
	char *fits = dotted(KB_WALK_MAX_BYTES - 1, "/etc");
	char *too_long = dotted(KB_WALK_MAX_BYTES, "/etc");
	char *huge = dotted(HUGE, "/etc");

	assert_int_equal(strlen(fits), 4095);
	assert_at(f, "/", fits, ROOT, "/etc", "/etc", KB_TREE_DIR);
	f->n_located = 0;
	assert_int_equal(walk_from(f, "/", too_long), -ENAMETOOLONG);
	assert_int_equal(walk_from(f, "/", huge), -ENAMETOOLONG);
	assert_int_equal(walk_from(f, huge, "etc"), -ENAMETOOLONG);
	assert_int_equal(f->n_located, 0);
	assert_true(f->err.text[0] != '\0');
	free(fits);
	free(too_long);
	free(huge);
}

static void there_is_no_room_below_the_deepest(void **state)
{
	struct fixture *f = *state;
	char *deepest = dotted(KB_WALK_MAX_BYTES - 1, "/aa");
	char *deep = dotted(KB_WALK_MAX_BYTES - 3, "/aa");

	assert_int_equal(walk_from(f, deepest, "b"), -ENAMETOOLONG);
	f->n_located = 0;
	assert_int_equal(walk_from(f, deep, "bb"), -ENAMETOOLONG);
	assert_int_equal(f->n_located, 0);
	/* The longest one is asked for; that it is not there is another matter. */
	f->unchecked = true;
	assert_int_equal(walk_from(f, deep, "b"), -ENOENT);
	free(deepest);
	free(deep);
}

static void long_links_end(void **state)
{
	struct fixture *f = *state;
	char *text = dotted(4000, "/etc");
	char *rest = dotted(200, "/fstab");
	char *path = malloc(8 + 200 + 1);

	temp_dir_symlink(&f->trees[ROOT].folder, "long", text);
	assert_at(f, "/", "long/fstab", ROOT, "/etc/fstab", "/etc/fstab", KB_TREE_FILE);
	assert_non_null(path);
	(void)snprintf(path, 8 + 200 + 1, "/long/%s", rest);
	assert_fails(f, path, -ENAMETOOLONG, "sda2:/long: its symbolic link is too long");
	free(text);
	free(rest);
	free(path);
}

static void what_cannot_be_mounted_ends_the_walk(void **state)
{
	struct fixture *f = *state;

	f->broken = "/home";
	assert_fails(f, "/home/u", -EIO, "/home is broken");
	assert_fails(f, "/to-file", -EIO, "/home is broken");
	f->silent = true;
	assert_fails(f, "/home/u", -EIO, "sda2:/home: Input/output error");
	/* Also when one is there already. */
	assert_int_equal(walk_from(f, "/home", ""), -EIO);
	assert_at(f, "/", "/etc", ROOT, "/etc", "/etc", KB_TREE_DIR);
}

static void sentences_name_the_place(void **state)
{
	struct fixture *f = *state;

	f->namespace.prefix = "";
	assert_fails(f, "/etc/none/x", -ENOENT, "/etc/none: there is no such file or directory");
}

static void assert_partial(struct fixture *f, const char *start, const char *path, const char *at,
			   const char *ahead)
{
	struct kb_partial_path partial = {0};

	kb_error_clear(&f->err);
	assert_int_equal(kb_walk_ahead(&f->namespace, &f->arena, start, path, &partial, &f->err),
			 0);
	assert_string_equal(partial.at, at);
	assert_string_equal(partial.ahead, ahead);
	assert_int_equal(f->err.code, 0);
}

static void assert_no_partial(struct fixture *f, const char *path, int code, const char *sentence)
{
	struct kb_partial_path partial = {0};

	kb_error_clear(&f->err);
	assert_int_equal(kb_walk_ahead(&f->namespace, &f->arena, "/", path, &partial, &f->err),
			 code);
	assert_string_equal(f->err.text, sentence);
	assert_null(partial.at);
}

static void a_way_ends_where_something_will_be_mounted(void **state)
{
	struct fixture *f = *state;

	assert_partial(f, "/", "/to-home/u", "/home/u", "");
	assert_partial(f, "/home", "u/../deep/up", "/home", "");
	assert_partial(f, "/", "/", "/", "");
	f->later = "/home";
	assert_partial(f, "/", "/home", "/home", "");
	assert_partial(f, "/", "/to-home//u/../etc/", "/home", "u/../etc/");
	assert_partial(f, "/", "/to-file", "/home", "file/");
	f->later = NULL;
	f->broken = "/home";
	f->silent = true;
	assert_no_partial(f, "/home/u", -EIO, "sda2:/home: Input/output error");
}

static void a_way_may_lead_to_what_is_not_there(void **state)
{
	struct fixture *f = *state;

	assert_partial(f, "/", "/none/./of/these", "/none/of/these", "");
	assert_partial(f, "/", "/dangling/x", "/etc/none/x", "");
	assert_no_partial(f, "/none/../etc", -ENOENT,
			  "sda2:/none: there is no such file or directory");
	assert_no_partial(f, "/loop/x", -ELOOP, "sda2:/loop: too many symbolic links");
	assert_no_partial(f, "/etc/fstab/x", -ENOTDIR, "sda2:/etc/fstab: not a directory");
	f->later = "/none/of";
	assert_partial(f, "/", "/none/of/these", "/none/of", "these");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes_through_trees),
		TEST(starts_where_one_is),
		TEST(dots_end_at_the_root),
		TEST(slashes_at_the_end_want_a_directory),
		TEST(links_stay_in_the_namespace),
		TEST(what_is_mounted_hides_a_link),
		TEST(links_are_counted),
		TEST(names_have_a_longest),
		TEST(paths_have_a_longest),
		TEST(there_is_no_room_below_the_deepest),
		TEST(long_links_end),
		TEST(what_cannot_be_mounted_ends_the_walk),
		TEST(sentences_name_the_place),
		TEST(a_way_ends_where_something_will_be_mounted),
		TEST(a_way_may_lead_to_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
