/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine, its socket, and the turns in which clients are served. */
#include "serve/request.h"
#include "serve/serve.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static void wants_turn(void *ctx)
{
	kb_core_ask_turn(ctx);
}

static void state_changed(void *ctx)
{
	struct kb_core *k = ctx;

	k->state_version++;
	kb_core_ask_turn(k);
}

static void device_gone(void *ctx, const char *name)
{
	kb_request_detach(ctx, name);
}

static void leaving(void *ctx, const char *farewell)
{
	struct kb_core *k = ctx;

	(void)snprintf(k->farewell, sizeof(k->farewell), "%s", farewell);
	state_changed(k);
}

static void stop_workers(void *ctx)
{
	kb_requests_forget(ctx);
}

static bool has_menu(void *ctx)
{
	const struct kb_core *k = ctx;

	for (const struct kb_client *c = k->server.first; c; c = c->next) {
		if (c->watching) {
			return true;
		}
	}
	return false;
}

/* --- a turn */

static void say_goodbye(struct kb_core *k)
{
	const struct kb_message bye = {.type = KB_MSG_BYE, .text = k->farewell};

	for (struct kb_client *c = k->server.first; c; c = c->next) {
		kb_core_send_state(k, c);
		kb_client_send(c, &bye);
		kb_client_push(c);
	}
	k->farewell[0] = '\0';
}

static void look_for_departed(struct kb_core *k)
{
	unsigned before = k->server.n_clients;

	kb_server_reap(&k->server);
	if (k->server.first) {
		return;
	}
	kb_engine_clients_gone(&k->engine);
	if (before > 0 && k->engine.options.leave_when_alone) {
		kb_loop_quit(k->engine.loop, 0);
	}
}

static void take_turn(void *data)
{
	struct kb_core *k = data;

	k->turn_is_due = false;
	kb_engine_catch_up(&k->engine);
	kb_requests_turn(k);
	for (struct kb_client *c = k->server.first; c; c = c->next) {
		kb_core_serve_questions(k, c);
	}
	kb_core_look_for_asker(k);
	kb_engine_catch_up(&k->engine);
	kb_core_look_at_sessions(k);
	if (k->farewell[0]) {
		say_goodbye(k);
	}
	for (struct kb_client *c = k->server.first; c; c = c->next) {
		kb_core_tell(k, c);
	}
	look_for_departed(k);
}

/* --- life */

static int init_server(struct kb_core *k, struct kb_error *err)
{
	const char *run_dir = k->engine.options.run_dir;
	char path[256];
	int r;

	k->server = (struct kb_server){
		.loop = k->engine.loop,
		.journal = &k->engine.journal,
		.listen_fd = -1,
		.max_pending = kb_memory_share(&k->engine.options.memory, KB_SHARE_CLIENTS),
		.ctx = k,
		.wants_turn = wants_turn,
	};
	r = kb_server_init(&k->server);
	if (r == 0) {
		r = kb_loop_add_timer(k->engine.loop, take_turn, k, &k->turn);
	}
	if (r < 0 || !run_dir) {
		return r < 0 ? kb_error_set(err, r, "no timers: %s", strerror(-r)) : 0;
	}
	if (mkdir(run_dir, 0755) < 0 && errno != EEXIST) {
		return kb_error_set(err, -errno, "%s: %s", run_dir, strerror(errno));
	}
	(void)snprintf(path, sizeof(path), "%s/engine.sock", run_dir);
	return kb_server_listen(&k->server, path, err);
}

int kb_core_create(const struct kb_core_options *options, struct kb_core **ret_core,
		   struct kb_error *err)
{
	struct kb_core *k = calloc(1, sizeof(*k));
	const struct kb_engine_watcher watcher = {
		.ctx = k,
		.changed = state_changed,
		.logged = wants_turn,
		.device_gone = device_gone,
		.leaving = leaving,
		.stop = stop_workers,
		.has_menu = has_menu,
	};
	int r;

	if (!k) {
		return kb_error_no_memory(err);
	}
	k->server.listen_fd = -1;
	r = kb_engine_init(&k->engine, options, &watcher, err);
	if (r == 0) {
		r = init_server(k, err);
	}
	if (r == 0) {
		r = kb_engine_start(&k->engine, err);
	}
	if (r < 0) {
		kb_core_destroy(k);
		return r;
	}
	*ret_core = k;
	return 0;
}

void kb_core_destroy(struct kb_core *k)
{
	if (!k) {
		return;
	}
	kb_requests_forget(k);
	kb_server_done(&k->server);
	kb_source_remove(k->turn);
	k->turn = NULL;
	kb_engine_done(&k->engine);
	free(k);
}

int kb_core_add_client(struct kb_core *k, int fd)
{
	return kb_server_add(&k->server, fd);
}

int kb_core_run(struct kb_core *k)
{
	return kb_loop_run(k->engine.loop);
}
