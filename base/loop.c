/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

#include "loop_private.h"

enum { EVENTS_PER_ROUND = 32 };

struct kb_source {
	struct kb_loop *loop;
	struct kb_source **link; /* what points to it in the list of live sources */
	struct kb_source *next;
	int fd;
	bool own_fd; /* a timerfd or signalfd of ours */
	bool dead;   /* removed while events are being handed out; freed after the round */
	void (*dispatch)(struct kb_source *source, uint32_t events);
	union {
		kb_fd_fn *fd;
		kb_timer_fn *timer;
		kb_signal_fn *signal;
	} fn;
	void *data;
	void (*on_destroy)(void *data);
};

struct kb_loop {
	int epoll_fd;
	struct kb_source *live;
	struct kb_source *dead;
	unsigned depth; /* rounds in progress: a callback may run one of its own */
	bool quit;
	int quit_value;
};

int kb_loop_create(struct kb_loop **ret_loop)
{
	struct kb_loop *loop = calloc(1, sizeof(*loop));

	if (!loop) {
		return -ENOMEM;
	}
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		int r = -errno;

		free(loop);
		return r;
	}
	*ret_loop = loop;
	return 0;
}

static void free_dead(struct kb_loop *loop)
{
	while (loop->dead) {
		struct kb_source *next = loop->dead->next;

		free(loop->dead);
		loop->dead = next;
	}
}

static struct kb_source *find_with_hook(const struct kb_loop *loop)
{
	struct kb_source *source = loop->live;

	while (source && !source->on_destroy) {
		source = source->next;
	}
	return source;
}

void kb_loop_destroy(struct kb_loop *loop)
{
	struct kb_source *source;
	struct kb_source *next;

	if (!loop) {
		return;
	}
	/* First those who will remove sources of their own. */
	while ((source = find_with_hook(loop))) {
		source->on_destroy(source->data);
	}
	for (source = loop->live; source; source = next) {
		next = source->next;
		kb_source_remove(source);
	}
	free_dead(loop);
	(void)kb_close(loop->epoll_fd);
	free(loop);
}

void kb_source_on_destroy(struct kb_source *source, void (*fn)(void *data))
{
	source->on_destroy = fn;
}

static void link_live(struct kb_source *source)
{
	struct kb_source **head = &source->loop->live;

	source->link = head;
	source->next = *head;
	if (source->next) {
		source->next->link = &source->next;
	}
	*head = source;
}

static void unlink_live(struct kb_source *source)
{
	*source->link = source->next;
	if (source->next) {
		source->next->link = source->link;
	}
}

/* Registers what *source says. Takes it (and its own descriptor) in every case. */
static int source_add(struct kb_source *source, uint32_t events, struct kb_source **ret_source)
{
	struct kb_loop *loop = source->loop;
	struct epoll_event event = {.events = events, .data.ptr = source};

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event) < 0) {
		int r = -errno;

		if (source->own_fd) {
			(void)kb_close(source->fd);
		}
		free(source);
		return r;
	}
	link_live(source);
	*ret_source = source;
	return 0;
}

static struct kb_source *source_new(struct kb_loop *loop, int fd, void *data)
{
	struct kb_source *source = calloc(1, sizeof(*source));

	if (source) {
		source->loop = loop;
		source->fd = fd;
		source->data = data;
	}
	return source;
}

void kb_source_remove(struct kb_source *source)
{
	if (!source || source->dead) {
		return;
	}
	/* Fails where the caller has closed the descriptor already; epoll has forgotten it then. */
	(void)epoll_ctl(source->loop->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
	if (source->own_fd) {
		source->fd = kb_close(source->fd);
	}
	unlink_live(source);
	if (source->loop->depth == 0) {
		free(source);
		return;
	}
	source->dead = true;
	source->next = source->loop->dead;
	source->loop->dead = source;
}

static void dispatch_fd(struct kb_source *source, uint32_t events)
{
	source->fn.fd(source->data, source->fd, events);
}

int kb_loop_add_fd(struct kb_loop *loop, int fd, uint32_t events, kb_fd_fn *fn, void *data,
		   struct kb_source **ret_source)
{
	struct kb_source *source = source_new(loop, fd, data);

	if (!source) {
		return -ENOMEM;
	}
	source->dispatch = dispatch_fd;
	source->fn.fd = fn;
	return source_add(source, events, ret_source);
}

/* What is registered can be changed without memory: only a wrong descriptor would fail. */
void kb_source_set_events(struct kb_source *source, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = source};

	(void)epoll_ctl(source->loop->epoll_fd, EPOLL_CTL_MOD, source->fd, &event);
}

