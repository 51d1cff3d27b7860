/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine: devices, labels, rescan, network, chroot, reboot, poweroff. */
#include <stdio.h>

#include "ask.h"
#include "builtin.h"
#include "chroot.h"

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

int kb_run_unlock(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	uint64_t notice_seq = s->engine.state.notice_seq;
	int status = kb_shell_ask_text(s, &(struct kb_intent){.type = KB_DO_UNLOCK,
							      .name = kb_builtin_word(call, 1)});

	return status == 0 ? kb_shell_follow(s, notice_seq) : status;
}

int kb_run_lock(const struct kb_builtin_call *call)
{
	const char *name = kb_builtin_word(call, 1);

	return name ? kb_shell_ask_text(call->shell,
					&(struct kb_intent){.type = KB_DO_LOCK, .name = name})
		    : kb_shell_fail("usage: lock DEVICE");
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

/* --- chroot */

struct chroot {
	struct kb_chroot held;
	char **argv; /* empty: a shell */
};

static int become_in_chroot(void *ctx)
{
	const struct chroot *c = ctx;

	return kb_chroot_become(&c->held, c->argv);
}

int kb_run_chroot(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	struct chroot c = {
		.held.namespace_fd = -1,
		.argv = kb_arena_array(call->arena, call->words->n, sizeof(*c.argv)),
	};
	const struct kb_job_spec spec = {.line = kb_arena_str(call->arena, call->line),
					 .become = become_in_chroot,
					 .ctx = &c,
					 .in_chroot = true};
	int status;

	if (!c.argv || !spec.line) {
		return kb_shell_fail("out of memory");
	}
	for (size_t i = 1; i < call->words->n; i++) {
		c.argv[i - 1] = (char *)call->words->items[i].text;
	}
	status = kb_chroot_open(s, &(struct kb_intent){.type = KB_DO_CHROOT}, &c.held);
	if (status == 0) {
		status = kb_job_run(&s->jobs, &spec);
	}
	kb_chroot_done(&c.held);
	return status;
}
