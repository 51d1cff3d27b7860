/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What EFI firmware can be restarted into, and the word that it is to be. */
#include <errno.h>

#include "efi_dir.h"
#include "kboot/boot/firmware.h"
#include "prompt_work.h"

/* A simulation without a folder has no variables. */
static int open_variables(const struct kb_prompt_job *job, int *ret_fd)
{
	const char *folder = job->places->simulated ? kb_places_folder(job->places) : NULL;

	return job->places->simulated && !folder
		       ? 0
		       : kb_efi_dir_open(job->sys, folder, job->name != NULL, ret_fd);
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
