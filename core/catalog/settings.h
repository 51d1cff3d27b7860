/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variables in force: the strongest source wins, and every value knows where it came from.
 * For the rest of core.
 * Must not interpret names of files or labels.
 */
#ifndef KBOOT_CORE_SETTINGS_H
#define KBOOT_CORE_SETTINGS_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/model/setting.h"

/* Zeroed is empty. Strings live in the arena of the rank they belong to, so that a rank can be
 * replaced. */
struct kb_settings {
	struct kb_arena arenas[KB_N_RANKS];
	struct kb_setting values[KB_N_RANKS][KB_N_VARIABLES]; /* value NULL: not set there */
};

void kb_settings_done(struct kb_settings *s);
/* Copies. The last one set in a rank counts. A value that does not fit its type is refused: -EINVAL
 * with a sentence; but for a BOOL, which counts as kb_variable_bool() says. -EPERM with a sentence:
 * its source may not set it. What only gets stricter stays as it was: 0. */
KB_MUST_CHECK int kb_settings_set(struct kb_settings *s, const struct kb_setting *setting,
				  struct kb_error *err);
void kb_settings_clear(struct kb_settings *s, enum kb_source_rank rank);
/* The setting in force; NULL when no source sets it. */
const struct kb_setting *kb_settings_get(const struct kb_settings *s, enum kb_variable variable);
/* What restricts this kboot: the first source that says so, whatever later ones say; not one of the
 * rank but (KB_N_RANKS: of any). NULL: none. */
const struct kb_setting *kb_settings_restricted(const struct kb_settings *s,
						enum kb_source_rank but);
/* otherwise when it is not set. */
int64_t kb_settings_ms(const struct kb_settings *s, enum kb_variable variable, int64_t otherwise);
bool kb_settings_bool(const struct kb_settings *s, enum kb_variable variable);
/* "sda2:/etc/kboot.conf:3", "the kernel command line", "the built-in kboot.conf:7". */
void kb_setting_source(const struct kb_setting *setting, char *buf, size_t size);
/* ", neither true nor false: counts as true"; "" of a value that can be read. Constant. */
const char *kb_setting_remark(const struct kb_setting *setting);

/* Takes kboot.NAME=VALUE words (quotes as the kernel knows them) from a kernel command line. */
KB_MUST_CHECK int kb_settings_from_cmdline(struct kb_settings *s, const char *cmdline,
					   const struct kb_diag_sink *diags);

#endif
