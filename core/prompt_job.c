/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt_job.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/base/json.h"
#include "kboot/boot/image.h"
#include "kboot/mount/table.h"

struct work {
	const struct kb_prompt_job *job;
	int out_fd;
	struct kb_reach reach;
};

/* Takes object. An engine that no longer listens has ended us, or is about to. */
static void tell(const struct work *w, json_t *object)
{
	KB_BUF struct kb_buf line = {0};
	size_t done = 0;

	if (object && kb_json_line(object, &line) == 0) {
		while (done < line.len) {
			ssize_t n = write(w->out_fd, line.data + done, line.len - done);

			if (n < 0 && errno != EINTR) {
				break;
			}
			done += n > 0 ? (size_t)n : 0;
		}
	}
	json_decref(object);
}

static void tell_note(void *ctx, const char *sentence)
{
	tell(ctx, json_pack("{s:o}", "note", kb_json_text(sentence)));
}

static void tell_found(const struct work *w, const struct kb_place_found *found, const char *how)
{
	tell(w, json_pack("{s:o, s:o, s:o*}", "place", kb_json_text(found->shown), "path",
			  kb_json_text(found->path), "how", how ? json_string(how) : NULL));
}

static int find(struct work *w, struct kb_place_found *ret_found, struct kb_error *err)
{
	return kb_reach_find(&w->reach, w->job->name, w->job->from, ret_found, err);
}

static int visit(struct work *w, struct kb_error *err)
{
	struct kb_place_found found;
	int r = find(w, &found, err);

	if (r == 0 && w->job->want_dir && found.spot.type != KB_TREE_DIR) {
		r = kb_error_set(err, -ENOTDIR, "%s is not a directory", found.shown);
	}
	if (r == 0) {
		tell_found(w, &found, NULL);
	}
	return r;
}

/* --- what is this word? */

static bool names_a_file(const char *word)
{
	return strpbrk(word, "/:") != NULL;
}

/* A file that is there: a kernel, a program, or neither. */
static int judge(struct work *w, const struct kb_place_found *found, struct kb_error *err)
{
	KB_CLOSE int fd = -1;
	struct kb_image image;
	struct stat st;
	int r = kb_tree_open(found->spot.tree, found->spot.rest, &fd);

	if (r < 0) {
		return kb_error_set(err, r, "%s: %s", found->shown, strerror(-r));
	}
	r = kb_image_inspect(fd, found->shown, &image, err);
	if (r == 0) {
		tell_found(w, found, "boot");
		return 0;
	}
	if (r != -ENOEXEC) {
		return r;
	}
	kb_error_clear(err);
	if (!names_a_file(w->job->name)) {
		tell(w, json_pack("{s:s}", "how", "command"));
		return 0;
	}
	if (fstat(fd, &st) < 0 || !(st.st_mode & 0111)) {
		return kb_error_set(err, -ENOEXEC, "%s is neither a kernel nor a program",
				    found->shown);
	}
	tell_found(w, found, "command");
	return 0;
}

static int run(struct work *w, struct kb_error *err)
{
	struct kb_place_found found;
	int r = find(w, &found, err);

	if (r == 0 && found.spot.type == KB_TREE_FILE) {
		return judge(w, &found, err);
	}
	if (!names_a_file(w->job->name)) {
		kb_error_clear(err);
		tell(w, json_pack("{s:s}", "how", "command"));
		return 0;
	}
	return r < 0 ? r
		     : kb_error_set(err, -EISDIR, "%s is a directory: cd %s goes there",
				    found.shown, w->job->name);
}

/* --- umount */

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static int umount_one(void *ctx, const struct kb_mounted *m)
{
	const struct work *w = ctx;

	return w->job->sys->umount(w->job->sys->ctx, m->target, UMOUNT_NOFOLLOW);
}

struct wanted {
	const struct work *w;
	const char *folders[2];
	unsigned n_found;
};

static int umount_wanted(void *ctx, const struct kb_mounted *m)
{
	struct wanted *wanted = ctx;

	for (size_t i = 0; i < KB_ARRAY_LEN(wanted->folders); i++) {
		if (wanted->folders[i] && is_below(m->target, wanted->folders[i])) {
			wanted->n_found++;
			return umount_one((void *)wanted->w, m);
		}
	}
	return 0;
}

/* What was mounted last first. A device's own tree and the one as an environment are both meant. */
static int umount_below(struct work *w, const char *first, const char *second, struct kb_error *err)
{
	struct wanted wanted = {w, {first, second}, 0};
	int r = kb_mount_table("/proc/self/mountinfo", KB_REACH_RUN_DIR, umount_wanted, &wanted);

	if (r == -EBUSY) {
		return kb_error_set(err, r,
				    "%s is in use: something is in there (a prompt, an "
				    "open file)",
				    w->job->name);
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be unmounted: %s", w->job->name,
				    strerror(-r));
	}
	if (wanted.n_found == 0) {
		return kb_error_set(err, -ENOENT, "nothing is mounted for %s", w->job->name);
	}
	tell(w, json_pack("{s:s}", "how", "umount"));
	return 0;
}

static const char *folder_of(struct work *w, const char *kind, const char *name)
{
	char *path = kb_arena_printf(&w->reach.automount.arena, "%s/%s/%s", KB_REACH_RUN_DIR, kind,
				     name);

	for (char *c = path ? path + strlen(path) - strlen(name) : NULL; c && *c; c++) {
		*c = *c == '/' ? '!' : *c;
	}
	return path;
}

