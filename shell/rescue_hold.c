/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A system, mounted by a worker of the engine for as long as it is being repaired. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "ask.h"
#include "kboot/base/escape.h"
#include "page.h"
#include "rescue.h"

enum { GONE_TRIES = 200, GONE_WAIT_MS = 50 };

struct program {
	const struct kb_rescue *rescue;
	char *const *argv;
	bool pages;
};

static int open_tree(struct kb_rescue *r, const char *path)
{
	r->tree = (struct kb_tree){.root_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
				   .name = r->device.name};
	if (r->tree.root_fd < 0) {
		return kb_shell_fail("%s: %s", path, strerror(errno));
	}
	r->is_held = true;
	return 0;
}

/* A folder stands for it, and what its fstab would mount is elsewhere. */
static int hold_simulated(struct kb_rescue *r)
{
	bool is_folder = strcmp(r->device.name, "/") == 0;
	const char *name = kb_arena_printf(&r->arena, "%s%s", is_folder ? "" : r->device.name,
					   is_folder ? "/" : ":/");
	const struct kb_message *reply = name ? kb_shell_visit(r->shell, name, "dir") : NULL;

	return reply && reply->path ? open_tree(r, reply->path) : 1;
}

/* What prompts have mounted of it for reading only keeps it from being mounted otherwise. That
 * there is nothing of it is no news, and who stands in it is told by the mount that fails. */
static void give_back(struct kb_rescue *r)
{
	const struct kb_intent intent = {.type = KB_DO_UMOUNT, .name = r->device.name};
	const struct kb_message *reply;
	struct kb_error err;

	kb_shell_leave_root(r->shell);
	(void)!kb_shell_engine_ask(&r->shell->engine, &intent, -1, &reply, &err);
}

int kb_rescue_hold(struct kb_rescue *r, bool is_writable)
{
	const struct kb_intent intent = {.type = KB_DO_CHROOT,
					 .name = r->device.name,
					 .want = is_writable ? "rw" : "ro"};
	const char *path;
	int status;

	kb_rescue_release(r);
	if (kb_shell_is_simulated(r->shell)) {
		status = hold_simulated(r);
		r->is_writable = status == 0 && is_writable;
		return status;
	}
	if (is_writable) {
		give_back(r);
	}
	status = kb_chroot_open(r->shell, &intent, &r->held);
	if (status != 0) {
		return status;
	}
	path = kb_arena_printf(&r->arena, "/proc/%d/root%s", (int)r->held.worker, r->held.path);
	status = path ? open_tree(r, path) : kb_shell_fail("out of memory");
	r->is_writable = is_writable;
	if (status != 0) {
		kb_rescue_release(r);
	}
	return status;
}

/* Its mounts go with the worker: only then may anybody else mount the disk. */
static void wait_until_gone(pid_t worker)
{
	const struct timespec pause = {.tv_nsec = GONE_WAIT_MS * 1000000L};

	for (int i = 0; i < GONE_TRIES && kill(worker, 0) == 0; i++) {
		(void)nanosleep(&pause, NULL);
	}
	if (kill(worker, 0) == 0) {
		(void)kb_shell_fail("the worker that holds the mounts does not end: a restart "
				    "of the machine should wait for the disk");
	}
}

void kb_rescue_release(struct kb_rescue *r)
{
	pid_t worker = r->held.worker;
	bool was_written = r->is_writable && worker > 0;
	char pid[16];
	const struct kb_intent end = {.type = KB_DO_CHROOT_END, .name = pid};

	if (was_written && r->tree.root_fd >= 0) {
		/* Else the next who mounts it waits for that, and has a deadline. */
		(void)syncfs(r->tree.root_fd);
	}
	r->tree.root_fd = kb_close(r->tree.root_fd);
	r->is_writable = false;
	r->is_held = false;
	kb_chroot_done(&r->held);
	if (worker <= 0) {
		return;
	}
	/* An engine that died has taken it along. */
	if (kb_shell_engine_is_there(&r->shell->engine) && kb_rescue_goes_on(r)) {
		(void)snprintf(pid, sizeof(pid), "%d", (int)worker);
		(void)kb_shell_ask(r->shell, &end);
	}
	wait_until_gone(worker);
	if (was_written && r->rescans && kb_rescue_goes_on(r)) {
		(void)kb_shell_ask(r->shell, &(struct kb_intent){.type = KB_DO_RESCAN});
	}
}

/* --- programs */

/* What is stopped would keep the disk mounted behind everybody's back. */
static int become_in_system(void *ctx)
{
	const struct program *p = ctx;

	(void)signal(SIGTSTP, SIG_IGN);
	return kb_chroot_become(&p->rescue->held, p->argv);
}

static int become_shown(void *ctx)
{
	const struct program *p = ctx;
	const struct kb_output output = {.become = become_in_system, .ctx = ctx, .pages = p->pages};

	return kb_shell_show_output(&output);
}

static const char *line_of(struct kb_arena *arena, const char *const *argv)
{
	KB_BUF struct kb_buf line = {0};

	for (size_t i = 0; argv[i]; i++) {
		kb_buf_printf(&line, "%s%s", i > 0 ? " " : "", argv[i]);
	}
	return kb_buf_error(&line) < 0 ? NULL
				       : kb_arena_strdup(arena, line.data ? line.data : "a shell");
}

static int run(struct kb_rescue *r, const char *const *argv, bool is_shown)
{
	KB_ARENA struct kb_arena arena = {0};
	struct program p = {.rescue = r,
			    .argv = (char *const *)argv,
			    .pages = r->shell->interactive};
	const struct kb_job_spec spec = {.line = line_of(&arena, argv),
					 .become = is_shown ? become_shown : become_in_system,
					 .ctx = &p};

	if (!spec.line) {
		return kb_shell_fail("out of memory");
	}
	if (kb_shell_is_simulated(r->shell)) {
		kb_print_escaped(stdout, "Simulation: this would run in %s: %s", r->device.name,
				 spec.line);
		return 0;
	}
	kb_print_escaped(stdout, "In %s: %s", r->device.name, spec.line);
	return kb_job_run(&r->shell->jobs, &spec);
}

int kb_rescue_run(struct kb_rescue *r, const char *const *argv)
{
	return run(r, argv, false);
}

int kb_rescue_show(struct kb_rescue *r, const char *const *argv)
{
	return run(r, argv, true);
}

bool kb_rescue_has_program(const struct kb_rescue *r, const char *name)
{
	static const char *const folders[] = {"/usr/sbin", "/usr/bin",        "/sbin",
					      "/bin",      "/usr/local/sbin", "/usr/local/bin"};
	char path[KB_ERROR_FILE];

	for (size_t i = 0; i < KB_ARRAY_LEN(folders); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		if (kb_tree_has_file(&r->tree, path) == 0) {
			return true;
		}
	}
	return false;
}
