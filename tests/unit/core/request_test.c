/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests whose client leaves, and what becomes of a device's mounts when it is removed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine_private.h"
#include "fake_sys.h"
#include "kboot/mount/table.h"

struct fixture {
	struct fake_sys *fake;
	struct kb_engine engine;
	struct kb_client clients[2];
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.fake = fake_sys_create();
	f.engine.sys = &f.fake->table;
	f.engine.journal.sys = &f.fake->table;
	f.engine.places.sysfs_fd = -1;
	f.engine.server.first = &f.clients[0];
	f.clients[0].next = &f.clients[1];
	*state = &f;
	return kb_loop_create(&f.engine.loop);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->engine.server.first = NULL;
	kb_requests_forget(&f->engine, NULL);
	kb_loop_destroy(f->engine.loop);
	fake_sys_destroy(f->fake);
	return 0;
}

/* Without a chroot-end: its prompt was killed. */
static void a_chroot_goes_with_its_client(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = &f->engine;
	struct kb_request *other = kb_request_create(e, &f->clients[1], KB_DO_CHROOT);

	assert_non_null(kb_request_create(e, &f->clients[0], KB_DO_CHROOT));
	kb_requests_left(e);
	assert_non_null(e->requests->next);
	e->server.first = &f->clients[1];
	kb_requests_left(e);
	assert_ptr_equal(e->requests, other);
	assert_null(other->next);
}

/* The next client may be at the same address: it has not asked. */
static void an_answer_does_not_go_to_the_next_client(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = &f->engine;
	struct kb_request *q = kb_request_create(e, &f->clients[0], KB_DO_VISIT);

	e->server.first = &f->clients[1];
	kb_requests_left(e);
	assert_ptr_equal(e->requests, q);
	e->server.first = &f->clients[0];
	assert_null(q->client);
	kb_request_reply(q, true, NULL, "here");
	assert_null(e->requests);
	assert_int_equal(f->clients[0].out.len, 0);
}

/* However late it comes, and whatever its client asked meanwhile. */
static void an_answer_has_the_number_of_its_request(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = &f->engine;
	struct kb_client *c;
	struct kb_request *first;
	char told[256] = "";
	int ends[2];

	e->server = (struct kb_server){.loop = e->loop, .journal = &e->journal};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(kb_server_add(&e->server, ends[0]), 0);
	c = e->server.first;
	c->request = 3;
	first = kb_request_create(e, c, KB_DO_VISIT);
	c->request = 4;
	assert_non_null(kb_request_create(e, c, KB_DO_REMOUNT));
	c->request = 5;
	kb_request_reply(first, true, NULL, "a");
	kb_client_reply(c, KB_DO_SHELL, true, NULL);
	/* The one before is given up. */
	assert_non_null(kb_request_create(e, c, KB_DO_REMOUNT));
	assert_true(read(ends[1], told, sizeof(told) - 1) > 0);
	assert_string_equal(
		told,
		"{\"type\":\"reply\",\"to\":\"visit\",\"request\":3,\"ok\":true,\"text\":\"a\"}\n"
		"{\"type\":\"reply\",\"to\":\"shell\",\"request\":5,\"ok\":true}\n"
		"{\"type\":\"reply\",\"to\":\"remount\",\"request\":4,"
		"\"text\":\"given up: something else was asked\"}\n");
	memset(told, 0, sizeof(told));
	kb_request_reply(e->requests, true, NULL, NULL);
	assert_true(read(ends[1], told, sizeof(told) - 1) > 0);
	assert_non_null(strstr(told, "\"request\":5,"));
	kb_server_done(&e->server);
	(void)close(ends[1]);
}

static void a_removed_device_gets_a_worker(void **state)
{
	struct fixture *f = *state;
	const struct kb_simulation simulation = {0};

	f->engine.options.simulation = &simulation;
	kb_engine_place_removed(&f->engine, "sda2");
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 0);
	f->engine.options.simulation = NULL;
	fake_sys_fail(f->fake, FAKE_FORK, 1, 11);
	kb_engine_place_removed(&f->engine, "sda2");
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 1);
	/* It could not be had: nobody is told, nothing is left. */
	assert_null(f->engine.requests);
}

struct watch {
	struct kb_engine *engine;
	struct kb_source *timer;
};

static void look(void *data)
{
	struct watch *w = data;

	if (w->engine->requests) {
		assert_int_equal(kb_timer_set(w->timer, 5), 0);
	} else {
		kb_loop_quit(w->engine->loop, 0);
	}
}

/* The devices settle while a worker looks for one with what was known before. */
static void what_was_missing_too_early_is_looked_for_again(void **state)
{
	struct fixture *f = *state;
	struct kb_engine *e = &f->engine;
	const struct kb_intent intent = {.type = KB_DO_VISIT, .name = "sda9:/"};
	struct kb_request *q = kb_request_create(e, NULL, KB_DO_VISIT);
	struct watch w = {.engine = e};

	f->fake->real.fork = kb_sys_linux.fork;
	assert_non_null(q);
	kb_request_prompt(q, KB_TASK_VISIT, &intent);
	e->hotplug.is_settled = true;
	assert_int_equal(kb_loop_add_timer(e->loop, look, &w, &w.timer), 0);
	look(&w);
	assert_int_equal(kb_loop_run(e->loop), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 2);
}

