/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a line, and ${settings} in a word.
 * For what runs scripts. Must not split what was expanded.
 */
#ifndef KBOOT_FORMATS_IPXE_EXPAND_H
#define KBOOT_FORMATS_IPXE_EXPAND_H

#include "state.h"

/* The word with its settings in the arena; NULL: the run is over. */
char *ipxe_expand(struct ipxe *x, struct kb_arena *arena, struct kb_str word);
/* The words from first on with blanks between them, in the arena of the words; NULL: as above. */
const char *ipxe_join_words(struct ipxe *x, const struct ipxe_words *args, size_t first);

#endif
