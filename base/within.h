/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call that may never come back, made by a process that can be ended.
 * For sys_linux.c.
 * Must not be used for a call whose effect goes with the process that makes it.
 */
#ifndef KBOOT_BASE_WITHIN_H
#define KBOOT_BASE_WITHIN_H

#include "kboot/base/cleanup.h"

/* What call(ctx) answers in a child; -ETIMEDOUT where that takes longer than most_ms, and the child
 * is killed; -EIO where the child ended without an answer; or why there was no child. */
KB_MUST_CHECK int kb_call_within(int (*call)(void *ctx), void *ctx, int most_ms);

#endif
