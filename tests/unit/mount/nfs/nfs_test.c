/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server is a socket on loopback that takes connections; the mounts are written down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/nfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "fake_sys.h"
#include "temp_dir.h"

/* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME. */
#define READ_ONLY  "0x40f"
#define READ_WRITE "0x40e"

enum { MAX_ANSWERS = 8 };

/* What the server says to one mount after the other; then 0. */
struct script {
	int codes[MAX_ANSWERS];
	size_t next;
	const char *folder; /* is made in what is mounted */
	/* A mount takes so long, on a clock that stands still otherwise. */
	int64_t takes_ms;
	bool is_silent; /* it takes as long as its options allow */
	struct fake_sys *clock;
};

struct fixture {
	struct fake_sys *fake;
	struct temp_dir dir;
	char work_dir[96];
	int listener;
	struct kb_nfs_place place;
	struct kb_nfs_mount_request request;
	struct script script;
	struct kb_arena arena;
	struct kb_mount mount;
	const char *export;
	struct kb_error err;
	unsigned asked;     /* for the network */
	int64_t network_ms; /* what that takes */
};

static int answer(void *ctx, const char *source, const char *target, const char *fstype,
		  unsigned long flags, const char *options)
{
	struct script *s = ctx;
	int code = s->next < MAX_ANSWERS ? s->codes[s->next++] : 0;
	char path[256];

	(void)source;
	(void)fstype;
	(void)flags;
	if (s->clock) {
		s->clock->now_ms += s->takes_ms;
	}
	if (s->is_silent) {
		s->clock->now_ms += 300 * strtol(strstr(options, "timeo=") + 6, NULL, 10);
	}
	if (code == 0 && s->folder) {
		(void)snprintf(path, sizeof(path), "%s/%s", target, s->folder);
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
	}
	return code;
}

/* What is "mounted" goes with the mount: else the folder is not empty when it is removed. */
static int forget(void *ctx, const char *target, int flags)
{
	struct script *s = ctx;
	char path[256];

	(void)flags;
	if (s->folder) {
		(void)snprintf(path, sizeof(path), "%s/%s", target, s->folder);
		(void)rmdir(path);
	}
	return 0;
}

static int setup(void **state)
{
	static struct fixture f;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(address);

	memset(&f, 0, sizeof(f));
	f.fake = fake_sys_create();
	f.fake->real.now_ms = kb_sys_linux.now_ms;
	f.fake->real.mount = answer;
	f.fake->real.umount = forget;
	f.fake->real.ctx = &f.script;
	temp_dir_init(&f.dir);
	(void)snprintf(f.work_dir, sizeof(f.work_dir), "%s/nfs", f.dir.path);
	f.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f.listener, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(f.listener, 64), 0);
	assert_int_equal(getsockname(f.listener, (void *)&address, &size), 0);
	f.place = (struct kb_nfs_place){.host = "127.0.0.1",
					.port = ntohs(address.sin_port),
					.minor = KB_NFS_MINOR_ANY};
	f.request = (struct kb_nfs_mount_request){.place = &f.place,
						  .path = "/export/sub/vmlinuz",
						  .work_dir = f.work_dir};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_mount_done(&f->mount);
	kb_arena_done(&f->arena);
	(void)kb_close(f->listener);
	temp_dir_done(&f->dir);
	fake_sys_destroy(f->fake);
	return 0;
}

static int mount_it(struct fixture *f)
{
	return kb_mount_nfs(&f->fake->table, &f->request, &f->arena, &f->mount, &f->export,
			    &f->err);
}

static void assert_call(const struct fixture *f, size_t i, const char *export, const char *target,
			const char *flags, const char *version, const char *more)
{
	char call[FAKE_TEXT_BYTES];

	(void)snprintf(call, sizeof(call),
		       "mount 127.0.0.1:%s %s nfs %s vers=%s,proto=tcp,port=%u,addr=127.0.0.1,"
		       "softerr,timeo=40,retrans=2%s",
		       export, target, flags, version, f->place.port, more);
	assert_string_equal(fake_sys_text(f->fake, i), call);
}

