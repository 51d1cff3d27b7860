/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "confine.h"
#include "kboot/base/str.h"
#include "kboot/base/sys.h"
#include "md_device.h"
#include "memory_disk.h"
#include "process.h"
#include "within.h"

/* Not every architecture has it; the kernel answers ENOSYS to -1. */
#ifdef SYS_kexec_file_load
static const long kexec_file_load_number = SYS_kexec_file_load;
#else
static const long kexec_file_load_number = -1;
#endif

_Static_assert(sizeof(struct kb_kexec_segment) == 4 * sizeof(void *),
	       "struct kexec_segment of the kernel: two pointers, two sizes");

static int64_t linux_now_ms(void *ctx)
{
	struct timespec now = {0};

	(void)ctx;
	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int linux_mount(void *ctx, const char *source, const char *target, const char *fstype,
		       unsigned long flags, const char *options)
{
	(void)ctx;
	return mount(source, target, fstype, flags, options) < 0 ? -errno : 0;
}

struct mount_call {
	const char *source;
	const char *target;
	const char *fstype;
	unsigned long flags;
	const char *options;
};

static int call_mount(void *ctx)
{
	const struct mount_call *m = ctx;

	return linux_mount(NULL, m->source, m->target, m->fstype, m->flags, m->options);
}

static int linux_mount_within(void *ctx, const char *source, const char *target, const char *fstype,
			      unsigned long flags, const char *options, int most_ms)
{
	struct mount_call call = {source, target, fstype, flags, options};

	(void)ctx;
	return kb_call_within(call_mount, &call, most_ms);
}

static int linux_umount(void *ctx, const char *target, int flags)
{
	(void)ctx;
	return umount2(target, flags) < 0 ? -errno : 0;
}

static int linux_unshare_mounts(void *ctx)
{
	(void)ctx;
	if (unshare(CLONE_NEWNS) < 0) {
		return -errno;
	}
	/* A new namespace still shares its mounts' peer groups until told otherwise. */
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

static int linux_set_block_read_only(void *ctx, int block_fd, bool read_only)
{
	int value = read_only;

	(void)ctx;
	return ioctl(block_fd, BLKROSET, &value) < 0 ? -errno : 0;
}

static int linux_confine(void *ctx, enum kb_confinement kind, uint64_t memory_bytes)
{
	(void)ctx;
	return kb_confine(kind, memory_bytes);
}

static int linux_memory_disk(void *ctx, uint64_t size_bytes, int *ret_fd)
{
	(void)ctx;
	return kb_memory_disk(size_bytes, ret_fd);
}

static int linux_file_disk(void *ctx, int file_fd, int *ret_fd)
{
	(void)ctx;
	return kb_file_disk(file_fd, ret_fd);
}

static int linux_dm_ioctl(void *ctx, int control_fd, unsigned long request,
			  struct dm_ioctl *command)
{
	(void)ctx;
	return ioctl(control_fd, request, command) < 0 ? -errno : 0;
}

static int linux_device_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
	int r = ioctl(fd, request, argument);

	(void)ctx;
	return r < 0 ? -errno : r;
}

static int linux_md_device(void *ctx, unsigned number, int *ret_fd)
{
	(void)ctx;
	return kb_md_device(number, ret_fd);
}

static int linux_kexec_load(void *ctx, unsigned long entry, size_t n_segments,
			    const struct kb_kexec_segment *segments, unsigned long flags)
{
	(void)ctx;
	return syscall(SYS_kexec_load, entry, (unsigned long)n_segments, segments, flags) < 0
		       ? -errno
		       : 0;
}

static int linux_kexec_file_load(void *ctx, int kernel_fd, int initrd_fd, const char *cmdline,
				 unsigned long flags)
{
	unsigned long length = strlen(cmdline) + 1; /* the kernel wants the NUL counted */

	(void)ctx;
	if (initrd_fd < 0) {
		flags |= KEXEC_FILE_NO_INITRAMFS;
	}
	return syscall(kexec_file_load_number, kernel_fd, initrd_fd, length, cmdline, flags) < 0
		       ? -errno
		       : 0;
}

static int linux_interfaces_down(void *ctx)
{
	KB_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct if_nameindex *all = fd < 0 ? NULL : if_nameindex();
	int r = all ? 0 : -errno;

	(void)ctx;
	for (const struct if_nameindex *one = all; one && one->if_name; one++) {
		struct ifreq request = {0};

		(void)strncpy(request.ifr_name, one->if_name, IFNAMSIZ - 1);
		if (ioctl(fd, SIOCGIFFLAGS, &request) < 0 || (request.ifr_flags & IFF_LOOPBACK) ||
		    !(request.ifr_flags & IFF_UP)) {
			continue;
		}
		request.ifr_flags = (short)(request.ifr_flags & ~IFF_UP);
		if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) {
			r = -errno;
		}
	}
	if (all) {
		if_freenameindex(all);
	}
	return r;
}

