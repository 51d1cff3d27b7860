/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified kernel image as its stub (systemd-stub(7)) would start it: with its addons, and with
 * the credentials and extensions that lie beside it, all as one command line and one list of
 * initrds.
 * For the worker that loads. Must not take more memory than it may, and must not change what is
 * not a unified image.
 */
#ifndef KBOOT_CORE_LOAD_UKI_H
#define KBOOT_CORE_LOAD_UKI_H

#include "kboot/boot/load.h"
#include "resolver.h"

struct kb_load_uki {
	struct kb_resolver *resolver;
	const struct kb_boot_host *host;
	struct kb_boot_request *request; /* its files are open */
	uint64_t room;                   /* bytes of memory for all that is copied */
	struct kb_buf *said;             /* lines of the plan: addons, and what is left out */
	void *ctx;
	void (*next_file)(void *ctx); /* before each file that is opened: it may take its time */
};

/* What the image in request->kernel is made of takes its place. */
KB_MUST_CHECK int kb_load_uki(struct kb_load_uki *l, struct kb_error *err);
/* Of the initrds, called by names, those behind whose URL file= stands become that file of an
 * archive, and those that are credentials and extensions (.cred, .sysext.raw, .confext.raw) are
 * wrapped, each for the folder where systemd looks for it. */
KB_MUST_CHECK int kb_load_extras(struct kb_load_uki *l, const char *const *names,
				 struct kb_error *err);

#endif
