/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Labels by name, and by being the head of a line, without comparing with every one of them.
 * For the parser and the expansion of kboot.conf.
 * Must not grow: its size is fixed by the number of labels a file can have.
 */
#ifndef KBOOT_FORMATS_CONF_INDEX_H
#define KBOOT_FORMATS_CONF_INDEX_H

#include "kboot/formats/kboot_conf.h"

/* NULL when out of memory. */
struct kb_conf_index *conf_index_create(struct kb_arena *arena, size_t max_labels);
/* The label of that name before this one, or NULL. Lookups find the last one added. */
const struct kb_conf_item *conf_index_add(struct kb_conf_index *index,
					  const struct kb_conf_item *label);
/* NULL index: nothing is found. */
const struct kb_conf_item *conf_index_find(const struct kb_conf_index *index, struct kb_str name);
/* The longest label that line starts with, followed by a blank or the end. */
const struct kb_conf_item *conf_index_find_head(const struct kb_conf_index *index,
						struct kb_str line);

#endif