static void test_version_4(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	f->script.folder = "export";
	assert_int_equal(mount_it(f), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 1);
	assert_call(f, 0, "/", f->mount.target, READ_ONLY, "4.2", "");
	assert_string_equal(f->export, "/");
	assert_string_equal(f->mount.tree.name, "127.0.0.1");
	assert_int_equal(fstatat(f->mount.tree.root_fd, "export", &st, 0), 0);
	kb_mount_done(&f->mount);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 1);
}

static void test_minor_versions(void **state)
{
	struct fixture *f = *state;

	f->script = (struct script){.codes = {-EPROTONOSUPPORT, -EINVAL}, .folder = "export"};
	assert_int_equal(mount_it(f), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 3);
	assert_call(f, 1, "/", f->mount.target, READ_ONLY, "4.1", "");
	assert_call(f, 2, "/", f->mount.target, READ_ONLY, "4.0", "");
}

static void test_one_minor_version(void **state)
{
	struct fixture *f = *state;

	f->place.version = 4;
	f->place.minor = 1;
	f->script.codes[0] = -EPROTONOSUPPORT;
	assert_int_equal(mount_it(f), -EPROTONOSUPPORT);
	assert_string_equal(f->err.text, "127.0.0.1 does not speak version 4 of NFS with us");
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 1);
}

static void test_falls_back_to_version_3(void **state)
{
	struct fixture *f = *state;

	f->place.mount_port = 4002;
	f->script = (struct script){
		.codes = {-EPROTONOSUPPORT, -EPROTONOSUPPORT, -EPROTONOSUPPORT, -ENOTDIR}};
	assert_int_equal(mount_it(f), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 5);
	assert_call(f, 3, "/export/sub/vmlinuz", f->mount.target, READ_ONLY, "3",
		    ",nolock,mountproto=tcp,mountport=4002");
	assert_call(f, 4, "/export/sub", f->mount.target, READ_ONLY, "3",
		    ",nolock,mountproto=tcp,mountport=4002");
	assert_string_equal(f->export, "/export/sub");
}

static void test_version_3_only(void **state)
{
	struct fixture *f = *state;

	f->place.version = 3;
	f->request.path = "/a/../b";
	f->request.read_write = true;
	f->script.codes[0] = -EACCES;
	assert_int_equal(mount_it(f), 0);
	assert_call(f, 0, "/a", f->mount.target, READ_WRITE, "3", ",nolock,mountproto=tcp");
	assert_call(f, 1, "/", f->mount.target, READ_WRITE, "3", ",nolock,mountproto=tcp");
	assert_string_equal(f->export, "/");
}

/* A path that is not in the tree of version 4: old servers have another one for version 3. */
static void test_other_tree(void **state)
{
	struct fixture *f = *state;

	f->script.folder = "home";
	assert_int_equal(mount_it(f), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 2);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 1);
	assert_call(f, 2, "/export/sub/vmlinuz", f->mount.target, READ_ONLY, "3",
		    ",nolock,mountproto=tcp");
}

static void test_root_needs_no_other_tree(void **state)
{
	struct fixture *f = *state;

	f->request.path = "/";
	assert_int_equal(mount_it(f), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 1);
}

