/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hotplug.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kboot/scan/modalias.h"
#include "kboot/scan/uevent.h"

enum { ALIASES_AT_ONCE = 48, PASSES = 4 };

static void not_quiet(struct kb_hotplug *h)
{
	h->is_settled = false;
	kb_timer_set(h->quiet, KB_HOTPLUG_QUIET_MS);
}

/* --- in the child: blocking is fine */

struct aliases {
	const struct kb_sys *sys;
	struct kb_arena arena;
	const char *argv[ALIASES_AT_ONCE + 4];
	size_t n;
	size_t total;
};

static int run_modprobe(struct aliases *a)
{
	static const char *const envp[] = {"PATH=/sbin:/bin", NULL};
	struct kb_spawn spawn = {
		.argv = a->argv, .envp = envp, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
	pid_t pid;
	int status;
	int r;

	if (a->n == 0) {
		return 0;
	}
	a->argv[0] = "/sbin/modprobe";
	a->argv[1] = "-ab"; /* all of them, but none that a site has blacklisted */
	a->argv[2 + a->n] = NULL;
	r = a->sys->spawn(a->sys->ctx, &spawn, &pid);
	if (r == 0 && waitpid(pid, &status, 0) < 0) {
		r = -errno;
	}
	a->n = 0;
	kb_arena_done(&a->arena);
	return r;
}

static int take_alias(void *ctx, const char *modalias)
{
	struct aliases *a = ctx;

	a->argv[2 + a->n] = kb_arena_strdup(&a->arena, modalias);
	if (!a->argv[2 + a->n]) {
		return -ENOMEM;
	}
	a->n++;
	a->total++;
	return a->n == ALIASES_AT_ONCE ? run_modprobe(a) : 0;
}

/* A bus driver brings devices of its own: look again until a pass finds nothing that the one before
 * did not. */
static int load_modules(void *data, int out_fd)
{
	const struct kb_scanner *s = data;
	struct aliases a = {.sys = s->sys};
	size_t before = 0;
	int r = s->sys->confine(s->sys->ctx, KB_CONFINE_MODULES, 0);

	(void)out_fd;
	for (int pass = 0; r == 0 && pass < PASSES; pass++) {
		a.total = 0;
		r = kb_modalias_collect(s->sysfs_fd, take_alias, &a);
		if (r == 0 || r == -E2BIG) {
			/* Above the cap the rest of a strange machine goes without; what was found
			 * is loaded. */
			r = run_modprobe(&a);
		}
		if (a.total == before) {
			break;
		}
		before = a.total;
	}
	kb_arena_done(&a.arena);
	return r;
}

/* --- in the engine */

static void start_modprobe(struct kb_hotplug *h);

static void modprobe_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_hotplug *h = owner;
	struct kb_scanner *s = h->scanner;

	h->modprobe = NULL;
	if (result->end != KB_CHILD_EXITED || result->status != 0) {
		kb_journal_add(s->journal, KB_LOG_WARNING, "loading modules did not end well: %s",
			       result->end == KB_CHILD_EXITED ? result->stderr_tail : "no answer");
	}
	not_quiet(h);
	if (h->wanted_again) {
		start_modprobe(h);
	}
}

static void start_modprobe(struct kb_hotplug *h)
{
	struct kb_scanner *s = h->scanner;
	const int keep[] = {s->sysfs_fd};
	struct kb_child_spec spec = {
		.name = "modprobe",
		.run = load_modules,
		.data = s,
		.keep_fds = keep,
		.n_keep_fds = 1,
		.deadline_ms = KB_MODPROBE_DEADLINE_MS,
		.owner = h,
		.on_exit = modprobe_ended,
	};
	int r;

	h->wanted_again = h->modprobe != NULL;
	if (h->modprobe || !h->has_modules || s->paused) {
		return;
	}
	r = kb_child_start(s->loop, s->sys, &spec, &h->modprobe);
	if (r < 0) {
		kb_journal_add(s->journal, KB_LOG_ERROR, "modprobe cannot be started: %s",
			       strerror(-r));
	}
}

static void block_event(struct kb_hotplug *h, const struct kb_uevent *e)
{
	struct kb_scanner *s = h->scanner;
	int r = 0;

	if (e->action == KB_UEVENT_REMOVE) {
		kb_scanner_device_removed(s, e->devname);
	} else if (e->action == KB_UEVENT_ADD || e->action == KB_UEVENT_CHANGE) {
		r = kb_scanner_device_added(s, e->devname);
	}
	if (r < 0) {
		kb_journal_add(s->journal, KB_LOG_ERROR, "%s: %s", e->devname, strerror(-r));
	}
	not_quiet(h);
}

static void on_uevent(void *ctx, const struct kb_uevent *e)
{
	struct kb_hotplug *h = ctx;

	if (strcmp(e->subsystem, "block") == 0 && e->devname[0]) {
		block_event(h, e);
	} else if (e->action == KB_UEVENT_ADD && e->modalias[0]) {
		start_modprobe(h);
		not_quiet(h);
	}
}

static void uevents(void *data, int fd, uint32_t events)
{
	struct kb_hotplug *h = data;
	struct kb_scanner *s = h->scanner;
	struct kb_error err = {0};
	int r;

	(void)events;
	do {
		r = kb_uevent_receive(fd, on_uevent, h);
	} while (r == 0);
	if (r == -ENOBUFS) {
		kb_journal_add(s->journal, KB_LOG_INFO, "kernel events were lost; looking again");
		r = kb_scanner_enumerate(s, true, &err);
		start_modprobe(h);
	}
	if (r < 0 && r != -EAGAIN) {
		kb_journal_add(s->journal, KB_LOG_ERROR, "kernel events: %s", strerror(-r));
	}
}

static void fell_quiet(void *data)
{
	struct kb_hotplug *h = data;

	if (!h->modprobe) {
		h->is_settled = true;
		h->settled(h->ctx);
	}
}

int kb_hotplug_init(struct kb_hotplug *h, struct kb_error *err)
{
	struct kb_scanner *s = h->scanner;
	int r;

	h->uevent_fd = -1;
	r = kb_loop_add_timer(s->loop, fell_quiet, h, &h->quiet);
	if (r == 0) {
		r = kb_uevent_open(&h->uevent_fd);
	}
	if (r == 0) {
		r = kb_loop_add_fd(s->loop, h->uevent_fd, EPOLLIN, uevents, h, &h->uevent_source);
	}
	if (r < 0) {
		return kb_error_set(err, r, "no kernel events: %s", strerror(-r));
	}
	h->has_modules = access("/lib/modules", F_OK) == 0;
	/* Listening comes first, so that a disk which turns up while we look is not missed. */
	r = kb_scanner_enumerate(s, false, err);
	start_modprobe(h);
	not_quiet(h);
	return r;
}

void kb_hotplug_resume(struct kb_hotplug *h)
{
	struct kb_scanner *s = h->scanner;
	struct kb_error err = {0};

	s->paused = false;
	if (kb_scanner_enumerate(s, true, &err) < 0) {
		kb_journal_add(s->journal, KB_LOG_ERROR, "%s", err.text);
	}
	start_modprobe(h);
	not_quiet(h);
}

void kb_hotplug_done(struct kb_hotplug *h)
{
	kb_child_cancel(h->modprobe);
	kb_source_remove(h->uevent_source);
	kb_source_remove(h->quiet);
	h->uevent_fd = kb_close(h->uevent_fd);
}
