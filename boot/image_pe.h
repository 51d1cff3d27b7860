/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Portable Executable headers of a file under inspection, with sentences for what is wrong.
 * For the inspector.
 * Must not trust an offset or a size in the file.
 */
#ifndef KBOOT_BOOT_IMAGE_PE_H
#define KBOOT_BOOT_IMAGE_PE_H

#include "image_source.h"
#include "kboot/base/pe.h"

/* -ENOEXEC where it is no PE file, -EUCLEAN where its headers lie or its signature is cut off. */
KB_MUST_CHECK int kb_image_pe(const struct kb_image_source *src, struct kb_pe *ret_pe,
			      struct kb_error *err);
/* -EUCLEAN for a section that is not in the file. */
KB_MUST_CHECK int kb_image_pe_section(const struct kb_image_source *src, const struct kb_pe *pe,
				      unsigned index, struct kb_pe_section *ret_section,
				      struct kb_error *err);
/* For what is another kind too: whether it is signed (no PE file is not), or -EUCLEAN. */
KB_MUST_CHECK int kb_image_pe_signature(const struct kb_image_source *src, bool *ret_is_signed,
					struct kb_error *err);

#endif
