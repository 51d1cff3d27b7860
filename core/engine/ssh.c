/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SSH server: when it runs, what it says, and the countdown while somebody is logged in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "engine.h"
#include "kboot/base/tree.h"
#include "kboot/mount/network.h"
#include "kboot/ssh/account.h"
#include "kboot/ssh/authorized.h"
#include "kboot/ssh/server_line.h"
#include "work/report.h"

enum { LINE_ARENA = 64 << 10 };

static const char *value_of(const struct kb_engine *e, enum kb_variable variable)
{
	const struct kb_setting *s = kb_settings_get(&e->settings, variable);

	return s ? s->value : "";
}

/* --- what is wanted */

/* Without a word of ssh=, who has keys wants them to be of use. */
static bool is_wanted(const struct kb_engine *e)
{
	const char *says = value_of(e, KB_VAR_SSH);
	bool on;

	if (e->state == KB_ENGINE_LEAVING) {
		return false;
	}
	if (says[0] && kb_str_to_bool(kb_str_from(says), &on) == 0) {
		return on;
	}
	return says[0] || e->ssh.has_own_keys || value_of(e, KB_VAR_AUTHORIZED_KEYS)[0];
}

static uint64_t print_of(const struct kb_engine *e)
{
	static const enum kb_variable variables[] = {KB_VAR_SSH, KB_VAR_AUTHORIZED_KEYS,
						     KB_VAR_HOST_KEYS};
	uint64_t print = kb_str_fingerprint(0, kb_str_from(kb_engine_root(e)));

	for (size_t i = 0; i < KB_ARRAY_LEN(variables); i++) {
		print = kb_str_fingerprint(print, kb_str_from(value_of(e, variables[i])));
	}
	return print;
}

static void take_job(struct kb_engine *e)
{
	struct kb_ssh_job *job = &e->ssh.job;
	const char *says = value_of(e, KB_VAR_SSH);
	bool on;

	*job = (struct kb_ssh_job){
		.sys = e->sys,
		.places = &e->places,
		.root = kb_engine_root(e),
		.authorized = value_of(e, KB_VAR_AUTHORIZED_KEYS),
		.host_keys = value_of(e, KB_VAR_HOST_KEYS),
	};
	(void)snprintf(job->address, sizeof(job->address), "%s",
		       !says[0] || kb_str_to_bool(kb_str_from(says), &on) == 0 ? "22" : says);
}

/* --- children */

static int start(struct kb_engine *e, const char *name, int (*run)(void *data, int out_fd),
		 void (*on_line)(void *owner, struct kb_str line),
		 void (*on_exit)(void *owner, const struct kb_child_result *result),
		 uint64_t deadline_ms, struct kb_child **child)
{
	const struct kb_child_spec spec = {
		.name = name,
		.run = run,
		.data = &e->ssh.job,
		.deadline_ms = deadline_ms,
		.owner = e,
		.on_line = on_line,
		.on_exit = on_exit,
	};
	int r = kb_child_start(e->loop, e->sys, &spec, child);

	if (r < 0) {
		kb_journal_add(&e->journal, KB_LOG_ERROR, "ssh: no process for it: %s",
			       strerror(-r));
		kb_timer_set(e->ssh.again, KB_SSH_AGAIN_MS);
	}
	return r;
}

static void stop(struct kb_child **child)
{
	kb_child_cancel(*child);
	*child = NULL;
}

static void stop_all(struct kb_engine *e)
{
	struct kb_engine_ssh *s = &e->ssh;

	if (s->print != 0) {
		kb_journal_add(&e->journal, KB_LOG_INFO, "ssh: nobody can log in any more");
		kb_engine_changed(e);
	}
	stop(&s->prepare);
	stop(&s->server);
	stop(&s->network);
	kb_timer_stop(s->again);
	s->print = 0;
	s->ready[0] = '\0';
	s->problem[0] = '\0';
}

static void say_problem(struct kb_engine *e, const char *text)
{
	if (strcmp(e->ssh.problem, text) == 0) {
		return;
	}
	(void)snprintf(e->ssh.problem, sizeof(e->ssh.problem), "%s", text);
	kb_journal_add(&e->journal, KB_LOG_WARNING, "ssh: %s", text);
	kb_engine_changed(e);
}

/* What dropbear says: who connects has a part in it, so it is shown with care, as all of the log.
 */
