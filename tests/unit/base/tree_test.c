/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "temp_dir.h"

struct fixture {
	struct temp_dir outer; /* holds "secret" and the tree's root */
	struct kb_tree tree;
};

static int setup(void **state)
{
	static struct fixture f;

	temp_dir_init(&f.outer);
	temp_dir_text(&f.outer, "secret", "outside");
	temp_dir_text(&f.outer, "root/boot/vmlinuz", "kernel");
	temp_dir_text(&f.outer, "root/empty", "");
	temp_dir_symlink(&f.outer, "root/absolute", "/boot/vmlinuz");
	temp_dir_symlink(&f.outer, "root/boot/up", "../../../secret");
	temp_dir_symlink(&f.outer, "root/boot/relative", "../boot/./vmlinuz");
	temp_dir_symlink(&f.outer, "root/passwd", "/etc/passwd");
	temp_dir_symlink(&f.outer, "root/loop", "loop");
	temp_dir_symlink(&f.outer, "root/dirlink", "/boot");
	temp_dir_symlink(&f.outer, "root/dangling", "/nowhere");
	f.tree.root_fd = openat(f.outer.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f.tree.name = "sda2";
	*state = &f;
	return f.tree.root_fd < 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->tree.root_fd = kb_close(f->tree.root_fd);
	temp_dir_done(&f->outer);
	return 0;
}

static void assert_reads(const struct kb_tree *tree, const char *path, const char *expected)
{
	KB_BUF struct kb_buf b = {0};

	assert_int_equal(kb_tree_read(tree, path, 100, &b), 0);
	assert_string_equal(b.data, expected);
	assert_int_equal(kb_tree_has_file(tree, path), 0);
}

static int open_result(const struct kb_tree *tree, const char *path)
{
	int fd = -1;
	int r = kb_tree_open(tree, path, &fd);

	assert_int_equal(fd >= 0, r == 0);
	(void)kb_close(fd);
	assert_int_equal(kb_tree_has_file(tree, path), r);
	return r;
}

static void paths_begin_at_the_root_of_the_tree(void **state)
{
	struct fixture *f = *state;

	assert_reads(&f->tree, "/boot/vmlinuz", "kernel");
	assert_reads(&f->tree, "boot/vmlinuz", "kernel");
	assert_reads(&f->tree, "absolute", "kernel");
	assert_reads(&f->tree, "boot/relative", "kernel");
	assert_reads(&f->tree, "/dirlink/vmlinuz", "kernel");
	assert_reads(&f->tree, "/../../boot/vmlinuz", "kernel");
	assert_reads(&f->tree, "empty", "");
}

static void names_lead_into_mounts(void **state)
{
	struct fixture *f = *state;
	KB_CLOSE int fd = -1;
	struct kb_tree_mount mounts[] = {{"", "/@", f->tree.root_fd},
					 {"/boot/grub", "/@/grub", -1},
					 {"/nested", "/@/nested", f->tree.root_fd}};
	struct kb_tree tree = f->tree;
	const char *rest;

	temp_dir_text(&f->outer, "grub/grub.cfg", "menu");
	fd = openat(f->outer.fd, "grub", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mounts[1].root_fd = fd;
	tree.mounts = mounts;
	tree.n_mounts = 3;
	assert_reads(&tree, "/boot/grub/grub.cfg", "menu");
	assert_reads(&tree, "//boot/grub/grub.cfg", "menu");
	assert_reads(&tree, "boot/grub/grub.cfg", "menu");
	assert_reads(&tree, "/boot/grub//./grub.cfg", "menu");
	assert_reads(&tree, "/nested/boot/vmlinuz", "kernel");
	assert_reads(&tree, "/boot/vmlinuz", "kernel");
	assert_int_equal(kb_tree_has_file(&tree, "/boot/grub/../vmlinuz"), -ENOENT);
	assert_null(kb_tree_mount_of(&tree, "/boot/grubs", &rest));
	assert_string_equal(rest, "/boot/grubs");
	assert_ptr_equal(kb_tree_mount_of(&tree, "/boot/grub", &rest), &mounts[1]);
	assert_string_equal(rest, "/");
}

static void nothing_leads_out(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_result(&f->tree, "../secret"), -ENOENT);
	assert_int_equal(open_result(&f->tree, "boot/up"), -ENOENT);
	assert_int_equal(open_result(&f->tree, "passwd"), -ENOENT);
	assert_int_equal(open_result(&f->tree, "boot/../../secret"), -ENOENT);
	/* And where the outer name exists inside as well, the inner one is meant. */
	temp_dir_text(&f->outer, "root/secret", "inside");
	assert_reads(&f->tree, "boot/up", "inside");
}

static void magic_links_are_refused(void **state)
{
	struct kb_tree proc = {.root_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			       .name = "proc"};

	(void)state;
	assert_true(proc.root_fd >= 0);
	assert_int_equal(open_result(&proc, "self/exe"), -ELOOP);
	assert_int_equal(open_result(&proc, "self/root/etc/passwd"), -ELOOP);
	(void)kb_close(proc.root_fd);
}

static void errors_are_told_apart(void **state)
{
	struct fixture *f = *state;
	char longest[5000];
	int fd;

	memset(longest, 'x', sizeof(longest));
	longest[300] = '\0';
	assert_int_equal(open_result(&f->tree, longest), -ENAMETOOLONG);
	longest[300] = 'x';
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(open_result(&f->tree, longest), -ENAMETOOLONG);
	assert_int_equal(open_result(&f->tree, "none"), -ENOENT);
	assert_int_equal(open_result(&f->tree, ""), -ENOENT);
	assert_int_equal(open_result(&f->tree, "dangling"), -ENOENT);
	assert_int_equal(open_result(&f->tree, "loop"), -ELOOP);
	assert_int_equal(open_result(&f->tree, "boot"), -EISDIR);
	assert_int_equal(open_result(&f->tree, "/"), -EISDIR);
	assert_int_equal(open_result(&f->tree, "empty/x"), -ENOTDIR);
	assert_int_equal(kb_tree_open_dir(&f->tree, "empty", &fd), -ENOTDIR);
	assert_int_equal(kb_tree_open_dir(&f->tree, "/", &fd), 0);
	(void)kb_close(fd);
}

static void what_is_no_file_cannot_hang_us(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	KB_CLOSE int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(mkfifoat(f->tree.root_fd, "fifo", 0644), 0);
	assert_int_equal(open_result(&f->tree, "fifo"), -EINVAL);
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s/root/socket", f->outer.path);
	assert_int_equal(bind(socket_fd, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(open_result(&f->tree, "socket"), -EINVAL);
	if (mknodat(f->tree.root_fd, "null", S_IFCHR | 0644, 0x103) == 0) { /* root only */
		assert_int_equal(open_result(&f->tree, "null"), -EINVAL);
	}
}

static void files_come_blocking_and_close_on_exec(void **state)
{
	struct fixture *f = *state;
	KB_CLOSE int fd = -1;

	assert_int_equal(kb_tree_open(&f->tree, "boot/vmlinuz", &fd), 0);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_RDONLY);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void reading_has_a_cap(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf b = {0};
	static char big[100000];

	kb_buf_puts(&b, "kept ");
	assert_int_equal(kb_tree_read(&f->tree, "boot/vmlinuz", 5, &b), -EFBIG);
	assert_string_equal(b.data, "kept ");
	assert_int_equal(kb_tree_read(&f->tree, "boot/vmlinuz", 6, &b), 0);
	assert_string_equal(b.data, "kept kernel");
	assert_int_equal(kb_tree_read(&f->tree, "empty", 0, &b), 0);
	memset(big, 'b', 100000);
	temp_dir_write(&f->outer, "root/big", big, 100000);
	assert_int_equal(kb_tree_read(&f->tree, "big", 99999, &b), -EFBIG);
	assert_int_equal(kb_tree_read(&f->tree, "big", 100000, &b), 0);
	assert_int_equal(b.len, 11 + 100000);
	assert_int_equal(kb_read_all(-1, 10, &b), -EBADF);
	assert_int_equal(b.len, 11 + 100000);
}

static int look(const struct fixture *f, const char *path, enum kb_tree_type *type, char *link)
{
	*type = KB_TREE_OTHER;
	memset(link, 'x', KB_TREE_LINK_BYTES);
	return kb_tree_look(&f->tree, path, type, link);
}

static void looks_at_links_themselves(void **state)
{
	static char link[KB_TREE_LINK_BYTES];
	struct fixture *f = *state;
	enum kb_tree_type type;

	assert_int_equal(look(f, "/", &type, link), 0);
	assert_int_equal(type, KB_TREE_DIR);
	assert_string_equal(link, "");
	assert_int_equal(look(f, "/boot/vmlinuz", &type, link), 0);
	assert_int_equal(type, KB_TREE_FILE);
	assert_string_equal(link, "");
	assert_int_equal(look(f, "boot/up", &type, link), 0);
	assert_int_equal(type, KB_TREE_LINK);
	assert_string_equal(link, "../../../secret");
	assert_int_equal(look(f, "/dangling", &type, link), 0);
	assert_int_equal(type, KB_TREE_LINK);
	assert_string_equal(link, "/nowhere");
	assert_int_equal(look(f, "/loop", &type, link), 0);
	assert_string_equal(link, "loop");
	assert_int_equal(mkfifoat(f->tree.root_fd, "fifo", 0644), 0);
	assert_int_equal(look(f, "/fifo", &type, link), 0);
	assert_int_equal(type, KB_TREE_OTHER);
}

static void a_look_follows_no_link(void **state)
{
	static char link[KB_TREE_LINK_BYTES];
	struct fixture *f = *state;
	enum kb_tree_type type;

	assert_int_equal(look(f, "/dirlink/vmlinuz", &type, link), -ELOOP);
	assert_int_equal(look(f, "/loop/x", &type, link), -ELOOP);
	assert_int_equal(look(f, "/dirlink/", &type, link), -ELOOP);
	assert_int_equal(look(f, "/none", &type, link), -ENOENT);
	assert_int_equal(look(f, "/empty/x", &type, link), -ENOTDIR);
	assert_int_equal(look(f, "/empty/", &type, link), -ENOTDIR);
	/* And stays in the tree. */
	assert_int_equal(look(f, "../secret", &type, link), -ENOENT);
	assert_int_equal(look(f, "/boot/../../root", &type, link), -ENOENT);
	assert_int_equal(look(f, "/../boot", &type, link), 0);
	assert_int_equal(type, KB_TREE_DIR);
}

static void links_may_be_long(void **state)
{
	static char link[KB_TREE_LINK_BYTES];
	static char text[KB_TREE_LINK_BYTES];
	struct fixture *f = *state;
	enum kb_tree_type type;

	memset(text, 'l', sizeof(text) - 1);
	temp_dir_symlink(&f->outer, "root/long", text);
	assert_int_equal(look(f, "/long", &type, link), 0);
	assert_int_equal(type, KB_TREE_LINK);
	assert_string_equal(link, text);
}

static int collect(void *ctx, const char *name)
{
	kb_buf_printf(ctx, "%s|", name);
	return strcmp(name, "stop") == 0 ? -ECANCELED : 0;
}

static void lists_in_byte_order(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf got = {0};

	temp_dir_text(&f->outer, "root/d/b", "");
	temp_dir_text(&f->outer, "root/d/B", "");
	temp_dir_text(&f->outer, "root/d/\xff", "");
	temp_dir_text(&f->outer, "root/d/.hidden", "");
	temp_dir_text(&f->outer, "root/d/a", "");
	assert_int_equal(kb_tree_list(&f->tree, "/d", 5, collect, &got), 0);
	assert_string_equal(got.data, ".hidden|B|a|b|\xff|");
	kb_buf_reset(&got);
	assert_int_equal(kb_tree_list(&f->tree, "/d", 4, collect, &got), -E2BIG);
	assert_string_equal(got.data, "");
	temp_dir_text(&f->outer, "root/d/stop", "");
	assert_int_equal(kb_tree_list(&f->tree, "/d", 100, collect, &got), -ECANCELED);
	assert_string_equal(got.data, ".hidden|B|a|b|stop|");
	assert_int_equal(kb_tree_list(&f->tree, "none", 5, collect, &got), -ENOENT);
	assert_int_equal(kb_tree_list(&f->tree, "empty", 5, collect, &got), -ENOTDIR);
	temp_dir_mkdir(&f->outer, "root/nothing");
	assert_int_equal(kb_tree_list(&f->tree, "nothing", 0, collect, &got), 0);
}

static int count_up(void *ctx, const char *name)
{
	(void)name;
	++*(int *)ctx;
	return 1; /* positive does not stop */
}

static void lists_many(void **state)
{
	struct fixture *f = *state;
	char path[40];
	int count = 0;

	for (int i = 0; i < 300; i++) {
		(void)snprintf(path, sizeof(path), "root/many/%d", i);
		temp_dir_text(&f->outer, path, "");
	}
	assert_int_equal(kb_tree_list(&f->tree, "many", 300, count_up, &count), 0);
	assert_int_equal(count, 300);
}

static int open_one(void *ctx, const char *path, int *ret_fd)
{
	struct fixture *f = ctx;

	return strcmp(path, "/a") == 0 ? kb_tree_open(&f->tree, "boot/vmlinuz", ret_fd) : -ENOENT;
}

/* Of a server: files alone. */
static void files_may_come_from_a_source(void **state)
{
	struct fixture *f = *state;
	const struct kb_tree_source source = {f, open_one};
	const struct kb_tree tree = {.root_fd = f->tree.root_fd, .source = &source};
	char link[KB_TREE_LINK_BYTES];
	enum kb_tree_type type;
	size_t count = 0;
	int fd;

	assert_reads(&tree, "/a", "kernel");
	assert_int_equal(kb_tree_has_file(&tree, "/a"), 0);
	assert_int_equal(kb_tree_has_file(&tree, "/boot/vmlinuz"), -ENOENT);
	assert_int_equal(kb_tree_open_dir(&tree, "/", &fd), -ENOENT);
	assert_int_equal(kb_tree_look(&tree, "/boot", &type, link), -ENOENT);
	assert_int_equal(kb_tree_list(&tree, "/", 300, count_up, &count), -ENOENT);
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(paths_begin_at_the_root_of_the_tree),
		WITH_TREE(names_lead_into_mounts),
		WITH_TREE(nothing_leads_out),
		WITH_TREE(magic_links_are_refused),
		WITH_TREE(errors_are_told_apart),
		WITH_TREE(what_is_no_file_cannot_hang_us),
		WITH_TREE(files_come_blocking_and_close_on_exec),
		WITH_TREE(reading_has_a_cap),
		WITH_TREE(looks_at_links_themselves),
		WITH_TREE(a_look_follows_no_link),
		WITH_TREE(links_may_be_long),
		WITH_TREE(lists_in_byte_order),
		WITH_TREE(lists_many),
		WITH_TREE(files_may_come_from_a_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
