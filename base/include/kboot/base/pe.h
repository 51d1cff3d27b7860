/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Portable Executable headers as EFI programs have them: machine, sections, signature.
 * For the inspector and the loader of kernels, and the reader of unified kernel images.
 * Must not trust an offset or a size in the file.
 */
#ifndef KBOOT_BASE_PE_H
#define KBOOT_BASE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/str.h"

enum { KB_PE_MAX_SECTIONS = 96, KB_PE_MAX_PROFILES = 256 };

struct kb_pe_source {
	/* All len bytes or an error: -EUCLEAN past the end, else what pread(2) said. */
	int (*read)(const void *ctx, uint64_t offset, void *buf, size_t len);
	const void *ctx;
	uint64_t size_bytes;
};

struct kb_pe_section {
	char name[9];
	uint64_t file_offset;
	uint64_t bytes; /* what is really in the file: the smaller of VirtualSize and SizeOfRawData
			 */
	uint64_t memory_bytes; /* VirtualSize: zero bytes follow those of the file up to it */
};

struct kb_pe {
	unsigned machine;
	unsigned n_sections;
	uint64_t section_table;
	bool is_signed;
	uint64_t signature_end; /* where the file must reach; 0: not signed */
};

/* Of an open file, whose descriptor ctx points to. */
int kb_pe_read_fd(const void *ctx, uint64_t offset, void *buf, size_t len);

/* -ENOEXEC where it is no PE file, -EUCLEAN where its headers lie. */
KB_MUST_CHECK int kb_pe_headers(const struct kb_pe_source *src, struct kb_pe *ret_pe);
/* -EUCLEAN; -EFBIG, with *ret_section, for one that is not in the file. */
KB_MUST_CHECK int kb_pe_section(const struct kb_pe_source *src, const struct kb_pe *pe,
				unsigned index, struct kb_pe_section *ret_section);
/*
 * A section of a unified kernel image by its name, as a profile has it: its own, else that of the
 * base, which is what stands before the first .profile (UAPI.5). -ENOENT: there is none; of the
 * profile itself: it has no such number.
 */
KB_MUST_CHECK int kb_pe_of_profile(const struct kb_pe_source *src, const struct kb_pe *pe,
				   unsigned profile, const char *name,
				   struct kb_pe_section *ret_section);
/* Appends the text of such a section, up to a NUL; nothing where there is none. -E2BIG above
 * max_bytes, -ENOMEM, else as kb_pe_of_profile and read. */
KB_MUST_CHECK int kb_pe_text(const struct kb_pe_source *src, const struct kb_pe *pe,
			     unsigned profile, const char *name, size_t max_bytes,
			     struct kb_buf *text);
/* The same of .cmdline as the stub makes it a command line: control characters become blanks, and
 * the ends are trimmed. */
KB_MUST_CHECK int kb_pe_cmdline(const struct kb_pe_source *src, const struct kb_pe *pe,
				unsigned profile, size_t max_bytes, struct kb_buf *args);

#endif
