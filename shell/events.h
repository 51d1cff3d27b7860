/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a prompt can wait for: the engine, a key, a signal, the end of a child.
 * For the prompt.
 * Must not handle any of it, nor leave the signals blocked for a program that is started.
 */
#ifndef KBOOT_SHELL_EVENTS_H
#define KBOOT_SHELL_EVENTS_H

#include <signal.h>
#include <stdbool.h>

#include "kboot/base/cleanup.h"

enum kb_event {
	KB_EVENT_ENGINE = 1,    /* the socket has something, or was hung up */
	KB_EVENT_TYPED = 2,     /* so has the input */
	KB_EVENT_INTERRUPT = 4, /* Ctrl-C */
	KB_EVENT_CHILD = 8,     /* a child ended, or was stopped */
	KB_EVENT_RESIZE = 16,
	KB_EVENT_HANGUP = 32, /* the terminal is gone, or we are to end */
};

struct kb_events {
	int signal_fd;
	bool hung_up;    /* there was a KB_EVENT_HANGUP */
	bool resized;    /* there was a KB_EVENT_RESIZE; whoever draws takes it back */
	sigset_t before; /* the mask that programs get */
	void (*stops_before[3])(int);
};

/* Takes the signals of this process; with job_control those of a background process too. */
KB_MUST_CHECK int kb_events_open(struct kb_events *e, bool job_control);
void kb_events_close(struct kb_events *e);
/* In a child, before it becomes a program: signals as they were, and by default. */
void kb_events_restore_in_child(const struct kb_events *e);
/* A set of kb_event; descriptors of -1 are left out; timeout_ms -1: none. Nothing after the
 * timeout: 0. */
unsigned kb_events_wait(struct kb_events *e, int engine_fd, int typed_fd, int timeout_ms);

#endif