static int umount_name(struct work *w, struct kb_error *err)
{
	const struct kb_prompt_job *job = w->job;
	struct kb_arena *arena = &w->reach.automount.arena;
	const struct kb_device *device = kb_places_device(job->places, kb_str_from(job->name));
	struct kb_name name;
	int r;

	if (device) {
		return umount_below(w, folder_of(w, "mnt", device->name),
				    folder_of(w, "root", device->name), err);
	}
	r = kb_name_parse(arena, kb_str_from(job->name), NULL, NULL, &name, err);
	if (r < 0) {
		return r;
	}
	switch (name.kind) {
	case KB_NAME_ENVIRONMENT:
		return umount_below(w,
				    kb_arena_printf(arena, "%s%s", folder_of(w, "root", job->root),
						    strcmp(name.path, "/") == 0 ? "" : name.path),
				    NULL, err);
	case KB_NAME_DEVICE:
		device = kb_places_device(job->places, kb_str_from(name.place));
		return device ? umount_below(w, folder_of(w, "mnt", device->name),
					     folder_of(w, "root", device->name), err)
			      : umount_below(w, folder_of(w, "mnt", name.place),
					     folder_of(w, "nfs", name.place), err);
	case KB_NAME_NFS:
		return umount_below(w, folder_of(w, "nfs", name.place), NULL, err);
	case KB_NAME_RELATIVE:
	case KB_NAME_OWN:
	case KB_NAME_URL:
		break;
	}
	return kb_error_set(err, -EINVAL,
			    "%s is no device, no host and no directory of the booted environment",
			    job->name);
}

/* --- chroot */

struct kernel_mount {
	const char *dir;
	const char *source;
	const char *type;
	unsigned long flags;
};

/* Programs of the environment expect these; what it has no directory for stays away. */
static const struct kernel_mount kernel_mounts[] = {
	{"/proc", "proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV},
	{"/sys", "sysfs", "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV},
	{"/dev", "/dev", NULL, MS_BIND | MS_REC},
	{"/run", "tmpfs", "tmpfs", MS_NOSUID | MS_NODEV},
};

static void mount_kernels(struct work *w)
{
	const struct kb_sys *sys = w->job->sys;

	for (size_t i = 0; i < KB_ARRAY_LEN(kernel_mounts); i++) {
		const struct kernel_mount *m = &kernel_mounts[i];
		struct kb_place_found found;
		KB_CLOSE int fd = -1;
		struct kb_error err = {0};
		char target[64];
		int r = kb_reach_find(&w->reach, m->dir, NULL, &found, &err);

		if (r == 0) {
			r = kb_tree_open_dir(found.spot.tree, found.spot.rest, &fd);
		}
		if (r == 0) {
			(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", fd);
			r = sys->mount(sys->ctx, m->source, target, m->type, m->flags, NULL);
		}
		if (r < 0) {
			char text[KB_ERROR_TEXT];

			(void)snprintf(text, sizeof(text),
				       "%s of the environment is left as it is: %s", m->dir,
				       strerror(-r));
			tell_note(w, text);
		}
	}
}

static int prepare_chroot(struct work *w, struct kb_error *err)
{
	const char *path = NULL;
	int r;

	/* No deadline ends this worker once it is ready, so it sets its own. */
	(void)alarm(KB_PROMPT_DEADLINE_MS / 1000);
	r = kb_automount_environment(&w->reach.automount, &path, err);
	if (r < 0) {
		return r;
	}
	mount_kernels(w);
	(void)alarm(0);
	tell(w, json_pack("{s:o}", "path", kb_json_text(path)));
	/* The namespace is ours until somebody has joined it; the engine ends us. */
	for (;;) {
		(void)pause();
	}
}

static int work(struct work *w, struct kb_error *err)
{
	switch (w->job->task) {
	case KB_TASK_VISIT:
		return visit(w, err);
	case KB_TASK_RUN:
		return run(w, err);
	case KB_TASK_UMOUNT:
		return umount_name(w, err);
	case KB_TASK_CHROOT:
		return prepare_chroot(w, err);
	}
	return kb_error_set(err, -EINVAL, "no such task");
}

int kb_prompt_job_run(void *data, int out_fd)
{
	const struct kb_prompt_job *job = data;
	struct work w = {.job = job, .out_fd = out_fd};
	const struct kb_reach_spec spec = {
		.sys = job->sys,
		.places = job->places,
		.root = job->root,
		.read_write = job->read_write,
		.shared = job->task != KB_TASK_CHROOT,
		.may_exec = true,
		.ctx = &w,
		.note = tell_note,
	};
	struct kb_error err = {0};
	int r = kb_reach_init(&w.reach, &spec, &err);

	if (r == 0) {
		r = work(&w, &err);
	}
	if (r < 0) {
		tell(&w,
		     json_pack("{s:o}", "error", kb_json_text(err.code ? err.text : strerror(-r))));
	}
	kb_reach_done(&w.reach);
	return r;
}

static int keep(struct kb_arena *arena, const json_t *object, const char *key,
		const char **ret_text)
{
	const char *text = kb_json_get_str(object, key, NULL);

	if (text && !(*ret_text = kb_arena_strdup(arena, text))) {
		return -ENOMEM;
	}
	return 0;
}

int kb_prompt_report_decode(struct kb_arena *arena, struct kb_str line,
			    struct kb_prompt_report *ret_report)
{
	KB_JSON json_t *object = NULL;
	struct kb_prompt_report report = {0};
	int r = kb_json_parse(line, &object);

	if (r < 0 || !json_is_object(object)) {
		return r < 0 ? r : -EINVAL;
	}
	if (keep(arena, object, "note", &report.note) < 0 ||
	    keep(arena, object, "error", &report.error) < 0 ||
	    keep(arena, object, "place", &report.place) < 0 ||
	    keep(arena, object, "path", &report.path) < 0 ||
	    keep(arena, object, "how", &report.how) < 0) {
		return -ENOMEM;
	}
	*ret_report = report;
	return 0;
}
