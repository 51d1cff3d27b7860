/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What EFI firmware can be restarted into, and the word that it is to be. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "kboot/base/tree.h"
#include "kboot/boot/firmware.h"
#include "prompt_work.h"

#define SYS_VARIABLES "sys/" KB_EFI_VARIABLES_PATH

/*
 * In the mount namespace of this worker, which ends with it. A simulation has the variables that
 * its folder shows, and mounts nothing. *ret_fd stays as it is where there is no EFI.
 */
static int open_variables(const struct kb_prompt_job *job, int *ret_fd)
{
	const char *root = job->places->simulated ? kb_places_folder(job->places) : "/";
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | (job->name ? 0 : MS_RDONLY);
	KB_CLOSE int root_fd = root ? open(root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	const struct kb_tree tree = {.root_fd = root_fd, .name = ""};
	int r = 0;

	if (!job->places->simulated && access("/" SYS_VARIABLES, F_OK) == 0) {
		r = job->sys->mount(job->sys->ctx, "efivarfs", "/" SYS_VARIABLES, "efivarfs", flags,
				    NULL);
	}
	/* EBUSY: somebody has mounted it there. ENODEV: this kernel cannot, and nothing is there.
	 */
	if (root_fd >= 0 && (r == 0 || r == -EBUSY || r == -ENODEV)) {
		r = kb_tree_open_dir(&tree, SYS_VARIABLES, ret_fd);
	}
	return r == -ENOENT || r == -ENOTDIR ? 0 : r;
}

static void tell(const struct kb_prompt_work *w, const char *how,
		 const struct kb_firmware_target *target)
{
	kb_report_tell(w->out_fd,
		       &(struct kb_report){.how = how, .path = target->id, .place = target->title});
}

static int list(const struct kb_prompt_work *w, const struct kb_firmware *firmware)
{
	for (size_t i = 0; i < firmware->n_targets; i++) {
		tell(w, KB_REPORT_ROW, &firmware->targets[i]);
	}
	kb_prompt_tell_how(w, "firmware");
	return 0;
}

int kb_prompt_firmware(struct kb_prompt_work *w, struct kb_error *err)
{
	const struct kb_firmware_target *target = NULL;
	struct kb_firmware firmware = {0};
	KB_CLOSE int fd = -1;
	int r = open_variables(w->job, &fd);

	if (r == 0 && fd >= 0) {
		r = kb_firmware_read(fd, &firmware);
	}
	if (r < 0) {
		return kb_error_set(err, r, "the firmware's variables cannot be read: %s",
				    strerror(-r));
	}
	if (!w->job->name) {
		return list(w, &firmware);
	}
	if (fd < 0) {
		return kb_error_set(err, -ENOENT, "there is no EFI firmware that could be told so");
	}
	r = kb_firmware_find(&firmware, w->job->name, &target, err);
	if (r == 0 && !w->job->places->simulated) {
		r = kb_firmware_choose(fd, target, err);
	}
	if (r == 0) {
		tell(w, "firmware", target);
	}
	return r;
}
