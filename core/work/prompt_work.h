/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the prompt's worker share.
 * For prompt_*.c alone.
 * Must not be seen by the engine.
 */
#ifndef KBOOT_CORE_PROMPT_WORK_H
#define KBOOT_CORE_PROMPT_WORK_H

#include "prompt_job.h"
#include "report.h"
#include "resolver.h"

struct kb_prompt_work {
	const struct kb_prompt_job *job;
	int out_fd;
	struct kb_resolver resolver;
};

void kb_prompt_tell_note(void *ctx, const char *sentence, uint64_t of);
/* What was done, or what the word is. */
void kb_prompt_tell_how(const struct kb_prompt_work *w, const char *how);

/* The tasks, one function each: 0, or -errno with a sentence. */
KB_MUST_CHECK int kb_prompt_visit(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_word(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_umount(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_remount(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_detach(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_save(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_firmware(struct kb_prompt_work *w, struct kb_error *err);
/* Does not come back when all went well: the engine ends it. */
KB_MUST_CHECK int kb_prompt_chroot(struct kb_prompt_work *w, struct kb_error *err);

#endif
