/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/kexec.h>
#include <string.h>

#include "host.h"
#include "kboot/boot/load.h"

int kb_boot_unload(const struct kb_sys *sys)
{
	int r = sys->kexec_load(sys->ctx, 0, 0, NULL, 0);

	/* Under lockdown only the other call may even unload. */
	if (r == -EPERM || r == -ENOSYS) {
		r = sys->kexec_file_load(sys->ctx, -1, -1, "", KEXEC_FILE_UNLOAD);
	}
	return r;
}

bool kb_boot_is_loaded(const struct kb_boot_host *host)
{
	uint64_t loaded;

	return kb_host_read_u64(host->sysfs_fd, "kernel/kexec_loaded", &loaded) == 0 && loaded != 0;
}

int kb_boot_jump(const struct kb_sys *sys, struct kb_error *err)
{
	int r = sys->reboot(sys->ctx, KB_REBOOT_KEXEC);

	switch (r) {
	case -EINVAL:
		return kb_error_set(err, r, "the jump failed: no kernel is loaded");
	case -EPERM:
		return kb_error_set(err, r, "the jump failed: not permitted");
	case 0:
		r = -EIO; /* it came back, so it did not jump */
		return kb_error_set(err, r, "the jump failed: the running kernel came back");
	default:
		return kb_error_set(err, r, "the jump failed: %s", strerror(-r));
	}
}
