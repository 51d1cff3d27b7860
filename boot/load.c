/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/boot/load.h"

#include <errno.h>
#include <string.h>

#include "host.h"
#include "method.h"

static const struct {
	enum kb_boot_method method;
	const char *name;
	kb_boot_load_fn *load;
} methods[] = {
	{KB_BOOT_KEXEC_LOAD, "kexec_load", kb_x86_load},
	{KB_BOOT_KEXEC_FILE_LOAD, "kexec_file_load", kb_file_load},
	{KB_BOOT_KEXEC_TOOLS, "kexec-tools", kb_tools_load},
};

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

const char *kb_boot_method_name(enum kb_boot_method method)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(methods); i++) {
		if (methods[i].method == method) {
			return methods[i].name;
		}
	}
	return "unknown";
}

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

static int run(struct kb_boot_job *job, enum kb_boot_method method, struct kb_error *err)
{
	job->done_bytes = 0;
	for (size_t i = 0; i < KB_ARRAY_LEN(methods); i++) {
		if (methods[i].method == method) {
			return methods[i].load(job, err);
		}
	}
	return kb_error_set(err, -EINVAL, "no such way to load a kernel");
}

int kb_boot_load(const struct kb_sys *sys, const struct kb_boot_host *host,
		 const struct kb_boot_request *request, const struct kb_boot_plan *plan,
		 kb_boot_progress_fn *progress, void *ctx, struct kb_error *err)
{
	struct kb_boot_job job = {
		.sys = sys,
		.host = host,
		.request = request,
		.plan = plan,
		.progress = progress,
		.ctx = ctx,
	};
	int first;
	int r;

	kb_error_clear(err);
	first = run(&job, plan->method, err);
	if (plan->method != KB_BOOT_KEXEC_LOAD || (first != -EPERM && first != -ENOSYS)) {
		return first;
	}
	/* Lockdown that we could not see, or a kernel with the other call only. */
	r = run(&job, KB_BOOT_KEXEC_FILE_LOAD, err);
	if (r == 0) {
		(void)kb_error_set(err, 0,
				   "loaded with kexec_file_load: kexec_load answered \"%s\"",
				   strerror(-first));
	}
	return r;
}
