/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds and judges the multiboot header of a kernel.
 * For the inspector.
 * Must not read beyond the head of the file.
 */
#ifndef KBOOT_BOOT_IMAGE_MULTIBOOT_H
#define KBOOT_BOOT_IMAGE_MULTIBOOT_H

#include "image_source.h"

/* What the header is in: it decides who says where the kernel goes. */
enum kb_multiboot_file { KB_FILE_FLAT, KB_FILE_ELF_32, KB_FILE_ELF_64 };

/*
 * Sets the image's type, and what follows from it, where there is a multiboot header; leaves it
 * alone where there is none. -EUCLEAN: damaged; -ENOEXEC: it asks for what kexec-tools lacks.
 */
KB_MUST_CHECK int kb_multiboot_inspect(const struct kb_image_source *src,
				       enum kb_multiboot_file file, struct kb_image *image,
				       struct kb_error *err);

#endif
