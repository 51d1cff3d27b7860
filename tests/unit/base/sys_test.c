/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "kboot/base/str.h"
#include "kboot/base/tree.h"
#include "temp_dir.h"

static const struct kb_sys *const sys = &kb_sys_linux;

/* Runs a shell script by the table, and answers all that it wrote on stdout. */
static int shell_status(const char *script, struct kb_spawn spawn, struct kb_buf *output)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	int ends[2];
	int status = 0;
	pid_t pid = -1;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	spawn.argv = argv;
	spawn.stdout_fd = ends[1];
	assert_int_equal(sys->spawn(sys->ctx, &spawn, &pid), 0);
	(void)kb_close(ends[1]);
	assert_int_equal(kb_read_all(ends[0], 10000, output), 0);
	(void)kb_close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void the_clock_is_monotonic(void **state)
{
	struct timespec now;
	int64_t before = sys->now_ms(sys->ctx);
	int64_t after;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	after = sys->now_ms(sys->ctx);
	assert_in_range((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, before, after);
}

static void spawn_hands_over_what_it_is_told_and_no_more(void **state)
{
	const char *envp[] = {"PATH=/usr/bin:/bin", "KEY=a b", NULL};
	int passed = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int kept_back = open("/dev/zero", O_RDONLY); /* inheritable, but not on the list */
	KB_BUF struct kb_buf out = {0};
	char script[200];
	struct kb_spawn spawn = {.envp = envp,
				 .stdin_fd = -1,
				 .stderr_fd = -1,
				 .pass_fds = &passed,
				 .n_pass_fds = 1};

	(void)state;
	(void)snprintf(script, sizeof(script),
		       "echo \"$KEY\"; cat; readlink /proc/$$/fd/0 /proc/$$/fd/2 /proc/$$/fd/%d;"
		       " readlink /proc/$$/fd/%d; exit 9",
		       passed, kept_back);
	assert_int_equal(shell_status(script, spawn, &out), 9);
	assert_string_equal(out.data, "a b\n/dev/null\n/dev/null\n/dev/zero\n");
	(void)kb_close(passed);
	(void)kb_close(kept_back);
}

static void spawn_reports_what_exec_says(void **state)
{
	static const struct {
		const char *program;
		int result;
	} cases[] = {
		{"/nowhere/program", -ENOENT},
		{"/etc/passwd", -EACCES},
		{"/etc", -EACCES},
		{"sh", -EINVAL}, /* no search path */
		{"", -EINVAL},
	};
	const char *envp[] = {NULL};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		const char *argv[] = {cases[i].program, NULL};
		struct kb_spawn spawn = {argv, envp, -1, -1, -1, NULL, 0, false, false};
		pid_t pid = -5;

		assert_int_equal(sys->spawn(sys->ctx, &spawn, &pid), cases[i].result);
		assert_int_equal(pid, -5);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* none left behind */
	assert_int_equal(errno, ECHILD);
}

static void a_supervised_program_leads_its_group(void **state)
{
	const char *envp[] = {"PATH=/usr/bin:/bin", NULL};
	KB_BUF struct kb_buf out = {0};
	const char *script = "set -- $(cat /proc/$$/stat); [ \"$5\" = \"$$\" ]";
	struct kb_spawn spawn = {.envp = envp, .stdin_fd = -1, .stderr_fd = -1, .supervised = true};

	(void)state;
	assert_int_equal(shell_status(script, spawn, &out), 0);
	spawn.supervised = false;
	assert_int_equal(shell_status(script, spawn, &out), 1);
}

static void a_program_without_a_terminal_leads_its_session(void **state)
{
	const char *envp[] = {"PATH=/usr/bin:/bin", NULL};
	KB_BUF struct kb_buf out = {0};
	const char *script = "set -- $(cat /proc/$$/stat); [ \"$5 $6 $7\" = \"$$ $$ 0\" ]";
	struct kb_spawn spawn = {.envp = envp,
				 .stdin_fd = -1,
				 .stderr_fd = -1,
				 .supervised = true,
				 .without_terminal = true};

	(void)state;
	assert_int_equal(shell_status(script, spawn, &out), 0);
	spawn.without_terminal = false;
	assert_int_equal(shell_status(script, spawn, &out), 1);
}

/* Descriptors 0 to 2 closed, as early in a boot: pipes and files then land on those numbers. */
static int spawn_without_stdio(int out_fd)
{
	const char *envp[] = {"PATH=/usr/bin:/bin", NULL};
	const char *argv[] = {"/bin/sh", "-c", "echo out; echo err >&2; readlink /proc/$$/fd/0",
			      NULL};
	struct kb_spawn spawn = {.argv = argv, .envp = envp, .stdin_fd = -1};
	pid_t pid = -1;

	for (int fd = 0; fd < 3; fd++) {
		(void)close(fd);
	}
	/* Now 0 is the stdout and 1 the stderr to be, which must not overwrite one another. */
	spawn.stdout_fd = dup(out_fd);
	spawn.stderr_fd = dup(out_fd);
	if (spawn.stdout_fd != 0 || spawn.stderr_fd != 1) {
		return 10;
	}
	return sys->spawn(sys->ctx, &spawn, &pid) < 0 || waitpid(pid, NULL, 0) != pid;
}

static void spawn_copes_with_no_stdio_of_its_own(void **state)
{
	KB_BUF struct kb_buf out = {0};
	int ends[2];
	int status = -1;
	pid_t pid = -1;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(sys->fork(sys->ctx, &pid), 0);
	if (pid == 0) {
		_exit(spawn_without_stdio(ends[1]));
	}
	(void)kb_close(ends[1]);
	assert_int_equal(kb_read_all(ends[0], 1000, &out), 0);
	(void)kb_close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_string_equal(out.data, "out\nerr\n/dev/null\n");
}

static void kill_reaches_and_reports(void **state)
{
	int status = 0;
	pid_t pid = -1;

	(void)state;
	assert_int_equal(sys->fork(sys->ctx, &pid), 0);
	if (pid == 0) {
		for (;;) {
			(void)pause();
		}
	}
	assert_int_equal(sys->kill(sys->ctx, pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(sys->kill(sys->ctx, pid, SIGKILL), -ESRCH);
}

enum { UNPRIVILEGED = 77 };

/* Mounts come and go, as seen from inside; one stays when this process ends. */
static int mount_privately(const char *path)
{
	char inside[128];

	if (sys->unshare_mounts(sys->ctx) < 0) {
		return 1;
	}
	if (sys->mount(sys->ctx, "tmpfs", path, "tmpfs", MS_NODEV, "size=64k") < 0) {
		return 2;
	}
	(void)snprintf(inside, sizeof(inside), "%s/inside", path);
	if (mkdir(inside, 0755) < 0) {
		return 3;
	}
	if (sys->umount(sys->ctx, path, 0) < 0 || rmdir(inside) == 0) {
		return 4;
	}
	return sys->mount(sys->ctx, "tmpfs", path, "tmpfs", 0, NULL) == 0 ? 0 : 5;
}

/*
 * A namespace whose mounts are all shared, as systemd leaves them: the worst to unshare from. The
 * mount of the process below it must not have come back by propagation.
 */
static int mount_below_shared(const char *path)
{
	struct stat before;
	struct stat after;
	int status = 0;
	pid_t pid = -1;

	if (unshare(CLONE_NEWNS) < 0) {
		return errno == EPERM ? UNPRIVILEGED : 10;
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0 || stat(path, &before) < 0 ||
	    sys->fork(sys->ctx, &pid) < 0) {
		return 11;
	}
	if (pid == 0) {
		_exit(mount_privately(path));
	}
	if (waitpid(pid, &status, 0) != pid || status != 0) {
		return WEXITSTATUS(status);
	}
	return stat(path, &after) == 0 && after.st_dev == before.st_dev ? 0 : 12;
}

static void mounts_stay_in_their_namespace(void **state)
{
	struct temp_dir dir;
	int status = 0;
	pid_t pid = -1;

	(void)state;
	temp_dir_init(&dir);
	assert_int_equal(sys->fork(sys->ctx, &pid), 0);
	if (pid == 0) {
		_exit(mount_below_shared(dir.path));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	temp_dir_done(&dir);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == UNPRIVILEGED) {
		const char *ci = getenv("CI");

		/* "Cannot run here" is a skip on a laptop and a failure in CI. */
		assert_false(ci && strcmp(ci, "true") == 0);
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Only calls that no kernel accepts: the machine that runs the tests must survive them. */
static void refusals_come_back_as_errno(void **state)
{
	KB_CLOSE int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int r;

	(void)state;
	assert_int_equal(sys->set_block_read_only(sys->ctx, null_fd, true), -ENOTTY);
	assert_int_equal(sys->set_block_read_only(sys->ctx, -1, true), -EBADF);
	r = sys->umount(sys->ctx, "/nowhere/at/all", 0);
	assert_true(r == -ENOENT || r == -EPERM);
	r = sys->mount(sys->ctx, "none", "/nowhere/at/all", "tmpfs", 0, NULL);
	assert_true(r == -ENOENT || r == -EPERM);
	r = sys->kexec_load(sys->ctx, 0, SIZE_MAX / 2, NULL, 0xffff);
	assert_true(r == -EINVAL || r == -EPERM || r == -ENOSYS);
	r = sys->kexec_file_load(sys->ctx, -1, -1, "x", 0xffff);
	assert_true(r == -EINVAL || r == -EPERM || r == -ENOSYS);
	assert_int_equal(sys->reboot(sys->ctx, (enum kb_reboot_how)99), -EINVAL);
}

static void a_memory_disk_keeps_what_is_written(void **state)
{
	static const char text[] = "sector";
	char back[sizeof(text)] = "";
	int fd = -1;
	int r;

	(void)state;
	if (geteuid() != 0 || access("/dev/loop-control", R_OK | W_OK) < 0) {
		skip();
	}
	r = sys->memory_disk(sys->ctx, 1 << 20, &fd);
	assert_int_equal(r, 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 1 << 20);
	assert_int_equal(pwrite(fd, text, sizeof(text), 4096), sizeof(text));
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(pread(fd, back, sizeof(back), 4096), sizeof(back));
	assert_string_equal(back, text);
	(void)kb_close(fd);
}

static bool is_on(int fd, const char *name)
{
	struct ifreq request = {0};

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	return ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP);
}

static int switch_on(int fd, const char *name)
{
	struct ifreq request = {.ifr_flags = IFF_UP};

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	return ioctl(fd, SIOCSIFFLAGS, &request);
}

enum { CANNOT_RUN = 77 };

/* In a network of its own, with a card that is none. */
static int switch_off(void)
{
	struct ifreq tap = {.ifr_name = "t0", .ifr_flags = IFF_TAP};
	int tun_fd = unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 ? -1 : open("/dev/net/tun", O_RDWR);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (tun_fd < 0 || ioctl(tun_fd, TUNSETIFF, &tap) < 0 || switch_on(fd, "t0") < 0 ||
	    switch_on(fd, "lo") < 0) {
		return CANNOT_RUN;
	}
	return sys->interfaces_down(sys->ctx) == 0 && !is_on(fd, "t0") && is_on(fd, "lo") ? 0 : 1;
}

static void interfaces_are_switched_off(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(switch_off());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_RUN) {
		skip();
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interfaces_are_switched_off),
		cmocka_unit_test(the_clock_is_monotonic),
		cmocka_unit_test(spawn_hands_over_what_it_is_told_and_no_more),
		cmocka_unit_test(spawn_reports_what_exec_says),
		cmocka_unit_test(a_supervised_program_leads_its_group),
		cmocka_unit_test(a_program_without_a_terminal_leads_its_session),
		cmocka_unit_test(spawn_copes_with_no_stdio_of_its_own),
		cmocka_unit_test(kill_reaches_and_reports),
		cmocka_unit_test(mounts_stay_in_their_namespace),
		cmocka_unit_test(refusals_come_back_as_errno),
		cmocka_unit_test(a_memory_disk_keeps_what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
