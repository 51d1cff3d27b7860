/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_sys.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/dm-ioctl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static const char *or_dash(const char *s)
{
	return s && *s ? s : "-";
}

/* Writes the call down. 0, or the -errno that the test asked for. */
static int note(struct fake_sys *fake, enum fake_kind kind, const long long *numbers,
		const char *fmt, ...) KB_PRINTF(4, 5);

static int note(struct fake_sys *fake, enum fake_kind kind, const long long *numbers,
		const char *fmt, ...)
{
	size_t i = __atomic_fetch_add(&fake->count, 1, __ATOMIC_RELAXED);
	bool counts = fake->fail_kind == FAKE_ANY || fake->fail_kind == kind;
	bool fails =
		counts && __atomic_add_fetch(&fake->seen, 1, __ATOMIC_RELAXED) == fake->fail_nth;

	if (i < FAKE_CALLS_MAX) {
		struct fake_call *call = &fake->calls[i];
		va_list args;

		call->kind = kind;
		call->failed = fails;
		call->by = getpid();
		if (numbers) {
			memcpy(call->numbers, numbers, sizeof(call->numbers));
		}
		va_start(args, fmt);
		(void)vsnprintf(call->text, sizeof(call->text), fmt, args);
		va_end(args);
	}
	return fails ? -fake->fail_errno : 0;
}

#define NUMBERS(...) ((const long long[FAKE_NUMBERS]){__VA_ARGS__})

static int64_t fake_now_ms(void *ctx)
{
	struct fake_sys *fake = ctx;

	return fake->real.now_ms ? fake->real.now_ms(fake->real.ctx) : fake->now_ms;
}

static int fake_mount(void *ctx, const char *source, const char *target, const char *fstype,
		      unsigned long flags, const char *options)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_MOUNT, NUMBERS((long long)flags), "mount %s %s %s %#lx %s",
		     or_dash(source), or_dash(target), or_dash(fstype), flags, or_dash(options));

	return r < 0 || !fake->real.mount
		       ? r
		       : fake->real.mount(fake->real.ctx, source, target, fstype, flags, options);
}

static int fake_mount_within(void *ctx, const char *source, const char *target, const char *fstype,
			     unsigned long flags, const char *options, int most_ms)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_MOUNT, NUMBERS((long long)flags, most_ms), "mount %s %s %s %#lx %s",
		     or_dash(source), or_dash(target), or_dash(fstype), flags, or_dash(options));

	return r < 0 || !fake->real.mount
		       ? r
		       : fake->real.mount(fake->real.ctx, source, target, fstype, flags, options);
}

static int fake_umount(void *ctx, const char *target, int flags)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_UMOUNT, NUMBERS(flags), "umount %s %#x", or_dash(target),
		     (unsigned)flags);

	return r < 0 || !fake->real.umount ? r : fake->real.umount(fake->real.ctx, target, flags);
}

static int fake_unshare_mounts(void *ctx)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_UNSHARE_MOUNTS, NULL, "unshare_mounts");

	return r < 0 || !fake->real.unshare_mounts ? r : fake->real.unshare_mounts(fake->real.ctx);
}

static int fake_set_block_read_only(void *ctx, int block_fd, bool read_only)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_SET_BLOCK_READ_ONLY, NUMBERS(block_fd, read_only),
		     "set_block_read_only %d", read_only);

	return r < 0 || !fake->real.set_block_read_only
		       ? r
		       : fake->real.set_block_read_only(fake->real.ctx, block_fd, read_only);
}

static int fake_confine(void *ctx, enum kb_confinement kind, uint64_t memory_bytes)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_CONFINE, NUMBERS(kind, (long long)memory_bytes), "confine %d",
		     kind);

	return r < 0 || !fake->real.confine
		       ? r
		       : fake->real.confine(fake->real.ctx, kind, memory_bytes);
}

static int fake_memory_disk(void *ctx, uint64_t size_bytes, int *ret_fd)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_MEMORY_DISK, NUMBERS((long long)size_bytes), "memory_disk %" PRIu64,
		     size_bytes);

	if (r == 0 && fake->real.memory_disk) {
		return fake->real.memory_disk(fake->real.ctx, size_bytes, ret_fd);
	}
	if (r == 0) {
		*ret_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	}
	return r;
}

