/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "limit.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "kboot/base/str.h"
#include "kboot/base/tree.h"

/* Bytes of address space in use; 0 where that is not to be known. proc(5): the first word. */
static uint64_t address_space(void)
{
	char text[128];
	KB_CLOSE int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct kb_str words = kb_str_of(text, n > 0 ? (size_t)n : 0);
	uint64_t pages = 0;

	if (kb_str_to_u64(kb_str_head(words, kb_str_find(words, ' ')), &pages) < 0) {
		return 0;
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void kb_memory_limit_init(struct kb_memory_limit *limit, size_t extra_bytes)
{
	uint64_t used = address_space();
	struct rlimit now;

	limit->is_set = false;
	if (used == 0 || getrlimit(RLIMIT_AS, &limit->before) < 0 ||
	    limit->before.rlim_cur <= used + extra_bytes) {
		return;
	}
	now = limit->before;
	now.rlim_cur = used + extra_bytes;
	limit->is_set = setrlimit(RLIMIT_AS, &now) == 0;
}

void kb_memory_limit_done(struct kb_memory_limit *limit)
{
	if (limit->is_set) {
		(void)setrlimit(RLIMIT_AS, &limit->before);
	}
	limit->is_set = false;
}