static void dispatch_timer(struct kb_source *source, uint32_t events)
{
	uint64_t expirations;

	(void)events;
	/* EAGAIN: an earlier callback of this round moved or stopped it. */
	if (read(source->fd, &expirations, sizeof(expirations)) == (ssize_t)sizeof(expirations)) {
		source->fn.timer(source->data);
	}
}

int kb_loop_add_timer(struct kb_loop *loop, kb_timer_fn *fn, void *data,
		      struct kb_source **ret_source)
{
	struct kb_source *source = source_new(loop, -1, data);

	if (!source) {
		return -ENOMEM;
	}
	source->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (source->fd < 0) {
		int r = -errno;

		free(source);
		return r;
	}
	source->own_fd = true;
	source->dispatch = dispatch_timer;
	source->fn.timer = fn;
	return source_add(source, EPOLLIN, ret_source);
}

/* The same. */
void kb_timer_set(struct kb_source *timer, uint64_t delay_ms)
{
	struct itimerspec when = {0};

	if (!timer) {
		return;
	}
	/* A century is for ever, and fits every time_t. */
	if (delay_ms > 1000ULL * 3600 * 24 * 365 * 100) {
		delay_ms = 1000ULL * 3600 * 24 * 365 * 100;
	}
	when.it_value.tv_sec = (time_t)(delay_ms / 1000);
	when.it_value.tv_nsec = (long)(delay_ms % 1000) * 1000000;
	if (delay_ms == 0) {
		when.it_value.tv_nsec = 1; /* all zero would stop it */
	}
	(void)timerfd_settime(timer->fd, 0, &when, NULL);
}

void kb_timer_stop(struct kb_source *timer)
{
	if (!timer) {
		return;
	}
	(void)timerfd_settime(timer->fd, 0, &(struct itimerspec){0}, NULL);
}

static void dispatch_signal(struct kb_source *source, uint32_t events)
{
	struct signalfd_siginfo info;

	(void)events;
	while (!source->dead && read(source->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		source->fn.signal(source->data, (int)info.ssi_signo);
	}
}

int kb_loop_add_signal(struct kb_loop *loop, int signo, kb_signal_fn *fn, void *data,
		       struct kb_source **ret_source)
{
	struct kb_source *source;
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	if (sigaddset(&set, signo) < 0) {
		return -errno;
	}
	source = source_new(loop, -1, data);
	if (!source) {
		return -ENOMEM;
	}
	source->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (source->fd < 0) {
		r = -errno;
		free(source);
		return r;
	}
	source->own_fd = true;
	source->dispatch = dispatch_signal;
	source->fn.signal = fn;
	/* Stays blocked after removal: to unblock would let what is pending kill us. */
	r = -pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (r < 0) {
		(void)kb_close(source->fd);
		free(source);
		return r;
	}
	return source_add(source, EPOLLIN, ret_source);
}

int kb_loop_step(struct kb_loop *loop, int timeout_ms)
{
	struct epoll_event events[EVENTS_PER_ROUND];
	int n = epoll_wait(loop->epoll_fd, events, EVENTS_PER_ROUND, timeout_ms);

	if (n < 0) {
		return errno == EINTR ? 0 : -errno;
	}
	loop->depth++;
	for (int i = 0; i < n; i++) {
		struct kb_source *source = events[i].data.ptr;

		if (!source->dead) {
			source->dispatch(source, events[i].events);
		}
	}
	loop->depth--;
	if (loop->depth == 0) {
		free_dead(loop);
	}
	return 0;
}

int kb_loop_run(struct kb_loop *loop)
{
	int r = 0;

	while (!loop->quit && r == 0) {
		r = kb_loop_step(loop, -1);
	}
	if (r < 0) {
		return r;
	}
	loop->quit = false;
	return loop->quit_value;
}

void kb_loop_quit(struct kb_loop *loop, int value)
{
	loop->quit = true;
	loop->quit_value = value;
}
