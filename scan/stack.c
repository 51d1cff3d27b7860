/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stack.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "attribute.h"
#include "kboot/model/volume_name.h"
#include "order.h"

enum { STACK_MAX = 8, SLAVES_MAX = 1024, LVM_UUID_LEN = 32, OWN_BYTES = 64 };

static const struct kb_str lvm = KB_STR("LVM-");

/* It holds another volume together; LVM lets no volume be called so. */
static bool is_part_of_volume(struct kb_str name)
{
	static const char *const parts[] = {"_rimage_", "_rmeta_", "_mimage_", "_mlog",
					    "_tdata",   "_tmeta",  "_cdata",   "_cmeta",
					    "_cvol",    "_corig",  "_pmspare", "_vdata"};

	for (size_t i = 0; i < KB_ARRAY_LEN(parts); i++) {
		struct kb_str part = kb_str_from(parts[i]);

		for (size_t at = 0; at + part.len <= name.len; at++) {
			if (kb_str_starts(kb_str_skip(name, at), part)) {
				return true;
			}
		}
	}
	return false;
}

/* Behind the group's and the volume's own: "-tpool", "-real", … */
static bool has_layer(struct kb_str uuid)
{
	return kb_str_starts(uuid, lvm) && uuid.len > lvm.len + (size_t)2 * LVM_UUID_LEN;
}

/* Nobody's volume: kboot's own snapshot of another device, or a part of a volume. */
static bool is_inner(struct kb_str name, struct kb_str uuid)
{
	return kb_str_starts(uuid, KB_STR("KBOOT-")) || has_layer(uuid) ||
	       (kb_str_starts(uuid, lvm) && is_part_of_volume(name));
}

/* It is shown on terminals and becomes a path. */
static bool is_plain(struct kb_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] <= ' ' || name.data[i] >= 0x7f) {
			return false;
		}
	}
	return name.len > 0 && !kb_str_eq(name, KB_STR(".")) && !kb_str_eq(name, KB_STR(".."));
}

/* "LVM-" and two UUIDs in a row; "CRYPT-LUKS2-", a UUID, "-" and a name. */
static void take_set_uuid(struct kb_str uuid, struct kb_block *block)
{
	static const struct kb_str crypt[] = {KB_STR("CRYPT-LUKS1-"), KB_STR("CRYPT-LUKS2-")};

	for (size_t i = 0; i < KB_ARRAY_LEN(crypt); i++) {
		if (kb_str_starts(uuid, crypt[i])) {
			uuid = kb_str_skip(uuid, crypt[i].len);
			uuid = kb_str_head(uuid, kb_str_find(uuid, '-'));
		}
	}
	if (kb_str_starts(uuid, lvm)) {
		uuid = kb_str_skip(uuid, lvm.len);
	}
	if (uuid.len > 0 && uuid.len < sizeof(block->set_uuid) &&
	    kb_str_find(uuid, '-') == uuid.len) {
		memcpy(block->set_uuid, uuid.data, uuid.len);
		block->set_uuid[uuid.len] = '\0';
	}
}

int kb_scan_mapper(const struct kb_tree *sysfs, const char *name, struct kb_block *block)
{
	KB_BUF struct kb_buf name_text = {0};
	KB_BUF struct kb_buf uuid_text = {0};
	struct kb_str mapper;
	int r = kb_scan_text(sysfs, name, "dm/name", &name_text);

	if (r == 0) {
		r = kb_scan_text(sysfs, name, "dm/uuid", &uuid_text);
	}
	mapper = kb_buf_view(&name_text);
	if (r < 0 || is_inner(mapper, kb_buf_view(&uuid_text))) {
		return r < 0 ? r : -ENOENT;
	}
	if (!is_plain(mapper) || mapper.len >= sizeof(block->mapper)) {
		return 0; /* it is no disk of device-mapper's, or has its kernel's name only */
	}
	memcpy(block->mapper, mapper.data, mapper.len + 1);
	take_set_uuid(kb_buf_view(&uuid_text), block);
	if (kb_str_starts(kb_buf_view(&uuid_text), lvm) &&
	    !kb_volume_name(mapper, block->alias, sizeof(block->alias))) {
		block->alias[0] = '\0';
	}
	return 0;
}

