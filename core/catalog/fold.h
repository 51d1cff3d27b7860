/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One system found by two roads on two filesystems: what GRUB's configuration on one says of the
 * other (an ESP of its /boot) is shown as it says it, and not once more as it lies there.
 * For the catalog.
 * Must not let a removable disk hide what another disk has, and hides nothing of the booted
 * environment: what is restricted to that starts nothing else.
 */
#ifndef KBOOT_CORE_FOLD_H
#define KBOOT_CORE_FOLD_H

#include "canonical.h"

/* Fills ret_tellers, which is zeroed: of each of the n entries the one of another place that says
 * what it says. How many have one; -ENOMEM. */
KB_MUST_CHECK int kb_fold_find(const struct kb_entry *entries, size_t n,
			       const struct kb_resolve_context *context,
			       const struct kb_entry **ret_tellers);

#endif
