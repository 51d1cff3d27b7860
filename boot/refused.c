/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host.h"
#include "method.h"

static const struct {
	int error;
	const char *text;
} refusals[] = {
	{EPERM, "not permitted (lockdown, or not root)"},
	{ENOSYS, "the running kernel was built without it"},
	{EKEYREJECTED, "the file's signature was rejected"},
	{ENOKEY, "the running kernel does not trust the key it is signed with"},
	{ENODATA, "the file is not signed"},
	{EBADMSG, "the file's signature is damaged"},
	{ENOEXEC, "the running kernel cannot load this kind of kernel"},
	{EADDRNOTAVAIL, "there is no place for it in memory"},
	{EBUSY, "another load is under way"},
	{EFAULT, "a file could not be read"},
};

int kb_boot_refused(const struct kb_boot_job *job, const char *call, int r, struct kb_error *err)
{
	const char *text = strerror(-r);

	for (size_t i = 0; i < KB_ARRAY_LEN(refusals); i++) {
		if (refusals[i].error == -r) {
			text = refusals[i].text;
		}
	}
	if (r == -EPERM && kb_host_kexec_disabled(job->host)) {
		text = "kexec is switched off on this system (kernel.kexec_load_disabled)";
	} else if (r == -EPERM && kb_host_lockdown(job->host) >= KB_LOCKDOWN_INTEGRITY) {
		text = "lockdown wants a kernel signed with a key that it trusts";
	}
	return kb_error_set(err, r, "%s: %s refused: %s", job->request->kernel.name, call, text);
}
