/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "kboot/base/tree.h"

enum {
	OPTIONS_BYTES = 1024,
	MODULES_BYTES = 1 << 20,
	DRIVER_WAIT_MS =
		5000, /* a cold machine with a slow disk loads ext4's modules in a second */
	DRIVER_PAUSE_MS = 30,
	DRIVER_IDLE_LOOKS = 5,
};

/* Whether the kernel may merely not know this type or one of its options. */
static bool may_try_next(int code)
{
	return code == -EINVAL || code == -ENODEV;
}

static void add_option(struct kb_buf *list, const char *key, const char *value)
{
	if (value && value[0] != '\0') {
		kb_buf_printf(list, "%s%s%s", list->len > 0 ? "," : "", key, value);
	}
}

/* more: options that the caller would like, NULL for none. */
static int mount_with(const struct kb_mount_job *job, const char *source,
		      const struct kb_mount_attempt *attempt, unsigned long flags, const char *more)
{
	KB_BUF struct kb_buf list = {.max_bytes = OPTIONS_BYTES};

	add_option(&list, "", attempt->options);
	if (strcmp(attempt->type, "btrfs") == 0) {
		add_option(&list, "subvol=", job->options->subvolume);
	}
	add_option(&list, "", more);
	if (kb_buf_error(&list) < 0) {
		return kb_buf_error(&list);
	}
	return job->sys->mount(job->sys->ctx, source, job->target, attempt->type, flags, list.data);
}

static int try_all(const struct kb_mount_job *job, const char *source,
		   const struct kb_mount_attempt attempts[static KB_MOUNT_ATTEMPTS],
		   unsigned long flags)
{
	const char *more = job->options->options;
	int first = -ENODEV;

	for (size_t i = 0; i < KB_MOUNT_ATTEMPTS && attempts[i].type; i++) {
		int r = mount_with(job, source, &attempts[i], flags, more);

		if (r == -EINVAL && more) {
			r = mount_with(job, source, &attempts[i], flags, NULL);
		}
		if (r == 0 || !may_try_next(r)) {
			return r;
		}
		/* "No driver" for a later attempt says less than what the first driver said. */
		first = first == -ENODEV ? r : first;
	}
	return first;
}

/* Does the kernel say so of any ("ext4 1138688 0 - Loading 0x…")? -errno of reading. */
static int is_loading(const char *modules)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open(modules, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : kb_read_all(fd, MODULES_BYTES, &text);

	return r < 0 ? r : strstr(text.data ? text.data : "", " Loading ") != NULL;
}

/*
 * Where somebody else has begun to load a driver, mount(2) finds the work taken and the driver not
 * there yet. Between the modules that the driver needs, none may be under way for a moment.
 */
int kb_mount_try(const struct kb_mount_job *job, const char *source,
		 const struct kb_mount_attempt attempts[static KB_MOUNT_ATTEMPTS],
		 unsigned long flags)
{
	const struct timespec pause = {.tv_nsec = DRIVER_PAUSE_MS * 1000000L};
	int64_t until_ms = job->sys->now_ms(job->sys->ctx) + DRIVER_WAIT_MS;
	int r = try_all(job, source, attempts, flags);
	int loading = job->options->modules ? 0 : -ENOENT;

	for (int idle = 0; r == -ENODEV && loading >= 0 && idle < DRIVER_IDLE_LOOKS;) {
		loading = is_loading(job->options->modules);
		idle = loading == 1 ? 0 : idle + 1;
		if (job->sys->now_ms(job->sys->ctx) >= until_ms) {
			break;
		}
		(void)nanosleep(&pause, NULL);
		r = try_all(job, source, attempts, flags);
	}
	return r;
}

int kb_mount_failure(const struct kb_mount_job *job, int code, struct kb_error *err)
{
	const char *name = job->device->name;
	const char *fstype = job->device->fstype;

	switch (code) {
	case -ENODEV:
		return kb_error_set(err, code, "%s holds %s, and this kernel has no driver for it",
				    name, fstype);
	case -EINVAL:
	case -EBADMSG:
	case -EUCLEAN:
		return kb_error_set(err, -EUCLEAN,
				    "the %s filesystem on %s is damaged, incomplete or newer than "
				    "this kernel (%s)",
				    fstype, name, strerror(-code));
	case -EROFS:
	case -EACCES:
		return kb_error_set(err, -EUCLEAN,
				    "the %s filesystem on %s would have to be repaired by writing "
				    "to it first, which kboot does not do",
				    fstype, name);
	case -EBUSY:
		return kb_error_set(err, code,
				    "%s is in use (mounted elsewhere, or part of an array)", name);
	case -EEXIST:
		return kb_error_set(err, code,
				    "%s holds a copy of another filesystem, which is in use", name);
	case -ENOENT:
		if (job->options->subvolume) {
			return kb_error_set(err, code, "%s has no subvolume %s", name,
					    job->options->subvolume);
		}
		break;
	default:
		break;
	}
	return kb_error_set(err, code, "%s cannot be mounted: %s", name, strerror(-code));
}
