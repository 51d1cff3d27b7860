/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scope-bound cleanup and the function attributes used everywhere.
 * For every module.
 * Must not grow anything that allocates or does I/O beyond releasing what it is given.
 */
#ifndef KBOOT_BASE_CLEANUP_H
#define KBOOT_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KB_CLEANUP(fn)       __attribute__((cleanup(fn)))
#define KB_MUST_CHECK        __attribute__((warn_unused_result))
#define KB_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define KB_ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))

/* close() that keeps errno and accepts -1. Always returns -1: `fd = kb_close(fd)`. */
int kb_close(int fd);

static inline void kb_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void kb_cleanup_fd(int *fd)
{
	*fd = kb_close(*fd);
}

static inline void kb_cleanup_file(FILE **f)
{
	if (*f) {
		(void)fclose(*f);
	}
}

static inline void kb_cleanup_dir(DIR **d)
{
	if (*d) {
		(void)closedir(*d);
	}
}

#define KB_FREE     KB_CLEANUP(kb_cleanup_free)
#define KB_CLOSE    KB_CLEANUP(kb_cleanup_fd)
#define KB_FCLOSE   KB_CLEANUP(kb_cleanup_file)
#define KB_CLOSEDIR KB_CLEANUP(kb_cleanup_dir)

/* Ownership leaves a cleanup variable by a steal. */
static inline int kb_steal_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

#define kb_steal_ptr(p)                                                                            \
	({                                                                                         \
		__typeof__(*(p)) *kb_pp_ = (p);                                                    \
		__typeof__(*(p)) kb_r_ = *kb_pp_;                                                  \
		*kb_pp_ = NULL;                                                                    \
		kb_r_;                                                                             \
	})

#endif
