/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Open descriptors in, a kernel loaded and ready to jump out.
 * For core: plan anywhere (a dry run too), load and unload in a worker, jump in the engine.
 * Must not see a path or URL, must not decide policy beyond what the running kernel enforces
 * (lockdown, signatures).
 */
#ifndef KBOOT_BOOT_LOAD_H
#define KBOOT_BOOT_LOAD_H

#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/boot/image.h"

enum kb_boot_method {
	KB_BOOT_KEXEC_LOAD,      /* our own loader, kexec_load(2), no digest pass */
	KB_BOOT_KEXEC_FILE_LOAD, /* the kernel loads: lockdown or a signature policy asks for it */
	KB_BOOT_KEXEC_TOOLS,     /* /sbin/kexec for types we do not load ourselves */
};

const char *kb_boot_method_name(enum kb_boot_method method); /* "kexec_load", … */

struct kb_boot_file {
	int fd;           /* regular file, any offset; borrowed */
	const char *name; /* canonical, for sentences only */
};

enum { KB_BOOT_MAX_INITRDS = 96 }; /* those of an entry, and of a unified image and its addons */

struct kb_boot_request {
	struct kb_boot_file kernel;
	struct kb_boot_file initrd[KB_BOOT_MAX_INITRDS];
	size_t n_initrd;
	struct kb_boot_file dtb; /* fd -1: none */
	const char *args;        /* the kernel's command line */
};

/* What the running kernel tells: descriptors of /sys, /proc and /dev, or of a captured tree in
 * tests. */
struct kb_boot_host {
	int sysfs_fd;
	int procfs_fd;
	int dev_fd;
	const char *kexec_tool; /* "/sbin/kexec"; NULL: there is none */
};

struct kb_boot_plan {
	struct kb_image image;
	enum kb_boot_method method;
	char why[160]; /* why this method, one clause */
	uint64_t total_bytes;
};

/* Checks everything that can be checked before loading: type, architecture, initrds, command line
 * length, method. */
KB_MUST_CHECK int kb_boot_plan(const struct kb_boot_request *request,
			       const struct kb_boot_host *host, struct kb_boot_plan *ret_plan,
			       struct kb_error *err);

/* Does it begin as what Linux takes for an initrd? Kernels accept more than we know: no reason to
 * refuse it. */
bool kb_boot_is_initrd(const struct kb_boot_file *file);

/* Called now and then with bytes read so far. */
typedef void kb_boot_progress_fn(void *ctx, uint64_t done_bytes, uint64_t total_bytes);

/*
 * Loads as planned. After 0 the machine is armed: kb_boot_jump starts the kernel. Replaces what was
 * loaded before. After 0, err->text is "" or a remark for the log (another method than planned had
 * to do).
 */
KB_MUST_CHECK int kb_boot_load(const struct kb_sys *sys, const struct kb_boot_host *host,
			       const struct kb_boot_request *request,
			       const struct kb_boot_plan *plan, kb_boot_progress_fn *progress,
			       void *ctx, struct kb_error *err);
/* Frees a loaded kernel; 0 also when there is none. */
KB_MUST_CHECK int kb_boot_unload(const struct kb_sys *sys);
/* Is a kernel loaded (/sys/kernel/kexec_loaded)? */
bool kb_boot_is_loaded(const struct kb_boot_host *host);
/* Returns only on failure. The caller has stopped children and unmounted. */
KB_MUST_CHECK int kb_boot_jump(const struct kb_sys *sys, struct kb_error *err);

#endif
