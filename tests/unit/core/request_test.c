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

#include "core_fixture.h"
#include "kboot/base/json.h"
#include "kboot/mount/table.h"

static int setup(void **state)
{
	static struct core_fixture f;

	core_fixture_init(&f, NULL);
	(void)core_fixture_disk(&f, "sda1", NULL);
	core_fixture_start(&f);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	core_fixture_done(*state);
	return 0;
}

static struct kb_request *ask(struct core_fixture *f, struct kb_client *c, enum kb_intent_type type,
			      uint64_t number)
{
	const struct kb_intent intent = {.type = type, .request = number};
	struct kb_request *q = kb_request_create(f->core, c, &intent);

	assert_non_null(q);
	return q;
}

/* Without a chroot-end: its prompt was killed. */
static void a_chroot_goes_with_its_client(void **state)
{
	struct core_fixture *f = *state;
	int killed = core_fixture_connect(f);
	struct kb_request *other;

	(void)ask(f, f->core->server.first, KB_DO_CHROOT, 1);
	(void)core_fixture_connect(f);
	other = ask(f, f->core->server.first, KB_DO_CHROOT, 1);
	core_fixture_run(f);
	assert_non_null(f->core->requests->next);
	core_fixture_hang_up(f, killed);
	core_fixture_run(f);
	assert_ptr_equal(f->core->requests, other);
	assert_null(other->next);
}

static void an_answer_does_not_go_to_the_next_client(void **state)
{
	struct core_fixture *f = *state;
	int first = core_fixture_connect(f);
	struct kb_request *q = ask(f, f->core->server.first, KB_DO_VISIT, 1);
	int second;

	core_fixture_hang_up(f, first);
	core_fixture_run(f);
	second = core_fixture_connect(f);
	kb_request_reply(q, true, NULL, "here");
	assert_null(f->core->requests);
	assert_string_equal(core_fixture_hear(f, second), "");
}

/* However late it comes, and whatever its client asked meanwhile. */
static void an_answer_has_the_number_of_its_request(void **state)
{
	struct core_fixture *f = *state;
	int client = core_fixture_connect(f);
	struct kb_client *c = f->core->server.first;
	struct kb_request *first = ask(f, c, KB_DO_VISIT, 3);
	struct kb_request *second = ask(f, c, KB_DO_REMOUNT, 4);
	const char *heard;

	assert_non_null(second);
	kb_request_reply(first, true, NULL, "a");
	kb_client_reply(c, &(struct kb_intent){.type = KB_DO_SHELL, .request = 5}, true, NULL);
	/* The one before is given up. */
	(void)ask(f, c, KB_DO_REMOUNT, 6);
	heard = core_fixture_hear(f, client);
	assert_string_equal(
		heard,
		"{\"type\":\"reply\",\"to\":\"visit\",\"request\":3,\"ok\":true,\"text\":\"a\"}\n"
		"{\"type\":\"reply\",\"to\":\"shell\",\"request\":5,\"ok\":true}\n"
		"{\"type\":\"reply\",\"to\":\"remount\",\"request\":4,"
		"\"text\":\"given up: something else was asked\"}\n");
	kb_request_reply(f->core->requests, true, NULL, NULL);
	assert_non_null(strstr(core_fixture_hear(f, client), "\"request\":6,"));
}

/* A name that is none is still the request's own, when the question is gone. */
static void a_name_that_cannot_be_is_kept(void **state)
{
	static char line[8192];
	static char name[5000];
	struct core_fixture *f = *state;
	int client = core_fixture_connect(f);

	memset(name, 'x', sizeof(name) - 1);
	(void)snprintf(line, sizeof(line),
		       "{\"do\":\"visit\",\"want\":\"list\",\"id\":\"a\",\"name\":\"%s\"}", name);
	assert_non_null(strstr(core_fixture_say(f, client, line), "a file name above"));
}

static void a_removed_device_gets_a_worker(void **state)
{
	struct core_fixture *f = *state;

	fake_sys_forget(f->fake);
	kb_engine_place_removed(&f->core->engine, "sda2");
	core_fixture_run(f);
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 0);
	f->core->engine.options.simulation = NULL;
	fake_sys_fail(f->fake, FAKE_FORK, 1, 11);
	kb_engine_place_removed(&f->core->engine, "sda2");
	core_fixture_run(f);
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 1);
	/* It could not be had: nobody is told, nothing is left. */
	assert_null(f->core->requests);
}

