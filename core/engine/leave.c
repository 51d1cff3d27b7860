/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Teardown and the jump: the last thing the engine does, or a way back to the menu when it fails.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine_private.h"
#include "kboot/boot/load.h"
#include "kboot/mount/mount.h"

enum {
	MENUS_LEAVE_MS = 200, /* for the menus to give their terminals back */
	UNDO_MS = 10000,      /* for what is mounted to be unmounted */
	INIT_PID = 1,
};

static void say_goodbye(struct kb_engine *e, enum kb_leave how)
{
	char text[KB_ERROR_TEXT];
	const struct kb_message bye = {.type = KB_MSG_BYE, .text = text};
	int64_t until = kb_engine_now(e) + MENUS_LEAVE_MS;

	if (how == KB_LEAVE_KEXEC) {
		(void)snprintf(text, sizeof(text), "Starting %s",
			       kb_entry_display(&e->pipeline.entry));
	} else {
		(void)snprintf(text, sizeof(text), "%s",
			       how == KB_LEAVE_REBOOT ? "Restarting" : "Powering off");
	}
	for (struct kb_client *c = e->server.first; c; c = c->next) {
		kb_client_send(c, &bye);
	}
	kb_server_drain(&e->server, MENUS_LEAVE_MS / 2);
	while (e->server.first && kb_engine_now(e) < until) {
		if (kb_loop_step(e->loop, 10) < 0) {
			break;
		}
	}
}

/*
 * BusyBox init waits for SIGCONT after SIGTSTP: it would start the menus again under our hands.
 * Everything else but init and us goes: shells and helpers hold files open on what is to be
 * unmounted.
 */
static void stop_processes(const struct kb_engine *e)
{
	(void)e->sys->kill(e->sys->ctx, INIT_PID, SIGTSTP);
	(void)e->sys->kill(e->sys->ctx, -1, SIGKILL);
}

static int unmount_now(const struct kb_engine *e)
{
	struct kb_error err = {0};
	unsigned busy = 0;
	int r = kb_unmount_all(e->sys, "/proc/self/mountinfo", &busy, &err);

	return r < 0 || busy > 0;
}

/* 0 when pid ended well; 1 when it did not, or not in time. */
static int wait_for(const struct kb_engine *e, pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 5000000};
	int64_t until = kb_engine_now(e) + UNDO_MS;
	int status = 0;

	while (kb_engine_now(e) < until) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended != 0 && !(ended < 0 && errno == EINTR)) {
			return ended == pid && status != 0;
		}
		(void)nanosleep(&pause, NULL);
	}
	(void)e->sys->kill(e->sys->ctx, pid, SIGKILL);
	return 1;
}

/* By a child: a server that is gone must not keep us from leaving. */
static void unmount_in_child(struct kb_engine *e)
{
	pid_t pid = -1;
	int r = e->sys->fork(e->sys->ctx, &pid);

	if (r == 0 && pid == 0) {
		_exit(unmount_now(e));
	}
	r = r < 0 ? unmount_now(e) : wait_for(e, pid);
	if (r > 0) {
		kb_journal_add(&e->journal, KB_LOG_WARNING,
			       "something could not be unmounted in time and is left behind");
	}
}

static void come_back(struct kb_engine *e, const struct kb_error *why)
{
	struct kb_error err = {0};

	(void)e->sys->kill(e->sys->ctx, INIT_PID, SIGCONT);
	e->leaving = false;
	e->want_boot = false;
	kb_pipeline_clear(&e->pipeline);
	kb_engine_notice(e, KB_NOTICE_ERROR, "%s.", why->text);
	if (kb_places_enumerate(&e->places, true, &err) < 0) {
		kb_journal_add(&e->journal, KB_LOG_ERROR, "%s", err.text);
	}
}

static int jump(struct kb_engine *e, enum kb_leave how, struct kb_error *err)
{
	enum kb_reboot_how reboot = how == KB_LEAVE_REBOOT ? KB_REBOOT_RESTART : KB_REBOOT_POWEROFF;
	int r;

	if (how == KB_LEAVE_KEXEC) {
		return kb_boot_jump(e->sys, err);
	}
	r = e->sys->reboot(e->sys->ctx, reboot);
	return kb_error_set(err, r, "the machine refused: %s", strerror(-r));
}

void kb_engine_leave(struct kb_engine *e, enum kb_leave how)
{
	struct kb_error err = {0};

	e->leaving = true;
	kb_engine_send_state(e);
	say_goodbye(e, how);
	kb_requests_forget(e, NULL);
	stop_processes(e);
	unmount_in_child(e);
	if (jump(e, how, &err) < 0) {
		come_back(e, &err);
	}
}
