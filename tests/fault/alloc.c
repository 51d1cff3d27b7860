/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alloc.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* In shared memory: forked workers take part in the count. */
struct counters {
	size_t fail_nth;
	bool and_on;
	size_t seen;
};

static struct counters *counters;
static long live;

/* True, with errno set, when this allocation is to fail. */
static bool fails(void)
{
	size_t n;

	if (!counters || counters->fail_nth == 0) {
		return false;
	}
	n = __atomic_add_fetch(&counters->seen, 1, __ATOMIC_RELAXED);
	if (n == counters->fail_nth || (counters->and_on && n > counters->fail_nth)) {
		errno = ENOMEM;
		return true;
	}
	return false;
}

static void *count(void *p)
{
	live += p != NULL;
	return p;
}

/* The names are the linker's: see --wrap in ld(1). */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
void __real_free(void *p);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
int __real_vasprintf(char **ret, const char *fmt, va_list args);
ssize_t __real_getline(char **line, size_t *size, FILE *f);
ssize_t __real_getdelim(char **line, size_t *size, int delim, FILE *f);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__real_fdopen(int fd, const char *mode);
DIR *__real_opendir(const char *path);
DIR *__real_fdopendir(int fd);

void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : count(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size)
{
	void *q = fails() ? NULL : __real_realloc(p, size);

	return p ? q : count(q);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	void *q = fails() ? NULL : __real_reallocarray(p, n, size);

	return p ? q : count(q);
}

void *__wrap_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size)
{
	return fails() ? NULL : count(__real_aligned_alloc(align, size));
}

void __wrap_free(void *p);
void __wrap_free(void *p)
{
	live -= p != NULL;
	__real_free(p);
}

char *__wrap_strdup(const char *s);
char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : count(__real_strdup(s));
}

char *__wrap_strndup(const char *s, size_t n);
char *__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : count(__real_strndup(s, n));
}

int __wrap_vasprintf(char **ret, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));
int __wrap_vasprintf(char **ret, const char *fmt, va_list args)
{
	int n = fails() ? -1 : __real_vasprintf(ret, fmt, args);

	live += n >= 0;
	return n;
}

int __wrap_asprintf(char **ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **ret, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = __wrap_vasprintf(ret, fmt, args);
	va_end(args);
	return n;
}

ssize_t __wrap_getdelim(char **line, size_t *size, int delim, FILE *f);
ssize_t __wrap_getdelim(char **line, size_t *size, int delim, FILE *f)
{
	bool had = *line != NULL;
	ssize_t n = fails() ? -1 : __real_getdelim(line, size, delim, f);

	live += !had && *line != NULL;
	return n;
}

ssize_t __wrap_getline(char **line, size_t *size, FILE *f);
ssize_t __wrap_getline(char **line, size_t *size, FILE *f)
{
	return __wrap_getdelim(line, size, '\n', f);
}

/* What libc allocates for these it also frees, so they only fail and are not counted. */
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode)
{
	return fails() ? NULL : __real_fopen(path, mode);
}

FILE *__wrap_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode)
{
	return fails() ? NULL : __real_fdopen(fd, mode);
}

DIR *__wrap_opendir(const char *path);
DIR *__wrap_opendir(const char *path)
{
	return fails() ? NULL : __real_opendir(path);
}

DIR *__wrap_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
	return fails() ? NULL : __real_fdopendir(fd);
}

bool alloc_init(void)
{
	void *p = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED) {
		return false;
	}
	counters = p;
	return true;
}

void alloc_fail(size_t nth, bool and_on)
{
	counters->fail_nth = nth;
	counters->and_on = and_on;
	counters->seen = 0;
}

bool alloc_has_failed(void)
{
	return counters->fail_nth > 0 && counters->seen >= counters->fail_nth;
}

long alloc_live(void)
{
	return live;
}
