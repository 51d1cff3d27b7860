/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel to load, on a machine that is two folders and a fake system table.
 * For the tests of boot/.
 * Must not reach the machine that the tests run on.
 */
#ifndef KBOOT_TESTS_BOOT_CASE_H
#define KBOOT_TESTS_BOOT_CASE_H

#include "boot_files.h"
#include "fake_sys.h"
#include "kboot/boot/load.h"
#include "temp_dir.h"

struct boot_case {
	struct temp_dir sys;
	struct temp_dir proc;
	struct fake_sys *fake;
	struct kb_boot_host host;
	struct kb_boot_request request; /* its descriptors are the case's own */
	struct kb_boot_plan plan;
	struct kb_error err;
};

/* A bzImage "vmlinuz" with these arguments; iomem is the machine's /proc/iomem. */
void boot_case_init(struct boot_case *c, const char *iomem, const char *args);
void boot_case_done(struct boot_case *c);
void boot_case_use_kernel(struct boot_case *c, const struct bzimage_spec *spec);
/* Takes fd. */
void boot_case_add_initrd(struct boot_case *c, int fd);

#endif
