/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define CAP(name) ((uint64_t)1 << (CAP_##name))

/* What numbers of system calls mean. 0: no filter is made. */
#if defined(__x86_64__)
static const uint32_t here = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
static const uint32_t here = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
static const uint32_t here = AUDIT_ARCH_RISCV64;
#else
static const uint32_t here = 0;
#endif

#ifdef SYS_kexec_file_load
static const long kexec_file_load_number = SYS_kexec_file_load;
#else
static const long kexec_file_load_number = -1;
#endif

/* Groups of system calls, by who is refused them. */
enum {
	NOBODY = 1, /* no worker has any business with it */
	KEXEC = 2,
	MODULES = 4,
	MOUNTS = 8,
	PROGRAMS = 16,
	NETWORK = 32,
	LOCAL = 64,  /* what belongs to root on this machine: files to write to, and sockets */
	NAMES = 128, /* what changes folders, and whom a file belongs to */
	FILES = 256,
	CLOCK = 512,
	HOSTNAME = 1024,
	EVERYBODY = NOBODY | CLOCK | HOSTNAME, /* is refused it, but for the one worker */
	MAX_CALLS = 96,
	MAX_ARGUMENTS = 8,
};

/* The filter's head and tail, two instructions a call, five where an argument counts. x32 has
 * numbers of its own. */
enum {
	HEAD = 6,
	MAX_FILTER = HEAD + 2 * MAX_CALLS + 5 * MAX_ARGUMENTS + 1,
	X32_NUMBERS = 0x40000000
};

static const struct {
	long number;
	unsigned group;
} calls[] = {
	{SYS_kexec_load, KEXEC},
	{kexec_file_load_number, KEXEC},
	{SYS_init_module, MODULES},
	{SYS_finit_module, MODULES},
	{SYS_mount, MOUNTS},
	{SYS_umount2, MOUNTS},
	{SYS_unshare, MOUNTS},
	{SYS_fsopen, MOUNTS},
	{SYS_fsmount, MOUNTS},
	{SYS_fspick, MOUNTS},
	{SYS_open_tree, MOUNTS},
	{SYS_move_mount, MOUNTS},
	{SYS_chroot, MOUNTS},
	{SYS_execve, PROGRAMS},
	{SYS_execveat, PROGRAMS},
	{SYS_socket, NETWORK},
	{SYS_socketpair, NETWORK},
	{SYS_openat2, LOCAL}, /* its flags are not to be seen from here */
	{SYS_truncate, LOCAL},
	{SYS_openat, FILES},
	{SYS_unlinkat, NAMES},
	{SYS_renameat2, NAMES},
	{SYS_linkat, NAMES},
	{SYS_symlinkat, NAMES},
	{SYS_mkdirat, NAMES},
	{SYS_mknodat, NAMES},
	{SYS_fchmodat, NAMES},
	{SYS_fchownat, NAMES},
#ifdef SYS_renameat
	{SYS_renameat, NAMES},
#endif
#ifdef SYS_open
	{SYS_open, FILES},
	{SYS_unlink, NAMES},
	{SYS_rmdir, NAMES},
	{SYS_rename, NAMES},
	{SYS_link, NAMES},
	{SYS_symlink, NAMES},
	{SYS_mkdir, NAMES},
	{SYS_mknod, NAMES},
	{SYS_chmod, NAMES},
	{SYS_chown, NAMES},
	{SYS_lchown, NAMES},
#endif
	{SYS_reboot, NOBODY},
	{SYS_delete_module, NOBODY},
	{SYS_ptrace, NOBODY},
	{SYS_process_vm_readv, NOBODY},
	{SYS_process_vm_writev, NOBODY},
	{SYS_bpf, NOBODY},
	{SYS_perf_event_open, NOBODY},
	{SYS_add_key, NOBODY},
	{SYS_request_key, NOBODY},
	{SYS_keyctl, NOBODY},
	{SYS_swapon, NOBODY},
	{SYS_swapoff, NOBODY},
	{SYS_pivot_root, NOBODY},
	{SYS_setns, NOBODY},
	{SYS_acct, NOBODY},
	{SYS_quotactl, NOBODY},
	{SYS_userfaultfd, NOBODY},
	{SYS_open_by_handle_at, NOBODY},
	{SYS_io_uring_setup, NOBODY},
	{SYS_settimeofday, CLOCK},
	{SYS_clock_settime, CLOCK},
	{SYS_adjtimex, CLOCK},
	{SYS_clock_adjtime, CLOCK},
	{SYS_sethostname, HOSTNAME},
};

/* Not O_ACCMODE, of which musl's has O_PATH, too. */
#define WRITES (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

/* Calls that are refused where an argument is this, or has any of these bits. */
static const struct {
	long number;
	unsigned group;
	unsigned argument;
	uint32_t value;
	bool is_bits;
	/* Programs that are refused a file for writing, as by its rights, go on to read it. */
	uint32_t error;
} arguments[] = {
	{SYS_socket, LOCAL, 0, AF_UNIX, false, EPERM},
	{SYS_openat, LOCAL, 2, WRITES, true, EACCES},
#ifdef SYS_open
	{SYS_open, LOCAL, 1, WRITES, true, EACCES},
	{SYS_creat, LOCAL, 1, UINT32_MAX, true, EACCES},
#endif
};

_Static_assert(KB_ARRAY_LEN(calls) <= MAX_CALLS && KB_ARRAY_LEN(arguments) <= MAX_ARGUMENTS,
	       "the filter has no room for more");

/* DHCP, and ports below 1024 for old NFS servers. */
#define CAP_NETWORK (CAP(NET_ADMIN) | CAP(NET_RAW) | CAP(NET_BIND_SERVICE))

/* docs/ARCHITECTURE.md says what each keeps, and why. */
static const struct kind {
	uint64_t keep;
	unsigned refused; /* groups */
	int oom_score;    /* the engine itself is never taken */
	rlim_t files;
	bool writes_files;
} kinds[] = {
	[KB_CONFINE_MODULES] = {CAP(SYS_MODULE) | CAP(DAC_READ_SEARCH), EVERYBODY | KEXEC | MOUNTS,
				0, 256, true},
	[KB_CONFINE_SCAN] = {CAP(SYS_ADMIN) | CAP(SYS_MODULE) | CAP(DAC_READ_SEARCH),
			     EVERYBODY | KEXEC | NETWORK, 500, 256, true},
	[KB_CONFINE_READ] = {CAP(DAC_READ_SEARCH),
			     EVERYBODY | KEXEC | MODULES | MOUNTS | PROGRAMS | NETWORK | NAMES, 500,
			     256, false},
	[KB_CONFINE_LOAD] = {CAP(SYS_ADMIN) | CAP(SYS_BOOT) | CAP(SYS_RAWIO) | CAP(SYS_MODULE) |
				     CAP(DAC_READ_SEARCH) | CAP(DAC_OVERRIDE) | CAP_NETWORK,
			     NOBODY | CLOCK, 0, 1024, true},
	[KB_CONFINE_PROMPT] = {CAP(SYS_ADMIN) | CAP(SYS_MODULE) | CAP(SYS_CHROOT) | CAP(CHOWN) |
				       CAP(FOWNER) | CAP(DAC_READ_SEARCH) | CAP(DAC_OVERRIDE) |
				       CAP_NETWORK,
			       NOBODY | CLOCK | KEXEC, 0, 1024, true},
	[KB_CONFINE_FETCH] = {0, EVERYBODY | KEXEC | MODULES | MOUNTS | PROGRAMS | LOCAL | NAMES,
			      500, 256, true},
	[KB_CONFINE_ASK] = {0,
			    EVERYBODY | KEXEC | MODULES | MOUNTS | PROGRAMS | NETWORK | LOCAL |
				    NAMES | FILES,
			    500, 16, false},
	[KB_CONFINE_SSH] = {0, EVERYBODY | KEXEC | MODULES | MOUNTS | LOCAL, 500, 256, true},
	[KB_CONFINE_WRITE] = {CAP(SYS_ADMIN) | CAP(SYS_RAWIO) | CAP(LINUX_IMMUTABLE) |
				      CAP(DAC_READ_SEARCH) | CAP(DAC_OVERRIDE),
			      EVERYBODY | KEXEC | MODULES | PROGRAMS | NETWORK, 0, 256, true},
	[KB_CONFINE_ASSEMBLE] = {CAP(SYS_ADMIN) | CAP(SYS_MODULE) | CAP(SYS_RAWIO) | CAP(MKNOD) |
					 CAP(IPC_LOCK) | CAP(DAC_READ_SEARCH) | CAP(DAC_OVERRIDE),
				 EVERYBODY | KEXEC, 500, 256, true},
	[KB_CONFINE_CLOCK] = {CAP(SYS_TIME), NOBODY | HOSTNAME | KEXEC | MODULES | MOUNTS, 500, 256,
			      true},
};

/* Raising needs nothing; one that is higher already, or no /proc, is left as it is. */
void kb_oom_score(int score)
{
	KB_CLOSE int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", score);

	if (fd >= 0 && write(fd, text, (size_t)n) < 0) {
		return;
	}
}

static int lower(int resource, rlim_t value)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0) {
		return -errno;
	}
	limit.rlim_max = limit.rlim_max < value ? limit.rlim_max : value;
	limit.rlim_cur = limit.rlim_cur < limit.rlim_max ? limit.rlim_cur : limit.rlim_max;
	return setrlimit(resource, &limit) < 0 ? -errno : 0;
}

