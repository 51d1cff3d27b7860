/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/time.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "apply.h"
#include "kboot/base/clock.h"
#include "kboot/base/tree.h"
#include "kboot/network/lease.h"
#include "program.h"

enum { LOOK_MS = 50, NOTE_TEXT = 512, SETTING_TEXT = 1024, MAX_LEASES = 64 };

#define NOTE_NAME "clock"

/* --- who is asked */

static bool is_known(const struct kb_time_servers *s, struct kb_str host)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (kb_str_eq(kb_str_from(s->at[i]), host)) {
			return true;
		}
	}
	return false;
}

/* Nothing that a program could take for an option. */
static bool is_host(struct kb_str host)
{
	for (size_t i = 0; i < host.len; i++) {
		char c = host.data[i];

		if (!kb_is_letter(c) && !kb_is_digit(c) && !(i > 0 && (c == '-' || c == '.')) &&
		    c != ':') {
			return false;
		}
	}
	return host.len > 0 && host.len < KB_NET_HOST;
}

void kb_time_servers_add(struct kb_time_servers *s, struct kb_str words)
{
	struct kb_str word;
	struct kb_str host;

	while (kb_str_next_word(&words, &word)) {
		while (kb_str_next_until(&word, ',', &host)) {
			if (s->n < KB_TIME_MAX_SERVERS && is_host(host) && !is_known(s, host)) {
				memcpy(s->at[s->n], host.data, host.len);
				s->at[s->n++][host.len] = '\0';
			}
		}
	}
}

static int add_lease(void *ctx, const char *name)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int dir_fd = open(KB_LEASE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree tree = {.root_fd = dir_fd, .name = ""};
	struct kb_lease lease;
	char buf[KB_IP_TEXT];

	if (strstr(name, ".pid") || dir_fd < 0 ||
	    kb_tree_read(&tree, name, KB_LEASE_FILE_MAX, &text) < 0 ||
	    kb_lease_from_text(&arena, kb_buf_view(&text), &lease) < 0) {
		return 0;
	}
	for (unsigned i = 0; i < lease.n_ntp; i++) {
		kb_time_servers_add(ctx, kb_str_from(kb_ip_print(&lease.ntp[i], buf)));
	}
	return 0;
}