static void test_failures(void **state)
{
	static const struct {
		struct script script;
		unsigned version;
		int code;
		size_t mounts;
		const char *text;
	} cases[] = {
		{{.codes = {-ETIMEDOUT}},
		 0,
		 -ETIMEDOUT,
		 1,
		 "127.0.0.1 takes connections but does not answer (NFS, within 12 s)"},
		{{.codes = {-ENODEV}},
		 4,
		 -ENODEV,
		 1,
		 "127.0.0.1: this kernel has no driver for NFS"},
		{{.codes = {-EACCES, -EACCES, -EACCES, -EACCES, -EACCES}},
		 0,
		 -EACCES,
		 5,
		 "127.0.0.1 denies us /export/sub/vmlinuz (by NFS; its list of exports decides)"},
		{{.codes = {-ENOENT, -ENOENT, -ENOENT, -EACCES}},
		 3,
		 -ENOENT,
		 4,
		 "127.0.0.1 exports nothing that holds /export/sub/vmlinuz"},
		{{.codes = {-ENOTDIR, -EPERM, -ENOENT, -ENOENT}},
		 3,
		 -EACCES,
		 4,
		 "127.0.0.1 denies us /export/sub/vmlinuz (by NFS; its list of exports decides)"},
		/* No version 4, and version 3 without its mount service. */
		{{.codes = {-EPROTONOSUPPORT, -EPROTONOSUPPORT, -EPROTONOSUPPORT, -ECONNREFUSED}},
		 0,
		 -ECONNREFUSED,
		 4,
		 "127.0.0.1 refuses connections: its mount service does not run"},
		/* Not in version 4, and nobody speaks version 3. */
		{{.codes = {0, -EPROTONOSUPPORT}, .folder = "home"},
		 0,
		 -ENOENT,
		 2,
		 "127.0.0.1 exports nothing that holds /export/sub/vmlinuz"},
		{{.codes = {-EPROTONOSUPPORT, -EPROTONOSUPPORT, -EPROTONOSUPPORT,
			    -EPROTONOSUPPORT}},
		 0,
		 -EPROTONOSUPPORT,
		 4,
		 "127.0.0.1 speaks no version of NFS that we do"},
		{{.codes = {-EIO}},
		 0,
		 -EIO,
		 1,
		 "127.0.0.1: /export/sub/vmlinuz cannot be mounted by NFS: Input/output error"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		f->script = cases[i].script;
		f->place.version = cases[i].version;
		fake_sys_forget(f->fake);
		assert_int_equal(mount_it(f), cases[i].code);
		assert_string_equal(f->err.text, cases[i].text);
		assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), cases[i].mounts);
		assert_int_equal(rmdir(f->work_dir), 0); /* no mount point is left */
	}
}

/* EIO at once is an error of the server's; EIO after all that waiting is none. */
static void test_unanswered(void **state)
{
	struct fixture *f = *state;

	f->fake->real.now_ms = NULL;
	f->script =
		(struct script){.codes = {-EIO}, .takes_ms = KB_NFS_ANSWER_MS, .clock = f->fake};
	assert_int_equal(mount_it(f), -ETIMEDOUT);
	assert_string_equal(f->err.text,
			    "127.0.0.1 takes connections but does not answer (NFS, within 12 s)");
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 1);
}

static int always_absent(void *ctx, const char *source, const char *target, const char *fstype,
			 unsigned long flags, const char *options)
{
	(void)ctx;
	(void)source;
	(void)target;
	(void)fstype;
	(void)flags;
	(void)options;
	return -ENOENT;
}

/* Depth costs so many questions and no more. */
static void test_bounded_parents(void **state)
{
	char path[KB_NFS_MAX_PATH] = "";
	struct fixture *f = *state;

	for (int i = 0; i < 2 * KB_NFS_MAX_PARENTS; i++) {
		memcpy(path + (size_t)(2 * i), "/a", sizeof("/a"));
	}
	f->request.path = path;
	f->place.version = 3;
	f->fake->real.mount = always_absent;
	assert_int_equal(mount_it(f), -ENOENT);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), KB_NFS_MAX_PARENTS);
}

static void test_paths(void **state)
{
	char path[KB_NFS_MAX_PATH + 1];
	struct fixture *f = *state;

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[KB_NFS_MAX_PATH] = '\0';
	f->request.path = path;
	assert_int_equal(mount_it(f), -ENAMETOOLONG);
	f->request.path = "export";
	assert_int_equal(mount_it(f), -EINVAL);
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 0);
}

