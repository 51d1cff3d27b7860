/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kboot/base/str.h"
#include "kboot/base/sys.h"

#define MIB ((size_t)1 << 20)

static const struct kb_sys *const sys = &kb_sys_linux;
static int pair[2]; /* of sockets */

/* In a child of that kind; what the function answers, which is 0 or an errno. */
static int confined(enum kb_confinement kind, uint64_t memory_bytes, int (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(sys->confine(sys->ctx, kind, memory_bytes) < 0 ? 255 : fn());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int answer(long r)
{
	return r < 0 ? errno : 0;
}

static int try_setns(void)
{
	return answer(setns(-1, 0)); /* EBADF where it may be tried */
}

static int try_ptrace(void)
{
	return answer(ptrace(PTRACE_CONT, getpid(), NULL, NULL)); /* ESRCH */
}

static int try_program(void)
{
	return answer(execl("/bin/true", "true", NULL));
}

static int try_socket(void)
{
	return answer(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int try_mount(void)
{
	return answer(umount2("/there/is/no/such", 0)); /* ENOENT, for root */
}

static int try_kexec(void)
{
	return answer(syscall(SYS_kexec_load, 0, 0, NULL, 0xffffL)); /* EINVAL, for root */
}

static int try_module(void)
{
	return answer(syscall(SYS_finit_module, -1, "", 0)); /* EBADF, for root */
}

static int try_clock(void)
{
	return answer(syscall(SYS_clock_settime, 99L, NULL)); /* EINVAL */
}

static int try_hostname(void)
{
	return answer(syscall(SYS_sethostname, NULL, -1L)); /* EINVAL, for root */
}

static void one_kind_sets_the_clock(void **state)
{
	(void)state;
	for (enum kb_confinement kind = KB_CONFINE_MODULES; kind < KB_CONFINE_CLOCK; kind++) {
		assert_int_equal(confined(kind, 0, try_clock), EPERM);
	}
	assert_int_equal(confined(KB_CONFINE_CLOCK, 0, try_clock), try_clock());
	assert_int_equal(confined(KB_CONFINE_CLOCK, 0, try_program), 0);
	assert_int_equal(confined(KB_CONFINE_CLOCK, 0, try_mount), EPERM);
	assert_int_equal(confined(KB_CONFINE_CLOCK, 0, try_kexec), EPERM);
	assert_int_equal(confined(KB_CONFINE_CLOCK, 0, try_hostname), EPERM);
	/* The lease of a DHCP client that a load worker starts names this machine. */
	assert_int_equal(confined(KB_CONFINE_LOAD, 0, try_hostname), try_hostname());
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, try_hostname), EPERM);
}

static void nobody_looks_into_another_process(void **state)
{
	(void)state;
	for (enum kb_confinement kind = KB_CONFINE_MODULES; kind <= KB_CONFINE_CLOCK; kind++) {
		assert_int_equal(confined(kind, 0, try_ptrace), EPERM);
		assert_int_equal(confined(kind, 0, try_setns), EPERM);
	}
}

static void who_reads_or_writes_starts_and_asks_nobody(void **state)
{
	(void)state;
	assert_int_equal(confined(KB_CONFINE_READ, 0, try_program), EPERM);
	assert_int_equal(confined(KB_CONFINE_READ, 0, try_socket), EPERM);
	assert_int_equal(confined(KB_CONFINE_WRITE, 0, try_program), EPERM);
	assert_int_equal(confined(KB_CONFINE_WRITE, 0, try_socket), EPERM);
	assert_int_equal(confined(KB_CONFINE_READ, 0, try_mount), EPERM);
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, try_socket), EPERM);
}

