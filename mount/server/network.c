/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/network.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "kboot/base/str.h"
#include "network_run.h"

enum { WORDS_BYTES = 4096, LOOK_MS = 100 };

/* A running program and what it says. */
struct run {
	const struct kb_sys *sys;
	pid_t pid;
	int words_fd;
	char words[WORDS_BYTES]; /* the last of them */
	size_t len;
};

static bool counts(const struct ifaddrs *a)
{
	const struct sockaddr_in6 *six = (const void *)a->ifa_addr;
	unsigned wanted = IFF_UP | IFF_RUNNING;

	if (!six || (a->ifa_flags & IFF_LOOPBACK) || (a->ifa_flags & wanted) != wanted) {
		return false;
	}
	return six->sin6_family == AF_INET ||
	       (six->sin6_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr));
}

bool kb_network_is_up(void)
{
	struct ifaddrs *addresses = NULL;
	bool found = false;

	if (getifaddrs(&addresses) < 0) {
		return false;
	}
	for (const struct ifaddrs *a = addresses; a && !found; a = a->ifa_next) {
		found = counts(a);
	}
	freeifaddrs(addresses);
	return found;
}

/* Keeps the last words: where they do not fit, the older half goes. */
static bool read_words(struct run *run)
{
	ssize_t n;

	if (run->len > WORDS_BYTES / 2) {
		memmove(run->words, run->words + WORDS_BYTES / 2, run->len - WORDS_BYTES / 2);
		run->len -= WORDS_BYTES / 2;
	}
	n = read(run->words_fd, run->words + run->len, WORDS_BYTES - run->len);
	run->len += n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* 1 when the program has ended, with its status. Its children may keep the pipe open for longer. */
static int look(struct run *run, int *ret_status)
{
	struct pollfd wait = {.fd = run->words_fd, .events = POLLIN};
	pid_t pid;

	if (poll(&wait, 1, LOOK_MS) > 0 && !read_words(run)) {
		/* The end, or nothing to be read: what is left is to wait for the program itself.
		 */
		run->words_fd = -1;
	}
	pid = waitpid(run->pid, ret_status, WNOHANG);
	if (pid < 0 && errno != EINTR) {
		return -errno;
	}
	return pid == run->pid;
}

static struct kb_str last_line(const struct run *run)
{
	struct kb_str rest = kb_str_trim(kb_str_of(run->words, run->len));
	struct kb_str line = {0};
	struct kb_str next;

	while (kb_str_next_line(&rest, &next)) {
		line = next;
	}
	return kb_str_trim(line);
}

/* What was said between the last look and the end. */
static void read_rest(struct run *run)
{
	struct pollfd wait = {.fd = run->words_fd, .events = POLLIN};

	while (run->words_fd >= 0 && poll(&wait, 1, 0) > 0 && read_words(run)) {
	}
}

static int judge(struct run *run, int status, struct kb_error *err)
{
	struct kb_str line;

	read_rest(run);
	line = last_line(run);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		return 0;
	}
	if (line.len > 0) {
		return kb_error_set(err, -ENETDOWN, "%.*s",
				    KB_STR_ARG(kb_str_head(line, KB_ERROR_TEXT - 1)));
	}
	return kb_error_set(err, -ENETDOWN, "the network did not come up");
}

static int wait_for(struct run *run, int deadline_ms, struct kb_error *err)
{
	int64_t until_ms = run->sys->now_ms(run->sys->ctx) + deadline_ms;
	int status = 0;
	int r = 0;

	while (r == 0 && run->sys->now_ms(run->sys->ctx) < until_ms) {
		r = look(run, &status);
	}
	if (r == 1) {
		return judge(run, status, err);
	}
	/* The whole group: what it waits for goes too; a udhcpc with a lease has left it. */
	(void)run->sys->kill(run->sys->ctx, -run->pid, SIGKILL);
	(void)waitpid(run->pid, &status, WNOHANG);
	return kb_error_set(err, r < 0 ? r : -ETIMEDOUT, "the network did not come up within %d s",
			    deadline_ms / 1000);
}

int kb_network_run(const struct kb_sys *sys, const char *program, int deadline_ms,
		   struct kb_error *err)
{
	static const char *const environment[] = {"PATH=/sbin:/bin:/usr/sbin:/usr/bin", "HOME=/",
						  NULL};
	const char *const argv[] = {program, "up", NULL};
	struct kb_spawn spawn = {.argv = argv,
				 .envp = environment,
				 .stdin_fd = -1,
				 .stdout_fd = -1,
				 .supervised = true};
	struct run run = {.sys = sys};
	int ends[2];
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		r = -errno;
		return kb_error_set(err, r, "no pipe: %s", strerror(-r));
	}
	spawn.stderr_fd = ends[1];
	run.words_fd = ends[0];
	r = sys->spawn(sys->ctx, &spawn, &run.pid);
	(void)kb_close(ends[1]);
	if (r < 0) {
		r = kb_error_set(err, r, "no network, and %s does not run: %s", program,
				 strerror(-r));
	} else {
		r = wait_for(&run, deadline_ms, err);
	}
	(void)kb_close(ends[0]);
	return r;
}

int kb_network_up(const struct kb_sys *sys, int64_t deadline_ms, struct kb_error *err)
{
	int left_ms = kb_left_ms(sys, deadline_ms, KB_NETWORK_UP_MS);

	return kb_network_is_up() ? 0 : kb_network_run(sys, "/sbin/network", left_ms, err);
}
