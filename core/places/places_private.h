/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of places share.
 * For places*.c alone.
 * Must not be included by anything else.
 */
#ifndef KBOOT_CORE_PLACES_PRIVATE_H
#define KBOOT_CORE_PLACES_PRIVATE_H

#include "places.h"

/* Puts a copy of template where it belongs in the order. */
KB_MUST_CHECK int kb_places_add(struct kb_places *p, const struct kb_place *template,
				struct kb_place **ret_place);

#endif