static void server_line(void *owner, struct kb_str line)
{
	struct kb_engine *e = owner;
	struct kb_ssh_line said = kb_ssh_server_line(line);

	if (said.is_said) {
		kb_journal_add(&e->journal, said.is_warning ? KB_LOG_WARNING : KB_LOG_INFO,
			       "ssh: %.*s", KB_STR_ARG(kb_str_head(said.text, KB_LOG_LINE_BYTES)));
	}
}

static void server_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;
	struct kb_engine_ssh *s = &e->ssh;

	(void)result;
	s->server = NULL;
	say_problem(e, "the server ended; it is started again");
	s->again_ms = s->again_ms == 0 ? KB_SSH_AGAIN_MS : s->again_ms * 2;
	s->again_ms = s->again_ms > KB_SSH_AGAIN_MAX_MS ? KB_SSH_AGAIN_MAX_MS : s->again_ms;
	kb_timer_set(s->again, s->again_ms);
}

static void start_server(struct kb_engine *e)
{
	if (!e->ssh.server) {
		(void)!start(e, "ssh-server", kb_ssh_server_run, server_line, server_ended, 0,
			     &e->ssh.server);
	}
}

static void network_line(void *owner, struct kb_str line)
{
	struct kb_engine *e = owner;
	KB_ARENA struct kb_arena arena = {.max_bytes = LINE_ARENA};
	struct kb_report report;

	if (kb_report_decode(&arena, line, &report) == 0 && report.note) {
		kb_journal_add(&e->journal, KB_LOG_WARNING, "ssh: nobody can come in yet: %s",
			       report.note);
	}
}

static void network_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;

	(void)result;
	e->ssh.network = NULL;
	kb_engine_ask(e, KB_WORK_NETWORK);
}

/* However long that takes: nobody waits for it. */
static void start_network(struct kb_engine *e)
{
	if (!e->ssh.network && !kb_network_is_up()) {
		(void)!start(e, "ssh-network", kb_ssh_network_run, network_line, network_ended, 0,
			     &e->ssh.network);
	}
}

static void become_ready(struct kb_engine *e, const struct kb_report *report)
{
	struct kb_engine_ssh *s = &e->ssh;

	s->problem[0] = '\0';
	s->again_ms = 0;
	(void)snprintf(s->ready, sizeof(s->ready), "port %s, host key %s", s->job.address,
		       report->place ? report->place : "unknown");
	s->job.with_passwords = strcmp(report->how, KB_SSH_READY_PASSWORD) == 0;
	kb_journal_add(&e->journal, KB_LOG_INFO, "ssh: %s may log in as " KB_SSH_USER " (%s)",
		       s->job.with_passwords ? "who has a key or the password" : "who has a key",
		       s->ready);
	kb_engine_changed(e);
}

static void prepare_line(void *owner, struct kb_str line)
{
	struct kb_engine *e = owner;
	KB_ARENA struct kb_arena arena = {.max_bytes = LINE_ARENA};
	struct kb_report report;

	if (kb_report_decode(&arena, line, &report) < 0) {
		return;
	}
	if (report.error) {
		say_problem(e, report.error);
	} else if (report.note) {
		bool warns = report.how && strcmp(report.how, KB_SSH_WARNING) == 0;

		kb_journal_add(&e->journal, warns ? KB_LOG_WARNING : KB_LOG_INFO, "ssh: %s",
			       report.note);
	} else if (report.how) {
		become_ready(e, &report);
	}
}

static void prepare_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;

	e->ssh.prepare = NULL;
	if (e->ssh.ready[0]) {
		start_server(e);
		start_network(e);
	} else if (result->end == KB_CHILD_DEADLINE) {
		say_problem(e, "the keys could not be read in time");
	}
}

/* Who was logged in has gone, and nobody stands at the machine. */
static void resume(struct kb_engine *e)
{
	bool is_due = e->ssh.resume_ms > 0 && kb_engine_now(e) >= e->ssh.resume_ms;

	if (!is_due || e->ssh.n_holding > 0 || e->ssh.console_touched ||
	    e->state != KB_ENGINE_CHOOSING) {
		return;
	}
	e->ssh.resume_ms = 0;
	kb_journal_add(&e->journal, KB_LOG_INFO,
		       "nobody is logged in any more: the countdown begins anew");
	e->ssh.stopped_by_one = false;
	e->ssh.touched_by_one = false;
	e->selection.by_person = false;
	kb_engine_event(e, KB_EVENT_RESUMED);
	kb_engine_ask(e, KB_WORK_REBUILD);
}

