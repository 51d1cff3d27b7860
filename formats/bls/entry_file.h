/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One file of Boot Loader Specification type 1: its keys, its counter, its place among others.
 * For the reader bls.c.
 * Must not open anything.
 */
#ifndef KBOOT_FORMATS_BLS_ENTRY_FILE_H
#define KBOOT_FORMATS_BLS_ENTRY_FILE_H

#include "conf_diags.h"
#include "kboot/base/arena.h"
#include "kboot/formats/bls_menu.h"
#include "kboot/model/entry.h"

enum { BLS_MAX_BYTES = 64 << 10 };

struct bls_files {
	const char *names[KB_ENTRY_MAX_INITRDS];
	size_t n;
	bool has_more; /* than there is room for */
};

/* Text that is not there is NULL. */
struct bls_entry {
	const char *id;   /* its name without the counter: "debian-6.1.0-18-amd64.conf" */
	const char *file; /* its path in the tree */
	int tries_left;   /* -1: not counted */
	const char *title;
	const char *version;
	const char *machine_id;
	const char *sort_key;
	const char *linux_image;
	uint64_t kernel_bytes; /* 0: its kernel is not there */
	struct bls_files initrd;
	struct bls_files extra; /* credentials and extensions */
	const char *options;
	const char *devicetree;
	const char *devicetree_overlay;
	const char *efi;
	const char *uki;
	const char *uki_url;
	unsigned profile; /* of the unified image */
	bool is_uki_file; /* it is found by itself, not through a file that names it */
	const char *architecture;
};

/* Is it the name of an entry, which ends in suffix (".conf", ".efi")? Then id and counter are taken
 * from it; without a counter where that scheme is not used. -ENOMEM. */
KB_MUST_CHECK int bls_entry_named(struct kb_arena *arena, const char *name, const char *suffix,
				  bool is_counted, struct bls_entry *entry, bool *ret_is_entry);
/* A key and its value in each line; file is for the diagnostics. A negative answer stops, 1 means
 * that the key is not known. */
KB_MUST_CHECK int bls_each_key(const char *file, struct kb_str text, struct conf_diags *diags,
			       int (*take_key)(void *ctx, struct kb_str key, struct kb_str value,
					       unsigned line),
			       void *ctx);
/* Adds what the text says; file is for the diagnostics. -ENOMEM. */
KB_MUST_CHECK int bls_entry_parse(struct kb_arena *arena, const char *file, struct kb_str text,
				  struct conf_diags *diags, struct bls_entry *entry);
struct kb_bls_key bls_entry_key(const struct bls_entry *entry);
/* In the order of a menu: as qsort wants it, of pointers to struct bls_entry. */
int bls_entry_compare(const void *a, const void *b);
/* How many of linux, efi, uki and uki-url it has: one, or it is a mistake. */
unsigned bls_entry_kinds(const struct bls_entry *entry);
/* A problem of one that names no kernel, or none for kexec. -ENOMEM. */
KB_MUST_CHECK int bls_entry_add_missing(struct kb_arena *arena, const struct bls_entry *from,
					struct kb_entry *entry);
/* A problem of one of two kinds, which systemd-boot does not show. -ENOMEM. */
KB_MUST_CHECK int bls_entry_check_kinds(struct kb_arena *arena, const struct bls_entry *from,
					struct kb_entry *entry);
/* What it is called among others: where titles are equal the version is with them, then the
 * machine, then the file's name. NULL: out of memory. */
const char *bls_title(struct kb_arena *arena, struct bls_entry *const *entries, size_t n,
		      const struct bls_entry *entry);
/* For this machine's processor? */
bool bls_entry_fits(const struct bls_entry *entry);

#endif
