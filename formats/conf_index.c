/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conf_index.h"

/* FNV-1a, because it can be carried on from one blank of a line to the next. */
static const uint64_t hash_start = 0xcbf29ce484222325;
static const uint64_t hash_prime = 0x100000001b3;

struct slot {
	uint64_t hash;
	const struct kb_conf_item *label; /* NULL: free */
};

/* Open addressing; at least half of the slots stay free. */
struct kb_conf_index {
	size_t mask;
	size_t max_name; /* bytes of the longest label */
	struct slot *slots;
};

static uint64_t hash_byte(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)kb_lower(c)) * hash_prime;
}

static uint64_t hash_name(struct kb_str name)
{
	uint64_t hash = hash_start;

	for (size_t i = 0; i < name.len; i++) {
		hash = hash_byte(hash, name.data[i]);
	}
	return hash;
}

struct kb_conf_index *conf_index_create(struct kb_arena *arena, size_t max_labels)
{
	struct kb_conf_index *index = kb_arena_alloc(arena, sizeof(*index));
	size_t n = 2;

	while (n < 2 * max_labels) {
		n *= 2;
	}
	if (!index) {
		return NULL;
	}
	index->slots = kb_arena_array(arena, n, sizeof(*index->slots));
	index->mask = n - 1;
	return index->slots ? index : NULL;
}

/* The slot of that name, or the free one where it belongs. */
static struct slot *find_slot(const struct kb_conf_index *index, struct kb_str name, uint64_t hash)
{
	size_t i = (size_t)(hash ^ (hash >> 32)) & index->mask;

	while (index->slots[i].label && (index->slots[i].hash != hash ||
					 !kb_str_eq_nocase(index->slots[i].label->name, name))) {
		i = (i + 1) & index->mask;
	}
	return &index->slots[i];
}

const struct kb_conf_item *conf_index_add(struct kb_conf_index *index,
					  const struct kb_conf_item *label)
{
	uint64_t hash = hash_name(label->name);
	struct slot *slot = find_slot(index, label->name, hash);
	const struct kb_conf_item *before = slot->label;

	*slot = (struct slot){hash, label};
	if (label->name.len > index->max_name) {
		index->max_name = label->name.len;
	}
	return before;
}

const struct kb_conf_item *conf_index_find(const struct kb_conf_index *index, struct kb_str name)
{
	return index ? find_slot(index, name, hash_name(name))->label : NULL;
}

const struct kb_conf_item *conf_index_find_head(const struct kb_conf_index *index,
						struct kb_str line)
{
	const struct kb_conf_item *longest = NULL;
	uint64_t hash = hash_start;

	for (size_t i = 0; index && i < line.len && i < index->max_name; i++) {
		hash = hash_byte(hash, line.data[i]);
		if (i + 1 == line.len || kb_is_blank(line.data[i + 1])) {
			const struct slot *slot = find_slot(index, kb_str_head(line, i + 1), hash);

			longest = slot->label ? slot->label : longest;
		}
	}
	return longest;
}
