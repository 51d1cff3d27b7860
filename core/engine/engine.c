/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "engine.h"
#include "kboot/base/tree.h"

/* --- turns of the loop */

void kb_engine_catch_up(struct kb_engine *e)
{
	static const struct {
		enum kb_engine_work work;
		void (*fn)(struct kb_engine *e);
	} works[] = {
		{KB_WORK_REBUILD, kb_engine_rebuild},
		{KB_WORK_COUNT, kb_engine_start_countdown},
		{KB_WORK_TICK, kb_engine_tick},
		{KB_WORK_REST, kb_engine_rested},
		{KB_WORK_PIPELINE, kb_engine_pipeline_moved},
		{KB_WORK_UNLOCK, kb_engine_look_at_unlocking},
		{KB_WORK_NETWORK, kb_engine_look_at_network},
		{KB_WORK_SSH, kb_engine_look_at_ssh},
		{KB_WORK_LEAVE, kb_engine_leave_step},
	};

	/* One pass: what comes due meanwhile gets a turn of its own. */
	for (size_t i = 0; i < KB_ARRAY_LEN(works); i++) {
		if (e->due & works[i].work) {
			e->due &= ~(unsigned)works[i].work;
			works[i].fn(e);
		}
	}
}

void kb_engine_fresh_catalog(struct kb_engine *e)
{
	if (e->due & KB_WORK_REBUILD) {
		e->due &= ~(unsigned)KB_WORK_REBUILD;
		kb_engine_rebuild(e);
	}
}

static void turn(void *data)
{
	kb_engine_catch_up(data);
}

static void ticked(void *data)
{
	kb_engine_ask(data, KB_WORK_TICK);
}

static void rested(void *data)
{
	kb_engine_ask(data, KB_WORK_REST);
}

static void farewell_over(void *data)
{
	kb_engine_clients_gone(data);
}

static void unlocking_moved(void *ctx)
{
	kb_engine_ask(ctx, KB_WORK_UNLOCK);
}

static void pipeline_moved(void *ctx)
{
	kb_engine_ask(ctx, KB_WORK_PIPELINE);
}

/* Not while init is paused: nobody would start us again. */
static void terminated(void *data, int signo)
{
	struct kb_engine *e = data;

	(void)signo;
	if (e->state != KB_ENGINE_LEAVING) {
		kb_loop_quit(e->loop, 0);
	}
}

static int init_events(struct kb_engine *e, struct kb_error *err)
{
	const struct {
		kb_timer_fn *fn;
		struct kb_source **timer;
	} timers[] = {
		{turn, &e->turn},
		{ticked, &e->tick},
		{rested, &e->rest},
		{kb_engine_place_changed, &e->unseen_window},
		{farewell_over, &e->leaving.timer},
	};
	struct kb_source *source;
	int r = kb_loop_add_signal(e->loop, SIGTERM, terminated, e, &source);

	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(timers); i++) {
		r = kb_loop_add_timer(e->loop, timers[i].fn, e, timers[i].timer);
	}
	r = r < 0 ? r : kb_assembly_init(&e->assembly);
	r = r < 0 ? r : kb_unlocking_init(&e->unlocking);
	r = r < 0 ? r : kb_engine_ssh_init(e);
	kb_timer_set(e->unseen_window, KB_UNSEEN_WINDOW_MS);
	return r < 0 ? kb_error_set(err, r, "no timers: %s", strerror(-r)) : 0;
}

/* The greeting of kboot's own configuration; the environment's, if it has one, replaces it. */
static void read_own_greeting(struct kb_engine *e)
{
	const struct kb_setting *message = &e->settings.values[KB_RANK_IMAGE][KB_VAR_MESSAGE];
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = -1;
	int r;

	if (!message->value || !message->value[0]) {
		return;
	}
	if (strncmp(message->value, "//", 2) != 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "message=%s: kboot's own greeting must be a file of its own, //PATH",
			       message->value);
		return;
	}
	fd = open(message->value + 1, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	r = fd < 0 ? -errno : kb_read_all(fd, KB_GREETING_MAX_BYTES, &text);
	if (r < 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING, "message=%s: %s", message->value,
			       strerror(-r));
	}
	kb_engine_take_greeting(e, text.data);
}

static int init_settings(struct kb_engine *e, struct kb_error *err)
{
	const struct kb_diag_sink sink = kb_journal_sink(&e->journal);
	struct kb_error why = {0};
	int r;

	/* A broken configuration must not keep the menu away. */
	if (e->options.config && kb_scanner_add_own(&e->scanner, e->options.config, &why) < 0) {
		kb_engine_notice(e, KB_NOTICE_ERROR, "%s", why.text);
	}
	r = kb_engine_take_settings(e, e->places.first, KB_RANK_IMAGE);
	read_own_greeting(e);
	if (r == 0 && e->options.cmdline) {
		r = kb_settings_from_cmdline(&e->settings, e->options.cmdline, &sink);
	}
	return r == -ENOMEM ? kb_error_set(err, r, "out of memory") : 0;
}

