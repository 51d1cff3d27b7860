/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to the engine whose refusals are told.
 * For the built-ins and what runs lines.
 * Must not ask twice.
 */
#ifndef KBOOT_SHELL_ASK_H
#define KBOOT_SHELL_ASK_H

#include "private.h"

/* kb_shell_engine_ask; where that fails or the engine refuses, the sentence is told and NULL comes
 * back. */
const struct kb_message *kb_shell_ask(struct kb_shell *s, const struct kb_intent *intent);
/* What kb_shell_engine_ask came back with: the same, when it is not to be told at once. */
const struct kb_message *kb_shell_take_reply(const struct kb_shell *s, int r,
					     const struct kb_message *reply,
					     const struct kb_error *err);
/* kb_shell_ask, and prints the answer. An exit status. */
int kb_shell_ask_text(struct kb_shell *s, const struct kb_intent *intent);

#endif