static void on_again(void *data)
{
	kb_engine_ask(data, KB_WORK_SSH);
}

void kb_engine_look_at_ssh(struct kb_engine *e)
{
	struct kb_engine_ssh *s = &e->ssh;
	uint64_t print;

	resume(e);
	if (e->options.simulation) {
		return;
	}
	if (!is_wanted(e)) {
		stop_all(e);
		return;
	}
	if (!s->is_image) {
		say_problem(e, "there is no server in this image (config/features)");
		return;
	}
	print = print_of(e);
	if (print != s->print) {
		stop(&s->prepare);
		stop(&s->server);
		s->print = print;
		s->ready[0] = '\0';
		take_job(e);
		(void)!start(e, "ssh-keys", kb_ssh_prepare_run, prepare_line, prepare_ended,
			     KB_SSH_PREPARE_MS + KB_CHILD_KILL_MS, &s->prepare);
	} else if (s->ready[0] && !s->prepare) {
		s->problem[0] = '\0';
		start_server(e);
	}
}

/* --- sessions, and the countdown */

void kb_engine_sessions(struct kb_engine *e, unsigned n_holding)
{
	struct kb_engine_ssh *s = &e->ssh;
	unsigned before = s->n_holding;
	const struct kb_setting *hold = kb_settings_get(&e->settings, KB_VAR_SSH_HOLD);

	if (hold && !kb_settings_bool(&e->settings, KB_VAR_SSH_HOLD)) {
		n_holding = 0;
	}
	s->n_holding = n_holding;
	if (n_holding > 0 && e->state == KB_ENGINE_COUNTING) {
		kb_journal_add(&e->journal, KB_LOG_INFO,
			       "somebody is logged in: the countdown waits");
		s->stopped_by_one = true;
		kb_engine_event(e, KB_EVENT_KEY);
	}
	if (before > 0 && n_holding == 0 && s->stopped_by_one) {
		uint64_t wait_ms = s->touched_by_one ? KB_SSH_RESUME_MS : 0;

		s->resume_ms = kb_engine_now(e) + (int64_t)wait_ms;
		kb_timer_set(s->resume, wait_ms);
	} else if (before > 0 && n_holding == 0) {
		kb_engine_ask(e, KB_WORK_REBUILD); /* it may count from now on */
	}
}

void kb_engine_touched(struct kb_engine *e, bool by_session)
{
	struct kb_engine_ssh *s = &e->ssh;

	if (!by_session) {
		s->console_touched = true;
		return;
	}
	if (e->state == KB_ENGINE_COUNTING || e->state == KB_ENGINE_STARTING ||
	    e->state == KB_ENGINE_WAITING) {
		s->stopped_by_one = true;
	}
	s->touched_by_one = true;
}

/* --- life */

static bool has_own_keys(void)
{
	KB_CLOSE int fd = open(KB_SSH_OWN_KEYS, O_RDONLY | O_CLOEXEC);
	KB_BUF struct kb_buf text = {0};
	struct kb_str rest;
	struct kb_str line;

	if (fd < 0 || kb_read_all(fd, KB_SSH_FILE_BYTES, &text) < 0) {
		return false;
	}
	rest = kb_buf_view(&text);
	while (kb_str_next_line(&rest, &line)) {
		line = kb_str_trim(line);
		if (line.len > 0 && line.data[0] != '#') {
			return true;
		}
	}
	return false;
}

int kb_engine_ssh_init(struct kb_engine *e)
{
	int r = kb_loop_add_timer(e->loop, on_again, e, &e->ssh.again);

	e->ssh.is_image = !e->options.simulation && access(KB_SSH_SERVER, X_OK) == 0;
	e->ssh.has_own_keys = e->ssh.is_image && has_own_keys();
	return r < 0 ? r : kb_loop_add_timer(e->loop, on_again, e, &e->ssh.resume);
}

void kb_engine_ssh_done(struct kb_engine *e)
{
	struct kb_engine_ssh *s = &e->ssh;

	kb_child_cancel(s->prepare);
	kb_child_cancel(s->server);
	kb_child_cancel(s->network);
	kb_source_remove(s->again);
	kb_source_remove(s->resume);
}
