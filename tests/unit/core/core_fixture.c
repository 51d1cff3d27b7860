/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_fixture.h"

/* A loop that is quiet for so many rounds has nothing to do; one that never is hangs. */
enum { QUIET_ROUNDS = 3, ROUND_MS = 2, ROUNDS_MAX = 20000 };

void core_fixture_init(struct core_fixture *f, const char *config)
{
	memset(f, 0, sizeof(*f));
	f->fake = fake_sys_create();
	assert_non_null(f->fake);
	f->fake->now_ms = 1000;
	f->fake->real.fork = kb_sys_linux.fork;
	temp_dir_init(&f->dir);
	(void)snprintf(f->run_dir, sizeof(f->run_dir), "%s/run", f->dir.path);
	if (config) {
		temp_dir_text(&f->dir, "own.conf", config);
		(void)snprintf(f->config, sizeof(f->config), "%s/own.conf", f->dir.path);
	}
	for (int i = 0; i < FIXTURE_CLIENTS; i++) {
		f->ends[i] = -1;
	}
	f->options = (struct kb_core_options){.sys = &f->fake->table,
					      .simulation = &f->simulation,
					      .config = config ? f->config : NULL};
}

/* The head of an x86 kernel, as far as a plan looks. */
static void write_kernel(struct core_fixture *f, const char *name)
{
	static unsigned char image[4096];

	image[0x1f1] = 1;
	image[0x1fe] = 0x55;
	image[0x1ff] = 0xaa;
	memcpy(image + 0x200, "\xeb\x66HdrS\x0f\x02", 8);
	temp_dir_write(&f->dir, name, image, sizeof(image));
}

struct kb_device *core_fixture_disk(struct core_fixture *f, const char *name, const char *conf)
{
	size_t i = f->simulation.n_devices++;
	struct kb_device *device = &f->simulation.devices[i];
	char path[96];

	(void)snprintf(f->trees[i], sizeof(f->trees[i]), "%s/%s", f->dir.path, name);
	(void)snprintf(path, sizeof(path), "%s/vmlinuz", name);
	write_kernel(f, path);
	if (conf) {
		(void)snprintf(path, sizeof(path), "%s/kboot.conf", name);
		temp_dir_text(&f->dir, path, conf);
	}
	*device = (struct kb_device){.name = name, .tree = f->trees[i]};
	return device;
}

static bool is_busy(const struct core_fixture *f)
{
	const struct kb_engine *e = &f->core->engine;
	bool busy = e->due != 0 || kb_places_pending(&e->places) > 0 || e->pipeline.child ||
		    e->unlocking.child || e->leaving.child;

	for (const struct kb_request *q = f->core->requests; q && !busy; q = q->next) {
		busy = q->child && q->asked.type != KB_DO_CHROOT;
	}
	return busy;
}

void core_fixture_run(struct core_fixture *f)
{
	int quiet = 0;

	for (int i = 0; i < ROUNDS_MAX && quiet < QUIET_ROUNDS; i++) {
		assert_int_equal(kb_loop_step(f->core->engine.loop, ROUND_MS), 0);
		quiet = is_busy(f) ? 0 : quiet + 1;
	}
	assert_int_equal(quiet, QUIET_ROUNDS);
}

void core_fixture_start(struct core_fixture *f)
{
	struct kb_error err = {0};

	assert_int_equal(kb_core_create(&f->options, &f->core, &err), 0);
	core_fixture_run(f);
}

void core_fixture_done(struct core_fixture *f)
{
	if (f->core) {
		f->core->engine.options.simulation = &f->simulation;
	}
	kb_core_destroy(f->core);
	for (int i = 0; i < FIXTURE_CLIENTS; i++) {
		core_fixture_hang_up(f, i);
	}
	temp_dir_done(&f->dir);
	fake_sys_destroy(f->fake);
}

static void ignore(void *data)
{
	(void)data;
}

void core_fixture_is_machine(struct core_fixture *f)
{
	f->core->engine.options.simulation = NULL;
	f->core->engine.hotplug.is_settled = true;
	if (!f->core->engine.hotplug.quiet) {
		/* The hardware of this machine never comes to rest by itself. */
		assert_int_equal(kb_loop_add_timer(f->core->engine.loop, ignore, NULL,
						   &f->core->engine.hotplug.quiet),
				 0);
	}
}

void core_fixture_pass(struct core_fixture *f, int64_t ms)
{
	f->fake->now_ms += ms;
	kb_engine_ask(&f->core->engine, KB_WORK_TICK);
	core_fixture_run(f);
}

int core_fixture_connect(struct core_fixture *f)
{
	int ends[2];
	int i = 0;

	while (f->ends[i] >= 0) {
		i++;
	}
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(kb_core_add_client(f->core, ends[0]), 0);
	f->ends[i] = ends[1];
	return i;
}

void core_fixture_hang_up(struct core_fixture *f, int client)
{
	f->ends[client] = kb_close(f->ends[client]);
}

const char *core_fixture_hear(struct core_fixture *f, int client)
{
	size_t len = 0;
	ssize_t n;

	do {
		core_fixture_run(f);
		n = read(f->ends[client], f->heard + len, sizeof(f->heard) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	f->heard[len] = '\0';
	return f->heard;
}

const char *core_fixture_say(struct core_fixture *f, int client, const char *line)
{
	assert_int_equal(write(f->ends[client], line, strlen(line)), strlen(line));
	assert_int_equal(write(f->ends[client], "\n", 1), 1);
	return core_fixture_hear(f, client);
}

const char *core_fixture_id(const struct core_fixture *f, const char *label)
{
	const struct kb_entry *entry = kb_catalog_find(&f->core->engine.catalog, label);

	assert_non_null(entry);
	return entry->id;
}

bool core_fixture_logged(const struct core_fixture *f, const char *text)
{
	const struct kb_log *log = &f->core->engine.journal.log;

	for (const struct kb_log_line *l = kb_log_next(log, 0); l; l = kb_log_next(log, l->seq)) {
		if (strstr(l->text, text)) {
			return true;
		}
	}
	return false;
}

void core_fixture_arm(struct core_fixture *f, const char *label)
{
	struct kb_pipeline *p = &f->core->engine.pipeline;
	const struct kb_entry *entry = kb_catalog_find(&f->core->engine.catalog, label);

	assert_non_null(entry);
	kb_pipeline_clear(p);
	assert_int_equal(kb_entry_copy(&p->arena, entry, &p->entry), 0);
	p->stage = KB_STAGE_ARMED;
	p->in_kernel = true;
	p->load++;
}
