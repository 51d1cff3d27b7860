/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image_pe.h"

#include <errno.h>
#include <string.h>

enum {
	DOS_PE_OFFSET = 0x3c,
	COFF_BYTES = 24, /* signature and file header */
	COFF_MACHINE = 4,
	COFF_SECTIONS = 6,
	COFF_OPTIONAL_BYTES = 20,
	OPTIONAL_MAX_BYTES = 1024,
	OPTIONAL_MIN_BYTES = 96,
	PE32_PLUS = 0x20b,
	DIRECTORY_CERTIFICATE = 4,
	DIRECTORY_BYTES = 8,
	SECTION_BYTES = 40,
	MAX_HEADER_OFFSET = 1 << 20,
};

static const struct {
	unsigned machine;
	enum kb_arch arch;
} machines[] = {
	{0x8664, KB_ARCH_X86_64},  {0x014c, KB_ARCH_I386}, {0xaa64, KB_ARCH_ARM64},
	{0x01c0, KB_ARCH_ARM},     {0x01c2, KB_ARCH_ARM},  {0x01c4, KB_ARCH_ARM},
	{0x5064, KB_ARCH_RISCV64},
};

static enum kb_arch arch_of(unsigned machine)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(machines); i++) {
		if (machines[i].machine == machine) {
			return machines[i].arch;
		}
	}
	return KB_ARCH_OTHER;
}

static bool match(const struct kb_image_source *src)
{
	uint32_t offset;

	if (!kb_image_has(src, 0, "MZ", 2) || src->head_len < DOS_PE_OFFSET + 4) {
		return false;
	}
	offset = kb_le32(src->head + DOS_PE_OFFSET);
	return kb_image_has(src, offset, "PE\0", 4);
}

/* The certificate table: the one directory whose address is an offset in the file. */
static uint64_t certificate_end(const uint8_t *optional, size_t len)
{
	size_t directories = kb_le16(optional) == PE32_PLUS ? 112 : 96;
	size_t entry = directories + (size_t)DIRECTORY_CERTIFICATE * DIRECTORY_BYTES;

	if (entry + DIRECTORY_BYTES > len ||
	    kb_le32(optional + directories - 4) <= DIRECTORY_CERTIFICATE) {
		return 0;
	}
	if (kb_le32(optional + entry) == 0 || kb_le32(optional + entry + 4) == 0) {
		return 0;
	}
	return (uint64_t)kb_le32(optional + entry) + kb_le32(optional + entry + 4);
}

static int damaged(const struct kb_image_source *src, struct kb_error *err)
{
	return kb_error_set(err, -EUCLEAN, "%s is damaged: its EFI headers lead nowhere",
			    src->name);
}

int kb_pe_read(const struct kb_image_source *src, struct kb_pe *ret_pe, struct kb_error *err)
{
	uint8_t optional[OPTIONAL_MAX_BYTES] = {0};
	uint8_t coff[COFF_BYTES];
	struct kb_pe pe = {0};
	uint64_t offset;
	size_t len;

	if (!kb_image_has(src, 0, "MZ", 2) || src->head_len < DOS_PE_OFFSET + 4) {
		return kb_error_set(err, -ENOEXEC, "%s is not an EFI program", src->name);
	}
	offset = kb_le32(src->head + DOS_PE_OFFSET);
	if (offset > MAX_HEADER_OFFSET || kb_image_read(src, offset, coff, sizeof(coff)) < 0 ||
	    memcmp(coff, "PE\0", 4) != 0) {
		return damaged(src, err);
	}
	len = kb_le16(coff + COFF_OPTIONAL_BYTES);
	pe.machine = kb_le16(coff + COFF_MACHINE);
	pe.n_sections = kb_le16(coff + COFF_SECTIONS);
	pe.section_table = offset + COFF_BYTES + len;
	if (len < OPTIONAL_MIN_BYTES || len > sizeof(optional) ||
	    pe.n_sections > KB_PE_MAX_SECTIONS ||
	    kb_image_read(src, offset + COFF_BYTES, optional, len) < 0) {
		return damaged(src, err);
	}
	pe.signature_end = certificate_end(optional, len);
	pe.is_signed = pe.signature_end > 0;
	if (pe.signature_end > src->size_bytes) {
		return kb_image_truncated(src, pe.signature_end, err);
	}
	*ret_pe = pe;
	return 0;
}

int kb_pe_section(const struct kb_image_source *src, const struct kb_pe *pe, unsigned index,
		  struct kb_pe_section *ret_section, struct kb_error *err)
{
	struct kb_pe_section section = {0};
	uint8_t raw[SECTION_BYTES];
	uint64_t raw_bytes;

	if (kb_image_read(src, pe->section_table + (uint64_t)index * SECTION_BYTES, raw,
			  sizeof(raw)) < 0) {
		return damaged(src, err);
	}
	kb_image_copy_text(section.name, sizeof(section.name), raw, 8);
	section.bytes = kb_le32(raw + 8);
	raw_bytes = kb_le32(raw + 16);
	section.file_offset = kb_le32(raw + 20);
	if (section.bytes == 0 || section.bytes > raw_bytes) {
		section.bytes = raw_bytes;
	}
	if (raw_bytes > 0 && section.file_offset + section.bytes > src->size_bytes) {
		return kb_image_truncated(src, section.file_offset + section.bytes, err);
	}
	*ret_section = section;
	return 0;
}

int kb_pe_check_signature(const struct kb_image_source *src, bool *ret_is_signed,
			  struct kb_error *err)
{
	struct kb_pe pe = {0};
	int r = match(src) ? kb_pe_read(src, &pe, err) : 0;

	if (r == 0) {
		*ret_is_signed = pe.is_signed;
	}
	return r;
}

static int inspect(const struct kb_image_source *src, struct kb_image *image, struct kb_error *err)
{
	struct kb_pe_section section = {0};
	uint8_t text[sizeof(image->version)];
	struct kb_pe pe = {0};
	int r;

	r = kb_pe_read(src, &pe, err);
	if (r < 0) {
		return r;
	}
	image->arch = arch_of(pe.machine);
	image->is_signed = pe.is_signed;
	for (unsigned i = 0; i < pe.n_sections; i++) {
		size_t len = sizeof(text);

		r = kb_pe_section(src, &pe, i, &section, err);
		if (r < 0) {
			return r;
		}
		if (strcmp(section.name, ".linux") == 0) {
			image->type = KB_IMAGE_UKI;
		}
		if (strcmp(section.name, ".uname") != 0) {
			continue;
		}
		len = section.bytes < len ? (size_t)section.bytes : len;
		if (kb_image_read(src, section.file_offset, text, len) == 0) {
			kb_image_copy_text(image->version, sizeof(image->version), text, len);
		}
	}
	return 0;
}

const struct kb_image_kind kb_image_kind_pe = {KB_IMAGE_PE, match, inspect};
