/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "efi_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "kboot/base/tree.h"
#include "kboot/boot/firmware.h"

#define SYS_VARIABLES "sys/" KB_EFI_VARIABLES_PATH

int kb_efi_dir_open(const struct kb_sys *sys, const char *folder, bool is_written, int *ret_fd)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | (is_written ? 0 : MS_RDONLY);
	KB_CLOSE int root_fd = open(folder ? folder : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree tree = {.root_fd = root_fd, .name = ""};
	int r = 0;

	if (!folder && access("/" SYS_VARIABLES, F_OK) == 0) {
		r = sys->mount(sys->ctx, "efivarfs", "/" SYS_VARIABLES, "efivarfs", flags, NULL);
	}
	/* EBUSY: somebody has mounted it there. ENODEV: this kernel cannot, and nothing is there.
	 */
	if (root_fd >= 0 && (r == 0 || r == -EBUSY || r == -ENODEV)) {
		r = kb_tree_open_dir(&tree, SYS_VARIABLES, ret_fd);
	}
	return r == -ENOENT || r == -ENOTDIR ? 0 : r;
}