static int init_places(struct kb_engine *e, struct kb_error *err)
{
	int r;

	kb_engine_take_read_write(e);
	if (e->options.simulation) {
		r = kb_scanner_add_simulation(&e->scanner, e->options.simulation);
		return r < 0 ? kb_error_set(err, r, "out of memory") : 0;
	}
	e->scanner.sysfs_fd = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (e->scanner.sysfs_fd < 0) {
		return kb_error_set(err, -errno, "/sys: %s", strerror(errno));
	}
	if (kb_settings_bool(&e->settings, KB_VAR_NETBOOT) &&
	    kb_scanner_add_network(&e->scanner) < 0) {
		return kb_error_no_memory(err);
	}
	r = kb_engine_listen_to_network(e);
	if (r < 0) { /* only the words about it suffer */
		kb_journal_add(&e->journal, KB_LOG_WARNING, "no events of the network: %s",
			       strerror(-r));
	}
	return kb_hotplug_init(&e->hotplug, err);
}

static void connect_storage(struct kb_engine *e)
{
	e->assembly = (struct kb_assembly_watch){
		.scanner = &e->scanner,
		.hotplug = &e->hotplug,
		.ctx = e,
		.changed = kb_engine_place_changed,
	};
	e->unlocking = (struct kb_unlocking){
		.loop = e->loop,
		.sys = e->sys,
		.journal = &e->journal,
		.places = &e->places,
		.ctx = e,
		.changed = unlocking_moved,
	};
}

/* Every part learns where it lives. */
static void connect_parts(struct kb_engine *e)
{
	e->journal = (struct kb_journal){.sys = e->sys,
					 .added = e->watcher.logged,
					 .ctx = e->watcher.ctx};
	e->scanner = (struct kb_scanner){
		.places = &e->places,
		.loop = e->loop,
		.sys = e->sys,
		.journal = &e->journal,
		.sysfs_fd = -1,
		.memory = e->options.memory,
		.findings.max_bytes = kb_memory_share(&e->options.memory, KB_SHARE_FINDINGS),
		.ctx = e,
		.changing = kb_engine_place_changing,
		.changed = kb_engine_place_changed,
		.removed = kb_engine_place_removed,
		.troubled = kb_engine_place_troubled,
		.orphaned = kb_engine_place_orphaned,
	};
	e->hotplug = (struct kb_hotplug){
		.scanner = &e->scanner,
		.ctx = e,
		.settled = kb_engine_place_changed,
		.uevent_fd = -1,
	};
	connect_storage(e);
	e->pipeline = (struct kb_pipeline){
		.loop = e->loop,
		.sys = e->sys,
		.journal = &e->journal,
		.places = &e->places,
		.ctx = e,
		.changed = pipeline_moved,
		.downloads.max_kept_bytes = kb_memory_share(&e->options.memory, KB_SHARE_FETCHED),
	};
}

int kb_engine_init(struct kb_engine *e, const struct kb_core_options *options,
		   const struct kb_engine_watcher *watcher, struct kb_error *err)
{
	int r;

	*e = (struct kb_engine){
		.options = *options,
		.sys = options->sys,
		.watcher = *watcher,
	};
	if (options->simulation) {
		e->places.simulated = true;
		e->places.url_maps = options->simulation->url_maps;
		e->places.n_url_maps = options->simulation->n_url_maps;
	}
	e->network.netlink_fd = -1;
	e->started_ms = kb_engine_now(e);
	e->countdown.phase = KB_PHASE_WAITING;
	e->policy.restricted = KB_RESTRICTION_UNKNOWN;
	r = kb_loop_create(&e->loop);
	connect_parts(e);
	if (r < 0) {
		return kb_error_set(err, r, "no event loop: %s", strerror(-r));
	}
	r = init_events(e, err);
	if (r == 0) {
		r = kb_pipeline_init(&e->pipeline);
	}
	return r;
}

int kb_engine_start(struct kb_engine *e, struct kb_error *err)
{
	int r;

	kb_engine_read_state(e);
	kb_engine_keep_state(e);
	r = init_settings(e, err);
	if (r == 0) {
		kb_engine_init_memory(e);
		r = init_places(e, err);
	}
	kb_engine_look_at_memory(e);
	kb_engine_ask(e, KB_WORK_REBUILD);
	return r;
}

void kb_engine_done(struct kb_engine *e)
{
	if (!e->options.simulation) {
		kb_hotplug_done(&e->hotplug);
		kb_engine_network_done(e);
		e->scanner.sysfs_fd = kb_close(e->scanner.sysfs_fd);
	}
	kb_assembly_done(&e->assembly);
	kb_unlocking_done(&e->unlocking);
	kb_keys_forget(&e->keys, 0);
	kb_engine_ssh_done(e);
	kb_child_cancel(e->leaving.child);
	kb_guard_stop(&e->leaving.guard);
	kb_engine_done_memory(e);
	kb_pipeline_done(&e->pipeline);
	kb_catalog_done(&e->catalog);
	kb_order_done(&e->order);
	kb_order_done(&e->before_rescan);
	kb_scanner_done(&e->scanner);
	kb_settings_done(&e->settings);
	kb_session_vars_done(&e->session);
	kb_loop_destroy(e->loop);
	free(e->selection.id);
	free(e->greeting);
}
