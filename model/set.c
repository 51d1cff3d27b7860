/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/set.h"

#include <string.h>

#include "kboot/base/cleanup.h"

static const char *const kinds[KB_N_SETS] = {
	[KB_SET_NONE] = "none",   [KB_SET_MD] = "md",     [KB_SET_LVM] = "lvm",
	[KB_SET_BTRFS] = "btrfs", [KB_SET_LUKS] = "luks", [KB_SET_TABLE] = "partitions",
};

static const char *const states[KB_N_SET_STATES] = {
	[KB_SET_WAITING] = "waiting",   [KB_SET_LOCKED] = "locked",   [KB_SET_READY] = "ready",
	[KB_SET_DEGRADED] = "degraded", [KB_SET_REFUSED] = "refused",
};

const char *kb_set_kind_name(enum kb_set_kind kind)
{
	return kinds[kind];
}

enum kb_set_kind kb_set_kind_of_type(const char *fstype)
{
	static const struct {
		const char *fstype;
		enum kb_set_kind kind;
	} members[] = {
		{"linux_raid_member", KB_SET_MD}, {"isw_raid_member", KB_SET_MD},
		{"ddf_raid_member", KB_SET_MD},   {"LVM2_member", KB_SET_LVM},
		{"crypto_LUKS", KB_SET_LUKS},
	};

	for (size_t i = 0; fstype && i < KB_ARRAY_LEN(members); i++) {
		if (strcmp(members[i].fstype, fstype) == 0) {
			return members[i].kind;
		}
	}
	return KB_SET_NONE;
}

enum kb_set_kind kb_set_kind_from_name(const char *name)
{
	for (int kind = 0; name && kind < KB_N_SETS; kind++) {
		if (strcmp(kinds[kind], name) == 0) {
			return kind;
		}
	}
	return KB_SET_NONE;
}

const char *kb_set_state_name(enum kb_set_state state)
{
	return states[state];
}
