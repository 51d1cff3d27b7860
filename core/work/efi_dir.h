/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folder of the firmware's variables.
 * For the workers that read or write them.
 * Must not be seen by anything but the worker: it is in its own mount namespace.
 */
#ifndef KBOOT_CORE_EFI_DIR_H
#define KBOOT_CORE_EFI_DIR_H

#include <stdbool.h>

#include "kboot/base/sys.h"

/* folder: of a simulation, which has the variables that are there, and mounts nothing; NULL: the
 * machine's. *ret_fd stays as it is where there is no EFI. */
KB_MUST_CHECK int kb_efi_dir_open(const struct kb_sys *sys, const char *folder, bool is_written,
				  int *ret_fd);

#endif
