/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/cleanup.h"

#include <errno.h>

int kb_close(int fd)
{
	int saved = errno;

	if (fd >= 0) {
		/* Linux releases the descriptor even when close(2) fails: nothing to retry. */
		(void)close(fd);
	}
	errno = saved;
	return -1;
}