void kb_time_servers_gather(struct kb_time_servers *s)
{
	KB_CLOSE int fd = open(KB_LEASE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree tree = {.root_fd = fd, .name = ""};
	char text[SETTING_TEXT];

	if (fd >= 0 && kb_tree_list(&tree, "/", MAX_LEASES, add_lease, s) < 0) {
		s->n = 0; /* a folder that cannot be read names nobody */
	}
	kb_note_read(KB_NETWORK_DIR, KB_TIME_CONFIGURED, text, sizeof(text));
	kb_time_servers_add(s, kb_str_from(text));
	kb_note_read(KB_TIME_SETTING_DIR, KB_TIME_SETTING, text, sizeof(text));
	kb_time_servers_add(s, kb_str_from(text));
}

/* --- asking */

struct asking {
	const struct kb_sys *sys;
	int64_t built;
	pid_t pids[KB_TIME_MAX_SERVERS]; /* 0: it has ended */
	unsigned n_running;
	int64_t before;    /* what the clock showed, */
	int64_t before_ms; /* and when */
	bool was_wrong;    /* somebody said what cannot be */
};

static void start(struct asking *a, const struct kb_time_servers *servers)
{
	for (unsigned i = 0; i < servers->n; i++) {
		const char *const argv[] = {"ntpd", "-n", "-q", "-p", servers->at[i], NULL};

		if (kb_program_start(a->sys, argv, NULL, &a->pids[i]) == 0) {
			a->n_running++;
		} else {
			a->pids[i] = 0;
		}
	}
}

static bool is_right(const struct asking *a)
{
	return kb_clock_is_set(kb_clock_now(), a->built);
}

/* Whoever ends has set the clock. A time that cannot be is taken back: others may know better. */
static void look(struct asking *a)
{
	for (unsigned i = 0; i < KB_TIME_MAX_SERVERS; i++) {
		int status = -1;

		if (a->pids[i] == 0 || kb_program_wait(a->sys, a->pids[i], 0, &status) == 0) {
			continue;
		}
		a->pids[i] = 0;
		a->n_running--;
		if (status == 0 && !is_right(a)) {
			const struct timeval back = {
				.tv_sec = (time_t)(a->before +
						   (a->sys->now_ms(a->sys->ctx) - a->before_ms) /
							   1000)};

			a->was_wrong = true;
			(void)settimeofday(&back, NULL);
		}
	}
}

static void stop(const struct asking *a)
{
	for (unsigned i = 0; i < KB_TIME_MAX_SERVERS; i++) {
		if (a->pids[i] > 0) {
			(void)a->sys->kill(a->sys->ctx, a->pids[i], SIGKILL);
			(void)waitpid(a->pids[i], NULL, 0);
		}
	}
}

static int say_why(const struct asking *a, const struct kb_time_servers *servers,
		   struct kb_error *err)
{
	KB_BUF struct kb_buf names = {0};

	for (unsigned i = 0; i < servers->n; i++) {
		kb_buf_printf(&names, "%s%s", i > 0 ? ", " : "", servers->at[i]);
	}
	if (a->was_wrong) {
		return kb_error_set(err, -ERANGE, "the time of %s cannot be", names.data);
	}
	return kb_error_set(err, -ETIMEDOUT, "no time server answers (%s, within %d s)", names.data,
			    KB_TIME_MS / 1000);
}

int kb_time_repair(const struct kb_sys *sys, const struct kb_time_servers *servers, int64_t built,
		   struct kb_error *err)
{
	struct asking a = {.sys = sys,
			   .built = built,
			   .before = kb_clock_now(),
			   .before_ms = sys->now_ms(sys->ctx)};

	if (is_right(&a)) {
		return 0;
	}
	if (servers->n == 0) {
		return kb_error_set(err, -ENOENT, "no time server is known");
	}
	start(&a, servers);
	while (a.n_running > 0 && !is_right(&a) &&
	       sys->now_ms(sys->ctx) - a.before_ms < KB_TIME_MS) {
		(void)usleep(LOOK_MS * 1000);
		look(&a);
	}
	stop(&a);
	return is_right(&a) ? 0 : say_why(&a, servers, err);
}

/* --- what came of it */

void kb_time_note(const struct kb_sys *sys, const char *clause)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_printf(&text, "%lld %s\n", (long long)sys->now_ms(sys->ctx), clause);
	if (kb_buf_error(&text) < 0 ||
	    kb_note_write(KB_NETWORK_DIR, NOTE_NAME, kb_buf_view(&text)) < 0) {
		return; /* others wait a little longer */
	}
}

void kb_time_note_read(char *buf, size_t size, int64_t *ret_ms)
{
	char text[NOTE_TEXT];
	struct kb_str rest;
	struct kb_str word;
	uint64_t when;

	buf[0] = '\0';
	*ret_ms = 0;
	kb_note_read(KB_NETWORK_DIR, NOTE_NAME, text, sizeof(text));
	rest = kb_str_from(text);
	if (kb_str_next_word(&rest, &word) && kb_str_to_u64(word, &when) == 0 && when < INT64_MAX) {
		*ret_ms = (int64_t)when;
		(void)snprintf(buf, size, "%.*s", KB_STR_ARG(kb_str_trim(rest)));
	}
}

void kb_time_wait(const struct kb_sys *sys, int64_t not_before_ms)
{
	const int64_t until_ms = sys->now_ms(sys->ctx) + KB_TIME_MS + 1000;
	const int64_t built = kb_clock_built();
	char clause[NOTE_TEXT];
	int64_t noted_ms = 0;

	while (!kb_clock_is_set(kb_clock_now(), built) && sys->now_ms(sys->ctx) < until_ms) {
		kb_time_note_read(clause, sizeof(clause), &noted_ms);
		if (clause[0] && noted_ms >= not_before_ms) {
			return;
		}
		(void)usleep(LOOK_MS * 1000);
	}
}
