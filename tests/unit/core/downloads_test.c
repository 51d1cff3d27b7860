/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is fetched, kept and gone on with, from a server of our own on the loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/downloads.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_sys.h"

enum { PATIENCE_MS = 20000, URL_BYTES = 160 };

/* sha256 of "kernel". */
#define DIGEST "6923dd1bc0460082c5d55a831908c24a282860b7f1cd6c2b79cf1bc8857c639c"

/* What the server has been asked, in memory that it shares with the test. */
struct asked {
	atomic_int whole;
	atomic_int rest;
};

struct fixture {
	struct fake_sys *fake;
	struct kb_loop *loop;
	struct kb_journal journal;
	struct kb_places places;
	struct kb_downloads downloads;
	struct kb_downloads_state now;
	struct asked *asked;
	pid_t server;
	unsigned port;
	unsigned n_changes;
	char urls[3][URL_BYTES];
};

/* --- the server: /stops... sends the half of it and nothing more, until the rest is asked for */

static void answer(struct asked *asked, int fd)
{
	static const char half[] = "HTTP/1.1 200 OK\r\nETag: \"v\"\r\nContent-Length: 6\r\n\r\nker";
	static const char whole[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
				    "Content-Length: 6\r\n\r\nkernel";
	static const char rest[] = "HTTP/1.1 206 Partial\r\nConnection: close\r\n"
				   "Content-Range: bytes 3-5/6\r\nContent-Length: 3\r\n\r\nnel";
	static const char secret[] = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n"
				     "WWW-Authenticate: Basic realm=\"r\"\r\n\r\n";
	static const char missing[] = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
	char question[2048] = "";
	size_t len = 0;
	ssize_t n;
	char unused;

	while (!strstr(question, "\r\n\r\n") && len + 1 < sizeof(question)) {
		n = read(fd, question + len, sizeof(question) - len - 1);
		if (n <= 0) {
			return;
		}
		len += (size_t)n;
	}
	if (strstr(question, "GET /secret") &&
	    !strstr(question, "Authorization: Basic dTpw\r\n")) { /* u:p */
		(void)!write(fd, secret, strlen(secret));
	} else if (strstr(question, "GET /missing")) {
		(void)!write(fd, missing, strlen(missing));
	} else if (strstr(question, "Range: bytes=3-") && strstr(question, "If-Range: \"v\"")) {
		asked->rest++;
		(void)!write(fd, rest, strlen(rest));
	} else if (strstr(question, "GET /stops")) {
		asked->whole++;
		(void)!write(fd, half, strlen(half));
		(void)!read(fd, &unused, 1);
	} else {
		asked->whole++;
		(void)!write(fd, whole, strlen(whole));
	}
}

static void serve(struct asked *asked, int listener)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0 && fork() == 0) {
			(void)alarm(PATIENCE_MS / 1000);
			answer(asked, fd);
			_exit(0);
		}
		(void)close(fd);
		(void)waitpid(-1, NULL, WNOHANG);
	}
}