/* The file itself stands for the device. */
static int fake_file_disk(void *ctx, int file_fd, int *ret_fd)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_FILE_DISK, NUMBERS(file_fd), "file_disk");

	if (r == 0 && fake->real.file_disk) {
		return fake->real.file_disk(fake->real.ctx, file_fd, ret_fd);
	}
	if (r == 0) {
		*ret_fd = fcntl(file_fd, F_DUPFD_CLOEXEC, 0);
	}
	return r;
}

static const char *dm_word(unsigned long request)
{
	switch (request) {
	case DM_DEV_CREATE:
		return "create";
	case DM_DEV_REMOVE:
		return "remove";
	case DM_DEV_SUSPEND:
		return "resume";
	case DM_DEV_STATUS:
		return "status";
	case DM_TABLE_LOAD:
		return "load";
	default:
		return "?";
	}
}

static int fake_dm_ioctl(void *ctx, int control_fd, unsigned long request, struct dm_ioctl *command)
{
	const struct dm_target_spec *spec =
		(const struct dm_target_spec *)((const char *)command + command->data_start);
	struct fake_sys *fake = ctx;
	int r;

	if (request == DM_TABLE_LOAD) {
		r = note(fake, FAKE_DM_IOCTL, NULL, "dm_ioctl load %s %#x %llu %s %s",
			 command->name, command->flags, (unsigned long long)spec->length,
			 spec->target_type, (const char *)(spec + 1));
	} else {
		r = note(fake, FAKE_DM_IOCTL, NULL, "dm_ioctl %s %s %#x", dm_word(request),
			 command->name, command->flags);
	}
	return r < 0 || !fake->real.dm_ioctl
		       ? r
		       : fake->real.dm_ioctl(fake->real.ctx, control_fd, request, command);
}

static int fake_device_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_DEVICE_IOCTL, NUMBERS(fd), "device_ioctl %#lx", request);

	return r < 0 || !fake->real.device_ioctl
		       ? r
		       : fake->real.device_ioctl(fake->real.ctx, fd, request, argument);
}

static int fake_md_device(void *ctx, unsigned number, int *ret_fd)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_MD_DEVICE, NUMBERS(number), "md_device %u", number);

	if (r == 0 && fake->real.md_device) {
		return fake->real.md_device(fake->real.ctx, number, ret_fd);
	}
	if (r == 0) {
		*ret_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	}
	return r;
}

static int fake_kexec_load(void *ctx, unsigned long entry, size_t n_segments,
			   const struct kb_kexec_segment *segments, unsigned long flags)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_KEXEC_LOAD,
		     NUMBERS((long long)entry, (long long)n_segments, (long long)flags),
		     "kexec_load %zu %#lx", n_segments, flags);

	return r < 0 || !fake->real.kexec_load
		       ? r
		       : fake->real.kexec_load(fake->real.ctx, entry, n_segments, segments, flags);
}

static int fake_kexec_file_load(void *ctx, int kernel_fd, int initrd_fd, const char *cmdline,
				unsigned long flags)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_KEXEC_FILE_LOAD, NUMBERS(kernel_fd, initrd_fd, (long long)flags),
		     "kexec_file_load %s-initrd %#lx %s", initrd_fd < 0 ? "without" : "with", flags,
		     or_dash(cmdline));

	return r < 0 || !fake->real.kexec_file_load
		       ? r
		       : fake->real.kexec_file_load(fake->real.ctx, kernel_fd, initrd_fd, cmdline,
						    flags);
}

static int fake_interfaces_down(void *ctx)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_INTERFACES_DOWN, NUMBERS(0), "interfaces_down");

	return r < 0 || !fake->real.interfaces_down ? r
						    : fake->real.interfaces_down(fake->real.ctx);
}

static int fake_reboot(void *ctx, enum kb_reboot_how how)
{
	static const char *const words[] = {"restart", "poweroff", "kexec"};
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_REBOOT, NUMBERS(how), "reboot %s", words[how]);

	return r < 0 || !fake->real.reboot ? r : fake->real.reboot(fake->real.ctx, how);
}

