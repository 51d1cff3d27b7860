/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a script: joined at backslashes, with their labels.
 * For what runs scripts. Must not expand anything.
 */
#ifndef KBOOT_FORMATS_IPXE_SCRIPT_H
#define KBOOT_FORMATS_IPXE_SCRIPT_H

#include "kboot/base/arena.h"

enum { IPXE_MAX_SCRIPT = 4 << 20, IPXE_MAX_LINES = 200000 };

struct ipxe_line {
	struct kb_str command; /* without its label */
	struct kb_str label;   /* data NULL: none */
	unsigned number;       /* of the first line that it is made of */
	unsigned column;       /* where the command begins */
	bool is_cut;           /* the script ends within it: a backslash is its last */
};

struct ipxe_script {
	const char *url;
	struct ipxe_line *lines;
	size_t n_lines;
};

/* Lines are borrowed from the text, where none is joined. -EFBIG: it is too long. -ENOMEM. */
KB_MUST_CHECK int ipxe_script_parse(struct kb_arena *arena, const char *url, struct kb_str text,
				    const struct ipxe_script **ret_script);
/* The first line with that label; n_lines: there is none. */
size_t ipxe_script_find(const struct ipxe_script *script, const char *label);

#endif
