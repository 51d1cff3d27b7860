/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system table: every call that changes the machine or needs privilege, and the clock.
 * For the floors that act (scan, mount, boot, core, app); tests hand in a table that records and
 * fails on demand. Must not hold anything a plain read-only open can do.
 */
#ifndef KBOOT_BASE_SYS_H
#define KBOOT_BASE_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kboot/base/cleanup.h"

/* As kexec_load(2) takes them. */
struct kb_kexec_segment {
	const void *buf;
	size_t bufsz;
	uintptr_t mem;
	size_t memsz;
};

enum kb_reboot_how { KB_REBOOT_RESTART, KB_REBOOT_POWEROFF, KB_REBOOT_KEXEC };

/* A program to start. argv[0] is an absolute path; envp explicit; no shell. */
struct kb_spawn {
	const char *const *argv;
	const char *const *envp;
	int stdin_fd;        /* -1: /dev/null */
	int stdout_fd;       /* -1: /dev/null */
	int stderr_fd;       /* -1: /dev/null */
	const int *pass_fds; /* descriptors kept open under their own numbers */
	size_t n_pass_fds;
	bool supervised;       /* a process group of its own, and killed when its parent dies */
	bool without_terminal; /* supervised, and in a session of its own: no /dev/tty */
};

/* What a worker is for; base/confine.c has what each keeps. */
enum kb_confinement {
	KB_CONFINE_MODULES,  /* runs modprobe */
	KB_CONFINE_SCAN,     /* recognises and mounts one device */
	KB_CONFINE_READ,     /* reads what is mounted; SCAN goes on to this */
	KB_CONFINE_LOAD,     /* mounts, fetches, loads a kernel */
	KB_CONFINE_PROMPT,   /* mounts and writes where a person says so */
	KB_CONFINE_FETCH,    /* speaks with servers */
	KB_CONFINE_SSH,      /* the same, by a program that it starts */
	KB_CONFINE_ASK,      /* speaks through the sockets that it has open */
	KB_CONFINE_WRITE,    /* leaves on a disk what its boot loader would */
	KB_CONFINE_CLOCK,    /* asks time servers, and sets the clock */
	KB_CONFINE_ASSEMBLE, /* makes devices of devices, by programs */
};

/* Below which memory disks are made, so that all of them share the room of one mount. */
#define KB_MEMORY_DIR "/run/kboot-memory"

struct dm_ioctl;

/* Every call answers 0 or -errno (spawn and fork: through ret_). */
struct kb_sys {
	void *ctx;
	int64_t (*now_ms)(void *ctx); /* CLOCK_MONOTONIC */
	int (*mount)(void *ctx, const char *source, const char *target, const char *fstype,
		     unsigned long flags, const char *options);
	/* The same by a process that is ended where it takes longer: a kernel's client may wait for
	 * its server for ever. -ETIMEDOUT; then it may have come about all the same. */
	int (*mount_within)(void *ctx, const char *source, const char *target, const char *fstype,
			    unsigned long flags, const char *options, int most_ms);
	int (*umount)(void *ctx, const char *target, int flags);
	/* A mount namespace of our own in which nothing propagates back. */
	int (*unshare_mounts)(void *ctx);
	/* BLKROSET: filesystems ask for it before they write; the kernel itself only warns. */
	int (*set_block_read_only)(void *ctx, int block_fd, bool read_only);
	/* This process gives away what the kind does not need, for good; memory_bytes more than it
	 * has are the most that it may have (0: no limit). */
	int (*confine)(void *ctx, enum kb_confinement kind, uint64_t memory_bytes);
	/* A block device over memory that is taken as it is written (a loop device on a file in
	 * KB_MEMORY_DIR). *ret_fd is open on it; it is gone when nobody has it open or uses it any
	 * more. */
	int (*memory_disk)(void *ctx, uint64_t size_bytes, int *ret_fd);
	/* A read-only block device over a regular file that is open for reading; as memory_disk it
	 * goes with its last user. */
	int (*file_disk)(void *ctx, int file_fd, int *ret_fd);
	/* A request of linux/dm-ioctl.h (DM_DEV_CREATE, …); command is followed by its data. */
	int (*dm_ioctl)(void *ctx, int control_fd, unsigned long request, struct dm_ioctl *command);
	/* Another request that changes a device: of md, loop, btrfs. What ioctl(2) answers, or
	 * -errno. */
	int (*device_ioctl)(void *ctx, int fd, unsigned long request, void *argument);
	/* The md device of this number, made where there is none; it goes again with its last user
	 * unless an array comes about. *ret_fd is open on it. */
	int (*md_device)(void *ctx, unsigned number, int *ret_fd);
	int (*kexec_load)(void *ctx, unsigned long entry, size_t n_segments,
			  const struct kb_kexec_segment *segments, unsigned long flags);
	/* initrd_fd -1: none. cmdline is NUL-terminated. */
	int (*kexec_file_load)(void *ctx, int kernel_fd, int initrd_fd, const char *cmdline,
			       unsigned long flags);
	/* Every network interface but the loopback is switched off. No lease is released. */
	int (*interfaces_down)(void *ctx);
	int (*reboot)(void *ctx, enum kb_reboot_how how);
	int (*spawn)(void *ctx, const struct kb_spawn *spawn, pid_t *ret_pid);
	/* fork(2) for workers: *ret_pid is 0 in the child. */
	int (*fork)(void *ctx, pid_t *ret_pid);
	int (*kill)(void *ctx, pid_t pid, int signo);
};

/*
 * How long may still be waited for one thing: most_ms, or what is left until deadline_ms, which is
 * on the table's clock (0: no deadline). Never below 0.
 */
static inline int kb_left_ms(const struct kb_sys *sys, int64_t deadline_ms, int most_ms)
{
	int64_t left_ms = deadline_ms > 0 ? deadline_ms - sys->now_ms(sys->ctx) : most_ms;

	return left_ms < 0 ? 0 : left_ms < most_ms ? (int)left_ms : most_ms;
}

/* Makes KB_MEMORY_DIR, with room for so much in all, unless it is there. */
KB_MUST_CHECK int kb_memory_room(const struct kb_sys *sys, uint64_t bytes);
/* Of this process, up to 1000 (first): whom the kernel kills when memory runs out. */
enum { KB_OOM_NEVER = -1000 };
void kb_oom_score(int score);

/* The machine itself. */
extern const struct kb_sys kb_sys_linux;

#endif
