/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hibernation.h"

#include <strings.h>
#include <unistd.h>

bool kb_mount_is_hibernated(const struct kb_tree *tree)
{
	static const char mark[] = {'h', 'i', 'b', 'r'};
	KB_CLOSE int fd = -1;
	char head[sizeof(mark)];

	return kb_tree_open(tree, "/hiberfil.sys", &fd) == 0 &&
	       pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	       strncasecmp(head, mark, sizeof(mark)) == 0;
}