/* --- members */

struct stack {
	const struct kb_tree *sysfs;
	struct kb_block *block;
	char first[sizeof(((struct kb_block *)0)->order)];
	unsigned depth;
};

static void add_member(struct stack *s, const char *name)
{
	char *members = s->block->members;
	size_t used = strlen(members);
	size_t len = strlen(name);

	if (used + 1 + len >= sizeof(s->block->members)) {
		return; /* who asks for a member asks it for its holders as well */
	}
	if (used > 0) {
		members[used++] = ' ';
	}
	memcpy(members + used, name, len + 1);
}

static int look_at_member(void *ctx, const char *member);

static int list_slaves(struct stack *s, const char *name)
{
	/* Of a disk, and of a partition. */
	static const char *const folders[] = {"slaves", "../slaves"};
	char path[PATH_MAX];
	int r = -ENOENT;

	for (size_t i = 0; r == -ENOENT && i < KB_ARRAY_LEN(folders); i++) {
		(void)snprintf(path, sizeof(path), "/class/block/%s/%s", name, folders[i]);
		r = kb_tree_list(s->sysfs, path, SLAVES_MAX, look_at_member, s);
	}
	return r == -ENOENT || r == -ENOTDIR || r == -E2BIG ? 0 : r;
}

/* The key of the disk below all of it that comes first. */
static int take_order(struct stack *s, const char *member, const struct kb_block *below)
{
	char link[PATH_MAX] = "";
	char key[sizeof(s->first)] = "";
	uint64_t partition = 0;
	int r = kb_scan_link(s->sysfs, member, link, sizeof(link));

	if (r < 0) {
		return r;
	}
	(void)!kb_scan_number(s->sysfs, member, "partition", &partition);
	if (below->members[0]) {
		memcpy(key, below->order, sizeof(key));
	} else {
		kb_scan_order(link, member, partition, key, sizeof(key));
	}
	if (!s->first[0] || strcmp(key, s->first) < 0) {
		memcpy(s->first, key, sizeof(key));
	}
	return 0;
}

/* What is only there for kboot, or for the volume itself, stands for what it is made of. */
static int look_at_member(void *ctx, const char *member)
{
	struct stack *s = ctx;
	struct kb_block below = {0};
	struct stack deeper = {.sysfs = s->sysfs, .block = &below, .depth = s->depth + 1};
	int r;

	if (s->depth == STACK_MAX || strncmp(member, "loop", 4) == 0) {
		return 0; /* a loop device holds the memory of a snapshot */
	}
	r = kb_scan_mapper(s->sysfs, member, &below);
	if (r == -ENOENT) {
		s->depth++;
		r = list_slaves(s, member);
		s->depth--;
		return r;
	}
	if (r == 0) {
		r = list_slaves(&deeper, member);
	}
	if (r == 0) {
		memcpy(below.order, deeper.first, sizeof(below.order));
		r = take_order(s, member, &below);
	}
	if (r == 0) {
		add_member(s, member);
	}
	return r == -ENOENT ? 0 : r; /* gone since it was listed */
}

int kb_scan_members(const struct kb_tree *sysfs, const char *name, struct kb_block *block)
{
	struct stack s = {.sysfs = sysfs, .block = block};
	char own[OWN_BYTES];
	size_t room;
	int r = list_slaves(&s, name);

	if (r < 0 || !block->members[0]) {
		return r;
	}
	/* The kernel's name of a mapping tells only in which order they were made. */
	(void)snprintf(own, sizeof(own), "/~%.*s", OWN_BYTES - 3,
		       block->mapper[0] ? block->mapper : block->order);
	room = sizeof(block->order) - 1 - strlen(own);
	s.first[strlen(s.first) < room ? strlen(s.first) : room] = '\0';
	memcpy(block->order, s.first, strlen(s.first) + 1);
	memcpy(block->order + strlen(s.first), own, strlen(own) + 1);
	return 0;
}
