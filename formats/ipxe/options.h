/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of a command, as iPXE's getopt takes them: before the first word that is none.
 * For the commands. Must not know what an option means.
 */
#ifndef KBOOT_FORMATS_IPXE_OPTIONS_H
#define KBOOT_FORMATS_IPXE_OPTIONS_H

#include "state.h"

enum { IPXE_MAX_OPTIONS = 8 };

struct ipxe_option {
	const char *name;
	char letter;
	bool takes_value;
};

struct ipxe_options {
	const char *values[IPXE_MAX_OPTIONS]; /* NULL: not given; "": a flag */
	size_t first;                         /* of the words behind them */
	size_t n;                             /* how many there are */
};

/* spec ends with a row without a name. max: of the words behind them. */
int ipxe_options(struct ipxe *x, const struct ipxe_words *args, const struct ipxe_option *spec,
		 size_t min, size_t max, struct ipxe_options *ret_options);
/* The value of a number's option; NULL leaves *ret_value alone. */
int ipxe_option_number(struct ipxe *x, const char *value, unsigned *ret_value);
/* One character, or the number of a key. */
int ipxe_option_key(struct ipxe *x, const char *value, unsigned *ret_key);

#endif
