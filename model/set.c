/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/set.h"

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

const char *kb_set_state_name(enum kb_set_state state)
{
	return states[state];
}
