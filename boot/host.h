/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running kernel says about itself, read below the descriptors of struct kb_boot_host.
 * For the planner and the loaders.
 * Must not open an absolute path: a dry run and a test bring their own trees. A descriptor of -1 is
 * an empty tree.
 */
#ifndef KBOOT_BOOT_HOST_H
#define KBOOT_BOOT_HOST_H

#include "kboot/base/str.h"
#include "kboot/boot/load.h"

enum kb_lockdown {
	KB_LOCKDOWN_UNKNOWN,
	KB_LOCKDOWN_NONE,
	KB_LOCKDOWN_INTEGRITY,
	KB_LOCKDOWN_CONFIDENTIALITY
};

enum kb_lockdown kb_host_lockdown(const struct kb_boot_host *host);
/* 1 on, 0 off, -1 unknown (no EFI, or its variables are not mounted). */
int kb_host_secure_boot(const struct kb_boot_host *host);
/* kernel.kexec_load_disabled, or no loads left (kernel.kexec_load_limit_reboot). */
bool kb_host_kexec_disabled(const struct kb_boot_host *host);
/* The first bytes of /proc/cpuinfo list this flag for the first processor. */
bool kb_host_cpu_has(const struct kb_boot_host *host, const char *flag);

/* A whole small file; -EFBIG above max_bytes. */
KB_MUST_CHECK int kb_host_read(int root_fd, const char *path, size_t max_bytes, struct kb_buf *buf);
/*
 * The first size - 1 bytes of a small file, NUL-terminated. Allocates nothing: what is missing only
 * because memory is short would be taken for not being there.
 */
KB_MUST_CHECK int kb_host_read_text(int root_fd, const char *path, char *buf, size_t size);
/* A file with one number, "0x…" or decimal. */
KB_MUST_CHECK int kb_host_read_u64(int root_fd, const char *path, uint64_t *ret_value);
/* "0x1f" or "31" at the start of s; *ret_len is how much of it was used. -EINVAL, -ERANGE. */
KB_MUST_CHECK int kb_host_parse_u64(struct kb_str s, unsigned base, uint64_t *ret_value,
				    size_t *ret_len);
bool kb_host_exists(int root_fd, const char *path);

#endif
