/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/boot/load.h"

#include <errno.h>
#include <linux/kexec.h>
#include <string.h>

#include "files.h"
#include "kboot/base/budget.h"
#include "method.h"

/* Above it some are run together: load_x86.c. */
enum { DIRECT_INITRDS = KEXEC_SEGMENT_MAX - 2 };

static const struct {
	enum kb_boot_method method;
	const char *name;
	kb_boot_load_fn *load;
} methods[] = {
	{KB_BOOT_KEXEC_LOAD, "kexec_load", kb_x86_load},
	{KB_BOOT_KEXEC_FILE_LOAD, "kexec_file_load", kb_file_load},
	{KB_BOOT_KEXEC_TOOLS, "kexec-tools", kb_tools_load},
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

/* Of every byte until all are loaded: kexec's, and one more where files are run together or a
 * program, or the kernel, reads them first. */
static unsigned copies(const struct kb_boot_job *job, enum kb_boot_method method)
{
	return method != KB_BOOT_KEXEC_LOAD || job->request->n_initrd > DIRECT_INITRDS ? 2 : 1;
}

static int no_room(const char *name, const char *what, uint64_t bytes, uint64_t room,
		   struct kb_error *err)
{
	char need[KB_IMAGE_COUNT_TEXT];
	char have[KB_IMAGE_COUNT_TEXT];

	return kb_error_set(err, -ENOMEM, "%s%s takes %s bytes, and there is memory for %s", name,
			    what, kb_image_count(need, bytes), kb_image_count(have, room));
}

/* Before anything is read: a file can have holes that are larger than any memory. */
static int check_room(const struct kb_boot_job *job, enum kb_boot_method method,
		      struct kb_error *err)
{
	const struct kb_boot_request *request = job->request;
	struct kb_memory now = {0};
	uint64_t room;
	uint64_t sum = 0;

	if (kb_memory_read(job->host->procfs_fd, &now) < 0) {
		return 0; /* kexec itself takes no more than there is */
	}
	room = kb_memory_for_loading(&now, copies(job, method));
	for (size_t i = 0; i <= request->n_initrd; i++) {
		const struct kb_boot_file *file = i ? &request->initrd[i - 1] : &request->kernel;
		uint64_t bytes;
		int r = kb_boot_file_size(file, &bytes, err);

		if (r < 0) {
			return r;
		}
		if (bytes > room) {
			return no_room(file->name, "", bytes, room, err);
		}
		sum += bytes;
	}
	return sum > room ? no_room(request->kernel.name, " with its initrds", sum, room, err) : 0;
}

static int run(struct kb_boot_job *job, enum kb_boot_method method, struct kb_error *err)
{
	int r = check_room(job, method, err);

	if (r < 0) {
		return r;
	}
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