/* Two partitions of one stick: the worker of one does not end the other's. */
static void each_removed_device_gets_one(void **state)
{
	struct core_fixture *f = *state;

	core_fixture_is_machine(f);
	fake_sys_forget(f->fake);
	kb_engine_place_removed(&f->core->engine, "sdb1");
	kb_engine_place_removed(&f->core->engine, "sdb2");
	assert_int_equal(kb_loop_step(f->core->engine.loop, 10), 0);
	assert_int_equal(kb_loop_step(f->core->engine.loop, 0), 0);
	assert_int_equal(fake_sys_count(f->fake, FAKE_FORK), 2);
	assert_int_equal(fake_sys_count(f->fake, FAKE_KILL), 0);
	core_fixture_run(f);
	assert_null(f->core->requests);
}

/* The devices settle while a worker looks for one with what was known before. */
static void what_was_missing_too_early_is_looked_for_again(void **state)
{
	struct core_fixture *f = *state;
	int client = core_fixture_connect(f);
	const struct kb_intent intent = {.type = KB_DO_VISIT, .name = "sda9:/"};
	struct kb_request *q = ask(f, f->core->server.first, KB_DO_VISIT, 1);

	kb_request_prompt(q, KB_TASK_VISIT, &intent);
	f->core->engine.options.simulation = NULL;
	fake_sys_forget(f->fake);
	while (q->state == KB_REQUEST_NEW) {
		assert_int_equal(kb_loop_step(f->core->engine.loop, 10), 0);
	}
	core_fixture_run(f);
	assert_int_equal(q->state, KB_REQUEST_WAITING);
	f->core->engine.hotplug.is_settled = true;
	kb_core_ask_turn(f->core);
	assert_non_null(strstr(core_fixture_hear(f, client), "there is no device sda9"));
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
	const struct kb_places places = {.simulated = true};
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

static const struct kb_json *first_cell(const struct kb_json *row)
{
	return row && row->type == KB_JSON_ARRAY ? row->parts : NULL;
}

/* In a mount namespace of its own. */
static bool are_mounts_called(struct core_fixture *f, const char *const *names, size_t n)
{
	struct kb_environment *env = &f->core->engine.environment;
	int client = core_fixture_connect(f);
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *reply = NULL;
	const struct kb_json *rows;
	const struct kb_json *row;
	const char *heard;

	mount_one("/run", "run");
	mount_one("/run/kboot/mnt/vg!lv2", "/dev/dm-4");
	mount_one("/run/kboot/root/sda1", "/dev/dm-3");
	mount_one("/run/kboot/root/sda1/home", "/dev/sdb1");
	mount_one("/run/kboot/root/vg!lv2", "/dev/dm-4");
	mount_one("/run/kboot/nfs/host/x", "host:/export");
	env->id.place = f->core->engine.places.first->id;
	env->state = KB_ENV_FOUND;
	heard = core_fixture_say(f, client, "{\"do\":\"mounts\"}");
	assert_int_equal(kb_json_parse(&arena, kb_str_from(heard), &reply), 0);
	rows = kb_json_get(reply, "rows");
	row = rows ? rows->parts : NULL;
	for (; n > 0 && kb_json_is(first_cell(row), KB_JSON_TEXT) &&
	       strcmp(first_cell(row)->text, names[0]) == 0;
	     n--, names++) {
		row = row->next;
	}
	return n == 0;
}

static void mounts_are_called_as_they_are_at_the_prompt(void **state)
{
	static const char *const names[] = {"host:/export", "vg/lv2 (as root)", "/home", "/",
					    "vg/lv2:/"};
	pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0) {
		if (kb_sys_linux.unshare_mounts(NULL) < 0) {
			_exit(NO_PRIVILEGE);
		}
		_exit(!are_mounts_called(*state, names, KB_ARRAY_LEN(names)));
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
		TEST(a_name_that_cannot_be_is_kept),
		TEST(a_removed_device_gets_a_worker),
		TEST(each_removed_device_gets_one),
		TEST(what_was_missing_too_early_is_looked_for_again),
		cmocka_unit_test(a_removed_device_leaves_no_mounts),
		TEST(mounts_are_called_as_they_are_at_the_prompt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