/* What the process may write to is inherited from its parent, and comes on top. In pages, the sixth
 * figure of proc(5). 0: unknown. */
static rlim_t data_bytes(void)
{
	KB_CLOSE int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	char text[128] = "";
	const char *at = text;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0) {
		return 0;
	}
	for (int i = 1; at && i < 6; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at ? (rlim_t)strtoull(at, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) : 0;
}

static int limit(const struct kind *kind, uint64_t memory_bytes)
{
	rlim_t data = memory_bytes > 0 ? data_bytes() : 0;
	int r = lower(RLIMIT_CORE, 0);

	if (r == 0) {
		r = lower(RLIMIT_NOFILE, kind->files);
	}
	if (r == 0 && !kind->writes_files) {
		r = lower(RLIMIT_FSIZE, 0);
	}
	/* Not RLIMIT_AS: files that are only mapped cost nothing that could not be taken back. */
	return r == 0 && data > 0 ? lower(RLIMIT_DATA, data + memory_bytes) : r;
}

/* By the system calls: libcap would be a library for two of them. */
static int drop_capabilities(uint64_t keep)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0) {
		return -errno;
	}
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		data[i].permitted &= (uint32_t)(keep >> 32 * i);
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

/* The number is there before and after. The low half of the argument is all that these have. */
static size_t write_argument(size_t i, struct sock_filter *f)
{
	const uint32_t at = (uint32_t)(offsetof(struct seccomp_data, args) +
				       sizeof(uint64_t) * arguments[i].argument);
	size_t n = 0;

	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
					      (uint32_t)arguments[i].number, 0, 4);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at);
	f[n++] =
		(struct sock_filter)BPF_JUMP(BPF_JMP | (arguments[i].is_bits ? BPF_JSET : BPF_JEQ) |
						     BPF_K,
					     arguments[i].value, 0, 1);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
					      SECCOMP_RET_ERRNO | arguments[i].error);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, nr));
	return n;
}

