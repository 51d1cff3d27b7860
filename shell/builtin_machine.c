/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine: devices, labels, rescan, network, chroot, reboot, poweroff. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>

#include "ask.h"
#include "builtin.h"

/* In a simulation a notice tells what would happen; else goodbye follows by itself. A title may
 * have blanks, in quotes or without. */
int kb_run_power(const struct kb_builtin_call *call)
{
	bool off = strcmp(kb_builtin_word(call, 0), "poweroff") == 0;
	const char *into = kb_builtin_word(call, 2)
				   ? kb_arena_str(call->arena, kb_builtin_rest(call, 1))
				   : kb_builtin_word(call, 1);
	const struct kb_intent intent = {.type = into  ? KB_DO_FIRMWARE
						 : off ? KB_DO_POWEROFF
						       : KB_DO_REBOOT,
					 .name = into};
	const struct kb_state *state = &call->shell->engine.state;
	uint64_t notice_seq = state->notice_seq;
	int status = kb_shell_ask_text(call->shell, &intent);

	return status == 0 && state->simulated ? kb_shell_follow(call->shell, notice_seq) : status;
}

int kb_run_sessions(const struct kb_builtin_call *call)
{
	const char *what = kb_builtin_word(call, 1);
	const char *number = kb_builtin_word(call, 2);

	if (!what) {
		return kb_shell_ask_text(call->shell, &(struct kb_intent){.type = KB_DO_SESSIONS});
	}
	if (strcmp(what, "end") != 0 || !number) {
		return kb_shell_fail("usage: sessions [end NUMBER]");
	}
	return kb_shell_ask_text(call->shell,
				 &(struct kb_intent){.type = KB_DO_END, .name = number});
}

/* It is a program; whether it may run is the engine's to say. */
int kb_run_network(const struct kb_builtin_call *call)
{
	const struct kb_shell_engine *engine = &call->shell->engine;

	if (engine->has_state && engine->state.simulated && !engine->state.restricted) {
		if (call->words->n == 1) {
			printf("There is no network card: this is a simulation.\n");
			return 0;
		}
		return kb_shell_fail("this is a simulation: there is no network to configure");
	}
	return kb_shell_run_line(call->shell, call->line);
}

/* --- chroot
 * --------------------------------------------------------------------------------------- */

struct chroot {
	int namespace_fd; /* the worker's mounts */
	const char *path; /* the environment's root in them */
	char **argv;      /* empty: a shell */
};

static int enter(const struct chroot *c)
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

static int become_in_chroot(void *ctx)
{
	const struct chroot *c = ctx;
	int status = enter(c);

	if (status != 0) {
		return status;
	}
	return c->argv[0] ? become_program(c->argv) : become_shell();
}

static int open_worker(const struct kb_message *reply, struct kb_arena *arena, struct chroot *c)
{
	char path[64];
	uint64_t pid = 0;

	if (!reply->path || kb_str_to_u64(kb_str_from(reply->pid_text), &pid) < 0 || pid < 1 ||
	    pid > INT_MAX) {
		return kb_shell_fail("the boot engine does not say where the environment is");
	}
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	c->namespace_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (c->namespace_fd < 0) {
		return kb_shell_fail("the environment's mounts cannot be entered: %s",
				     strerror(errno));
	}
	c->path = kb_arena_strdup(arena, reply->path);
	return c->path ? 0 : kb_shell_fail("out of memory");
}

int kb_run_chroot(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	struct chroot c = {
		.namespace_fd = -1,
		.argv = kb_arena_array(call->arena, call->words->n, sizeof(*c.argv)),
	};
	const struct kb_job_spec spec = {.line = kb_arena_str(call->arena, call->line),
					 .become = become_in_chroot,
					 .ctx = &c,
					 .in_chroot = true};
	const struct kb_message *reply;
	int status;

	if (!c.argv || !spec.line) {
		return kb_shell_fail("out of memory");
	}
	for (size_t i = 1; i < call->words->n; i++) {
		c.argv[i - 1] = (char *)call->words->items[i].text;
	}
	reply = kb_shell_ask(s, &(struct kb_intent){.type = KB_DO_CHROOT});
	if (!reply) {
		return 1;
	}
	kb_shell_print(reply->text);
	status = open_worker(reply, call->arena, &c);
	if (status == 0) {
		status = kb_job_run(&s->jobs, &spec);
	} else {
		(void)kb_shell_ask(s, &(struct kb_intent){.type = KB_DO_CHROOT_END});
	}
	c.namespace_fd = kb_close(c.namespace_fd);
	return status;
}
