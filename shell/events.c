/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>

static const int stops[] = {SIGTSTP, SIGTTOU, SIGTTIN};

static void fill(sigset_t *set)
{
	static const int signals[] = {SIGINT, SIGQUIT, SIGCHLD, SIGWINCH, SIGHUP, SIGTERM};

	(void)sigemptyset(set);
	for (size_t i = 0; i < KB_ARRAY_LEN(signals); i++) {
		(void)sigaddset(set, signals[i]);
	}
}

int kb_events_open(struct kb_events *e, bool job_control)
{
	sigset_t ours;

	fill(&ours);
	*e = (struct kb_events){.signal_fd = -1};
	if (sigprocmask(SIG_BLOCK, &ours, &e->before) < 0) {
		return -errno;
	}
	e->signal_fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (e->signal_fd < 0) {
		int r = -errno;

		(void)sigprocmask(SIG_SETMASK, &e->before, NULL);
		return r;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(stops); i++) {
		e->stops_before[i] = signal(stops[i], job_control ? SIG_IGN : SIG_DFL);
	}
	return 0;
}

void kb_events_close(struct kb_events *e)
{
	if (e->signal_fd < 0) {
		return;
	}
	e->signal_fd = kb_close(e->signal_fd);
	for (size_t i = 0; i < KB_ARRAY_LEN(stops); i++) {
		(void)signal(stops[i], e->stops_before[i]);
	}
	(void)sigprocmask(SIG_SETMASK, &e->before, NULL);
}

void kb_events_restore_in_child(const struct kb_events *e)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(stops); i++) {
		(void)signal(stops[i], SIG_DFL);
	}
	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &e->before, NULL);
}

static unsigned take_signals(int fd)
{
	struct signalfd_siginfo info;
	unsigned events = 0;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGINT:
			events |= KB_EVENT_INTERRUPT;
			break;
		case SIGCHLD:
			events |= KB_EVENT_CHILD;
			break;
		case SIGWINCH:
			events |= KB_EVENT_RESIZE;
			break;
		case SIGHUP:
		case SIGTERM:
			events |= KB_EVENT_HANGUP;
			break;
		default:
			break; /* Ctrl-\ means nothing to a prompt */
		}
	}
	return events;
}

unsigned kb_events_wait(struct kb_events *e, int engine_fd, int typed_fd, int timeout_ms)
{
	struct pollfd fds[] = {
		{.fd = e->signal_fd, .events = POLLIN},
		{.fd = engine_fd, .events = POLLIN},
		{.fd = typed_fd, .events = POLLIN},
	};
	unsigned events = 0;

	if (poll(fds, KB_ARRAY_LEN(fds), timeout_ms) <= 0) {
		return 0;
	}
	if (fds[0].revents) {
		events |= take_signals(e->signal_fd);
		e->hung_up = e->hung_up || (events & KB_EVENT_HANGUP);
		e->resized = e->resized || (events & KB_EVENT_RESIZE);
	}
	if (fds[1].revents) {
		events |= KB_EVENT_ENGINE;
	}
	if (fds[2].revents) {
		events |= KB_EVENT_TYPED;
	}
	return events;
}
