/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unlock_job.h"

#include <errno.h>
#include <fcntl.h>

#include "assemble_job.h"
#include "kboot/base/budget.h"
#include "kboot/storage/luks.h"
#include "report.h"
#include "resolver.h"

enum { KEEP_BYTES = 16 << 20 }; /* for everything else, while a key is being derived */

void kb_unlock_name(const struct kb_device *device, char ret_name[static KB_UNLOCK_NAME_BYTES])
{
	(void)snprintf(ret_name, KB_UNLOCK_NAME_BYTES, "luks-%s",
		       device->uuid ? device->uuid : device->name);
}

static uint64_t free_bytes(void)
{
	KB_CLOSE int procfs_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct kb_memory memory = {0};

	if (kb_memory_read(procfs_fd, &memory) < 0) {
		return 0;
	}
	return memory.available_bytes > KEEP_BYTES ? memory.available_bytes - KEEP_BYTES : 0;
}

static int open_volume(const struct kb_unlock_job *job, struct kb_str secret, const char *device,
		       const char *name, struct kb_error *err)
{
	const struct kb_luks_unlock unlock = {
		.sys = job->sys,
		.dev_dir = "/dev",
		.run_dir = KB_STORAGE_RUN_DIR,
		.device = device,
		.name = name,
		.secret = secret,
		.memory_bytes = free_bytes(),
	};

	return kb_luks_unlock(&unlock, err);
}

/* That one of them takes another passphrase is no news. */
static void open_others(const struct kb_unlock_job *job, struct kb_str secret, int out_fd)
{
	for (size_t i = 0; i < job->n_others; i++) {
		struct kb_error err = {0};
		char note[KB_ERROR_TEXT];

		if (open_volume(job, secret, job->others[i].device, job->others[i].name, &err) <
		    0) {
			continue;
		}
		(void)snprintf(note, sizeof(note), "%s is unlocked by the same",
			       job->others[i].device);
		kb_report_tell(out_fd, &(struct kb_report){.note = note});
	}
}

static int open_all(const struct kb_unlock_job *job, struct kb_str secret, int out_fd,
		    struct kb_error *err)
{
	int r = open_volume(job, secret, job->device, job->name, err);

	if (r == 0) {
		open_others(job, secret, out_fd);
	}
	return r;
}

static int open_with_file(const struct kb_unlock_job *job, int out_fd, struct kb_error *err)
{
	KB_SECRET struct kb_secret secret = {0};
	const struct kb_resolver_spec spec = {
		.sys = job->sys,
		.places = job->places,
		.root = job->root,
		.deadline_ms = job->sys->now_ms(job->sys->ctx) + KB_UNLOCK_DEADLINE_MS -
			       KB_RESOLVER_RESERVE_MS,
	};
	struct kb_resolver resolver = {0};
	KB_CLOSE int fd = -1;
	const char *found = NULL;
	int r = kb_resolver_init(&resolver, &spec, err);

	if (r == 0) {
		r = kb_resolver_open(&resolver, job->keyfile, NULL, &fd, &found, err);
	}
	if (r == 0) {
		r = kb_secret_read(&secret, fd);
		if (r < 0) {
			(void)kb_error_set(err, r, "%s: %s", job->keyfile,
					   r == -E2BIG     ? "larger than a key file may be"
					   : r == -ENODATA ? "it is empty"
							   : strerror(-r));
		}
	}
	kb_automount_done(&resolver.automount);
	return r < 0 ? r : open_all(job, kb_secret_view(&secret), out_fd, err);
}

int kb_unlock_job_run(void *data, int out_fd)
{
	const struct kb_unlock_job *job = data;
	struct kb_error err = {0};
	int r = job->sys->confine(job->sys->ctx, KB_CONFINE_ASSEMBLE, 0);

	if (r == 0) {
		r = job->secret ? open_all(job, kb_secret_view(job->secret), out_fd, &err)
				: open_with_file(job, out_fd, &err);
	}
	if (r < 0) {
		kb_report_tell(out_fd, &(struct kb_report){
					       .error = err.code ? err.text : strerror(-r),
					       .is_missing = r == -ENODEV || r == -ENOENT,
					       .wants = r == -EPERM ? KB_UNLOCK_WANTS : NULL,
				       });
	}
	return r;
}
