/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script of iPXE, run with --dhcp as its lease and --url-map as its servers.
 * For cmd_eval. Must not touch a network.
 */
#ifndef KBOOT_APP_EVAL_IPXE_H
#define KBOOT_APP_EVAL_IPXE_H

#include "options.h"

/* url: of the script, or its name. Prints; -errno with a sentence. */
KB_MUST_CHECK int kb_eval_ipxe(const struct kb_options *options, const char *url,
			       struct kb_str text, struct kb_error *err);
/* A script that is itself named by a URL of a --url-map. */
KB_MUST_CHECK int kb_eval_ipxe_url(const struct kb_options *options, const char *url,
				   struct kb_error *err);

#endif
