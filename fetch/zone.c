/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "zone.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { NUMBER_TEXT = 16, PATH_TEXT = 64 };

/* 0: there is no such interface. */
static uint64_t index_of(const char *name)
{
	char path[PATH_TEXT];
	char text[NUMBER_TEXT];
	uint64_t number = 0;
	KB_CLOSE int fd = -1;
	ssize_t n;

	if (strchr(name, '/') || name[0] == '.' ||
	    (size_t)snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", name) >=
		    sizeof(path)) {
		return 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text));
	return n > 0 && kb_str_to_u64(kb_str_trim(kb_str_of(text, (size_t)n)), &number) == 0
		       ? number
		       : 0;
}

const char *kb_zone_numbered(struct kb_arena *arena, const char *host)
{
	size_t zone = strcspn(host, "%");
	uint64_t number = host[zone] ? index_of(host + zone + 1) : 0;

	return number == 0 ? host
			   : kb_arena_printf(arena, "%.*s%%%llu", (int)zone, host,
					     (unsigned long long)number);
}
