/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings of a script: of the lease, of the machine and of its own, each with a type and perhaps
 * the interface that it belongs to.
 * For what runs scripts. Must not know commands.
 */
#ifndef KBOOT_FORMATS_IPXE_SETTINGS_H
#define KBOOT_FORMATS_IPXE_SETTINGS_H

#include "kboot/base/arena.h"
#include "types.h"

struct ipxe_setting;

/* Zeroed but for the arena. */
struct ipxe_settings {
	struct kb_arena *arena;
	struct ipxe_setting *first;
	struct ipxe_setting *last;
	size_t n;
};

enum { IPXE_MAX_SETTINGS = 1024 };

/* name: "x", "x:int32", "net0/x". An empty value deletes. -EINVAL: of the name's type, or of the
 * value; -ENOTSUP, -E2BIG, -ENOMEM. */
KB_MUST_CHECK int ipxe_settings_set(struct ipxe_settings *s, struct kb_str name,
				    struct kb_str value);
/* Appends what it says to text. False: there is none, or its type cannot say it. */
bool ipxe_settings_get(const struct ipxe_settings *s, struct kb_str name, struct kb_buf *text);
/* -ENOTSUP: it is no number. One that is not there is 0, of type int32. */
KB_MUST_CHECK int ipxe_settings_add(struct ipxe_settings *s, struct kb_str name, int64_t more);

#endif
