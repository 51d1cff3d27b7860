/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "prompt_work.h"

static int (*const tasks[])(struct kb_prompt_work *w, struct kb_error *err) = {
	[KB_TASK_VISIT] = kb_prompt_visit,   [KB_TASK_RUN] = kb_prompt_word,
	[KB_TASK_UMOUNT] = kb_prompt_umount, [KB_TASK_REMOUNT] = kb_prompt_remount,
	[KB_TASK_DETACH] = kb_prompt_detach, [KB_TASK_SAVE] = kb_prompt_save,
	[KB_TASK_CHROOT] = kb_prompt_chroot, [KB_TASK_FIRMWARE] = kb_prompt_firmware,
};

int kb_prompt_job_run(void *data, int out_fd)
{
	const struct kb_prompt_job *job = data;
	struct kb_prompt_work w = {.job = job, .out_fd = out_fd};
	const struct kb_resolver_spec spec = {
		.sys = job->sys,
		.places = job->places,
		.root = job->root,
		.read_write = job->read_write,
		.insist = job->task == KB_TASK_REMOUNT || job->task == KB_TASK_SAVE || job->insist,
		.shared = job->task != KB_TASK_CHROOT && job->task != KB_TASK_FIRMWARE,
		.may_exec = true,
		.deadline_ms = job->sys->now_ms(job->sys->ctx) + KB_PROMPT_DEADLINE_MS,
		.ctx = &w,
		.note = kb_prompt_tell_note,
	};
	struct kb_error err = {0};
	int r = job->sys->confine(job->sys->ctx, KB_CONFINE_PROMPT, 0);

	if (r == 0) {
		r = kb_resolver_init(&w.resolver, &spec, &err);
	}
	if (r == 0) {
		r = tasks[job->task](&w, &err);
	}
	if (r < 0) {
		kb_report_error(out_fd, r, &err);
	}
	kb_automount_done(&w.resolver.automount);
	return r;
}