static void start_server(struct fixture *f)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	f->asked = mmap(NULL, sizeof(*f->asked), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	assert_true(f->asked != MAP_FAILED);
	assert_int_equal(bind(listener, (void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(getsockname(listener, (void *)&at, &len), 0);
	f->port = ntohs(at.sin_port);
	f->server = fork();
	assert_true(f->server >= 0);
	if (f->server == 0) {
		serve(f->asked, listener);
	}
	(void)close(listener);
}

/* --- the fixture */

static void changed(void *ctx)
{
	struct fixture *f = ctx;

	f->n_changes++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->fake = fake_sys_create();
	assert_non_null(f->fake);
	fake_sys_let_processes_through(f->fake);
	f->fake->real.now_ms = kb_sys_linux.now_ms;
	assert_int_equal(kb_loop_create(&f->loop), 0);
	f->journal = (struct kb_journal){.sys = &f->fake->table};
	f->places.simulated = true; /* which makes no mounts */
	f->downloads = (struct kb_downloads){
		.loop = f->loop,
		.sys = &f->fake->table,
		.journal = &f->journal,
		.places = &f->places,
		.max_kept_bytes = 100,
		.silence_ms = KB_DOWNLOADS_SILENCE_MS,
		.ctx = f,
		.changed = changed,
	};
	start_server(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kb_downloads_done(&f->downloads);
	(void)kill(f->server, SIGKILL);
	(void)waitpid(f->server, NULL, 0);
	(void)munmap(f->asked, sizeof(*f->asked));
	kb_loop_destroy(f->loop);
	fake_sys_destroy(f->fake);
	free(f);
	return 0;
}

static const char *url(struct fixture *f, size_t i, const char *path)
{
	(void)snprintf(f->urls[i], sizeof(f->urls[i]), "http://127.0.0.1:%u%s", f->port, path);
	return f->urls[i];
}

static void want(struct fixture *f, const char *kernel, const char *initrd)
{
	struct kb_entry entry = {.kernel = url(f, 0, kernel)};

	if (initrd) {
		entry.n_initrd = 2;
		entry.initrd[0] = url(f, 1, initrd);
		entry.initrd[1] = "sda1:/initrd";
	}
	assert_true(kb_downloads_are_needed(&entry));
	assert_int_equal(kb_downloads_want(&f->downloads, &entry, ""), 0);
}

/* Until all are whole, or one has failed; or bytes of it are there. */
static const struct kb_downloads_state *wait_for(struct fixture *f, uint64_t bytes)
{
	int64_t end = kb_sys_linux.now_ms(NULL) + PATIENCE_MS;

	do {
		assert_true(kb_sys_linux.now_ms(NULL) < end);
		kb_downloads_look(&f->downloads, &f->now);
	} while (!f->now.is_whole && !f->now.has_failed && !f->now.question &&
		 (bytes == 0 || f->now.done_bytes < bytes) && kb_loop_step(f->loop, 100) == 0);
	return &f->now;
}

static void assert_files(struct fixture *f, size_t n)
{
	struct kb_fetched files[KB_DOWNLOADS_MAX];
	char text[16] = "";

	assert_int_equal(kb_downloads_files(&f->downloads, files), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(pread(files[i].fd, text, sizeof(text), 0), 6);
		assert_string_equal(text, "kernel");
	}
}

/* --- what they do */

static void fetches_all_files_of_an_entry(void **state)
{
	struct fixture *f = *state;
	const struct kb_entry local = {.kernel = "sda1:/vmlinuz", .n_initrd = 0};

	assert_false(kb_downloads_are_needed(&local));
	want(f, "/a", "/b#sha256=" DIGEST);
	assert_true(wait_for(f, 0)->is_whole);
	assert_int_equal(f->now.done_bytes, 12);
	assert_int_equal(f->now.total_bytes, 12);
	assert_files(f, 2);
	assert_int_equal(f->asked->whole, 2);
}

static void fetches_nothing_twice(void **state)
{
	struct fixture *f = *state;

	want(f, "/a", NULL);
	assert_true(wait_for(f, 0)->is_whole);
	want(f, "/b", NULL);
	assert_true(wait_for(f, 0)->is_whole);
	want(f, "/a", NULL);
	kb_downloads_look(&f->downloads, &f->now);
	assert_true(f->now.is_whole);
	assert_int_equal(f->now.total_bytes, 6);
	kb_downloads_release(&f->downloads);
	want(f, "/a", NULL);
	kb_downloads_look(&f->downloads, &f->now);
	assert_true(f->now.is_whole);
	assert_files(f, 1);
	assert_int_equal(f->asked->whole, 2);
}

static void goes_on_where_it_was_stopped(void **state)
{
	struct fixture *f = *state;

	want(f, "/stops", NULL);
	assert_int_equal(wait_for(f, 3)->done_bytes, 3);
	assert_int_equal(f->now.total_bytes, 6);
	kb_downloads_release(&f->downloads);
	want(f, "/stops", NULL);
	assert_true(wait_for(f, 0)->is_whole);
	assert_files(f, 1);
	assert_int_equal(f->asked->whole, 1);
	assert_int_equal(f->asked->rest, 1);
}

static void keeps_no_more_than_its_share(void **state)
{
	struct fixture *f = *state;

	f->downloads.max_kept_bytes = 6;
	want(f, "/a", "/b");
	assert_true(wait_for(f, 0)->is_whole);
	kb_downloads_release(&f->downloads);
	/* That which was asked for last is kept. */
	want(f, "/c", "/b");
	assert_true(wait_for(f, 0)->is_whole);
	assert_int_equal(f->asked->whole, 3);
	f->downloads.max_kept_bytes = 5;
	kb_downloads_release(&f->downloads);
	assert_null(f->downloads.first);
}

static void says_what_is_wrong(void **state)
{
	struct fixture *f = *state;

	want(f, "/missing", "/b");
	assert_true(wait_for(f, 0)->has_failed);
	assert_non_null(strstr(f->now.error, "/missing: the server answers 404"));
	want(f, "/a#sha256=00" DIGEST, NULL);
	assert_true(wait_for(f, 0)->has_failed);
	assert_non_null(strstr(f->now.error, "64 hexadecimal digits"));
	want(f, "/a#sha256=0000000000000000000000000000000000000000000000000000000000000000", NULL);
	assert_true(wait_for(f, 0)->has_failed);
	assert_non_null(strstr(f->now.error, "another file than expected: its sha256 is " DIGEST));
	/* It is asked for anew. */
	want(f, "/missing", NULL);
	kb_downloads_look(&f->downloads, &f->now);
	assert_false(f->now.has_failed);
}

static void asks_for_a_name_and_password(void **state)
{
	struct fixture *f = *state;
	char server[64];
	struct kb_fetch_answer answer = {.server = server, .user = "u", .password = "wrong"};

	(void)snprintf(server, sizeof(server), "http://127.0.0.1:%u", f->port);
	want(f, "/secret", "/b");
	assert_non_null(wait_for(f, 0)->question);
	assert_int_equal(f->now.question->want, KB_FETCH_WANTS_LOGIN);
	assert_string_equal(f->now.question->server, server);
	assert_non_null(strstr(f->now.error, "answers 401 (it wants a name and password)"));
	assert_int_equal(kb_downloads_answer(&f->downloads, &answer, ""), 0);
	assert_non_null(wait_for(f, 0)->question);
	assert_non_null(strstr(f->now.error, "answers 401 (it does not take the name and"));
	answer.password = "p";
	assert_int_equal(kb_downloads_answer(&f->downloads, &answer, ""), 0);
	assert_true(wait_for(f, 0)->is_whole);
	assert_files(f, 2);
	kb_downloads_release(&f->downloads);
	assert_int_equal(f->downloads.answers.n, 0);
	assert_null(f->downloads.answers.all[0].password);
}

/* A file that cannot be had at all is nothing to ask a person for. */
static void asks_nothing_where_it_would_not_help(void **state)
{
	struct fixture *f = *state;

	want(f, "/secret", "/missing");
	while (!wait_for(f, 0)->has_failed) {
		assert_int_equal(kb_loop_step(f->loop, 100), 0);
	}
	assert_non_null(strstr(f->now.error, "/missing: the server answers 404"));
}

static void an_answer_is_not_for_another_server(void **state)
{
	struct fixture *f = *state;
	const struct kb_fetch_answer answer = {"http://127.0.0.2", "u", "p", NULL};

	want(f, "/secret", NULL);
	assert_non_null(wait_for(f, 0)->question);
	assert_int_equal(kb_downloads_answer(&f->downloads, &answer, ""), 0);
	kb_downloads_look(&f->downloads, &f->now);
	assert_non_null(f->now.question); /* as it was */
}

static void signal_children(int signo)
{
	char path[64];
	FILE *file;
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "re");
	assert_non_null(file);
	while (fscanf(file, "%d", &pid) == 1) {
		(void)kill(pid, signo);
	}
	(void)fclose(file);
}

/* As by a disk that is dead. */
static void does_not_wait_for_a_worker_that_hangs(void **state)
{
	struct fixture *f = *state;

	f->downloads.silence_ms = 500;
	want(f, "/stops", NULL);
	assert_int_equal(wait_for(f, 3)->done_bytes, 3);
	signal_children(SIGSTOP);
	assert_true(wait_for(f, 0)->has_failed);
	assert_string_equal(f->now.error, "what fetches it hangs; given up");
	signal_children(SIGCONT); /* the server is one of them */
}

static void forgets_what_is_not_the_newest(void **state)
{
	struct fixture *f = *state;

	want(f, "/a", NULL);
	assert_true(wait_for(f, 0)->is_whole);
	want(f, "/b", NULL);
	assert_true(wait_for(f, 0)->is_whole);
	kb_downloads_forget_kept(&f->downloads);
	want(f, "/b", NULL);
	kb_downloads_look(&f->downloads, &f->now);
	assert_true(f->now.is_whole);
	want(f, "/a", NULL);
	assert_true(wait_for(f, 0)->is_whole);
	assert_int_equal(f->asked->whole, 3);
}

static void forgets_what_it_cannot_start(void **state)
{
	struct fixture *f = *state;
	const struct kb_entry entry = {.kernel = url(f, 0, "/a")};

	fake_sys_fail(f->fake, FAKE_FORK, 1, EAGAIN);
	assert_int_equal(kb_downloads_want(&f->downloads, &entry, ""), -EAGAIN);
	kb_downloads_release(&f->downloads);
	assert_null(f->downloads.first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fetches_all_files_of_an_entry, setup, teardown),
		cmocka_unit_test_setup_teardown(fetches_nothing_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_on_where_it_was_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_no_more_than_its_share, setup, teardown),
		cmocka_unit_test_setup_teardown(says_what_is_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(asks_for_a_name_and_password, setup, teardown),
		cmocka_unit_test_setup_teardown(asks_nothing_where_it_would_not_help, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_answer_is_not_for_another_server, setup,
						teardown),
		cmocka_unit_test_setup_teardown(does_not_wait_for_a_worker_that_hangs, setup,
						teardown),
		cmocka_unit_test_setup_teardown(forgets_what_is_not_the_newest, setup, teardown),
		cmocka_unit_test_setup_teardown(forgets_what_it_cannot_start, setup, teardown),
	};

	return cmocka_run_group_tests_name("core/downloads", tests, NULL, NULL);
}
