/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the list says, only absolute paths are unmounted, and never the root. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "fake_sys.h"
#include "fuzz.h"
#include "kboot/mount/mount.h"

static int check_umount(void *ctx, const char *target, int flags)
{
	(void)ctx;
	(void)flags;
	FUZZ_CHECK(target[0] == '/' && target[1] != '\0');
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fake_sys *fake;
	KB_CLOSE int fd = memfd_create("mountinfo", MFD_CLOEXEC);
	char path[64];
	unsigned busy;
	int r;

	fake = fake ? fake : fake_sys_create();
	FUZZ_CHECK(fake && fd >= 0);
	fake_sys_forget(fake);
	fake->real.umount = check_umount;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	FUZZ_CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	r = kb_unmount_all(&fake->table, path, &busy, NULL);
	FUZZ_CHECK(r == 0 || r == -EFBIG || r == -ENOMEM);
	return 0;
}