static void a_kind_keeps_what_it_is_for(void **state)
{
	(void)state;
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, try_program), 0);
	assert_int_equal(confined(KB_CONFINE_LOAD, 0, try_program), 0);
	assert_int_equal(confined(KB_CONFINE_LOAD, 0, try_socket), 0);
	assert_int_equal(confined(KB_CONFINE_PROMPT, 0, try_socket), 0);
	/* As it is for the parent, whatever that may. */
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, try_mount), try_mount());
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, try_module), try_module());
	assert_int_equal(confined(KB_CONFINE_LOAD, 0, try_kexec), try_kexec());
	assert_int_equal(confined(KB_CONFINE_PROMPT, 0, try_kexec), EPERM);
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, try_kexec), EPERM);
	assert_int_equal(confined(KB_CONFINE_READ, 0, try_module), EPERM);
}

/* "CapEff:\t0000000000000004" in /proc/self/status, as a number. */
static uint64_t status_field(const char *name)
{
	static char text[8192];
	KB_CLOSE int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	const char *at;

	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, name);
	return at ? strtoull(at + strlen(name), NULL, 16) : UINT64_MAX;
}

static int capabilities_of_a_reader(void)
{
	const uint64_t keep = (uint64_t)1 << CAP_DAC_READ_SEARCH;

	return (status_field("CapEff:") & ~keep) != 0 || (status_field("CapPrm:") & ~keep) != 0 ||
	       status_field("NoNewPrivs:") != 1;
}

static int limits_of_a_reader(void)
{
	struct rlimit core;
	struct rlimit files;

	if (getrlimit(RLIMIT_CORE, &core) < 0 || getrlimit(RLIMIT_NOFILE, &files) < 0) {
		return errno;
	}
	return core.rlim_max != 0 || files.rlim_max > 256;
}

static int write_a_file(void)
{
	KB_CLOSE int fd = memfd_create("x", MFD_CLOEXEC);

	(void)signal(SIGXFSZ, SIG_IGN);
	return answer(write(fd, "x", 1));
}

static void a_reader_has_next_to_nothing(void **state)
{
	(void)state;
	assert_int_equal(confined(KB_CONFINE_READ, 0, capabilities_of_a_reader), 0);
	assert_int_equal(confined(KB_CONFINE_READ, 0, limits_of_a_reader), 0);
	assert_int_equal(confined(KB_CONFINE_READ, 0, write_a_file), EFBIG);
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, write_a_file), 0);
}

static int try_internet(void)
{
	return answer(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int try_pair(void)
{
	int ends[2];

	return answer(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
}

static int look_at(const char *path, int flags)
{
	KB_CLOSE int fd = open(path, flags | O_CLOEXEC, 0600);

	return answer(fd);
}

static int read_one(void)
{
	return look_at("/proc/self/status", O_RDONLY);
}

static int find_one(void)
{
	return look_at("/proc", O_PATH | O_DIRECTORY);
}

static int write_one(void)
{
	return look_at("/dev/null", O_WRONLY);
}

static int change_one(void)
{
	return look_at("/dev/null", O_RDWR);
}

static int create_one(void)
{
	return look_at("/tmp/kboot-confine-test", O_RDONLY | O_CREAT);
}

/* Whatever it is made to do by what a server says, as root it could still write to the disks and
 * speak to the engine. */
static void who_speaks_with_servers_has_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, try_internet), 0);
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, read_one), 0);
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, write_a_file), 0);
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, try_socket), EPERM);
	/* libcurl's thread that looks for addresses tells by a pair that it has one. */
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, try_pair), 0);
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, write_one), EACCES);
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, change_one), EACCES);
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, create_one), EACCES);
	assert_int_equal(confined(KB_CONFINE_FETCH, 0, try_program), EPERM);
	assert_int_equal(confined(KB_CONFINE_LOAD, 0, write_one), 0);
}

/* What dbclient is, which looks for a file of hosts that it may write to, and reads it otherwise.
 */
static void what_speaks_ssh_may_be_started_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(confined(KB_CONFINE_SSH, 0, try_program), 0);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, try_internet), 0);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, read_one), 0);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, find_one), 0);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, try_socket), EPERM);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, write_one), EACCES);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, create_one), EACCES);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, try_kexec), EPERM);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, try_module), EPERM);
	assert_int_equal(confined(KB_CONFINE_SSH, 0, capabilities_of_a_reader), 0);
}

