/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built where the machine is not x86-64: there our own loader takes nothing. */
#include <errno.h>

#include "method.h"

const char *kb_x86_why_not(const struct kb_boot_host *host, const struct kb_x86_header *header)
{
	(void)host;
	(void)header;
	return "this machine is not x86-64";
}

int kb_x86_load(struct kb_boot_job *job, struct kb_error *err)
{
	return kb_error_set(err, -ENOEXEC, "%s: this machine is not x86-64",
			    job->request->kernel.name);
}
