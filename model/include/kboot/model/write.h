/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a boot loader would leave behind when it starts an entry: a variable of GRUB's environment
 * block, one try less of a counted entry, an EFI variable.
 * For every module above base.
 * Must not write: that is done when the entry is really booted, just before the jump.
 */
#ifndef KBOOT_MODEL_WRITE_H
#define KBOOT_MODEL_WRITE_H

#include "kboot/base/arena.h"
#include "kboot/base/json.h"

enum { KB_ENTRY_MAX_WRITES = 32 };

enum kb_write_kind {
	KB_WRITE_VARIABLE, /* of an environment block */
	KB_WRITE_TRY,      /* the file's name counts the tries of its entry */
	KB_WRITE_FIRMWARE, /* an EFI variable of systemd-boot's: file is its name */
	KB_N_WRITES
};

/* file: its path below the tree on which the entry was found. */
struct kb_write {
	enum kb_write_kind kind;
	const char *file;
	const char *name;  /* VARIABLE */
	const char *value; /* VARIABLE, FIRMWARE; NULL: it is taken out */
};

struct kb_writes {
	struct kb_write *items;
	size_t n;
};

/* A deep copy. -ENOMEM. */
KB_MUST_CHECK int kb_writes_copy(struct kb_arena *arena, const struct kb_writes *from,
				 struct kb_writes *ret_writes);
/* Appends what it is, for a person: "next_entry= in /boot/grub/grubenv". Not escaped. */
void kb_write_put_text(const struct kb_write *write, struct kb_buf *text);
/* As an array of objects. */
void kb_writes_to_json(const struct kb_writes *writes, const char *key, struct kb_buf *json);
/* NULL: none. Texts are borrowed. -EINVAL, -ENOMEM. */
KB_MUST_CHECK int kb_writes_from_json(struct kb_arena *arena, const struct kb_json *array,
				      struct kb_writes *ret_writes);

#endif