static int fake_spawn(void *ctx, const struct kb_spawn *spawn, pid_t *ret_pid)
{
	struct fake_sys *fake = ctx;
	char words[FAKE_TEXT_BYTES] = "";
	size_t len = 0;
	int r;

	for (const char *const *arg = spawn->argv; *arg && len < sizeof(words); arg++) {
		len += (size_t)snprintf(words + len, sizeof(words) - len, " %s", *arg);
	}
	r = note(fake, FAKE_SPAWN,
		 NUMBERS(spawn->stdin_fd, spawn->stdout_fd, spawn->stderr_fd,
			 (long long)spawn->n_pass_fds),
		 "spawn%s", words);
	if (r == 0 && fake->real.spawn) {
		return fake->real.spawn(fake->real.ctx, spawn, ret_pid);
	}
	if (r == 0) {
		*ret_pid = FAKE_PID;
	}
	return r;
}

static int fake_fork(void *ctx, pid_t *ret_pid)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_FORK, NULL, "fork");

	if (r == 0 && fake->real.fork) {
		return fake->real.fork(fake->real.ctx, ret_pid);
	}
	if (r == 0) {
		*ret_pid = FAKE_PID;
	}
	return r;
}

static int fake_kill(void *ctx, pid_t pid, int signo)
{
	struct fake_sys *fake = ctx;
	int r = note(fake, FAKE_KILL, NUMBERS(pid, signo), "kill %d %d", (int)pid, signo);

	return r < 0 || !fake->real.kill ? r : fake->real.kill(fake->real.ctx, pid, signo);
}

struct fake_sys *fake_sys_create(void)
{
	struct fake_sys *fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (fake == MAP_FAILED) {
		return NULL;
	}
	fake->table = (struct kb_sys){
		.ctx = fake,
		.now_ms = fake_now_ms,
		.mount = fake_mount,
		.mount_within = fake_mount_within,
		.umount = fake_umount,
		.unshare_mounts = fake_unshare_mounts,
		.set_block_read_only = fake_set_block_read_only,
		.confine = fake_confine,
		.memory_disk = fake_memory_disk,
		.file_disk = fake_file_disk,
		.dm_ioctl = fake_dm_ioctl,
		.device_ioctl = fake_device_ioctl,
		.md_device = fake_md_device,
		.kexec_load = fake_kexec_load,
		.kexec_file_load = fake_kexec_file_load,
		.interfaces_down = fake_interfaces_down,
		.reboot = fake_reboot,
		.spawn = fake_spawn,
		.fork = fake_fork,
		.kill = fake_kill,
	};
	return fake;
}

void fake_sys_destroy(struct fake_sys *fake)
{
	if (fake) {
		(void)munmap(fake, sizeof(*fake));
	}
}

void fake_sys_let_processes_through(struct fake_sys *fake)
{
	fake->real.fork = kb_sys_linux.fork;
	fake->real.spawn = kb_sys_linux.spawn;
	fake->real.kill = kb_sys_linux.kill;
}

void fake_sys_fail(struct fake_sys *fake, enum fake_kind kind, size_t nth, int error)
{
	fake->fail_kind = kind;
	fake->fail_nth = nth;
	fake->fail_errno = error;
	fake->seen = 0;
}

bool fake_sys_has_failed(const struct fake_sys *fake)
{
	return fake->fail_nth > 0 && fake->seen >= fake->fail_nth;
}

void fake_sys_forget(struct fake_sys *fake)
{
	fake->count = 0;
	memset(fake->calls, 0, sizeof(fake->calls));
}

const char *fake_sys_text(const struct fake_sys *fake, size_t i)
{
	return i < fake->count && i < FAKE_CALLS_MAX ? fake->calls[i].text : "";
}

size_t fake_sys_count(const struct fake_sys *fake, enum fake_kind kind)
{
	size_t n = 0;

	if (kind == FAKE_ANY) {
		return fake->count;
	}
	for (size_t i = 0; i < fake->count && i < FAKE_CALLS_MAX; i++) {
		n += fake->calls[i].kind == kind;
	}
	return n;
}
