/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Teardown and the jump, step by step in turns of the loop; or the way back when the machine does
 * not let us go. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"
#include "kboot/boot/load.h"
#include "kboot/mount/mount.h"
#include "work/report.h"

enum { INIT_PID = 1, KILL_PASSES = 8 };

/* --- the guard */

static void watch(const struct kb_sys *sys, int fd)
{
	struct pollfd end = {.fd = fd, .events = POLLIN};
	sigset_t all;
	char word;
	int r;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	do {
		r = poll(&end, 1, KB_GUARD_MS);
	} while (r < 0 && errno == EINTR);
	/* A word: all went well. The end of the pipe: the engine's end. Neither: it hangs. */
	if (r <= 0 || read(fd, &word, 1) != 1) {
		(void)sys->reboot(sys->ctx, KB_REBOOT_RESTART);
	}
	_exit(0);
}

int kb_guard_start(struct kb_guard *g, const struct kb_sys *sys)
{
	int ends[2];
	pid_t pid;
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	r = sys->fork(sys->ctx, &pid);
	if (r == 0 && pid == 0) {
		(void)close(ends[1]);
		(void)setsid();
		watch(sys, ends[0]);
	}
	(void)close(ends[0]);
	if (r < 0) {
		(void)close(ends[1]);
		return r;
	}
	*g = (struct kb_guard){.pid = pid, .fd = ends[1]};
	return 0;
}

void kb_guard_stop(struct kb_guard *g)
{
	if (g->pid <= 0) {
		return;
	}
	if (write(g->fd, "", 1) == 1) {
		(void)waitpid(g->pid, NULL, 0);
	}
	(void)kb_close(g->fd);
	*g = (struct kb_guard){0};
}

/* kill(2) of all would take the guard too. How many processes above last were found; *ret_highest:
 * the highest of all. */
static unsigned kill_once(const struct kb_sys *sys, DIR *proc, pid_t spare, pid_t last,
			  pid_t *ret_highest)
{
	unsigned n = 0;

	rewinddir(proc);
	for (struct dirent *d = readdir(proc); d; d = readdir(proc)) {
		uint64_t number;
		pid_t pid;

		if (kb_str_to_u64(kb_str_from(d->d_name), &number) < 0) {
			continue;
		}
		pid = (pid_t)number;
		*ret_highest = pid > *ret_highest ? pid : *ret_highest;
		if (pid > INIT_PID && pid != spare && pid != getpid()) {
			(void)sys->kill(sys->ctx, pid, SIGKILL);
			n += pid > last;
		}
	}
	return n;
}

/* SIGKILL for every process but init, ourselves and the one to spare. */
static void kill_others(const struct kb_sys *sys, pid_t spare)
{
	KB_CLOSEDIR DIR *proc = opendir("/proc");
	pid_t last = 0;

	if (!proc) {
		(void)sys->kill(sys->ctx, -1, SIGKILL);
		return;
	}
	/* Who forked while we looked is found by the next look. */
	for (int pass = 0; pass < KILL_PASSES; pass++) {
		pid_t highest = last;

		if (kill_once(sys, proc, spare, last, &highest) == 0) {
			break;
		}
		last = highest;
	}
}

/* --- steps */

static void next(struct kb_engine *e, enum kb_leave_step step)
{
	e->leaving.step = step;
	kb_engine_ask(e, KB_WORK_LEAVE);
}

static void say_goodbye(struct kb_engine *e)
{
	static const char *const words[] = {
		[KB_LEAVE_KEXEC] = "Starting ",
		[KB_LEAVE_REBOOT] = "Restarting",
		[KB_LEAVE_POWEROFF] = "Powering off",
	};
	char text[KB_ERROR_TEXT];

	(void)snprintf(text, sizeof(text), "%s%s", words[e->leaving.how],
		       e->leaving.how == KB_LEAVE_KEXEC ? kb_entry_display(&e->pipeline.entry)
							: "");
	if (e->leaving.how == KB_LEAVE_KEXEC) {
		kb_engine_gather_memory(e);
	}
	e->leaving.step = KB_LEAVE_CLIENTS;
	kb_timer_set(e->leaving.timer, KB_FAREWELL_MS);
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
	kb_engine_look_at_ssh(e);
	e->scanner.paused = true; /* until all is looked at anew */
	r = kb_guard_start(&e->leaving.guard, e->sys);
	if (r < 0) {
		(void)kb_error_set(&err, r, "No process to watch over the teardown: %s",
				   strerror(-r));
		come_back(e, &err);
		return;
	}
	(void)e->sys->kill(e->sys->ctx, INIT_PID, SIGTSTP);
	kill_others(e->sys, e->leaving.guard.pid);
	next(e, KB_LEAVE_UNMOUNT);
}

