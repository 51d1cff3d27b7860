/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of Boot Loader Specification entries and unified images in a menu, and which of them
 * systemd-boot would start.
 * For the reader, and for core, which has the entries of several partitions.
 * Must not do I/O.
 */
#ifndef KBOOT_FORMATS_BLS_MENU_H
#define KBOOT_FORMATS_BLS_MENU_H

#include <stdbool.h>

#include "kboot/base/str.h"
#include "kboot/model/entry.h"
#include "kboot/model/loader.h"

/* What decides of an entry; text that is not there is NULL. */
struct kb_bls_key {
	const char *id;   /* "debian.conf", "debian.efi@rescue" */
	const char *file; /* its path, whose name has the counter */
	const char *sort_key;
	const char *machine_id;
	const char *version;
	int tries_left; /* -1: not counted */
	bool is_uki;
	bool is_whole; /* its kernel is there: others are never started */
};

struct kb_bls_key kb_bls_key_of(const struct kb_entry *entry);
/* As strcmp(3), of two in the order of a menu. Profiles of one image are equal. */
int kb_bls_compare(const struct kb_bls_key *a, const struct kb_bls_key *b);
/* Its timeout as kboot's variable has it: seconds, or NULL for ever; value as loader.conf and the
 * EFI variables have it. */
const char *kb_bls_timeout(const char *value);
/*
 * The place of the one that would be started in a sorted list, or n: the one-shot, what is
 * preferred and has tries left, the default, each by its variable before loader.conf; else, where
 * there is a loader.conf, the first: those that are out of tries are last. *ret_by: the variable
 * that chose it, or KB_N_LOADER_VARS.
 */
size_t kb_bls_choose(const struct kb_loader_conf *conf, const struct kb_loader_vars *vars,
		     const struct kb_bls_key *keys, size_t n, enum kb_loader_var *ret_by);

#endif