static void test_target_and_keep(void **state)
{
	char target[128];
	struct fixture *f = *state;

	(void)snprintf(target, sizeof(target), "%s/here", f->dir.path);
	assert_int_equal(mkdir(target, 0700), 0);
	f->request.target = target;
	f->request.keep = true;
	f->request.path = "/";
	assert_int_equal(mount_it(f), 0);
	assert_call(f, 0, "/", target, READ_ONLY, "4.2", "");
	kb_mount_done(&f->mount);
	assert_int_equal(fake_sys_count(f->fake, FAKE_UMOUNT), 0);
	assert_int_equal(rmdir(target), 0);
}

static int no_network(void *ctx, int64_t deadline_ms, struct kb_error *err)
{
	struct fixture *f = ctx;

	assert_true(deadline_ms == f->request.deadline_ms);
	f->asked++;
	return kb_error_set(err, -ENETDOWN, "no cable");
}

static bool known(void *ctx, const char *host, char ret_address[static INET6_ADDRSTRLEN])
{
	(void)ctx;
	if (strcmp(host, "server") != 0) {
		return false;
	}
	memcpy(ret_address, "127.0.0.1", sizeof("127.0.0.1"));
	return true;
}

static void test_names(void **state)
{
	struct fixture *f = *state;

	f->request.path = "/";
	f->request.hooks = (struct kb_mount_server_hooks){f, known, no_network};
	f->place.host = "server";
	assert_int_equal(mount_it(f), 0);
	assert_non_null(strstr(fake_sys_text(f->fake, 0), "mount server:/ "));
	assert_non_null(strstr(fake_sys_text(f->fake, 0), ",addr=127.0.0.1,"));
	assert_int_equal(f->asked, 0);
	kb_mount_done(&f->mount);
	/* A name that nobody knows needs a network, and that is asked for once. */
	f->place.host = "other.invalid";
	assert_int_equal(mount_it(f), -ENETDOWN);
	assert_string_equal(f->err.text, "other.invalid cannot be reached: no cable");
	assert_int_equal(f->asked, 1);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 1);
}

static int slow_network(void *ctx, int64_t deadline_ms, struct kb_error *err)
{
	struct fixture *f = ctx;

	(void)err;
	f->asked++;
	assert_int_equal(deadline_ms, f->request.deadline_ms);
	f->fake->now_ms += f->network_ms;
	return 0;
}

/* The network takes its time, the server is silent for what is left: it is the server's sentence
 * that arrives, and not after the deadline. */
static void test_what_is_left_is_waited(void **state)
{
	struct fixture *f = *state;

	f->fake->real.now_ms = NULL;
	f->fake->now_ms = 1000;
	f->request.deadline_ms = 20000;
	f->request.hooks = (struct kb_mount_server_hooks){.ctx = f, .network_up = slow_network};
	f->place.host = "localhost";
	f->network_ms = 15000;
	f->script = (struct script){.codes = {-EIO}, .is_silent = true, .clock = f->fake};
	assert_int_equal(mount_it(f), -ETIMEDOUT);
	assert_string_equal(f->err.text,
			    "localhost takes connections but does not answer (NFS, within 4 s)");
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 1);
	assert_true(f->fake->now_ms <= f->request.deadline_ms);
}

/* The deadline passes on the way to the server, and while it refuses one version. */
static void test_no_time_is_left(void **state)
{
	struct fixture *f = *state;

	f->fake->real.now_ms = NULL;
	f->fake->now_ms = 1000;
	f->request.deadline_ms = 20000;
	f->request.hooks = (struct kb_mount_server_hooks){.ctx = f, .network_up = slow_network};
	f->place.host = "localhost";
	f->network_ms = 19000;
	assert_int_equal(mount_it(f), -ETIMEDOUT);
	assert_string_equal(f->err.text,
			    "localhost was not asked: what came before it took all the time");
	assert_int_equal(f->asked, 1);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 0);

	f->fake->now_ms = 1000;
	f->request.hooks.network_up = NULL;
	f->script =
		(struct script){.codes = {-EPROTONOSUPPORT}, .takes_ms = 17000, .clock = f->fake};
	assert_int_equal(mount_it(f), -ETIMEDOUT);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 1);
	assert_true(f->fake->now_ms <= f->request.deadline_ms);
}

