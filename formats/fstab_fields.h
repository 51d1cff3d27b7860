/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fields of an fstab line mean, each by itself.
 * For the reader of fstab.
 * Must not know lines or positions; text that comes back lies in the arena or in a const table.
 */
#ifndef KBOOT_FORMATS_FSTAB_FIELDS_H
#define KBOOT_FORMATS_FSTAB_FIELDS_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

/* Octal escapes undone. -EINVAL for a NUL. */
KB_MUST_CHECK int fstab_decode(struct kb_arena *arena, struct kb_str field, char **ret_text,
			       struct kb_error *err);
/* Empty components and "." go, in place. -EINVAL for what is not absolute or has a "..". what it
 * is, for the sentence: "directory". */
KB_MUST_CHECK int fstab_clean_path(char *path, const char *what, struct kb_error *err);

enum fstab_treatment {
	FSTAB_READ,
	FSTAB_NOWHERE, /* on no disk and no network: nobody looks for it */
	FSTAB_MISSED,  /* somebody may look for it in vain */
};

struct fstab_type {
	enum fstab_treatment treatment;
	const char *name; /* as libblkid says it, "ext4,ext3"; NULL for auto */
};

/* -EINVAL for what can be no type. */
KB_MUST_CHECK int fstab_type(struct kb_arena *arena, const char *text, struct fstab_type *ret_type,
			     struct kb_error *err);
bool fstab_is_nfs(const char *type);
/* "host:/…" and "nfs://…". */
bool fstab_looks_like_nfs(const char *source);

/* -EINVAL for what names no device, -ENOTSUP for a file. text is worked on in place. */
KB_MUST_CHECK int fstab_device(struct kb_arena *arena, char *text, const char **ret_source,
			       struct kb_error *err);
/* -EINVAL for what is no "host:/path". text is worked on in place. */
KB_MUST_CHECK int fstab_export(struct kb_arena *arena, char *text, const char **ret_source,
			       struct kb_error *err);

/* The last option of that name; its value, without outer quotes, is empty where it has none. */
bool fstab_option(const char *options, struct kb_str name, struct kb_str *ret_value);
/* "subvol=": NULL where there is none. -EINVAL for what cannot be handed to a mount. */
KB_MUST_CHECK int fstab_subvolume(struct kb_arena *arena, const char *options,
				  const char **ret_subvolume, struct kb_error *err);
/* What is safe for reading a filesystem of that type (NULL: not known yet), in order; NULL: none.
 */
KB_MUST_CHECK int fstab_safe_options(struct kb_arena *arena, const char *options, const char *type,
				     const char **ret_options);
bool fstab_is_among(struct kb_str word, const char *words);
/* Is type one of the words, or (a list with commas) one of its types? */
bool fstab_type_is_among(const char *type, const char *words);

#endif
