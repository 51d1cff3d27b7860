/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line says, the same for every subcommand.
 * For app.
 * Must not open anything that is named in it.
 */
#ifndef KBOOT_APP_OPTIONS_H
#define KBOOT_APP_OPTIONS_H

#include <stdbool.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/core/simulation.h"
#include "kboot/fetch/url_map.h"

enum { KB_OPTIONS_MAX_URL_MAPS = 16, KB_OPTIONS_MAX_LEASE = 64 };

struct kb_options {
	struct kb_arena arena;
	struct kb_simulation simulation;
	bool simulated; /* one of --root, --device, --config, --dhcp, --url-map was given */
	struct kb_url_map url_maps[KB_OPTIONS_MAX_URL_MAPS]; /* --url-map */
	size_t n_url_maps;
	const char *lease[KB_OPTIONS_MAX_LEASE]; /* --dhcp: "NAME=VALUE", udhcpc's names */
	size_t n_lease;
	const char *config;  /* --config; NULL: the image's own */
	const char *run_dir; /* --run-dir: where the engine's socket is */
	const char *theme;   /* --theme: a name or a file */
	const char *format;  /* --format: what kind of configuration it is */
	/* Of fetch, as they were given. */
	const char *sha256;
	const char *max;
	const char *timeout;
	const char *ca;
	const char *pins;
	const char *proxy;
	const char *netrc;
	const char *known_hosts;
	const char *identity;
	bool json;
	bool dry_run;
	bool machine; /* the engine may drive the machine it runs on */
	bool ascii;
	bool monochrome;
	bool help;
	bool version;
};

void kb_options_done(struct kb_options *o);
/* Takes options off *argv (in place, operands keep their order; after "--" all are operands).
 * -EINVAL, -ENOMEM. */
KB_MUST_CHECK int kb_options_parse(struct kb_options *o, int *argc, char **argv,
				   struct kb_error *err);
void kb_options_usage(void);

#endif