static int ask_and_tell(void)
{
	/* Made by who asks, before it is confined. */
	char answer_of_itself = 0;

	return send(pair[0], "?", 1, MSG_NOSIGNAL) != 1 ||
	       recv(pair[1], &answer_of_itself, 1, 0) != 1 || answer_of_itself != '?';
}

static int remove_one(void)
{
	return answer(unlink("/tmp/kboot-confine-test-nothing"));
}

static int rename_one(void)
{
	return answer(rename("/tmp/kboot-confine-test-nothing", "/tmp/kboot-confine-test-other"));
}

/* A packet is taken apart where nothing else can be had, and nothing changed. */
static void who_asks_has_only_what_is_open(void **state)
{
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(confined(KB_CONFINE_ASK, 16 * MIB, ask_and_tell), 0);
	assert_int_equal(confined(KB_CONFINE_ASK, 0, try_internet), EPERM);
	assert_int_equal(confined(KB_CONFINE_ASK, 0, try_pair), EPERM);
	assert_int_equal(confined(KB_CONFINE_ASK, 0, read_one), EPERM);
	assert_int_equal(confined(KB_CONFINE_ASK, 0, write_one), EPERM);
	assert_int_equal(confined(KB_CONFINE_ASK, 0, try_program), EPERM);
	assert_int_equal(confined(KB_CONFINE_ASK, 0, try_mount), EPERM);
	(void)kb_close(pair[0]);
	(void)kb_close(pair[1]);
}

static void who_takes_apart_changes_no_folder(void **state)
{
	static const enum kb_confinement kinds[] = {KB_CONFINE_READ, KB_CONFINE_FETCH,
						    KB_CONFINE_ASK};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(kinds); i++) {
		assert_int_equal(confined(kinds[i], 0, remove_one), EPERM);
		assert_int_equal(confined(kinds[i], 0, rename_one), EPERM);
	}
	assert_int_equal(confined(KB_CONFINE_LOAD, 0, remove_one), ENOENT);
}

static int take(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : 0;
}

static int take_little(void)
{
	return take(4 * MIB);
}

static int take_much(void)
{
	return take(64 * MIB);
}

static int only_look(void)
{
	void *at = mmap(NULL, 64 * MIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : 0;
}

static void memory_is_limited_and_looking_is_not(void **state)
{
	(void)state;
	assert_int_equal(confined(KB_CONFINE_SCAN, 16 * MIB, take_little), 0);
	assert_int_equal(confined(KB_CONFINE_SCAN, 16 * MIB, take_much), ENOMEM);
	assert_int_equal(confined(KB_CONFINE_SCAN, 16 * MIB, only_look), 0);
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, take_much), 0);
}

static int own_oom_score(void)
{
	KB_CLOSE int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	char text[16] = "";

	return read(fd, text, sizeof(text) - 1) > 0 ? atoi(text) / 10 : 255;
}

static void readers_go_first(void **state)
{
	(void)state;
	assert_int_equal(confined(KB_CONFINE_READ, 0, own_oom_score), 50);
	assert_int_equal(confined(KB_CONFINE_SCAN, 0, own_oom_score), 50);
	assert_true(confined(KB_CONFINE_LOAD, 0, own_oom_score) < 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_looks_into_another_process),
		cmocka_unit_test(one_kind_sets_the_clock),
		cmocka_unit_test(who_reads_or_writes_starts_and_asks_nobody),
		cmocka_unit_test(a_kind_keeps_what_it_is_for),
		cmocka_unit_test(a_reader_has_next_to_nothing),
		cmocka_unit_test(who_speaks_with_servers_has_nothing_else),
		cmocka_unit_test(what_speaks_ssh_may_be_started_and_no_more),
		cmocka_unit_test(who_asks_has_only_what_is_open),
		cmocka_unit_test(who_takes_apart_changes_no_folder),
		cmocka_unit_test(memory_is_limited_and_looking_is_not),
		cmocka_unit_test(readers_go_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