/* By syscall: musl's reboot() does not know kexec on every version, and glibc's names differ. */
static int linux_reboot(void *ctx, enum kb_reboot_how how)
{
	static const unsigned commands[] = {
		[KB_REBOOT_RESTART] = LINUX_REBOOT_CMD_RESTART,
		[KB_REBOOT_POWEROFF] = LINUX_REBOOT_CMD_POWER_OFF,
		[KB_REBOOT_KEXEC] = LINUX_REBOOT_CMD_KEXEC,
	};

	(void)ctx;
	if ((size_t)how >= KB_ARRAY_LEN(commands)) {
		return -EINVAL;
	}
	return syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, commands[how], NULL) <
			       0
		       ? -errno
		       : 0;
}

/* Everything between fork and exec. Returns only on failure. */
static int become_program(const struct kb_spawn *spawn, pid_t parent, int error_fd)
{
	int r = 0;

	kb_process_reset_signals();
	if (spawn->supervised) {
		r = kb_process_supervise(parent, spawn->without_terminal);
	}
	if (r == 0) {
		r = kb_process_stdio(spawn->stdin_fd, spawn->stdout_fd, spawn->stderr_fd);
	}
	if (r < 0) {
		return r;
	}
	kb_process_close_others(spawn->pass_fds, spawn->n_pass_fds, error_fd);
	for (size_t i = 0; i < spawn->n_pass_fds; i++) {
		if (spawn->pass_fds[i] > STDERR_FILENO &&
		    fcntl(spawn->pass_fds[i], F_SETFD, 0) < 0) {
			return -errno;
		}
	}
	/* execve wants char *const[] for history's sake; it changes nothing. */
	(void)execve(spawn->argv[0], (char *const *)spawn->argv, (char *const *)spawn->envp);
	return -errno;
}

/* The error pipe closes by itself on a good exec, so that ENOENT and its like reach the caller. */
static int wait_for_exec(int error_fd, pid_t pid)
{
	int error = 0;
	ssize_t n;

	do {
		n = read(error_fd, &error, sizeof(error));
	} while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(error)) {
		return 0;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
	return error;
}

static int linux_fork(void *ctx, pid_t *ret_pid)
{
	pid_t pid = fork();

	(void)ctx;
	if (pid < 0) {
		return -errno;
	}
	*ret_pid = pid;
	return 0;
}

static int linux_spawn(void *ctx, const struct kb_spawn *spawn, pid_t *ret_pid)
{
	KB_CLOSE int read_fd = -1;
	KB_CLOSE int write_fd = -1;
	pid_t parent = getpid();
	pid_t pid = -1;
	int r;

	if (!spawn->argv || !spawn->argv[0] || spawn->argv[0][0] != '/' || !spawn->envp) {
		return -EINVAL;
	}
	r = kb_process_pipe(&read_fd, &write_fd);
	if (r == 0) {
		r = linux_fork(ctx, &pid);
	}
	if (r == 0 && pid == 0) {
		r = become_program(spawn, parent, write_fd);
		_exit(write(write_fd, &r, sizeof(r)) == (ssize_t)sizeof(r) ? 127 : 126);
	}
	write_fd = kb_close(write_fd);
	if (r == 0) {
		r = wait_for_exec(read_fd, pid);
	}
	if (r == 0) {
		*ret_pid = pid;
	}
	return r;
}

static int linux_kill(void *ctx, pid_t pid, int signo)
{
	(void)ctx;
	return kill(pid, signo) < 0 ? -errno : 0;
}

const struct kb_sys kb_sys_linux = {
	.now_ms = linux_now_ms,
	.mount = linux_mount,
	.mount_within = linux_mount_within,
	.umount = linux_umount,
	.unshare_mounts = linux_unshare_mounts,
	.set_block_read_only = linux_set_block_read_only,
	.confine = linux_confine,
	.memory_disk = linux_memory_disk,
	.file_disk = linux_file_disk,
	.dm_ioctl = linux_dm_ioctl,
	.device_ioctl = linux_device_ioctl,
	.md_device = linux_md_device,
	.kexec_load = linux_kexec_load,
	.kexec_file_load = linux_kexec_file_load,
	.interfaces_down = linux_interfaces_down,
	.reboot = linux_reboot,
	.spawn = linux_spawn,
	.fork = linux_fork,
	.kill = linux_kill,
};
