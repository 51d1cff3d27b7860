/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the prompt's worker share.
 * For prompt_*.c alone.
 * Must not be seen by the engine.
 */
#ifndef KBOOT_CORE_PROMPT_WORK_H
#define KBOOT_CORE_PROMPT_WORK_H

#include "kboot/base/json.h"
#include "prompt_task.h"
#include "resolver.h"

struct kb_prompt_work {
	const struct kb_prompt_job *job;
	int out_fd;
	struct kb_resolver resolver;
};

void kb_prompt_tell_note(void *ctx, const char *sentence, uint64_t of);

/* Adds to the sentence of a name that is not there what may have been meant. Answers r. */
KB_MUST_CHECK int kb_prompt_hint(const struct kb_prompt_work *w, int r, struct kb_error *err);

/* The tasks, one function each: 0, or -errno with a sentence. */
KB_MUST_CHECK int kb_prompt_visit(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_word(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_umount(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_remount(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_detach(struct kb_prompt_work *w, struct kb_error *err);
KB_MUST_CHECK int kb_prompt_save(struct kb_prompt_work *w, struct kb_error *err);
/* Does not come back when all went well: the engine ends it. */
KB_MUST_CHECK int kb_prompt_chroot(struct kb_prompt_work *w, struct kb_error *err);

#endif
