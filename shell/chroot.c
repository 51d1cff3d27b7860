/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>

#include "ask.h"

static int enter(const struct kb_chroot *c)
{
	if (setns(c->namespace_fd, CLONE_NEWNS) < 0) {
		return kb_shell_fail("the environment's mounts cannot be entered: %s",
				     strerror(errno));
	}
	if (chroot(c->path) < 0 || chdir("/") < 0) {
		return kb_shell_fail("%s: %s", c->path, strerror(errno));
	}
	return 0;
}

static int become_shell(void)
{
	static char *const bash[] = {(char *)"bash", (char *)"-l", NULL};
	static char *const sh[] = {(char *)"sh", NULL};

	return access("/bin/bash", X_OK) == 0 ? kb_shell_exec("/bin/bash", bash, "")
					      : kb_shell_exec("/bin/sh", sh, "");
}

/* Programs of a system are where systems have them, whatever kboot's own PATH is. */
static int become_program(char *const *argv)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *path = kb_shell_find_program(
		&arena, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", argv[0]);

	if (path) {
		return kb_shell_exec(path, argv, "");
	}
	(void)kb_shell_fail("%s: there is no such program in the environment", argv[0]);
	return 127;
}

int kb_chroot_become(const struct kb_chroot *c, char *const *argv)
{
	int status = enter(c);

	if (status != 0) {
		return status;
	}
	return argv[0] ? become_program(argv) : become_shell();
}

static int open_worker(const struct kb_message *reply, struct kb_chroot *c)
{
	char path[64];
	uint64_t pid = 0;

	if (!reply->path || kb_str_to_u64(kb_str_from(reply->pid_text), &pid) < 0 || pid < 1 ||
	    pid > INT_MAX) {
		return kb_shell_fail("the boot engine does not say where the environment is");
	}
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	c->worker = (pid_t)pid;
	c->namespace_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (c->namespace_fd < 0) {
		return kb_shell_fail("the environment's mounts cannot be entered: %s",
				     strerror(errno));
	}
	c->path = strdup(reply->path);
	return c->path ? 0 : kb_shell_fail("out of memory");
}

int kb_chroot_open(struct kb_shell *s, const struct kb_intent *intent, struct kb_chroot *ret_chroot)
{
	struct kb_chroot c = {.namespace_fd = -1};
	const struct kb_message *reply = kb_shell_ask(s, intent);
	int status;

	if (!reply) {
		return 1;
	}
	kb_shell_print(reply->text);
	status = open_worker(reply, &c);
	if (status != 0) {
		kb_chroot_done(&c);
		(void)kb_shell_ask(s, &(struct kb_intent){.type = KB_DO_CHROOT_END});
		return status;
	}
	*ret_chroot = c;
	return 0;
}

void kb_chroot_done(struct kb_chroot *c)
{
	free(c->path);
	(void)kb_close(c->namespace_fd);
	*c = (struct kb_chroot){.namespace_fd = -1};
}
