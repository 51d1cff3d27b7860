/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs: started with the terminal handed over, waited for, stopped and continued.
 * For the prompt.
 * Must not search for them, and never goes through a shell.
 */
#ifndef KBOOT_SHELL_JOB_H
#define KBOOT_SHELL_JOB_H

#include <sys/types.h>
#include <termios.h>

#include "engine.h"

enum { KB_JOBS_MAX = 16 };

struct kb_job {
	pid_t pid; /* and its process group; 0: a free place */
	char *line;
	struct termios mode; /* the terminal as it had it when it was stopped */
	bool in_chroot;      /* its end is told to the engine */
};

struct kb_jobs {
	struct kb_events *events;
	struct kb_shell_engine *engine;
	int tty_fd;          /* -1: there is no terminal to hand over */
	struct termios mode; /* ours */
	bool has_written; /* something ran: where the cursor is nobody knows; the owner clears it */
	struct kb_job stopped[KB_JOBS_MAX];
};

/* How to become the program, in the child. Returns only what went wrong, an exit status. */
typedef int kb_job_fn(void *ctx);

struct kb_job_spec {
	const char *line; /* for people */
	kb_job_fn *become;
	void *ctx;
	bool in_chroot;
};

void kb_jobs_init(struct kb_jobs *j, struct kb_events *events, struct kb_shell_engine *engine,
		  int tty_fd);
/* What is stopped is ended. */
void kb_jobs_done(struct kb_jobs *j);
/* Runs it until it ends or is stopped; says what a person should know. Returns its exit status (128
 * and the signal's number for one that was killed or stopped). */
int kb_job_run(struct kb_jobs *j, const struct kb_job_spec *spec);
/* Goes on with a stopped job; number counts from 1, 0 is the newest. */
int kb_job_continue(struct kb_jobs *j, unsigned number);
void kb_jobs_print(const struct kb_jobs *j);

#endif
