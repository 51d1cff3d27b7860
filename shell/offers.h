/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of words that Tab can offer: labels, devices, files, commands, variables.
 * For complete.c, which knows where each is meant.
 * Must not wait for the engine while somebody types.
 */
#ifndef KBOOT_SHELL_OFFERS_H
#define KBOOT_SHELL_OFFERS_H

#include "builtin.h"
#include "candidates.h"

struct kb_completion {
	struct kb_shell *shell;
	struct kb_arena arena;
	struct kb_candidates *to;
	struct kb_str part;  /* of the word, without quotes, its end: what is completed */
	struct kb_str fixed; /* the word before it, `initrd=` and the like */
	const struct kb_shell_words *before; /* the words before it */
	enum kb_candidate_group group;
	bool only_folders;
	bool failed; /* out of memory, or a key was pressed: no more is looked for */
};

/* Does the word name a place, or what is in one? */
bool kb_part_names_place(struct kb_str part);
/* Does it go on inside a device, or another place, that it names already? */
bool kb_part_is_inside(struct kb_str part);

bool kb_part_is_url(struct kb_str part); /* as far as the slashes behind its scheme */

/* NULL: the engine refuses, or a key was pressed meanwhile. */
const struct kb_message *kb_offer_ask(struct kb_completion *c, const struct kb_intent *intent);
/* One word, where the part is its head. text NULL: there was no memory for it. */
void kb_offer(struct kb_completion *c, const char *text, const char *show, const char *note,
	      bool goes_on);
void kb_offer_labels(struct kb_completion *c);
void kb_offer_builtins(struct kb_completion *c);
void kb_offer_programs(struct kb_completion *c);
void kb_offer_variables(struct kb_completion *c, const char *behind); /* "=", or "" */
void kb_offer_files(struct kb_completion *c);
void kb_offer_devices(struct kb_completion *c, const char *behind); /* ":", or "" */
void kb_offer_names(struct kb_completion *c);                       /* of devices and files */
void kb_offer_whole_devices(struct kb_completion *c);
void kb_offer_urls(struct kb_completion *c); /* where the part is one */
void kb_offer_firmware(struct kb_completion *c);
void kb_offer_interfaces(struct kb_completion *c);
void kb_offer_own_words(struct kb_completion *c, const char *words); /* blanks between them */

#endif
