/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Teardown and the jump, step by step in turns of the loop; or the way back when the machine does
 * not let us go. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "engine.h"
#include "kboot/boot/load.h"
#include "kboot/mount/mount.h"

enum { INIT_PID = 1 };

static void next(struct kb_engine *e, enum kb_leave_step step)
{
	e->leaving.step = step;
	kb_engine_ask(e, KB_WORK_LEAVE);
}

static void say_goodbye(struct kb_engine *e)
{
	char text[KB_ERROR_TEXT];

	if (e->leaving.how == KB_LEAVE_KEXEC) {
		(void)snprintf(text, sizeof(text), "Starting %s",
			       kb_entry_display(&e->pipeline.entry));
	} else {
		(void)snprintf(text, sizeof(text), "%s",
			       e->leaving.how == KB_LEAVE_REBOOT ? "Restarting" : "Powering off");
	}
	e->leaving.step = KB_LEAVE_CLIENTS;
	if (kb_timer_set(e->leaving.timer, KB_FAREWELL_MS) < 0) {
		next(e, KB_LEAVE_STOP);
	}
	e->watcher.leaving(e->watcher.ctx, text);
}

void kb_engine_clients_gone(struct kb_engine *e)
{
	if (e->state == KB_ENGINE_LEAVING && e->leaving.step == KB_LEAVE_CLIENTS) {
		kb_timer_stop(e->leaving.timer);
		next(e, KB_LEAVE_STOP);
	}
}

static void come_back(struct kb_engine *e, const struct kb_error *why)
{
	(void)e->sys->kill(e->sys->ctx, INIT_PID, SIGCONT);
	kb_guard_stop(&e->leaving.guard);
	kb_pipeline_clear(&e->pipeline);
	kb_engine_notice(e, KB_NOTICE_ERROR, "%s.", why->text);
	kb_engine_event(e, KB_EVENT_REFUSED);
	kb_hotplug_resume(&e->hotplug);
}

/*
 * BusyBox init waits for SIGCONT after SIGTSTP: it would start the menus again under our hands.
 * Everything else but init, the guard and us goes: shells and helpers hold files open on what is to
 * be unmounted. From here on the machine restarts by itself should we die.
 */
static void stop_processes(struct kb_engine *e)
{
	struct kb_error err = {0};
	int r;

	e->watcher.stop(e->watcher.ctx);
	kb_hotplug_pause(&e->hotplug);
	r = kb_guard_start(&e->leaving.guard, e->sys);
	if (r < 0) {
		(void)kb_error_set(&err, r, "No process to watch over the teardown: %s",
				   strerror(-r));
		come_back(e, &err);
		return;
	}
	(void)e->sys->kill(e->sys->ctx, INIT_PID, SIGTSTP);
	kb_kill_others(e->sys, e->leaving.guard.pid);
	next(e, KB_LEAVE_UNMOUNT);
}

static int unmount_all(void *data, int out_fd)
{
	const struct kb_engine *e = data;
	struct kb_error err = {0};
	unsigned busy = 0;
	int r = kb_unmount_all(e->sys, "/proc/self/mountinfo", &busy, &err);

	(void)out_fd;
	return r < 0 ? r : busy > 0 ? -EBUSY : 0;
}

static void unmounted(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;

	e->leaving.unmounter = NULL;
	if (result->end != KB_CHILD_EXITED || result->status != 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "something could not be unmounted in time and is left behind");
	}
	next(e, KB_LEAVE_JUMP);
}

/* By a child: a server that is gone must not keep us from leaving. */
static void start_unmounter(struct kb_engine *e)
{
	const struct kb_child_spec spec = {
		.name = "unmount",
		.run = unmount_all,
		.data = e,
		.deadline_ms = KB_UNMOUNT_MS,
		.owner = e,
		.on_exit = unmounted,
	};

	if (kb_child_start(e->loop, e->sys, &spec, &e->leaving.unmounter) < 0) {
		(void)unmount_all(e, -1);
		next(e, KB_LEAVE_JUMP);
	}
}

static void jump(struct kb_engine *e)
{
	enum kb_reboot_how how =
		e->leaving.how == KB_LEAVE_REBOOT ? KB_REBOOT_RESTART : KB_REBOOT_POWEROFF;
	struct kb_error err = {0};
	int r;

	if (e->leaving.how == KB_LEAVE_KEXEC) {
		r = kb_boot_jump(e->sys, &err);
	} else {
		r = e->sys->reboot(e->sys->ctx, how);
		if (r < 0) {
			(void)kb_error_set(&err, r, "the machine refused: %s", strerror(-r));
		}
	}
	if (r < 0) {
		come_back(e, &err);
	}
}

void kb_engine_leave_step(struct kb_engine *e)
{
	if (e->state != KB_ENGINE_LEAVING) {
		return;
	}
	switch (e->leaving.step) {
	case KB_LEAVE_FAREWELL:
		say_goodbye(e);
		break;
	case KB_LEAVE_CLIENTS:
		break;
	case KB_LEAVE_STOP:
		stop_processes(e);
		break;
	case KB_LEAVE_UNMOUNT:
		start_unmounter(e);
		break;
	case KB_LEAVE_JUMP:
		jump(e);
		break;
	}
}
