/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list as it was when this machine was started last: as a small text for a variable of the
 * firmware or a file, and as entries that are shown until a disk gives them, or does not.
 * For the engine, which keeps it where remember= says.
 * Must not trust the text: whoever had the disk, or the firmware, may have written it. Nothing of
 * it is ever more than shown.
 */
#ifndef KBOOT_CORE_REMEMBERED_H
#define KBOOT_CORE_REMEMBERED_H

#include "catalog.h"

enum {
	KB_REMEMBERED_MAX_ENTRIES = 400,
	KB_REMEMBERED_MAX_BYTES = 64 << 10,
	KB_REMEMBERED_EFI_BYTES = 4096, /* firmware has little room, and it is not ours */
	KB_REMEMBERED_MAX_TEXT = 512,   /* of one title or id */
};

/* Zeroed is empty. */
struct kb_remembered {
	struct kb_arena arena;
	struct kb_entry *entries;
	size_t n_entries;
	const char *default_id; /* NULL: none of them was the default */
};

void kb_remembered_done(struct kb_remembered *r);
/* r is empty before, and after any failure. -EINVAL, -ENOMEM, with a sentence: it is damaged, or of
 * another version. */
KB_MUST_CHECK int kb_remembered_parse(struct kb_str text, struct kb_remembered *r,
				      struct kb_error *err);
/* Appends the text of what c shows of disks, in the order of the disks: the first ones, as far as
 * max_bytes go. Nothing where none is. */
void kb_remembered_put(const struct kb_catalog *c, size_t max_bytes, struct kb_buf *text);

/* Adds to c (built) what r has more than it, of devices that are still to be read. What once was
 * known to be there, or gone, is not added again. -ENOMEM. */
KB_MUST_CHECK int kb_remembered_predict(struct kb_remembered *r, const struct kb_places *places,
					struct kb_catalog *c);
/* The predicted entry of that id (NULL has none); NULL: there is none, or a disk has given it. */
const struct kb_entry *kb_catalog_predicted(const struct kb_catalog *c, const char *id);

#endif