static size_t write_filter(unsigned refused, struct sock_filter *f)
{
	const struct sock_filter refuse =
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA));
	size_t n = 0;

	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, arch));
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, here, 1, 0);
	f[n++] = refuse;
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, nr));
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_NUMBERS, 0, 1);
	f[n++] = refuse;
	for (size_t i = 0; i < KB_ARRAY_LEN(calls); i++) {
		if ((calls[i].group & refused) && calls[i].number >= 0) {
			f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							      (uint32_t)calls[i].number, 0, 1);
			f[n++] = refuse;
		}
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(arguments); i++) {
		if (arguments[i].group & refused) {
			n += write_argument(i, f + n);
		}
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return n;
}

static int filter_calls(unsigned refused)
{
	struct sock_filter filter[MAX_FILTER];
	struct sock_fprog program = {.filter = filter};

	if (here == 0) {
		return 0;
	}
	program.len = (unsigned short)write_filter(refused, filter);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 && errno != EINVAL &&
	    errno != ENOSYS) {
		return -errno;
	}
	return 0; /* EINVAL, ENOSYS: a kernel without filters */
}

int kb_confine(enum kb_confinement which, uint64_t memory_bytes)
{
	const struct kind *kind = &kinds[which];
	int r = limit(kind, memory_bytes);

	kb_oom_score(kind->oom_score);
	if (r == 0) {
		r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
	}
	if (r == 0) {
		r = drop_capabilities(kind->keep);
	}
	return r < 0 ? r : filter_calls(kind->refused);
}
