/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kexec_file_load(2): the running kernel reads, judges and places the files. */
#include <linux/kexec.h>

#include "files.h"
#include "method.h"

int kb_file_load(struct kb_boot_job *job, struct kb_error *err)
{
	const struct kb_boot_request *request = job->request;
	KB_CLOSE int joined_fd = -1;
	int initrd_fd = -1;
	int r;

	r = kb_boot_warm(job, &request->kernel, err);
	if (r < 0) {
		return r;
	}
	if (request->n_initrd == 1) {
		r = kb_boot_warm(job, &request->initrd[0], err);
		initrd_fd = request->initrd[0].fd;
	} else if (request->n_initrd > 1) {
		r = kb_boot_join_initrds(job, 0, &joined_fd, err);
		initrd_fd = joined_fd;
	}
	if (r < 0) {
		return r;
	}
	r = job->sys->kexec_file_load(job->sys->ctx, request->kernel.fd, initrd_fd, request->args,
				      initrd_fd < 0 ? KEXEC_FILE_NO_INITRAMFS : 0);
	return r < 0 ? kb_boot_refused(job, "kexec_file_load", r, err) : 0;
}
