/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What base's own users of the loop need beyond its public face.
 * For child.c.
 * Must not be seen outside base.
 */
#ifndef KBOOT_BASE_LOOP_PRIVATE_H
#define KBOOT_BASE_LOOP_PRIVATE_H

#include "kboot/base/loop.h"

/*
 * fn(data of the source) runs when kb_loop_destroy finds the source still there; it must remove the
 * source. For work that goes on in the background with no owner left.
 */
void kb_source_on_destroy(struct kb_source *source, void (*fn)(void *data));

#endif