static int unmount_all(void *data, int out_fd)
{
	const struct kb_engine *e = data;
	struct kb_error err = {0};
	unsigned busy = 0;
	unsigned left = 0;
	int r = kb_unmount_all(e->sys, "/proc/self/mountinfo", &busy, &err);
	int of_storage = e->scanner.sysfs_fd < 0 ? 0
						 : kb_disassemble_all(e->sys, e->scanner.sysfs_fd,
								      "/dev", &left, &err);

	(void)out_fd;
	r = r < 0 ? r : of_storage;
	/* The next system finds no card that still writes into memory; what was on a server is
	 * unmounted by now. */
	(void)e->sys->interfaces_down(e->sys->ctx);
	return r < 0 ? r : busy + left > 0 ? -EBUSY : 0;
}

static void unmounted(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;

	e->leaving.child = NULL;
	if (result->end != KB_CHILD_EXITED || result->status != 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "something could not be unmounted in time and is left behind");
	}
	next(e, KB_LEAVE_WRITE);
}

/* By a child: a server that is gone must not keep us from leaving. */
static void start_unmounter(struct kb_engine *e)
{
	const struct kb_child_spec spec = {
		.name = "unmount",
		.run = unmount_all,
		.data = e,
		.keep_fds = &e->scanner.sysfs_fd,
		.n_keep_fds = 1,
		.deadline_ms = KB_UNMOUNT_MS,
		.owner = e,
		.on_exit = unmounted,
	};

	if (kb_child_start(e->loop, e->sys, &spec, &e->leaving.child) < 0) {
		(void)unmount_all(e, -1);
		next(e, KB_LEAVE_WRITE);
	}
}

static void writer_line(void *owner, struct kb_str line)
{
	struct kb_engine *e = owner;
	KB_ARENA struct kb_arena arena = {0};
	struct kb_report report;

	if (kb_report_decode(&arena, line, &report) == 0 && report.note) {
		kb_journal_add(&e->journal, KB_LOG_WARNING, "%s", report.note);
	}
}

static void written(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;

	e->leaving.child = NULL;
	if (result->end != KB_CHILD_EXITED || result->status != 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "what goes with the entry was not written in time");
	}
	next(e, KB_LEAVE_JUMP);
}

/* Is what was found there still what has this name? */
static bool is_there(const struct kb_engine *e, const struct kb_device *device)
{
	const struct kb_device *now =
		device ? kb_places_device(&e->places, kb_str_from(device->name)) : NULL;

	return now && now->uuid && device->uuid && strcmp(now->uuid, device->uuid) == 0;
}

#define NOT_WRITTEN "what goes with the entry was not written: "
#define DISK_GONE   "its disk is gone, or another has its name"

static const struct kb_entry *of_entry(struct kb_engine *e, const struct kb_entry *entry)
{
	if (!is_there(e, entry->device)) {
		kb_journal_add(&e->journal, KB_LOG_WARNING, NOT_WRITTEN DISK_GONE);
		return NULL;
	}
	return entry;
}

static bool remembers(struct kb_engine *e, struct kb_remember_job *list)
{
	if (!kb_engine_has_memory_to_keep(e, list)) {
		return false;
	}
	if (list->device && !is_there(e, list->device)) {
		kb_journal_add(&e->journal, KB_LOG_WARNING, "the list is not kept: " DISK_GONE);
		return false;
	}
	return true;
}

/* No disk is written for anything but the entry that is started now, and the list of remember=. */
static void start_writer(struct kb_engine *e)
{
	const struct kb_entry *entry = &e->pipeline.entry;
	const struct kb_child_spec spec = {
		.name = "writer",
		.run = kb_write_job_run,
		.data = &e->leaving.write,
		.deadline_ms = KB_WRITE_DEADLINE_MS,
		.owner = e,
		.on_line = writer_line,
		.on_exit = written,
	};
	struct kb_write_job *job = &e->leaving.write;
	int r;

	*job = (struct kb_write_job){
		.sys = e->sys,
		.hibernated = kb_places_hibernated(&e->places) != NULL,
	};
	if (e->leaving.how == KB_LEAVE_KEXEC) {
		job->entry = entry->writes.n > 0 ? of_entry(e, entry) : NULL;
		job->remembers = remembers(e, &job->list);
	}
	if (!job->entry && !job->remembers) {
		next(e, KB_LEAVE_JUMP);
		return;
	}
	r = kb_child_start(e->loop, e->sys, &spec, &e->leaving.child);
	if (r < 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING, NOT_WRITTEN "%s", strerror(-r));
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
	static void (*const steps[])(struct kb_engine * e) = {
		[KB_LEAVE_FAREWELL] = say_goodbye,
		[KB_LEAVE_STOP] = stop_processes,
		[KB_LEAVE_UNMOUNT] = start_unmounter,
		[KB_LEAVE_WRITE] = start_writer,
		[KB_LEAVE_JUMP] = jump,
	};

	if (e->state == KB_ENGINE_LEAVING && steps[e->leaving.step]) {
		steps[e->leaving.step](e);
	}
}