/* --- the worker itself, in a mount namespace of its own */

enum { NO_PRIVILEGE = 77 };

static void mount_one(const char *path, const char *source)
{
	char part[128];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		(void)mkdir(part, 0700);
	}
	(void)mkdir(path, 0700);
	assert_int_equal(mount(source, path, "tmpfs", 0, NULL), 0);
}

static int collect(void *ctx, const struct kb_mount_row *m)
{
	strcat(strcat(ctx, m->target + strlen("/run/kboot/")), " ");
	return 0;
}

static void detach_vg_lv(char *left)
{
	const struct kb_places places = {.sysfs_fd = -1};
	const struct kb_prompt_job job = {.sys = &kb_sys_linux,
					  .places = &places,
					  .root = "",
					  .task = KB_TASK_DETACH,
					  .name = "vg/lv"};
	int said[2];
	char text[64] = "";

	mount_one("/run/kboot/mnt/vg!lv", "/dev/dm-3");
	mount_one("/run/kboot/mnt/vg!lv2", "/dev/dm-4");
	mount_one("/run/kboot/root/vg!lv", "/dev/dm-3");
	mount_one("/run/kboot/root/vg!lv/home", "/dev/sdb1");
	mount_one("/run/kboot/root/sda2", "/dev/sda2");
	mount_one("/run/kboot/root/sda2/home", "/dev/vg/lv");
	assert_int_equal(pipe(said), 0);
	{
		/* In use or not. */
		KB_CLOSE int busy = open("/run/kboot/mnt/vg!lv", O_RDONLY | O_CLOEXEC);

		assert_true(busy >= 0);
		assert_int_equal(kb_prompt_job_run((void *)&job, said[1]), 0);
	}
	assert_true(read(said[0], text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "{\"how\":\"umount\"}\n");
	(void)close(said[0]);
	(void)close(said[1]);
	assert_int_equal(kb_mount_table("/proc/self/mountinfo", "/run/kboot", collect, left), 0);
}

static void a_removed_device_leaves_no_mounts(void **state)
{
	pid_t child = fork();
	int status = -1;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		char left[512] = "";

		if (kb_sys_linux.unshare_mounts(NULL) < 0) {
			_exit(NO_PRIVILEGE);
		}
		mount_one("/run", "run");
		detach_vg_lv(left);
		_exit(strcmp(left, "root/sda2 mnt/vg!lv2 ") != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_PRIVILEGE) {
		skip();
	}
	assert_int_equal(status, 0);
}

/* In a mount namespace of its own. */
static void list_mounts(struct fixture *f, char *text, size_t size)
{
	const struct kb_intent intent = {.type = KB_DO_MOUNTS};
	struct kb_engine *e = &f->engine;
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *reply = NULL;
	int ends[2];
	ssize_t n;

	mount_one("/run", "run");
	mount_one("/run/kboot/mnt/vg!lv2", "/dev/dm-4");
	mount_one("/run/kboot/root/vg!lv", "/dev/dm-3");
	mount_one("/run/kboot/root/vg!lv/home", "/dev/sdb1");
	mount_one("/run/kboot/root/vg!lv2", "/dev/dm-4");
	mount_one("/run/kboot/nfs/host/x", "host:/export");
	(void)snprintf(e->environment, sizeof(e->environment), "vg/lv");
	e->server = (struct kb_server){.loop = e->loop, .journal = &e->journal};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(kb_server_add(&e->server, ends[0]), 0);
	kb_engine_do_mounts(e, e->server.first, &intent);
	n = read(ends[1], text, size);
	assert_true(n > 0);
	assert_int_equal(kb_json_parse(&arena, kb_str_of(text, (size_t)n), &reply), 0);
	(void)snprintf(text, size, "%s", kb_json_get_str(reply, "text", ""));
}

static void mounts_are_called_as_they_are_at_the_prompt(void **state)
{
	static const char *const names[] = {"host:/export", "vg/lv2 (as root)", "/home", "/",
					    "vg/lv2:/"};
	pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0) {
		char text[2048];
		struct kb_str rest = {text, 0};
		struct kb_str line;
		size_t n = 0;

		if (kb_sys_linux.unshare_mounts(NULL) < 0) {
			_exit(NO_PRIVILEGE);
		}
		list_mounts(*state, text, sizeof(text));
		rest.len = strlen(text);
		while (kb_str_next_line(&rest, &line) && n < KB_ARRAY_LEN(names) &&
		       kb_str_starts(line, kb_str_from(names[n])) &&
		       line.data[strlen(names[n])] == ' ') {
			n++;
		}
		_exit(n != KB_ARRAY_LEN(names));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_PRIVILEGE) {
		skip();
	}
	assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chroot_goes_with_its_client),
		TEST(an_answer_does_not_go_to_the_next_client),
		TEST(an_answer_has_the_number_of_its_request),
		TEST(a_removed_device_gets_a_worker),
		TEST(what_was_missing_too_early_is_looked_for_again),
		cmocka_unit_test(a_removed_device_leaves_no_mounts),
		TEST(mounts_are_called_as_they_are_at_the_prompt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
