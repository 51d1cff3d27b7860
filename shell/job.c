/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

#include "kboot/base/escape.h"
#include "say.h"

enum { STATUS_SIGNAL = 128, STATUS_FAILED = 1 };

void kb_jobs_init(struct kb_jobs *j, struct kb_events *events, struct kb_shell_engine *engine,
		  int tty_fd)
{
	*j = (struct kb_jobs){.events = events, .engine = engine, .tty_fd = tty_fd};
	if (tty_fd >= 0 && tcgetattr(tty_fd, &j->mode) < 0) {
		j->tty_fd = -1;
	}
}

static void end_chroot(struct kb_jobs *j, const struct kb_job *job)
{
	const struct kb_intent intent = {.type = KB_DO_CHROOT_END};
	const struct kb_message *reply;
	struct kb_error err;

	/* Without an engine there is nothing to end: its worker went with the connection. */
	if (job->in_chroot && kb_shell_engine_is_there(j->engine) &&
	    kb_shell_engine_ask(j->engine, &intent, -1, &reply, &err) == 0 && !reply->ok &&
	    reply->text) {
		(void)kb_shell_fail("%s", reply->text);
	}
}

static void forget(struct kb_job *job)
{
	free(job->line);
	*job = (struct kb_job){0};
}

static void hang_up(pid_t group)
{
	(void)kill(-group, SIGHUP);
	(void)kill(-group, SIGCONT);
}

void kb_jobs_done(struct kb_jobs *j)
{
	for (size_t i = 0; i < KB_JOBS_MAX; i++) {
		if (j->stopped[i].pid > 0) {
			hang_up(j->stopped[i].pid);
			end_chroot(j, &j->stopped[i]);
			forget(&j->stopped[i]);
		}
	}
}

/* What a command that ended well left usable is meant (stty); anything else is put back. */
static void take_terminal(struct kb_jobs *j, bool ended_well)
{
	struct termios now;

	if (j->tty_fd < 0) {
		return;
	}
	(void)tcsetpgrp(j->tty_fd, getpgrp());
	if (ended_well && tcgetattr(j->tty_fd, &now) == 0 && (now.c_lflag & ICANON) &&
	    (now.c_lflag & ECHO)) {
		j->mode = now;
		return;
	}
	(void)tcsetattr(j->tty_fd, TCSADRAIN, &j->mode);
}

static void tell_stopped(struct kb_jobs *j, const struct kb_job *job)
{
	(void)fputc('\n', stderr);
	for (size_t i = 0; i < KB_JOBS_MAX; i++) {
		struct kb_job *place = &j->stopped[i];

		if (place->pid == 0) {
			*place = *job;
			place->line = strdup(job->line);
			kb_print_escaped(stderr, "[%zu] stopped: %s (go on with: fg %zu)", i + 1,
					 job->line, i + 1);
			return;
		}
	}
	(void)kb_shell_fail("%d commands are stopped already: %s is ended", KB_JOBS_MAX, job->line);
	hang_up(job->pid);
}

static int tell_end(const struct kb_job *job, int status)
{
	if (WIFEXITED(status)) {
		if (WEXITSTATUS(status) != 0) {
			(void)fprintf(stderr, "[exit status %d]\n", WEXITSTATUS(status));
		}
		return WEXITSTATUS(status);
	}
	if (WTERMSIG(status) == SIGINT) {
		(void)fputc('\n', stderr);
	} else if (WTERMSIG(status) != SIGPIPE) {
		kb_print_escaped(stderr, "[%s ended by a signal: %s]", job->line,
				 strsignal(WTERMSIG(status)));
	}
	return STATUS_SIGNAL + WTERMSIG(status);
}

/* Until it ends, is stopped, or there is no more time for it. False: it was left. */
static bool wait_child(struct kb_jobs *j, pid_t pid, int *ret_status)
{
	for (;;) {
		pid_t r = waitpid(pid, ret_status, WNOHANG | WUNTRACED);
		unsigned events;

		if (r == pid) {
			return true;
		}
		if (r < 0 && errno != EINTR) {
			return false;
		}
		events = kb_events_wait(j->events, j->engine->connection.fd, -1, -1);
		if (events & KB_EVENT_ENGINE) {
			kb_shell_engine_read(j->engine);
		}
		if (j->engine->leaving || (events & KB_EVENT_HANGUP)) {
			hang_up(pid);
			return false;
		}
	}
}

static int wait_job(struct kb_jobs *j, struct kb_job *job)
{
	int status = 0;
	bool over = wait_child(j, job->pid, &status);

	if (j->tty_fd >= 0) {
		(void)tcgetattr(j->tty_fd, &job->mode);
	}
	take_terminal(j, over && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	if (!over) {
		return STATUS_FAILED;
	}
	if (WIFSTOPPED(status)) {
		tell_stopped(j, job);
		return STATUS_SIGNAL + WSTOPSIG(status);
	}
	end_chroot(j, job);
	return tell_end(job, status);
}

static void be_child(const struct kb_jobs *j, const struct kb_job_spec *spec)
{
	if (j->tty_fd >= 0) {
		(void)setpgid(0, 0);
		(void)tcsetpgrp(j->tty_fd, getpid());
	}
	kb_events_restore_in_child(j->events);
	_exit(spec->become(spec->ctx));
}

int kb_job_run(struct kb_jobs *j, const struct kb_job_spec *spec)
{
	struct kb_job job = {.line = (char *)spec->line, .in_chroot = spec->in_chroot};

	(void)fflush(stdout);
	(void)fflush(stderr);
	j->has_written = true;
	if (j->tty_fd >= 0) {
		/* A command's terminal echoes; the editor's does not, even between two lines. */
		(void)tcsetattr(j->tty_fd, TCSADRAIN, &j->mode);
	}
	job.pid = fork();
	if (job.pid < 0) {
		return kb_shell_fail("no new process: %s", strerror(errno));
	}
	if (job.pid == 0) {
		be_child(j, spec);
	}
	if (j->tty_fd >= 0) {
		(void)setpgid(job.pid, job.pid);
	}
	return wait_job(j, &job);
}

static struct kb_job *find(struct kb_jobs *j, unsigned number)
{
	if (number > KB_JOBS_MAX) {
		return NULL;
	}
	for (size_t i = KB_JOBS_MAX; number == 0 && i > 0; i--) {
		if (j->stopped[i - 1].pid > 0) {
			number = (unsigned)i;
		}
	}
	return number > 0 && j->stopped[number - 1].pid > 0 ? &j->stopped[number - 1] : NULL;
}

int kb_job_continue(struct kb_jobs *j, unsigned number)
{
	struct kb_job *place = find(j, number);
	struct kb_job job;
	int status;

	if (!place) {
		return kb_shell_fail("there is no such stopped command (see `jobs`)");
	}
	j->has_written = true;
	job = *place;
	*place = (struct kb_job){0};
	kb_print_escaped(stdout, "%s", job.line);
	(void)fflush(stdout);
	if (j->tty_fd >= 0) {
		(void)tcsetattr(j->tty_fd, TCSADRAIN, &job.mode);
		(void)tcsetpgrp(j->tty_fd, job.pid);
	}
	(void)kill(-job.pid, SIGCONT);
	status = wait_job(j, &job);
	free(job.line);
	return status;
}

void kb_jobs_print(const struct kb_jobs *j)
{
	for (size_t i = 0; i < KB_JOBS_MAX; i++) {
		if (j->stopped[i].pid > 0) {
			kb_print_escaped(stdout, "[%zu] %s", i + 1, j->stopped[i].line);
		}
	}
}
