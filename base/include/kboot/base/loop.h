/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: descriptors, timers, signals on one epoll.
 * For core, ui and app.
 * Must not block anywhere but in its own wait, and must not know what its callbacks do.
 */
#ifndef KBOOT_BASE_LOOP_H
#define KBOOT_BASE_LOOP_H

#include <stdint.h>
#include <sys/epoll.h>

#include "kboot/base/cleanup.h"

struct kb_loop;
struct kb_source; /* one registration; owned by the loop, removed by kb_source_remove */

/* events: EPOLLIN|EPOLLOUT|EPOLLHUP… as epoll reports them. */
typedef void kb_fd_fn(void *data, int fd, uint32_t events);
typedef void kb_timer_fn(void *data);
typedef void kb_signal_fn(void *data, int signo);

KB_MUST_CHECK int kb_loop_create(struct kb_loop **ret_loop);
void kb_loop_destroy(struct kb_loop *loop); /* NULL is fine; removes what is left; closes no
					       descriptor given by add_fd */

/* The descriptor stays the caller's; remove the source before closing it. */
KB_MUST_CHECK int kb_loop_add_fd(struct kb_loop *loop, int fd, uint32_t events, kb_fd_fn *fn,
				 void *data, struct kb_source **ret_source);
void kb_source_set_events(struct kb_source *source, uint32_t events);

/* A timer that does not run until it is set. CLOCK_MONOTONIC. */
KB_MUST_CHECK int kb_loop_add_timer(struct kb_loop *loop, kb_timer_fn *fn, void *data,
				    struct kb_source **ret_source);
/* Fires once, delay_ms from now (0: as soon as the loop runs). Setting again moves it. NULL is
 * fine. */
void kb_timer_set(struct kb_source *timer, uint64_t delay_ms);
void kb_timer_stop(struct kb_source *timer); /* NULL is fine */

/* Blocks the signal in this thread and delivers it through a signalfd. */
KB_MUST_CHECK int kb_loop_add_signal(struct kb_loop *loop, int signo, kb_signal_fn *fn, void *data,
				     struct kb_source **ret_source);

/* Safe inside a callback, also of the source itself. NULL is fine. */
void kb_source_remove(struct kb_source *source);

/* Runs until kb_loop_quit; returns its value, or -errno of epoll. */
int kb_loop_run(struct kb_loop *loop);
void kb_loop_quit(struct kb_loop *loop, int value);
/* One round, waiting at most timeout_ms (-1: for ever). 0 or -errno. For tests and for waiting on
 * one condition. */
KB_MUST_CHECK int kb_loop_step(struct kb_loop *loop, int timeout_ms);

#endif