static void test_ipv6(void **state)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	socklen_t size = sizeof(address);
	KB_CLOSE int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct fixture *f = *state;

	if (listener < 0 || bind(listener, (void *)&address, sizeof(address)) < 0) {
		skip(); /* this machine has no IPv6 */
	}
	assert_int_equal(listen(listener, 4), 0);
	assert_int_equal(getsockname(listener, (void *)&address, &size), 0);
	f->place.host = "::1";
	f->place.port = ntohs(address.sin6_port);
	f->request.path = "/";
	assert_int_equal(mount_it(f), 0);
	assert_non_null(strstr(fake_sys_text(f->fake, 0), "mount [::1]:/ "));
	assert_non_null(strstr(fake_sys_text(f->fake, 0), "proto=tcp6,"));
	assert_non_null(strstr(fake_sys_text(f->fake, 0), ",addr=::1,"));
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	char text[128];

	f->listener = kb_close(f->listener);
	assert_int_equal(mount_it(f), -ECONNREFUSED);
	(void)snprintf(text, sizeof(text), "127.0.0.1 refuses connections to port %u: no NFS there",
		       f->place.port);
	assert_string_equal(f->err.text, text);
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 0);
}

/* A listener whose queue is full answers no more: as a host that is off does. */
static void connect_in_vain(struct fixture *f, int least_ms, int most_ms, const char *words)
{
	int clients[8];
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	int64_t took_ms;

	assert_int_equal(listen(f->listener, 0), 0);
	assert_int_equal(getsockname(f->listener, (void *)&address, &size), 0);
	for (size_t i = 0; i < KB_ARRAY_LEN(clients); i++) {
		clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(clients[i], (void *)&address, size);
	}
	took_ms = -kb_sys_linux.now_ms(NULL);
	assert_int_equal(mount_it(f), -ETIMEDOUT);
	took_ms += kb_sys_linux.now_ms(NULL);
	assert_true(took_ms >= least_ms - 100 && took_ms < most_ms);
	assert_non_null(strstr(f->err.text, "127.0.0.1 does not answer (port "));
	assert_non_null(strstr(f->err.text, words));
	for (size_t i = 0; i < KB_ARRAY_LEN(clients); i++) {
		(void)kb_close(clients[i]);
	}
}

static void test_silent(void **state)
{
	connect_in_vain(*state, KB_MOUNT_SERVER_CONNECT_MS, INT_MAX, "within 5 s");
}

static void test_silent_with_little_time(void **state)
{
	struct fixture *f = *state;

	f->request.deadline_ms = kb_sys_linux.now_ms(NULL) + 1000;
	connect_in_vain(f, 900, KB_MOUNT_SERVER_CONNECT_MS, "within 1 s");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_version_4),
		TEST(test_minor_versions),
		TEST(test_one_minor_version),
		TEST(test_falls_back_to_version_3),
		TEST(test_version_3_only),
		TEST(test_other_tree),
		TEST(test_root_needs_no_other_tree),
		TEST(test_failures),
		TEST(test_unanswered),
		TEST(test_bounded_parents),
		TEST(test_paths),
		TEST(test_target_and_keep),
		TEST(test_names),
		TEST(test_ipv6),
		TEST(test_refused),
		TEST(test_silent),
		TEST(test_silent_with_little_time),
		TEST(test_what_is_left_is_waited),
		TEST(test_no_time_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
