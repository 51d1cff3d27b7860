/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Portable Executable headers as EFI programs have them: machine, sections, signature.
 * For the inspector and the loader of unified kernel images.
 * Must not trust an offset or a size in the file.
 */
#ifndef KBOOT_BOOT_IMAGE_PE_H
#define KBOOT_BOOT_IMAGE_PE_H

#include "image_source.h"

enum { KB_PE_MAX_SECTIONS = 96 };

struct kb_pe_section {
	char name[9];
	uint64_t file_offset;
	uint64_t bytes; /* what is really in the file: the smaller of VirtualSize and SizeOfRawData
			 */
};

struct kb_pe {
	unsigned machine;
	unsigned n_sections;
	uint64_t section_table;
	bool is_signed;
	uint64_t signature_end; /* where the file must reach; 0: not signed */
};

/* -ENOEXEC where it is no PE file, -EUCLEAN where its headers lie or its signature is cut off. */
KB_MUST_CHECK int kb_pe_read(const struct kb_image_source *src, struct kb_pe *ret_pe,
			     struct kb_error *err);
/* -EUCLEAN for a section that is not in the file. */
KB_MUST_CHECK int kb_pe_section(const struct kb_image_source *src, const struct kb_pe *pe,
				unsigned index, struct kb_pe_section *ret_section,
				struct kb_error *err);
/* For what is another kind too: whether it is signed (no PE file is not), or -EUCLEAN. */
KB_MUST_CHECK int kb_pe_check_signature(const struct kb_image_source *src, bool *ret_is_signed,
					struct kb_error *err);

#endif
