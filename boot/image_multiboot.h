/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds a multiboot header.
 * For the inspector.
 * Must not read beyond the head of the file.
 */
#ifndef KBOOT_BOOT_IMAGE_MULTIBOOT_H
#define KBOOT_BOOT_IMAGE_MULTIBOOT_H

#include "image_source.h"

/* 1 or 2, the version of the standard; 0: there is none. */
int kb_multiboot_find(const struct kb_image_source *src);

#endif
