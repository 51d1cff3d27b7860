/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mount namespace with the booted environment in it, for somebody to join. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "prompt_work.h"

enum { BUSY_TRIES = 20, BUSY_WAIT_MS = 250 };

struct kernel_mount {
	const char *dir;
	const char *source;
	const char *type;
	unsigned long flags;
	const char *options;
};

/* Programs of the environment expect these; what it has no directory for stays away. */
static const struct kernel_mount kernel_mounts[] = {
	{"/proc", "proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL},
	{"/sys", "sysfs", "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL},
	{"/dev", "/dev", NULL, MS_BIND | MS_REC, NULL},
	{"/run", "tmpfs", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"},
};

static void mount_kernels(struct kb_prompt_work *w)
{
	const struct kb_sys *sys = w->job->sys;

	for (size_t i = 0; i < KB_ARRAY_LEN(kernel_mounts); i++) {
		const struct kernel_mount *m = &kernel_mounts[i];
		struct kb_place_found found;
		KB_CLOSE int fd = -1;
		struct kb_error err = {0};
		char target[64];
		int r = kb_automount_find(&w->resolver.automount, m->dir, NULL, &found, &err);

		if (r == 0) {
			r = kb_tree_open_dir(found.resolved.tree, found.resolved.rest, &fd);
		}
		if (r == 0) {
			(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", fd);
			r = sys->mount(sys->ctx, m->source, target, m->type, m->flags, m->options);
		}
		if (r < 0) {
			char text[KB_ERROR_TEXT];

			(void)snprintf(text, sizeof(text),
				       "%s of the environment is left as it is: %s", m->dir,
				       strerror(-r));
			kb_prompt_tell_note(w, text, 0);
		}
	}
}

/* A filesystem alone, or a system with all that its fstab mounts. */
static int hold(struct kb_prompt_work *w, const char **ret_path, struct kb_error *err)
{
	struct kb_place_found found;
	int r;

	if (!w->job->name) {
		return kb_automount_environment(&w->resolver.automount, ret_path, err);
	}
	r = kb_automount_find(&w->resolver.automount, w->job->name, NULL, &found, err);
	if (r == 0) {
		*ret_path = found.path;
	}
	return r;
}

/* What looked at the disk a moment ago may not have let go of it yet: its mounts, and the snapshot
 * of a journal, go when its last process has. */
static int hold_patiently(struct kb_prompt_work *w, const char **ret_path, struct kb_error *err)
{
	const struct kb_resolver_spec spec = w->resolver.spec;
	int r = hold(w, ret_path, err);

	for (int tries = 0; r == -EBUSY && spec.insist && tries < BUSY_TRIES; tries++) {
		(void)usleep(BUSY_WAIT_MS * 1000);
		kb_automount_done(&w->resolver.automount);
		kb_error_clear(err);
		r = kb_resolver_init(&w->resolver, &spec, err);
		if (r == 0) {
			r = hold(w, ret_path, err);
		}
	}
	return r;
}

int kb_prompt_chroot(struct kb_prompt_work *w, struct kb_error *err)
{
	const char *path = NULL;
	int r;

	/* No deadline ends this worker once it is ready, so it sets its own. */
	(void)alarm(KB_PROMPT_DEADLINE_MS / 1000);
	r = hold_patiently(w, &path, err);
	if (r < 0) {
		return r;
	}
	if (!w->job->name) {
		mount_kernels(w);
	}
	(void)alarm(0);
	kb_report_tell(w->out_fd, &(struct kb_report){.path = path});
	/* The namespace is ours until somebody has joined it; the engine ends us. */
	for (;;) {
		(void)pause();
	}
}
